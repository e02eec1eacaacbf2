/** Every question the pages ask the server, by subject. */

import { client, run } from './client'
import type * as T from './types'

export * from './types'
export { ApiError, configure, online, requestId } from './client'

/** Filters of a list as the address carries them. */
type Q = Record<string, string | number | boolean | undefined>
const query = (q: Q, signal?: AbortSignal) => ({ params: { query: q as never }, signal })
const id = (value: string) => ({ params: { path: { id: value } } })

export const session = {
  current: () => run(client.GET('/api/v1/session')),
  signIn: (login: string, password: string) => run(client.POST('/api/v1/session', { body: { login, password } })),
  signOut: () => run(client.DELETE('/api/v1/session')),
  changePassword: (old: string, next: string) => run(client.POST('/api/v1/session/password', { body: { old, new: next } })),
}

export const duties = {
  tonight: (scope: 'all' | 'mine') => run(client.GET('/api/v1/tonight', { params: { query: { scope } } })),
  steps: (q: Q, signal?: AbortSignal) => run(client.GET('/api/v1/steps', query(q, signal))),
  loop: (loop: string) => run(client.GET('/api/v1/loops/{id}', id(loop))),
  done: (step: string, version: number, text: string) => run(client.POST('/api/v1/steps/{id}/done', { ...id(step), body: { version, kind: 'note', text } })),
  impossible: (step: string, version: number, reason: string) => run(client.POST('/api/v1/steps/{id}/impossible', { ...id(step), body: { version, reason } })),
  handOver: (loop: string, to: string, note: string) => run(client.POST('/api/v1/loops/{id}/handover', { ...id(loop), body: { to, note } })),
  accept: (loop: string, handOver: string) => run(client.POST('/api/v1/loops/{id}/accept', { ...id(loop), body: { handOver } })),
  colleagues: (q: string) => run(client.GET('/api/v1/colleagues', { params: { query: { q, limit: 100 } } })),
}

export const cases = {
  list: (q: Q, signal?: AbortSignal) => run(client.GET('/api/v1/cases', query(q, signal))),
  curve: (q: Q) => run(client.GET('/api/v1/cases/curve', query(q))),
  view: (c: string) => run(client.GET('/api/v1/cases/{id}', id(c))),
  create: (body: T.NewCase) => run(client.POST('/api/v1/cases', { body })),
  change: (c: string, body: T.CaseChange) => run(client.PATCH('/api/v1/cases/{id}', { ...id(c), body })),
  retract: (c: string, reason: string) => run(client.POST('/api/v1/cases/{id}/retract', { ...id(c), body: { reason } })),
  addStay: (c: string, body: T.NewStay) => run(client.POST('/api/v1/cases/{id}/stays', { ...id(c), body })),
  propose: (c: string, contacts: T.NewContact[]) => run(client.POST('/api/v1/cases/{id}/contacts', { ...id(c), body: { contacts } })),
  addResult: (body: T.NewResult) => run(client.POST('/api/v1/results', { body })),
  retractResult: (r: string, reason: string) => run(client.POST('/api/v1/results/{id}/retract', { ...id(r), body: { reason } })),
}

export const contacts = {
  list: (q: Q, signal?: AbortSignal) => run(client.GET('/api/v1/contacts', query(q, signal))),
  view: (c: string) => run(client.GET('/api/v1/contacts/{id}', id(c))),
  preview: (sel: T.Selection, cls?: string) => run(client.POST('/api/v1/contacts/preview', { body: { ...sel, class: cls } })),
  confirm: (sel: T.Selection, cls?: string) => run(client.POST('/api/v1/contacts/confirm', { body: { ...sel, class: cls } })),
  dismiss: (sel: T.Selection, reason: string) => run(client.POST('/api/v1/contacts/dismiss', { body: { ...sel, reason } })),
  bulk: (sel: T.Selection, act: Omit<T.Bulk, 'ids' | 'query'>) => run(client.POST('/api/v1/contacts/bulk', { body: { ...sel, ...act } })),
  followUp: (c: string, body: T.NewFollowUp) => run(client.POST('/api/v1/contacts/{id}/followups', { ...id(c), body })),
  link: (c: string) => run(client.POST('/api/v1/contacts/{id}/link', id(c))),
}

