/** One line of time for a duty: what happened, what is due. */

import type { Text } from '@/api/types'
import { unset } from './instant'

export type Line = {
  at: number
  what: 'opened' | 'done' | 'climbed' | 'offered' | 'accepted' | 'evidence' | 'closed' | 'due' | 'late' | 'step'
  /** The step's title, where there is one. */
  title?: Text
  who?: string
  note?: string
  state?: string
}

type Parts = {
  loop: { openedAt: string; closedAt: string; ownerName: string; outcome?: string; state: string }
  steps?: { title: Text; state: string; due: string; doneAt: string; doneBy?: string; escalatedAt: string; escalations: number; opened: string }[]
  handOvers?: { at: string; accepted: string; fromName: string; toName: string; note?: string; why: string }[]
}

/** The lines in the order of time; open steps stand at their due instant. */
export function timelineOf(v: Parts, now: number): Line[] {
  const out: Line[] = []
  const add = (at: string | undefined, l: Omit<Line, 'at'>) => {
    if (!unset(at)) out.push({ at: Date.parse(at as string), ...l })
  }
  add(v.loop.openedAt, { what: 'opened', who: v.loop.ownerName })
  for (const s of v.steps ?? []) {
    if (!unset(s.doneAt)) add(s.doneAt, { what: s.state === 'done' ? 'done' : 'step', title: s.title, who: s.doneBy, state: s.state })
    else if (s.state === 'open') add(s.due, { what: Date.parse(s.due) < now ? 'late' : 'due', title: s.title })
    if (s.escalations) add(s.escalatedAt, { what: 'climbed', title: s.title })
  }
  for (const h of v.handOvers ?? []) {
    add(h.at, { what: 'offered', who: `${h.fromName || '–'} → ${h.toName || '–'}`, note: h.note })
    if (h.accepted !== h.at) add(h.accepted, { what: 'accepted', who: h.toName })
  }
  add(v.loop.closedAt, { what: 'closed', note: v.loop.outcome, state: v.loop.state })
  return out.sort((a, b) => a.at - b.at)
}
