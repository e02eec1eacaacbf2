/** Questions about protocols, boards, entries and loops as they were. */

import { client, run } from './client'
import type { Loop, LoopView, Protocol, Step, Text } from './types'

type Q = Record<string, string | number | boolean | undefined>
type Raw = { GET: (path: string, o?: unknown) => never; POST: (path: string, o?: unknown) => never }
const raw = client as unknown as Raw
export const get = <T>(path: string, query: Q = {}, signal?: AbortSignal): Promise<T> => run(raw.GET('/api/v1' + path, { params: { query }, signal })) as Promise<T>
export const post = <T>(path: string, body: unknown): Promise<T> => run(raw.POST('/api/v1' + path, { body })) as Promise<T>
const e = encodeURIComponent

export type LintFinding = { line: number; column: number; message: string }
export type ProtocolHead = Protocol & { open?: number; late?: number }
export type ProtocolView = { protocol: Protocol; text: string; versions: { version: string; from?: string }[]; figures: Record<string, number> }
export type ProtocolChange = { path: string; section: Text; label: Text; a: Text; b: Text }

export type BoardCard = Step
export type BoardColumn = { key: string; title: Text; total: number; late: number; items: BoardCard[] }
export type BoardDay = { day: string; total: number; open: number; late: number; items: BoardCard[] }
export type BoardOwner = { owner: string; ownerName: string; area?: string; open: number; late: number; today: number; next: string }
export type Board = { columns?: BoardColumn[]; days?: BoardDay[]; owners?: BoardOwner[]; items?: BoardCard[]; next?: string; total?: number; counts?: { open: number; late: number; loops: number } }

export const protocols = {
  list: async () => (await get<{ items: ProtocolHead[] }>('/protocols')).items ?? [],
  view: (id: string) => get<ProtocolView>(`/protocols/${e(id)}`),
  diff: async (a: string, b: string) => (await get<{ items: ProtocolChange[] }>('/protocols/diff', { a, b })).items ?? [],
  lint: async (text: string) => (await post<{ items: LintFinding[] }>('/protocols/lint', { text })).items ?? [],
}

export const boards = {
  read: (kind: string, q: Q, signal?: AbortSignal) => get<Board>(`/boards/${e(kind)}`, q, signal),
}

export type NewEntry = { protocol: string; person?: { person?: string; request?: string; identity?: { name: string; phone: string } }; area: string; values: Record<string, unknown>; request: string }
export const entries = {
  create: (body: NewEntry) => post<{ entry: { id: string; no: string }; loop: string }>('/entries', body),
}

/** A duty with all its parts; what the protocol adds to it. */
export type LoopWhole = Omit<LoopView, 'evidence' | 'steps' | 'loop'> & {
  loop: Loop & { protocol?: string; parent?: string }
  steps: (Step & { form?: string; after?: string[]; childLoop?: string })[]
  evidence: (LoopView['evidence'][number] & { data?: Record<string, unknown> })[]
  children?: Loop[]
  parent?: Loop | null
  trace?: { step?: string; path?: string; text?: Text; why?: string }[]
  entry?: { no: string; values: Record<string, unknown> } | null
}
export const loops = {
  view: (id: string) => get<LoopWhole>(`/loops/${e(id)}`),
  at: (id: string, at: string) => get<LoopWhole>(`/loops/${e(id)}`, { at }),
  reopen: (id: string, reason: string) => post<Loop>(`/loops/${e(id)}/reopen`, { reason }),
  cancel: (id: string, reason: string) => post<Loop>(`/loops/${e(id)}/cancel`, { reason }),
}
export const work = {
  done: (step: string, version: number, text: string, data: Record<string, unknown>) => post<Step>(`/steps/${e(step)}/done`, { version, kind: 'form', text: text || undefined, data }),
}
