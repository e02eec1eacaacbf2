/** Questions about gates, what is decided there, and how long one waits. */

import { get, post } from './work'
import type { Page, Text } from './types'

type Q = Record<string, string | number | boolean | undefined>
type Body = Record<string, unknown>
const e = encodeURIComponent

export type Lane = { no: number; for?: string; closed?: boolean }
export type Site = { id: string; kind: string; name: Text; area: string; road?: string; lanes: Lane[] | null; canSample: boolean; next?: string; closed?: boolean; source?: string; version: number }
export type GateLine = { site: Site; areaName: Text; passed: number; sampled: number; held: number; referred: number; waiting: number }
export type Shift = { id: string; lead?: string; leadName: string; from: string; to: string; lanes: number; officers: number; version: number }
export type Pass = {
  id: string
  site: string
  lane: number
  arrived: string
  served: string
  decided: string
  left: string
  mask: string
  trip?: string
  decision: string
  rule: string
  rules: string
  ruled?: string
  override?: { to: string; reason: string; secondName?: string }
  offline?: boolean
  by?: string
  holdState?: string
  holdUntil: string
  holdEnded: string
  outcome?: string
  note?: string
  complaint: string
  trace?: string
}
export type GateRule = { key: string; then: string; reason: Text; source: Text }
export type GateRules = { id: string; version?: string; from?: string; to?: string; title?: Text; hold_max_minutes?: number; holdMaxMinutes?: number; rules?: GateRule[] | null }
export type GateView = GateLine & { shifts: Shift[] | null; holds: Pass[] | null; rules?: GateRules | null }
export type GateList = { items: GateLine[] | null; total: GateLine; kinds: Record<string, number> | null }

export const gates = {
  list: (q: Q, signal?: AbortSignal) => get<GateList>('/gates', q, signal),
  view: (id: string) => get<GateView>(`/gates/${e(id)}`),
  passes: (id: string, q: Q, signal?: AbortSignal) => get<Page<Pass>>(`/gates/${e(id)}/passes`, q, signal),
  lane: (id: string, body: Body) => post<Site>(`/gates/${e(id)}/lanes`, body),
  shift: (id: string, body: Body) => post<Shift>(`/gates/${e(id)}/shifts`, body),
  endHold: (id: string, pass: string, body: Body) => post<Pass>(`/gates/${e(id)}/holds/${e(pass)}/end`, body),
}

export type WaitAlarm = { loop: string; since: string; ownerName: string; hopeless: boolean }
export type WaitLine = { site: string; name: Text; kind: string; areaName: Text; p50: number; p95: number; target: number; passed: number; lanes: number; ahead: number; at: string; alarm?: WaitAlarm | null }
export type WaitHour = { from: string; lanes: number; expected: number; usual: number; declared: number; load: number; mean: number; p50: number; p95: number; above: number; queue: number }
export type WaitAdvice = { kind: string; from: string; by: number; lanes: number[]; worst: number; saved: number; laneHours: number; staffHours: number; text: Text }
export type WaitQueue = {
  for: string
  last: { passed: number; timed: number; mean: number; p50: number; p95: number; most: number; above: number; waiting: number; lanes: number }
  service: { mean: number; cv2: number; low: number; high: number; n: number; few: boolean }
  arrivals: { spread: number; today: number; days: number; few: boolean }
  hours: WaitHour[]
  worst: number
  laneHours: number
  staffHours: number
  most: number
  advice: WaitAdvice[] | null
  shift?: { id: string; leadName: string; lanes: number; officers: number; to: string } | null
}
export type GateWaits = { site: { id: string; name: Text; kind: string; areaName: Text }; now: string; target: number; longest: number; officersPerLane: number; alarm?: WaitAlarm | null; queues: WaitQueue[] }
export type WaitPlanResult = { lanes: number[]; hours: WaitHour[]; worst: number; waited: number; laneHours: number; staffHours: number }
export type WaitPlanned = { for: string; target: number; longest: number; now: WaitPlanResult; given?: WaitPlanResult | null; best: WaitPlanResult; kept: boolean; longestKept: boolean; hopeless: boolean; text: Text; inForce: number[] | null }

export const waits = {
  list: () => get<{ items: WaitLine[] | null; target: number; passed: number; over: number }>('/waits'),
  of: (id: string, hours: number) => get<GateWaits>(`/gates/${e(id)}/waits`, { hours }),
  plan: (id: string, body: Body) => post<WaitPlanned>(`/gates/${e(id)}/waits/plan`, body),
}
