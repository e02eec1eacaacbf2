/** Questions about protocols, boards, entries and loops as they were. */

import type { FormSpec } from '@/lib/forms'
import { client, run } from './client'
import type { Loop, LoopView, Page, Protocol, Step, Text } from './types'

type Q = Record<string, string | number | boolean | undefined>
type Raw = { GET: (path: string, o?: unknown) => never; POST: (path: string, o?: unknown) => never }
const raw = client as unknown as Raw
export const get = <T>(path: string, query: Q = {}, signal?: AbortSignal): Promise<T> => run(raw.GET('/api/v1' + path, { params: { query }, signal })) as Promise<T>
export const post = <T>(path: string, body: unknown): Promise<T> => run(raw.POST('/api/v1' + path, { body })) as Promise<T>
const e = encodeURIComponent

export type LintFinding = { line: number; column: number; text: Text; warning?: boolean; excerpt?: string }
export type LintResult = { ok: boolean; problems: LintFinding[]; explain?: string }
export type ProtocolHead = { id: string; version: string; title: Text; subject: string; steps: number; forms: number; entry?: string; mayEnter?: boolean; source: Text }
export type ProtocolView = { protocol: Protocol; explain: string; warnings: LintFinding[]; figures?: Record<string, number> }
export type ProtocolChange = { path: string; section: Text; label: Text; a: Text; b: Text }

export type BoardColumn = { key: string; title: Text; open: number; waiting: number; late: number; escalated: number; items: Step[] }
export type BoardDay = { day: string; n: number; late: number }
export type BoardOwner = { owner: string; name: string; n: number; late: number; escalated: number }
/** What stands in a board's list: a step that is open, or a duty that has ended. */
export type BoardRow = { id: string; loop: string; step?: string; title: Text; mask: string; area: string; owner?: string; ownerName: string; state: string; due: string; escalations: number; ended: string; outcome: string }
export type Board = { loops?: { items: Loop[]; next: string; total: number }; columns?: BoardColumn[]; days?: BoardDay[]; late: number; owners?: BoardOwner[] }

export const protocols = {
  list: async () => (await get<{ items: ProtocolHead[] }>('/protocols')).items ?? [],
  view: (id: string) => get<ProtocolView>(`/protocols/${e(id)}`),
  diff: async (a: string, b: string) => (await get<{ rows: ProtocolChange[] | null }>('/protocols/diff', { a, b })).rows ?? [],
  lint: (text: string) => post<LintResult>('/protocols/lint', { text }),
}

const rowOfStep = (s: Step): BoardRow => ({ id: s.id, loop: s.loop, step: s.id, title: s.title, mask: s.mask, area: s.area, owner: s.owner, ownerName: s.ownerName, state: s.state, due: s.due, escalations: s.escalations, ended: '', outcome: '' })
const rowOfLoop = (l: Loop): BoardRow => ({ id: l.id, loop: l.id, title: l.title, mask: l.mask, area: l.area, owner: l.owner, ownerName: l.ownerName, state: l.state, due: '', escalations: 0, ended: l.closedAt, outcome: l.outcome })

export const boards = {
  read: (kind: string, q: Q, signal?: AbortSignal) => get<Board>(`/boards/${e(kind)}`, q, signal),
  /** Open steps by their due time; duties of another state the newest first. */
  rows: async (kind: string, { state, ...q }: Q, signal?: AbortSignal): Promise<Page<BoardRow>> => {
    if (!state) {
      const p = await run(client.GET('/api/v1/steps', { params: { query: { ...q, kind } as never }, signal }))
      return { items: (p.items ?? []).map(rowOfStep), next: p.next ?? '', total: p.total ?? 0 }
    }
    const l = (await get<Board>(`/boards/${e(kind)}`, { ...q, state, view: 'list' }, signal)).loops
    return { items: (l?.items ?? []).map(rowOfLoop), next: l?.next ?? '', total: l?.total ?? 0 }
  },
  /** The steps due on one day of the calendar. */
  day: async (kind: string, q: Q): Promise<Step[]> => (await run(client.GET('/api/v1/steps', { params: { query: { ...q, kind, limit: 200 } as never } }))).items ?? [],
}

export type NewEntry = { protocol: string; person?: { person?: string; request?: string; identity?: { name: string; phone: string } }; area: string; values: Record<string, unknown>; request: string }
export type EntryView = { entry: { id: string; no: string; values: Record<string, unknown>; state: string }; title: Text; form?: FormSpec | null }
export const entries = {
  create: (body: NewEntry) => post<{ entry: { id: string; no: string }; loop: string }>('/entries', body),
  view: (id: string) => get<EntryView>(`/entries/${e(id)}`),
}

/** A duty with all its parts; what the protocol adds to it. */
export type LoopWhole = Omit<LoopView, 'evidence' | 'steps' | 'loop' | 'handOvers'> & {
  loop: Loop & { protocol?: string; parent?: string; reopenedAt?: string }
  steps: (Step & { form?: string; after?: string[] | null; childLoop?: string })[]
  evidence: (LoopView['evidence'][number] & { data?: Record<string, unknown> })[]
  handOvers: (LoopView['handOvers'][number] & { gapAt?: string })[]
  forms?: Record<string, FormSpec>
  help?: Record<string, Text>
  parent?: Loop | null
  children?: Loop[] | null
  text?: { ref: string; newer?: string; gone?: boolean; lost?: boolean } | null
  limits?: { step: string; kind: string; maxDays: number; appealHours: number }[] | null
  mayReopen?: boolean
  mayCancel?: boolean
  reasons?: { key: string; text: Text }[] | null
  asOf?: { at: string; events: number; incomplete?: boolean } | null
}
export const loops = {
  view: (id: string) => get<LoopWhole>(`/loops/${e(id)}`),
  at: (id: string, at: string) => get<LoopWhole>(`/loops/${e(id)}`, { at }),
  reopen: (id: string, body: { version: number; reason: string; key?: string }) => post<LoopWhole>(`/loops/${e(id)}/reopen`, body),
  cancel: (id: string, body: { version: number; reason: string; key?: string }) => post<LoopWhole>(`/loops/${e(id)}/cancel`, body),
}
export const work = {
  done: (step: string, version: number, text: string, data: Record<string, unknown>) => post<Step>(`/steps/${e(step)}/done`, { version, kind: 'form', text: text || undefined, data }),
}
