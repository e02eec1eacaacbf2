/** Questions about the phones of the field and about conflicts. */

import { get, post } from './work'
import type { Page, Ref, Text } from './types'

type Q = Record<string, string | number | boolean | undefined>
const e = encodeURIComponent

export type Device = { id: string; owner: string; ownerName: string; area: string; name: string; state: string; enrolledAt: string; seenAt?: string; syncedAt?: string; offset: number; lostSince?: string; lostAt?: string; lostBy?: string; wipedAt?: string; version: number }
export type Operation = { id: string; kind: string; target: Ref; fixed: string; received: string; outcome: string; problem?: string; late?: boolean; conflict?: string }
export type DeviceView = { device: Device; operations: Operation[] | null; late: number }
export type Pair = { field: string; label: Text; mine?: unknown; theirs?: unknown; same?: boolean }
export type Conflict = { id: string; ownerName: string; kind: string; target: Ref; loop?: string; step?: string; title: Text; mask: string; area: string; message?: string; fields: Pair[] | null; mineAt: string; theirsBy?: string; theirsAt?: string; at: string; state: string; keep?: string; text?: string; decidedBy?: string; decidedAt?: string; version: number }

export const devices = {
  list: (q: Q, signal?: AbortSignal) => get<Page<Device>>('/devices', q, signal),
  view: (id: string) => get<DeviceView>(`/devices/${e(id)}`),
  lose: (id: string, since: string) => post<DeviceView>(`/devices/${e(id)}/lost`, since ? { since } : {}),
  retire: (id: string) => post<Device>(`/devices/${e(id)}/retire`, {}),
}
export const conflicts = {
  list: (q: Q, signal?: AbortSignal) => get<Page<Conflict>>('/field/conflicts', q, signal),
  view: (id: string) => get<Conflict>(`/field/conflicts/${e(id)}`),
  decide: (id: string, body: Record<string, unknown>) => post<Conflict>(`/field/conflicts/${e(id)}/decide`, body),
}