export const persons = {
  open: (no: string, purpose: string, subject: T.Ref) => run(client.POST('/api/v1/persons/{id}/identity', { ...id(no), body: { purpose, subject: `${subject.kind}/${subject.id}` } })),
  view: (no: string) => run(client.GET('/api/v1/persons/{id}', id(no))),
  candidates: (identity: Partial<T.Identity>) => run(client.POST('/api/v1/persons/candidates', { body: identity })),
  merge: (loser: string, winner: string, reason: string) => run(client.POST('/api/v1/persons/merge', { body: { loser, winner, reason } })),
  unmerge: (loser: string, reason: string) => run(client.POST('/api/v1/persons/unmerge', { body: { loser, reason } })),
}

export const imports = {
  list: () => run(client.GET('/api/v1/imports', { params: { query: { limit: 50 } } })),
  view: (i: string) => run(client.GET('/api/v1/imports/{id}', id(i))),
  upload: (form: FormData) => run(client.POST('/api/v1/imports', { body: form as never, bodySerializer: (b: unknown) => b as FormData })),
  dryRun: (i: string, mapping: T.Mapping) => run(client.POST('/api/v1/imports/{id}/dry-run', { ...id(i), body: { mapping } })),
  run: (i: string, mapping: T.Mapping) => run(client.POST('/api/v1/imports/{id}/run', { ...id(i), body: { mapping } })),
  cancel: (i: string) => run(client.POST('/api/v1/imports/{id}/cancel', id(i))),
  rejectsUrl: (i: string, lang: string) => `/api/v1/imports/${encodeURIComponent(i)}/rejects.csv?lang=${lang}`,
}

export const areas = {
  children: async (parent: string, hierarchy: 'statistical' | 'command' = 'statistical') =>
    (await run(client.GET('/api/v1/areas', { params: { query: { parent, hierarchy } } }))).items ?? [],
  view: (a: string) => run(client.GET('/api/v1/areas/{id}', id(a))),
  search: async (q: string) => (await run(client.GET('/api/v1/areas/search', { params: { query: { q } } }))).items ?? [],
  saveDuty: (row: T.DutyRow) => run(client.PUT('/api/v1/roster/{id}', { ...id(row.id || 'new'), body: row })),
  deleteDuty: (d: string) => run(client.DELETE('/api/v1/roster/{id}', id(d))),
  absence: (d: string, from: string, to: string) => run(client.POST('/api/v1/roster/{id}/absence', { ...id(d), body: { from, to } })),
  capacity: async () => (await run(client.GET('/api/v1/capacity'))).items ?? [],
  takeCapacity: (csv: string, dryRun: boolean) => run(client.POST('/api/v1/capacity', { body: { csv, dryRun } })),
}

export const regimes = {
  list: async () => (await run(client.GET('/api/v1/regimes'))).items ?? [],
  view: (r: string) => run(client.GET('/api/v1/regimes/{id}', id(r))),
  explain: (r: string, cls: string, lastExposure: string) =>
    run(client.GET('/api/v1/regimes/{id}/explain', { params: { path: { id: r }, query: { class: cls, lastExposure } } })),
  diff: (a: string, b: string) => run(client.GET('/api/v1/regimes/diff', { params: { query: { a, b } } })),
}

export const log = {
  events: (q: Q, signal?: AbortSignal) => run(client.GET('/api/v1/events', query(q, signal))),
  state: () => run(client.GET('/api/v1/log')),
  verify: (earlier: string) => run(client.POST('/api/v1/log/verify', { body: { earlier } })),
}

export const accounts = {
  list: (q: Q, signal?: AbortSignal) => run(client.GET('/api/v1/accounts', query(q, signal))),
  create: (body: { login: string; workName: string; roles: string[]; area: string }) => run(client.POST('/api/v1/accounts', { body })),
  update: (a: string, body: { version: number; workName?: string; roles?: string[]; area?: string; disabled?: boolean }) => run(client.PATCH('/api/v1/accounts/{id}', { ...id(a), body })),
  reset: (a: string) => run(client.POST('/api/v1/accounts/{id}/reset', id(a))),
  roles: async (): Promise<T.Named[]> => ((await run(client.GET('/api/v1/roles'))).roles ?? []).filter((r) => !r.abstract),
}

export const shell = {
  search: (q: string, signal?: AbortSignal) => run(client.GET('/api/v1/search', { params: { query: { q } }, signal })),
  notices: () => run(client.GET('/api/v1/notices', { params: { query: { limit: 50 } } })),
  readNotice: (n: string) => run(client.POST('/api/v1/notices/{id}/read', id(n))),
  moveClock: (advance: string) => run(client.POST('/api/v1/demo/clock', { body: { advance } })),
}
