/** Every question the pages ask the server, by subject. */

import { del, get, patch, post, put } from './client'
import type * as T from './types'

export * from './types'
export { ApiError, configure, online, requestId } from './client'

type Q = Record<string, string | number | boolean | string[] | undefined | null>
const e = encodeURIComponent
const items = <X>(r: X[] | { items: X[] }): X[] => (Array.isArray(r) ? r : (r?.items ?? []))

export const session = {
  current: () => get<T.Session>('/session'),
  signIn: (login: string, password: string) => post<T.Session>('/session', { login, password }),
  signOut: () => del<void>('/session'),
  changePassword: (old: string, next: string) => post<T.Session>('/session/password', { old, new: next }),
}

export const duties = {
  tonight: (scope: string) => get<T.Tonight>('/tonight', { scope }),
  steps: (q: Q, signal?: AbortSignal) => get<T.Page<T.Step>>('/steps', q, signal),
  loop: (id: string) => get<T.LoopView>(`/loops/${e(id)}`),
  done: (id: string, body: { version: number; kind: string; text: string; ref?: T.Ref }) => post<unknown>(`/steps/${e(id)}/done`, body),
  impossible: (id: string, version: number, reason: string) => post<unknown>(`/steps/${e(id)}/impossible`, { version, reason }),
  colleagues: (q: string) => get<T.Page<T.Colleague>>('/colleagues', { q, limit: 50 }),
  handOver: (loop: string, to: string, note: string) => post<unknown>(`/loops/${e(loop)}/handover`, { to, note }),
  accept: (loop: string, handOver: string) => post<unknown>(`/loops/${e(loop)}/accept`, { handOver }),
}

export type Subject = { person?: string; request?: string; identity?: Partial<T.Identity> }
export type NewResult = {
  subject?: Subject
  case?: string
  contact?: string
  disease?: string
  kind: string
  accession: string
  collected?: string
  resulted?: string
  outcome: string
  value?: string
  lab?: string
}
export type NewStay = { place: string; kind?: string; area?: string; from?: string; to?: string; note?: string }
export type NewCase = {
  subject: Subject
  disease: string
  class: string
  onset: string
  exposed: string
  sampled: string
  diagnosed: string
  outcomeDay: string
  channel?: string
  home?: string
  stay?: string
  exposure?: string
  facility?: string
  setting?: string
  result?: NewResult
  stays?: NewStay[]
}
export type RecordedCase = { case: T.Case; loop: T.Loop; result?: T.Result; duplicates?: T.PersonCandidate[] }
export type RecordedResult = {
  result: T.Result
  closedSteps?: T.Step[]
  released?: boolean
  proposeCase?: boolean
  confirmFirst?: boolean
  promoted?: string[]
}
export type NewContact = {
  subject: Subject
  class: string
  firstExposure: string
  lastExposure: string
  setting?: string
  relation?: string
  place?: string
  home?: string
  stay?: string
}
export type ChainNode = {
  person: string
  mask: string
  case?: string
  caseNo?: string
  contact?: string
  state: string
  class: string
  day: string
  area: string
  household?: string
  focus?: boolean
}
export type ChainEdge = { from: string; to: string; kind: string; certainty?: string; setting?: string; day: string }
export type Chain = { nodes: ChainNode[]; edges: ChainEdge[]; truncated: boolean }
export type CaseClock = { key: string; title: T.Text; from: string; due: string; doneAt: string; state: string; step: string; rule: string }
export type TimelineItem = {
  at: string
  day: string
  kind: string
  event?: string
  ref: T.Ref
  text?: string
  until: string
  data?: Record<string, string>
  by?: string
}
export type CaseView = {
  case: T.Case
  areaName: T.Text
  clocks: CaseClock[]
  timeline: TimelineItem[]
  stays: T.Stay[]
  results: T.Result[]
  contacts: T.Contact[]
  contactsTotal: number
  byState: Record<string, number>
  loops: T.Loop[]
  steps: T.Step[]
  chain: Chain
  events: T.LogEvent[]
  infectiousFrom: string
  infectiousTo: string
  source: string
}
export type Retracted = Record<'cases' | 'results' | 'contacts' | 'candidates' | 'loops' | 'steps' | 'clocks' | 'restrictions' | 'rooms' | 'reopened' | 'notices', number>

export const cases = {
  list: (q: Q, signal?: AbortSignal) => get<T.Page<T.Case>>('/cases', q, signal),
  curve: (q: Q) => get<T.DayCount[]>('/cases/curve', q),
  view: (id: string) => get<CaseView>(`/cases/${e(id)}`),
  create: (body: NewCase) => post<RecordedCase>('/cases', body),
  update: (id: string, body: Record<string, unknown>) => patch<T.Case>(`/cases/${e(id)}`, body),
  retract: (id: string, reason: string) => post<Retracted>(`/cases/${e(id)}/retract`, { reason }),
  chain: (id: string) => get<Chain>(`/cases/${e(id)}/chain`),
  addStay: (id: string, body: NewStay) => post<T.Stay>(`/cases/${e(id)}/stays`, body),
  propose: (id: string, list: NewContact[]) =>
    post<{ contacts: T.Contact[]; skipped?: number[] }>(`/cases/${e(id)}/contacts`, { contacts: list }),
  addResult: (body: NewResult) => post<RecordedResult>('/results', body),
  retractResult: (id: string, reason: string) => post<Retracted>(`/results/${e(id)}/retract`, { reason }),
}

