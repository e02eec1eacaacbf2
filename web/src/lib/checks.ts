/** The four checks of arrivals as figures and tones. */

import type { AreaChecks, ArrivalCheck } from '@/api/arrivals'
import { unset } from './instant'
import type { Tone } from './tones'

export const CHECKS = ['headcount', 'identity', 'location', 'measure'] as const

/** The share of arrivals whose check was made, 0 to 1; null where nobody arrived. */
export function share(a: Pick<AreaChecks, 'arrivals' | 'done'>, key: string): number | null {
  return a.arrivals > 0 ? (a.done?.[key] ?? 0) / a.arrivals : null
}

/** How a check stands at `now`: made, late, due, or not asked for yet. */
export function checkState(c: ArrivalCheck, now: number): 'made' | 'late' | 'due' | 'ahead' {
  if (!unset(c.done)) return 'made'
  if (unset(c.due)) return 'ahead'
  return Date.parse(c.due) < now ? 'late' : 'due'
}

const TONES: Record<string, Tone> = { expected: 'none', arrived: 'watch', managed: 'act', released: 'done', handed_on: 'none', not_coming: 'none', retracted: 'none' }
export const arrivalTone = (state: string): Tone => TONES[state] ?? 'none'

/** Hours as people say them: "30 min", "3 h", "2 d 4 h"; "" where there are none. */
export function hours(h: number): string {
  if (h < 0) return ''
  if (h < 1) return `${Math.round(h * 60)} min`
  if (h < 10) return `${Math.round(h * 10) / 10} h`
  if (h < 48) return `${Math.round(h)} h`
  const d = Math.floor(h / 24)
  const rest = Math.round(h - d * 24)
  return rest ? `${d} d ${rest} h` : `${d} d`
}
