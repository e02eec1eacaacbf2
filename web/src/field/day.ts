/** The order of a day and of what is sent; nothing of it asks anybody. */
import type { Op } from '@/device/queue'
import type { Band, Mark, Step, Values } from './types'

const BANDS: Record<Band, number> = { late: 0, soon: 1, tonight: 2, later: 3 }

/** What the queue keeps of an operation beside what is signed: which pictures must
 * be there before it, and which step it is about. */
interface Said {
  step?: string
  photos?: string[]
  /** What was said, for the person who looks at it again. */
  body: Values
}
export type FieldOp = Op<Said>

/** Those that wait for no picture, in order; what comes after one that does, on the
 * same target, waits with it. */
export function light(ops: FieldOp[]): FieldOp[] {
  const held = new Set<string>()
  return ops.filter((o) => {
    if (o.body.photos?.length) {
      if (o.kind !== 'photo') held.add(o.target)
      return false
    }
    return !held.has(o.target)
  })
}

/** Sorts a day: late first, then by band, within a band what is near, then by
 * deadline: the server's order, with the phone's own clock and place. What is due
 * after tonight goes by its day first. */
export function sorted(steps: Step[], now: number, at?: { lat: number; lon: number }): Step[] {
  const rank = (s: Step) => (s.due && Date.parse(s.due) < now && Date.parse(s.due) > 0 ? 0 : Math.max(1, BANDS[s.band]))
  const km = (s: Step) => (at && (s.lat || s.lon) ? distance(at.lat, at.lon, s.lat!, s.lon!) : (s.near.km ?? 0))
  const day = (s: Step) => (rank(s) === BANDS.later ? Math.floor(Date.parse(s.due) / 86_400_000) || 0 : 0)
  return [...steps].sort((a, b) => rank(a) - rank(b) || day(a) - day(b) || km(a) - km(b) || a.near.steps - b.near.steps || (Date.parse(a.due) || 0) - (Date.parse(b.due) || 0) || (a.step < b.step ? -1 : 1))
}

/** The great-circle distance in km (haversine; mean radius of the Earth, IUGG). */
export function distance(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const rad = (x: number) => (x * Math.PI) / 180
  const a = Math.sin(rad(lat2 - lat1) / 2) ** 2 + Math.cos(rad(lat1)) * Math.cos(rad(lat2)) * Math.sin(rad(lon2 - lon1) / 2) ** 2
  return 2 * 6371.0088 * Math.asin(Math.sqrt(a))
}

/** Whether this phone has nothing more to do about a step. */
export function closed(m?: Mark): boolean {
  return m?.how === 'done' || m?.how === 'cannot' || m?.how === 'given'
}

/** Answers without what is empty. */
export function given(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined && v !== null && v !== '' && !(Array.isArray(v) && !v.length)))
}