/** The work-list's filter as the server takes it for a bulk action. */
export type ContactFilter = {
  disease?: string
  case?: string
  states?: string[]
  class?: string
  area?: string
  mine?: boolean
  text?: string
  symptomatic?: boolean
  silentDays?: number
  due?: string
}
export type Selection = { ids?: string[]; query?: ContactFilter }
export type Outcome = { id: string; result: string; code?: string; args?: Record<string, string> }
export type BulkResult = { done: number; unchanged: number; refused: number; outcomes: Outcome[] }
export type ConfirmPreview = {
  people: number
  restricted: number
  history: number
  byClass: Record<string, number>
  byArea: { area: string; name: T.Text; n: number }[]
  needs: { area: string; name: T.Text; kind: string; need: number; free: number; known: boolean }[]
  steps: number
  problems?: Outcome[]
}
export type ContactView = {
  contact: T.Contact
  areaName: T.Text
  plan?: T.Plan | null
  planError?: string
  loop?: T.LoopView | null
  followups: T.FollowUp[]
  results: T.Result[]
  sub: T.Contact[]
  index?: T.Contact | null
  blockers: string[]
  events: T.LogEvent[]
}

export const contacts = {
  list: (q: Q, signal?: AbortSignal) => get<T.Page<T.Contact>>('/contacts', q, signal),
  view: (id: string) => get<ContactView>(`/contacts/${e(id)}`),
  preview: (sel: Selection, cls?: string) => post<ConfirmPreview>('/contacts/preview', { ...sel, class: cls }),
  confirm: (sel: Selection, cls?: string) => post<BulkResult>('/contacts/confirm', { ...sel, class: cls }),
  dismiss: (sel: Selection, reason: string) => post<BulkResult>('/contacts/dismiss', { ...sel, reason }),
  bulk: (sel: Selection, body: Record<string, unknown>) => post<BulkResult>('/contacts/bulk', { ...sel, ...body }),
  followUp: (id: string, body: Record<string, unknown>) => post<T.FollowUp>(`/contacts/${e(id)}/followups`, body),
  link: (id: string) => post<{ url: string; token: string; until: string }>(`/contacts/${e(id)}/link`),
}

export const persons = {
  open: (no: string, purpose: string, subject: T.Ref) => post<T.Identity>(`/persons/${e(no)}/identity`, { purpose, subject: `${subject.kind}/${subject.id}` }),
  view: (no: string) => get<{ person: T.Person; cases: T.Case[]; contacts: T.Contact[]; results: T.Result[]; stays: T.Stay[]; links: T.Link[] }>(`/persons/${e(no)}`),
  candidates: (identity: Partial<T.Identity>) => post<{ candidates: T.PersonCandidate[] }>('/persons/candidates', identity),
  merge: (loser: string, winner: string, reason: string) => post<unknown>('/persons/merge', { loser, winner, reason }),
  unmerge: (loser: string, reason: string) => post<unknown>('/persons/unmerge', { loser, reason }),
}

export type ImportProblem = { line?: number; column?: string; severity: string; code: string; args?: Record<string, string> }
export type ImportRun = {
  id: string
  kind: string
  disease?: string
  source: string
  fileName: string
  size: number
  state: string
  rows: number
  next: number
  accepted: number
  rejected: number
  unchanged: number
  warnings: number
  duplicates: number
  placeholders: number
  duties: number
  links: number
  by: string
  createdAt: string
  startedAt: string
  finishedAt: string
}
export type Mapping = {
  kind: string
  columns: Record<string, string>
  dateOrder?: Record<string, string>
  values?: Record<string, Record<string, string>>
  constants?: Record<string, string>
}
export type ImportPreview = {
  import: ImportRun
  table: { format: string; encoding?: string; delimiter?: string; sheet?: string; sheets?: string[]; columns: string[] }
  fields: { field: string; type: string; required?: boolean; sealed?: boolean; label: T.Text }[]
  mapping: Mapping
  suggestions: { column: string; field?: string; score: number; why?: string; fit: number; filled: number }[]
  sample: { line: number; cells: string[] }[]
  problems: ImportProblem[]
}
export type ImportReport = {
  import: ImportRun
  rows: number
  accepted: number
  rejected: number
  unchanged: number
  warnings: number
  duplicates: number
  placeholders: number
  problems: ImportProblem[]
}

