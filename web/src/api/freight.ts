/** Questions about freight: trips, service areas, carriers, roads. */

import type { LoopWhole } from './work'
import { get, post } from './work'
import type { HelpRequest } from './relief'
import type { LogEvent, Page, Ref, Text } from './types'

type Q = Record<string, string | number | boolean | undefined>
type Body = Record<string, unknown>
const e = encodeURIComponent

export type Stop = { kind: string; ref?: string; name: string; area?: string }
export type Trip = {
  id: string
  no: string
  carrier?: string
  carrierName?: string
  plateMask: string
  people: number
  mask: string
  cargo: string
  cargoKind: string
  consignee?: string
  consigneeArea?: string
  origin?: string
  left: string
  route: Stop[] | null
  planned: string
  short?: string
  transit?: boolean
  seal?: string
  escort?: string
  channel: string
  state: string
  stranded?: boolean
  orphan?: boolean
  deviations?: number
  seenAt: string
  seenPlace?: string
  arrivedAt: string
  enteredAt: string
  endedAt: string
  area: string
  positive?: string
  foundAt: string
  reason?: string
  loop?: string
  ownerName: string
  createdAt: string
  version: number
}
export type Crew = { id: string; person: string; mask: string; role: string }
export type TripLeg = { id: string; giver: string; receiver: string; role: string; place: string; area?: string; offered: string; accepted: string; ended: string; gapAt?: string; by: string; note?: string }
export type Move = { id: string; kind: string; at: string; place: string; area?: string; ref: Ref; source: string; note?: string; off?: boolean }
export type Visit = { id: string; serviceArea: string; name: Text; area: string; trip?: string; plateMask?: string; people: number; in: string; out: string; where?: string; source: string; case?: string; told: string }
export type Permit = { id: string; no: string; trip: string; plateMask: string; crew: string[]; route: string[] | null; from: string; until: string; ticket: string; issuedBy: string; issuedAt: string; revoked: string; reason?: string }
export type Mark = { value: number; met: number; of: number; lacks: Text[] | null }
export type Four = { people: Mark; service: Mark; area: Mark; community: Mark }
export type TripView = {
  trip: Trip
  areaName: Text
  crew: Crew[] | null
  legs: TripLeg[] | null
  holder?: TripLeg | null
  moves: Move[] | null
  visits: Visit[] | null
  permit?: Permit | null
  /** The permit as a gate scans it, an SVG. */
  ticketQR?: string
  permitNow: string
  requests: HelpRequest[] | null
  four: Four
  loop?: LoopWhole | null
  falls: LoopWhole[] | null
  next?: Stop | null
  events: LogEvent[] | null
}
export type FreightBoard = {
  now: string
  counts: Record<string, number>
  throughput: { came: number; in: number; ended: number; perHour: number }
  waits: { n: number; p50: number; p95: number; max: number }
  positives: number
  rate: number
  four: Four
  stranded: Trip[]
  orphans: Trip[]
  gaps: number
}
export type DeclaredTrip = { trip: Trip; code?: string; permit?: Permit | null }
export type TripPositive = { trip: Trip; told: { place: string; post: string; ahead: boolean; text: Text }[] | null; notices: { place: Text; where?: string; from: string; to: string; text: Text }[] | null }

export const trips = {
  board: (area: string) => get<FreightBoard>('/freight/board', { area }),
  list: (q: Q, signal?: AbortSignal) => get<Page<Trip>>('/trips', q, signal),
  view: (id: string) => get<TripView>(`/trips/${e(id)}`),
  declare: (body: Body) => post<DeclaredTrip>('/trips', body),
  act: <T = Trip>(id: string, what: string, body: Body) => post<T>(`/trips/${e(id)}/${what}`, body),
}

export type Carrier = { id: string; name: string; area: string; post?: string; white?: { reason: string; until: string } | null; closed?: boolean }
export const carriers = {
  list: async () => (await get<{ items: Carrier[] | null }>('/carriers')).items ?? [],
}

export type ServiceArea = { id: string; name: Text; road: string; area: string; spaces: number; open: string[] | null; control: string; told: string; toldBy?: string; note?: string; version: number }
export type ServiceAreaLine = { area: ServiceArea; areaName: Text; in: number; people: number; free: number; missing: string[] | null; stranded: number; four: Four }
export type ServiceAreaView = ServiceAreaLine & { visits: Visit[] | null; notices: { place: Text; where?: string; from: string; to: string; told: string; text: Text }[] | null }
export const serviceAreas = {
  list: async () => (await get<{ items: ServiceAreaLine[] | null }>('/service-areas')).items ?? [],
  view: (id: string) => get<ServiceAreaView>(`/service-areas/${e(id)}`),
  tell: (id: string, body: Body) => post<ServiceAreaView>(`/service-areas/${e(id)}/status`, body),
  visit: (id: string, body: Body) => post<Visit>(`/service-areas/${e(id)}/visits`, body),
}
