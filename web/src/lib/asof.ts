/** Looking at a duty as it was: the instants at which something happened to it. */

import { unset } from './instant'

export type Moment = { at: number; what: 'opened' | 'step' | 'hand' | 'evidence' | 'closed' | 'now' }

type Parts = {
  loop: { openedAt: string; closedAt: string }
  steps?: { doneAt: string; escalatedAt: string }[]
  handOvers?: { at: string; accepted: string }[]
  evidence?: { at: string }[]
}

/** Every instant at which the duty changed, oldest first, each once, up to now. */
export function momentsOf(v: Parts, now: number): Moment[] {
  const found: Moment[] = []
  const add = (at: string | undefined, what: Moment['what']) => {
    if (!unset(at)) found.push({ at: Date.parse(at as string), what })
  }
  add(v.loop.openedAt, 'opened')
  for (const s of v.steps ?? []) {
    add(s.doneAt, 'step')
    add(s.escalatedAt, 'step')
  }
  for (const h of v.handOvers ?? []) {
    add(h.at, 'hand')
    add(h.accepted, 'hand')
  }
  for (const e of v.evidence ?? []) add(e.at, 'evidence')
  add(v.loop.closedAt, 'closed')
  const seen = new Set<number>()
  const past = found.filter((m) => m.at <= now && !seen.has(m.at) && seen.add(m.at))
  past.sort((a, b) => a.at - b.at)
  return [...past, { at: now, what: 'now' }]
}

/** The instant a slider position stands for: positions run evenly over time
 * from the first moment to the last. */
export function instantAt(moments: Moment[], share: number): number {
  const first = moments[0]?.at ?? 0
  const last = moments[moments.length - 1]?.at ?? 0
  return Math.round(first + (last - first) * Math.min(1, Math.max(0, share)))
}

/** Where an instant stands on that slider, 0 to 1. */
export function shareOf(moments: Moment[], at: number): number {
  const first = moments[0]?.at ?? 0
  const last = moments[moments.length - 1]?.at ?? 0
  return last > first ? Math.min(1, Math.max(0, (at - first) / (last - first))) : 1
}
