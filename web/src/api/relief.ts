/** Questions about objections and requests for help. */

import { get, post, type LoopWhole } from './work'
import type { Ref, Text } from './types'

type Q = Record<string, string | number | boolean | undefined>
const e = encodeURIComponent

export type Mark = { at: string; what: string; by?: string; text: Text }
export type Appeal = {
  id: string
  no: string
  level: number
  measure: string
  restriction: string
  duty?: string
  subject: Ref
  person?: string
  mask: string
  area: string
  reason: string
  words?: string
  channel: string
  at: string
  hours: number
  decideBy: string
  ceiling: string
  climbs: number
  state: string
  decidedAt: string
  decidedName?: string
  answer: Text
  next: Text
  trail: Mark[]
  loop?: string
  ownerName: string
  version: number
}
export type AppealView = { appeal: Appeal; areaName: Text; measure: LoopWhole['restrictions'][number]; evidence: string; mayDecide: boolean; earlier: Appeal[]; loop?: LoopWhole | null }
export type HelpRequest = { id: string; no: string; kind: string; urgent?: boolean; words?: string; place?: string; area: string; people: number; person?: string; mask: string; about: Ref; channel: string; at: string; answerBy: string; helpBy: string; climbs: number; state: string; trail: Mark[]; loop?: string; ownerName: string }
export type HelpView = { help: HelpRequest; areaName: Text; loop?: LoopWhole | null }

export const appeals = {
  list: (q: Q, signal?: AbortSignal) => get<{ items: Appeal[]; next: string; total: number }>('/appeals', q, signal),
  view: (id: string) => get<AppealView>(`/appeals/${e(id)}`),
  decide: (id: string, body: { version: number; uphold: boolean; answer: Text; only?: boolean }) => post<AppealView>(`/appeals/${e(id)}/decide`, body),
}
export const help = {
  list: (q: Q, signal?: AbortSignal) => get<{ items: HelpRequest[]; next: string; total: number }>('/help', q, signal),
  view: (id: string) => get<HelpView>(`/help/${e(id)}`),
  file: (body: Record<string, unknown>) => post<{ no: string; code?: string }>('/help', body),
}
