/** What an 18-digit identity number says about itself. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK = '10X98765432'

/** Birth day and sex in a Chinese identity number; ok tells whether its check
 * digit holds (GB 11643). null when the text is not of that form. */
export function readIdNumber(text: string): { birth: string; sex: 'm' | 'f'; ok: boolean } | null {
  const s = text.trim().toUpperCase()
  if (!/^\d{17}[\dX]$/.test(s)) return null
  const sum = WEIGHTS.reduce((a, w, i) => a + w * Number(s[i]), 0)
  return {
    birth: `${s.slice(6, 10)}-${s.slice(10, 12)}-${s.slice(12, 14)}`,
    sex: Number(s[16]) % 2 === 1 ? 'm' : 'f',
    ok: CHECK[sum % 11] === s[17],
  }
}
