/** Instants and days as people here read them: always in the city's time zone,
 * whatever the browser believes. */

export type Lang = 'zh' | 'en'

/** The city's time zone; the server's days and cut-offs are counted in it. */
export const CITY_ZONE = 'Asia/Shanghai'

/** True for an instant the server left unset (year 1) or an empty text. */
export function unset(at: string | undefined | null): boolean {
  return !at || at.startsWith('0001-')
}

type Parts = { y: number; m: number; d: number; h: number; min: number }

const formatter = new Intl.DateTimeFormat('en-GB', {
  timeZone: CITY_ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

/** The wall-clock parts of an instant (ms) in the city's zone. */
export function parts(ms: number): Parts {
  const out: Record<string, number> = {}
  for (const p of formatter.formatToParts(ms)) out[p.type] = Number(p.value)
  return { y: out.year, m: out.month, d: out.day, h: out.hour, min: out.minute }
}

const two = (n: number) => String(n).padStart(2, '0')

/** The civil day ("2022-03-28") of an instant in the city's zone. */
export function dayOf(ms: number): string {
  const p = parts(ms)
  return `${p.y}-${two(p.m)}-${two(p.d)}`
}

/** "23:59". */
export function clockOf(ms: number): string {
  const p = parts(ms)
  return `${two(p.h)}:${two(p.min)}`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A day in the reader's habit: 「3月28日」 or "28 Mar"; with the year when it
 * is not that of `today`. Unknown days give "–". */
export function showDay(day: string | undefined, lang: Lang, today?: string): string {
  if (!day) return '–'
  const [y, m, d] = day.split('-').map(Number)
  const other = !today || Number(today.slice(0, 4)) !== y
  if (lang === 'zh') return `${other ? `${y}年` : ''}${m}月${d}日`
  return `${d} ${MONTHS[m - 1]}${other ? ` ${y}` : ''}`
}

/** Short, for narrow cells: 「3-28」 or "28 Mar". */
export function shortDay(day: string | undefined, lang: Lang): string {
  if (!day) return '–'
  const [, m, d] = day.split('-').map(Number)
  return lang === 'zh' ? `${m}-${two(d)}` : `${d} ${MONTHS[m - 1]}`
}

/** An instant with the hour; the day is left out when it is `now`'s day. */
export function showInstant(at: string | undefined, lang: Lang, now: number): string {
  if (unset(at)) return '–'
  const ms = Date.parse(at as string)
  const day = dayOf(ms)
  const today = dayOf(now)
  if (day === today) return clockOf(ms)
  const withYear = day.slice(0, 4) !== today.slice(0, 4)
  return `${withYear ? showDay(day, lang) : shortDay(day, lang)} ${clockOf(ms)}`
}

/** The end of a span: midnight is the 24:00 of the day that ends with it. */
export function showEnd(at: string | undefined, lang: Lang, now: number): string {
  if (unset(at)) return '–'
  const ms = Date.parse(at as string)
  return clockOf(ms) === '00:00' ? showInstant(new Date(ms - 1).toISOString(), lang, now).replace('23:59', '24:00') : showInstant(at, lang, now)
}

/** The day n days after `day`. */
export function addDays(day: string, n: number): string {
  const [y, m, d] = day.split('-').map(Number)
  return new Date(Date.UTC(y, m - 1, d + n)).toISOString().slice(0, 10)
}

/** Whole days from a to b. */
export function daysBetween(a: string, b: string): number {
  return Math.round((Date.parse(b) - Date.parse(a)) / 86_400_000)
}

/** The instant (ms) at which a wall clock in the city shows this day and time. */
export function instantOf(day: string, time: string): number {
  const [y, m, d] = day.split('-').map(Number)
  const [h, min] = time.split(':').map(Number)
  const guess = Date.UTC(y, m - 1, d, h, min)
  const p = parts(guess)
  const shown = Date.UTC(p.y, p.m - 1, p.d, p.h, p.min)
  return guess - (shown - guess)
}