export const imports = {
  list: () => get<T.Page<ImportRun>>('/imports', { limit: 50 }),
  view: (id: string) => get<ImportReport>(`/imports/${e(id)}`),
  upload: (form: FormData) => post<ImportPreview>('/imports', form),
  dryRun: (id: string, mapping: Mapping) => post<ImportReport>(`/imports/${e(id)}/dry-run`, { mapping }),
  run: (id: string, mapping: Mapping) => post<ImportRun>(`/imports/${e(id)}/run`, { mapping }),
  cancel: (id: string) => post<ImportRun>(`/imports/${e(id)}/cancel`),
  rejectsUrl: (id: string, lang: string) => `/api/v1/imports/${e(id)}/rejects.csv?lang=${lang}`,
}

export type AreaDetail = {
  area: T.Area
  chain: T.Area[]
  parents: { area: string; hierarchy: string; parent: string; from: string; to: string }[]
  counts: Record<string, number>
  roster: T.DutyRow[]
  capacity: T.Capacity[]
  answering: Record<string, T.Answer>
}
export const areas = {
  children: (parent: string, hierarchy = 'statistical') => get<T.Area[] | { items: T.Area[] }>('/areas', { parent, hierarchy }).then(items),
  view: (id: string) => get<AreaDetail>(`/areas/${e(id)}`),
  search: (q: string) => get<T.Area[] | { items: T.Area[] }>('/areas/search', { q }).then(items),
  roster: (area: string) => get<T.DutyRow[] | { items: T.DutyRow[] }>('/roster', { area }).then(items),
  saveDuty: (row: T.DutyRow) => put<T.DutyRow>(`/roster/${e(row.id || 'new')}`, row),
  deleteDuty: (id: string) => del<void>(`/roster/${e(id)}`),
  absence: (id: string, from: string, to: string) => post<unknown>(`/roster/${e(id)}/absence`, { from, to }),
  capacity: (area?: string) => get<T.Capacity[] | { items: T.Capacity[] }>('/capacity', { area }).then(items),
  answer: (area: string, theme: string, at: string) => get<T.Answer>('/roster/answer', { area, theme, at }),
}

export type RegimeSummary = {
  id: string
  version: string
  disease: { id: string; name: T.Text }
  title: T.Text
  from: string
  to: string
  parent?: string
  jurisdiction: string
  source: { title: T.Text; basis: string; secondary?: boolean }
  classes: { id: string; name: T.Text }[]
  inForce: boolean
}
export type RegimeRow = { path: string; label: string; value: string; regime: string; source: string; secondary?: boolean }
export type RegimeView = {
  id: string
  version: string
  parent?: string
  title: string
  diseaseName: string
  from: string
  to: string
  source: string
  secondary: boolean
  notes?: string
  sections: { key: string; title: string; rows: RegimeRow[] }[]
}
export type RegimeChange = { path: string; section: T.Text; label: T.Text; a: T.Text; b: T.Text }

export const regimes = {
  list: () => get<{ items: RegimeSummary[] }>('/regimes').then(items),
  view: (id: string) => get<RegimeView>(`/regimes/${e(id)}`),
  explain: (id: string, q: Q) => get<{ plan: T.Plan; text: string }>(`/regimes/${e(id)}/explain`, q),
  diff: (a: string, b: string) => get<RegimeChange[]>('/regimes/diff', { a, b }),
}

export type LogState = { checkpoint: string; key: string; size: number; waiting: number }
export type Verification = {
  ok: boolean
  took: string
  report: { size: number; root: string; opened: number; forgotten: number; waiting: number; checkpoints: number; wrong: number }
  problems: string[]
}
export const log = {
  events: (q: Q, signal?: AbortSignal) => get<T.Page<T.LogEvent>>('/events', q, signal),
  state: () => get<LogState>('/log'),
  verify: (earlier = '') => post<Verification>('/log/verify', { earlier }),
}

export const accounts = {
  list: (q: Q, signal?: AbortSignal) => get<T.Page<T.Principal>>('/accounts', q, signal),
  create: (body: Record<string, unknown>) => post<{ principal: T.Principal; password: string }>('/accounts', body),
  update: (id: string, body: Record<string, unknown>) => patch<T.Principal>(`/accounts/${e(id)}`, body),
  reset: (id: string) => post<{ password: string }>(`/accounts/${e(id)}/reset`),
  roles: () => get<{ roles: T.Named[] }>('/roles').then((r) => r.roles.filter((x) => !x.abstract)),
}

export type Hit = { ref: T.Ref; title: T.Text; note?: string; area?: string }
export type Found = { areas: Hit[]; cases: Hit[]; contacts: Hit[]; people: Hit[] }
export const shell = {
  search: (q: string, signal?: AbortSignal) => get<Found>('/search', { q }, signal),
  notices: () => get<T.Page<T.Notice>>('/notices'),
  readNotice: (id: string) => post<unknown>(`/notices/${e(id)}/read`),
  instance: () => get<T.Instance>('/instance'),
  clock: () => get<{ now: string }>('/demo/clock'),
  moveClock: (advance: string) => post<{ now: string; fired?: Record<string, number> }>('/demo/clock', { advance }),
}
