/** Questions about arrivals, the arrival rules and waivers. */

import { get, post, type LoopWhole } from './work'
import type { Area, Citation, LogEvent, Plan, Text } from './types'

type Q = Record<string, string | number | boolean | undefined>
const e = encodeURIComponent

export type ArrivalCheck = { key: string; done: string; by?: string; source?: string; due: string; note?: string }
export type Origin = { code: string; abroad?: boolean; name: Text; left: string; crossing?: boolean; grade?: string; gradeCode?: string; gradeSource?: string }
export type Arrival = {
  id: string
  no: string
  group: string
  head?: boolean
  person?: string
  mask: string
  document?: string
  channels: string[]
  disease: string
  origins: Origin[]
  mode: string
  vehicle?: string
  seat?: string
  entry?: string
  expected: string
  arrived: string
  stay: string
  stayText?: string
  area: string
  checks: ArrivalCheck[]
  missing: number
  tier?: string
  regime?: string
  rule?: string
  kind?: string
  since: string
  until: string
  confirmedBy?: string
  undeclared?: boolean
  foundBy?: string
  stage?: string
  holder?: string
  nextDue: string
  reason?: string
  loop?: string
  owner?: string
  ownerName: string
  state: string
  createdAt: string
  version: number
}
export type Group = { id: string; no: string; size: number; known: number; channel: string; mode: string; vehicle?: string; booking?: string; at: string; version: number }
export type Custody = { id: string; stage: string; holder: string; code?: string; area?: string; offered: string; accepted: string; ended: string; by: string; letter?: string; note?: string }
export type Tier = { key: string; name: Text; who?: Text; when: { grades?: string[]; abroad?: boolean; crossing?: boolean }; clock: string; plan: { kind: string; days: number; tests?: { day: number; kind: string; dual?: boolean }[] }[]; monitoring?: { perDay: number; days?: number }; gate?: { kind: string; freeHours?: number; withinHours: number; againFrom?: number; againTo?: number }; reportHours?: number; why: Citation }
export type ArrivalView = {
  arrival: Arrival
  areaName: Text
  group: Group
  people: Arrival[]
  /** Public declarations that are probably about them, by the number on the slip. */
  claims?: { declaration: string; arrival: Arrival }[] | null
  measure?: { tier: string; name: Text; text: Text; regime: string; rule: string; source: string; grade?: string; gradeSource?: string; confirmed: boolean } | null
  plan?: Plan | null
  tier?: Tier | null
  why: Text
  measureError?: string
  loop?: LoopWhole | null
  reports: { id: string; channel: string; feed: string; external: string; at: string; received: string; why: string }[]
  custody: Custody[]
  gaps: { from: string; to: string }[]
  restrictions: LoopWhole['restrictions']
  events: LogEvent[]
}
export type AreaChecks = { area: string; name: Text; arrivals: number; done: Record<string, number>; complete: number; late: number; undeclared: number; medianHours: number }
export type ChecksView = { now: string; total: AreaChecks; items: AreaChecks[] }
export type FeedReport = { rows: number; accepted: number; rejected: number; new: number; known: number; companions: number; corrected: number; unchanged: number; fates: { external: string; no?: string; arrival?: string; fate: string; code?: string; args?: Record<string, string> }[] }
export type NewOrigin = { code: string; left: string; crossing?: boolean }
export type NewArrivals = Record<string, unknown>
export type Recorded = { group: Group; items: Arrival[]; known: number; undeclared: number }
export type Place = { code: string; name: Text; full?: Text; level?: string; abroad?: boolean }

export const arrivals = {
  list: (q: Q, signal?: AbortSignal) => get<{ items: Arrival[]; next: string; total: number }>(q.missing ? '/arrivals/unresolved' : '/arrivals', q, signal),
  view: (id: string) => get<ArrivalView>(`/arrivals/${e(id)}`),
  checks: (parent: string) => get<ChecksView>('/arrivals/checks', { parent }),
  declare: (body: NewArrivals) => post<Recorded>('/arrivals', body),
  feed: (feed: string, rows: unknown[]) => post<FeedReport>('/arrivals/feed', { feed, rows }),
  act: (id: string, what: string, body: Record<string, unknown>) => post<unknown>(`/arrivals/${e(id)}/${what}`, body),
  origins: async (q: string) => (await get<{ items: Place[] }>('/origins', { q })).items ?? [],
}

/** A dated version of the arrival rules, and the one that is in force on a day. */
export type MatrixHead = { id: string; ref: string; title: Text; jurisdiction: string; from: string; to: string; source: { title: Text; secondary?: boolean }; inForce?: boolean; waivers: number }
export type MatrixRow = Tier & { for: Text; measure: Text; tests: Text; gateText: Text; clockText: Text; days: number }
export type Matrix = { day: string; regime?: MatrixHead | null; grades: { key: string; name: Text; risk: string }[]; rows: MatrixRow[]; versions: MatrixHead[] }
export type ArrivalChange = { whom: Text; tierA?: string; tierB?: string; a: Text; b: Text; daysA: number; daysB: number; centralA: number; centralB: number; change: string }
export type AffectedOne = { ref: { kind: string; id: string }; no: string; mask: string; area: string; was: string; now?: string; oldEnd: string; newEnd: string; minEnd: string; days: number; change: string; decided?: boolean }
export type RuleChange = { people: AffectedOne[]; total: number; shorter: number; longer: number; same: number; released: number }
export type ChangeResult = { option: string; changed: number; released: number; kept: number; before: number; failed: { id?: string; no?: string; code?: string; args?: Record<string, string> }[] }
export const matrix = {
  read: (day: string) => get<Matrix>('/regimes/arrivals', { day }),
  diff: async (a: string, b: string) => (await get<ArrivalChange[] | null>('/regimes/arrivals/diff', { a, b })) ?? [],
  affected: (to: string, from: string) => get<RuleChange>(`/regimes/${e(to)}/affected`, { from }),
  apply: (to: string, from: string, option: string) => post<ChangeResult>(`/regimes/${e(to)}/apply`, { from, option }),
}

export type Grade = { id: string; code: string; name?: string; level: string; from: string; to: string; source: string; invented?: boolean }
export type GradesTaken = { rows: number; accepted: number; rejected: number; unchanged: number; affected: number; problems: string[] }
export const grades = {
  list: async (day: string) => (await get<{ items: Grade[] }>('/grades', { day })).items ?? [],
  take: (csv: string, dryRun: boolean) => post<GradesTaken>('/grades', { csv, dryRun }),
}

export type Waiver = { regime: string; title: Text; jurisdiction: string; dimension: string; name: Text; rows?: string[]; reason: Text; approvedBy: Text; approver: string; approvedOn: string; expires: string; from: string; to: string; why?: Citation; waived?: { dimension: string; row: string; here: Text; above: Text; whom: Text }[] }
export const waivers = {
  list: async (day: string) => (await get<{ items: Waiver[] }>('/public/waivers', { day })).items ?? [],
}
export type { Area }
