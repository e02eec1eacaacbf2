import { clockOf, dayOf, shortDay, unset, type Lang } from './instant'

/** What is left until an instant, in words and as a class. */
export type Left = {
  /** "late", "soon" (within two hours), "open", or "none" when there is no due time. */
  state: 'late' | 'soon' | 'open' | 'none'
  /** 「剩 2 h 10 min」, 「超 42 min」, "2 h 10 min left", "42 min late". */
  text: string
  /** 「23:59」 or 「3-30 12:00」: the wall clock it falls on. */
  at: string
}

const MINUTE = 60_000
const SOON = 120

/** "2 d 3 h", "2 h 10 min", "42 min": the two largest units, never seconds. */
export function span(minutes: number): string {
  const total = Math.max(0, Math.floor(minutes))
  const d = Math.floor(total / 1440)
  const h = Math.floor((total % 1440) / 60)
  const m = total % 60
  if (d > 0) return h > 0 ? `${d} d ${h} h` : `${d} d`
  if (h > 0) return m > 0 ? `${h} h ${m} min` : `${h} h`
  return `${m} min`
}

/** What is left at `now` (ms) until `due`. */
export function left(due: string | undefined, now: number, lang: Lang): Left {
  if (unset(due)) return { state: 'none', text: '–', at: '' }
  const ms = Date.parse(due as string)
  const minutes = (ms - now) / MINUTE
  const at = dayOf(ms) === dayOf(now) ? clockOf(ms) : `${shortDay(dayOf(ms), lang)} ${clockOf(ms)}`
  if (minutes < 0) {
    const s = span(-minutes)
    return { state: 'late', text: lang === 'zh' ? `超 ${s}` : `${s} late`, at }
  }
  const s = span(minutes)
  return {
    state: minutes <= SOON ? 'soon' : 'open',
    text: lang === 'zh' ? `剩 ${s}` : `${s} left`,
    at,
  }
}
