/** What stays on this phone: drafts, what waits for the network, the codes. In
 * kiosk mode nothing does: it is kept in memory and forgotten after each use. */

export const kiosk = /[?&]kiosk(=|&|$)/.test(location.search)

const memory: { [key: string]: string } = {}
const PREFIX = 'seawall.me.'

export function get<T>(key: string): T | null {
  try {
    const raw = kiosk ? memory[key] : localStorage.getItem(PREFIX + key)
    return raw ? (JSON.parse(raw) as T) : null
  } catch (e) {
    return null // a private window, or half a line: as if nothing were kept
  }
}
export function put(key: string, value: unknown): void {
  const raw = JSON.stringify(value)
  memory[key] = raw
  if (kiosk) return
  try {
    localStorage.setItem(PREFIX + key, raw)
  } catch (e) {
    announceFull()
  }
}
export function drop(key: string): void {
  delete memory[key]
  if (kiosk) return
  try {
    localStorage.removeItem(PREFIX + key)
  } catch (e) {
    announceFull()
  }
}

let full = false
/** The phone keeps nothing (a private window, no room): said once on the page. */
function announceFull(): void {
  full = true
}
export const keepsNothing = (): boolean => full

/** Forgets everything that somebody typed or got here. */
export function forget(): void {
  for (const k of Object.keys(memory)) delete memory[k]
  if (kiosk) return
  try {
    for (const k of Object.keys(localStorage)) if (k.indexOf(PREFIX) === 0 && k !== PREFIX + 'lang' && k !== PREFIX + 'large') localStorage.removeItem(k)
  } catch (e) {
    announceFull()
  }
}

/** A fresh id for a request: sent twice, the server does it once. */
export function mint(): string {
  const a = new Uint8Array(16)
  crypto.getRandomValues(a)
  let s = ''
  for (let i = 0; i < a.length; i++) s += ('0' + a[i].toString(16)).slice(-2)
  return s
}

export type Code = { kind: 'declare' | 'appeal' | 'help' | 'trip'; no: string; code: string; at: string }
export const codes = (): Code[] => get<Code[]>('codes') || []
export function keepCode(c: Code): void {
  put('codes', [c].concat(codes().filter((o) => o.code !== c.code)).slice(0, 20))
}
