/** Questions about goods and sampled places. */

import type { LoopWhole } from './work'
import { get, post } from './work'
import type { LogEvent, Page, Ref, Text } from './types'

type Q = Record<string, string | number | boolean | undefined>
type Body = Record<string, unknown>
const e = encodeURIComponent

export type Lot = {
  id: string
  no: string
  kind: string
  name: string
  quantity: number
  unit?: string
  origin: string
  mark?: string
  consignee?: string
  place: string
  area: string
  trip?: string
  parent?: string
  state: string
  arrivedAt: string
  touchedAt: string
  sealedAt: string
  releasedAt: string
  releasedBy?: string
  positive?: string
  reason?: string
  loop?: string
  ownerName: string
  createdAt: string
  version: number
}
export type GoodsKind = { key: string; name: Text; source?: Text }
export type LotCheck = { key: string; need: string; what?: string[]; text: Text; why?: Text; done: boolean; at?: string; late?: boolean }
export type GoodsSample = { id: string; about: Ref; accession: string; what: string; spots: number; collected: string; by: string; outcome?: string; value?: string; lab?: string; resulted: string; state: string; reason?: string; investigation?: string; disinfection?: string }
export type Treatment = { id: string; what: string; agent: string; strength?: number; minutes: number; at: string; by: string; note?: string }
export type LotLeg = { id: string; lot: string; giver: string; receiver: string; place: string; area?: string; offered: string; accepted: string; ended: string; by: string; note?: string }
export type GoodsWorker = { id: string; person: string; mask: string; work: string; unit?: string; on: string; contact?: string }
export type LotView = {
  lot: Lot
  kindName: Text
  areaName: Text
  rules: Text
  checks: LotCheck[] | null
  lacks: number
  canRelease: boolean
  samples: GoodsSample[] | null
  treatments: Treatment[] | null
  legs: LotLeg[] | null
  holder: string
  workers: GoodsWorker[] | null
  trace: { back: LotLeg[] | null; forward: LotLeg[] | null; family: Lot[] | null }
  loop?: LoopWhole | null
  duties: LoopWhole[] | null
  events: LogEvent[] | null
}
export type GoodsBoard = { counts: Record<string, number> | null; kinds: GoodsKind[] | null; lots: Page<Lot> }
export type Point = { id: string; no: string; kind: string; name: string; area: string; everyDays: number; sampledAt: string; positive?: string; closed?: boolean; ownerName: string; due: string; overdue?: boolean; version: number }
export type PointView = Point & { areaName: Text; samples: GoodsSample[] | null; treatments: Treatment[] | null; workers: GoodsWorker[] | null; duties: LoopWhole[] | null; events: LogEvent[] | null }

export const lots = {
  board: (q: Q, signal?: AbortSignal) => get<GoodsBoard>('/lots', q, signal),
  view: (id: string) => get<LotView>(`/lots/${e(id)}`),
  record: (body: Body) => post<Lot>('/lots', body),
  act: (id: string, what: string, body: Body) => post<unknown>(`/lots/${e(id)}/${what}`, body),
}
export const points = {
  list: async () => (await get<{ items: Point[] | null }>('/points')).items ?? [],
  view: (id: string) => get<PointView>(`/points/${e(id)}`),
  record: (body: Body) => post<Point>('/points', body),
  act: (id: string, what: string, body: Body) => post<unknown>(`/points/${e(id)}/${what}`, body),
}
