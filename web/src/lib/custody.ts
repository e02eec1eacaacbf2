/** Who had a duty when: the chain of giver and receiver with what lay between. */

import { unset } from './instant'

export type Passing = { id: string; fromName: string; toName: string; at: string; accepted: string; why: string; note?: string }

/** One link of the chain. Instants in ms; until is 0 while it goes on. */
export type Link = {
  id: string
  giver: string
  receiver: string
  offered: number
  /** 0 while nobody has taken it. */
  accepted: number
  /** Minutes between offer and acceptance, or from the offer to `now`. */
  waited: number
  /** The gap is longer than the protocol allows. */
  gap: boolean
  why: string
  note: string
  until: number
}

const MINUTE = 60_000

/** The chain in the order of time. allowed is how many hours an offer may wait,
 * 0 for no bound. A duty that climbed or follows the roster is taken at once. */
export function chainOf(list: Passing[], allowed: number, now: number): Link[] {
  const sorted = [...list].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const taken = sorted.filter((h) => !unset(h.accepted))
  return sorted.map((h) => {
    const offered = Date.parse(h.at)
    const accepted = unset(h.accepted) ? 0 : Date.parse(h.accepted)
    const waited = Math.max(0, Math.floor(((accepted || now) - offered) / MINUTE))
    const next = accepted ? taken.find((x) => Date.parse(x.accepted) > accepted) : undefined
    return {
      id: h.id,
      giver: h.fromName,
      receiver: h.toName,
      offered,
      accepted,
      waited,
      gap: allowed > 0 && waited > allowed * 60,
      why: h.why,
      note: h.note ?? '',
      until: next ? Date.parse(next.accepted) : 0,
    }
  })
}

/** Who answers now: the last one who accepted, else the giver of the first offer. */
export function holderOf(chain: Link[]): string {
  const last = [...chain].filter((l) => l.accepted).sort((a, b) => b.accepted - a.accepted)[0]
  return last?.receiver ?? chain[0]?.giver ?? ''
}
