/** One line for all that happened on a trip: movements, hand-overs, stays,
 * permit, requests, falls, in the order of time. */

import type { TripView } from '@/api/freight'
import type { Text } from '@/api/types'
import { unset } from './instant'

export type TripLine = {
  key: string
  at: string
  kind: 'declared' | 'permit' | 'revoked' | 'move' | 'offer' | 'take' | 'gap' | 'come' | 'go' | 'asked' | 'fall' | 'positive' | 'ended'
  /** What fills the sentence of its kind. */
  who?: string
  to?: string
  what?: string
  place?: string
  name?: Text
  note?: string
  off?: boolean
  link?: string
}

export function tripLines(v: TripView): TripLine[] {
  const out: TripLine[] = [{ key: 'declared', at: v.trip.createdAt, kind: 'declared', what: v.trip.channel }]
  const p = v.permit
  if (p) out.push({ key: 'permit', at: p.issuedAt, kind: 'permit', what: p.no, who: p.issuedBy })
  if (p && !unset(p.revoked)) out.push({ key: 'revoked', at: p.revoked, kind: 'revoked', what: p.no, note: p.reason })
  for (const m of v.moves ?? []) out.push({ key: 'm' + m.id, at: m.at, kind: 'move', what: m.kind, place: m.place, note: m.note, off: m.off })
  for (const l of v.legs ?? []) {
    if (l.giver && l.offered !== l.accepted) out.push({ key: 'o' + l.id, at: l.offered, kind: 'offer', who: l.giver, to: l.receiver, place: l.place, note: l.note })
    if (!unset(l.accepted)) out.push({ key: 'a' + l.id, at: l.accepted, kind: 'take', who: l.giver, to: l.receiver, place: l.place })
    if (!unset(l.gapAt)) out.push({ key: 'g' + l.id, at: l.gapAt!, kind: 'gap', to: l.receiver, place: l.place })
  }
  for (const s of v.visits ?? []) {
    out.push({ key: 'v' + s.id, at: s.in, kind: 'come', name: s.name, place: s.where })
    if (!unset(s.out)) out.push({ key: 'w' + s.id, at: s.out, kind: 'go', name: s.name })
  }
  for (const h of v.requests ?? []) out.push({ key: 'h' + h.id, at: h.at, kind: 'asked', what: h.kind, note: h.words, link: `/help?open=${h.id}` })
  for (const f of v.falls ?? []) out.push({ key: 'f' + f.loop.id, at: f.loop.openedAt, kind: 'fall', what: f.loop.kind, who: f.loop.ownerName, link: `/loops/${f.loop.id}` })
  if (!unset(v.trip.foundAt)) out.push({ key: 'positive', at: v.trip.foundAt, kind: 'positive', link: v.trip.positive ? `/cases/${v.trip.positive}` : undefined })
  if (!unset(v.trip.endedAt)) out.push({ key: 'ended', at: v.trip.endedAt, kind: 'ended', what: v.trip.state, note: v.trip.reason })
  return out.filter((x) => !unset(x.at)).sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
