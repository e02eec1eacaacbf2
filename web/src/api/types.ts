/** The words of the server as the pages use them. Days are "2006-01-02" or "",
 * instants RFC 3339 with the year 1 for "unset", areas paths "32/3209/…/". */

export type Text = { zh: string; en: string }
export type Ref = { kind: string; id: string }
export type Interval = { from: string; to: string }
export type Page<T> = { items: T[]; next: string; total: number }

export type Principal = {
  id: string
  login: string
  workName: string
  roles: string[]
  area: string
  path: string
  disabled?: boolean
  mustChange?: boolean
  failures?: number
  lockedUntil?: string
  passwordSet?: string
  createdAt?: string
  version: number
}
export type Named = { id: string; zh: string; en: string; abstract?: boolean }
export type Instance = { name: Text; root: string; path: string; jurisdiction: string; timeZone: string; contact: string }
export type Session = { principal: Principal; csrf: string; now: string; demo: boolean; actions: string[]; purposes: Named[]; city: Instance }
export type Colleague = { id: string; workName: string; roles: string[]; path: string }

export type Citation = { regime: string; version: string; rule: string; source?: string; secondary?: boolean }
export type Parties = { territory: string; department: string; unit: string; individual: string }

export type Loop = {
  id: string
  kind: string
  subject: Ref
  person?: string
  mask: string
  fact: Ref
  disease: string
  regime: string
  rule: string
  title: Text
  area: string
  level: number
  owner?: string
  ownerName: string
  ownerWhy: string
  parties: Parties
  state: string
  openedAt: string
  closedAt: string
  outcome?: string
  version: number
}
export type Step = {
  id: string
  loop: string
  kind: string
  key: string
  order: number
  title: Text
  state: string
  opened: string
  due: string
  day: string
  doneAt: string
  doneBy?: string
  escalations: number
  escalatedAt: string
  series?: boolean
  needs?: string
  rule: string
  subject: Ref
  mask: string
  disease: string
  area: string
  owner?: string
  ownerName: string
  version: number
}
export type StepCounts = {
  open: number
  late: number
  soon: number
  tonight: number
  mine: number
  escalated: number
  loops: number
}
export type Tonight = {
  now: string
  cutOff: string
  counts: StepCounts
  mostUrgent?: Step | null
  place?: Text
  areaNames?: Record<string, Text>
  groups: { key: string; items: Step[]; total?: number }[]
}
export type Series = { id: string; key: string; title: Text; from: string; to: string; next: string; perDay: number; state: string; rule: string }
export type LoopClock = { id: string; step?: string; kind: string; fireAt: string; firedAt: string; state: string }
export type HandOver = { id: string; fromName: string; toName: string; to: string; at: string; accepted: string; note?: string; why: string }
export type Evidence = { id: string; step?: string; kind: string; text?: string; ref: Ref; by: string; at: string }
export type Restriction = {
  id: string
  subject: Ref
  kind: string
  fact: Ref
  regime: string
  rule: string
  during: Interval
  reason: Text
  appealHours: number
  decidedName: string
  state: string
  endedAt: string
  endedBy?: string
}
export type LoopView = {
  areaName?: Text
  source?: string
  loop: Loop
  steps: Step[]
  series: Series[]
  clocks: LoopClock[]
  handOvers: HandOver[]
  evidence: Evidence[]
  restrictions: Restriction[]
  events: LogEvent[]
}

export type Person = { no: string; mask: string; sex: string; birthYear?: number; home: string; mergedInto?: string; placeholder?: boolean; createdAt: string }
export type Origin = { source?: string; external?: string; import?: string }
export type Case = {
  id: string
  no: string
  person: string
  mask: string
  disease: string
  regime?: string
  class: string
  state: string
  onset: string
  exposed: string
  sampled: string
  diagnosed: string
  reported: string
  outcome?: string
  outcomeDay: string
  channel?: string
  home?: string
  stay?: string
  exposure?: string
  area: string
  facility?: string
  setting?: string
  extra?: Record<string, string>
  origin: Origin
  historic?: boolean
  retraction?: string
  version: number
  createdAt: string
  updatedAt: string
}
export type Result = {
  id: string
  person: string
  case?: string
  contact?: string
  disease: string
  kind: string
  accession: string
  collected: string
  resulted: string
  outcome: string
  value?: string
  lab?: string
  state: string
  version: number
}
export type Contact = {
  id: string
  no: string
  person: string
  mask: string
  case?: string
  caseNo?: string
  disease: string
  regime?: string
  class: string
  state: string
  firstExposure: string
  lastExposure: string
  until: string
  setting?: string
  relation?: string
  place?: string
  home?: string
  stay?: string
  area: string
  loop?: string
  owner?: string
  ownerName?: string
  nextDue: string
  lastReport: string
  symptomatic?: boolean
  confirmedBy?: string
  via?: string
  extra?: Record<string, string>
  historic?: boolean
  version: number
}
export type Stay = { id: string; person?: string; case?: string; place: string; kind?: string; area: string; during: Interval; note?: string; state: string; version: number }
export type FollowUp = {
  id: string
  contact: string
  day: string
  status: string
  temperature?: number
  symptoms?: string
  by: string
  at: string
  note?: string
}
export type Link = { id: string; from: string; to: string; kind: string; setting?: string; certainty?: string; day: string; state: string }
export type DayCount = { day: string; class: string; n: number }

export type Segment = { kind: string; from: string; to: string; why: Citation; text: Text }
export type PlannedTest = { key: string; n: number; day: string; kind: string; dual?: boolean; why: Citation; text: Text }
export type Plan = {
  class: string
  base: string
  segments: Segment[]
  tests: PlannedTest[]
  monitorFrom: string
  monitorTo: string
  monitorPerDay: number
  prophylaxis?: { key: string; until: string; text: Text; why: Citation }[]
  release: string
  missed?: number
  over?: boolean
  promoteTo?: string
  transferHours: number
  releaseRules?: string[]
  text: Text
  why: Citation
}

export type LogEvent = {
  id: string
  seq?: number
  at: string
  type: string
  subject: Ref
  related?: Ref[]
  area?: string
  actor: { kind: string; principal?: string; name?: string; purpose?: string }
  data?: Record<string, string>
  forgotten?: boolean
}
export type Notice = { id: string; about: Ref; text: Text; at: string; readAt: string; urgent?: boolean }

export type Area = {
  id: string
  name: Text
  level: string
  pinyin: string
  parent: string
  path: string
  commandParent?: string
  population?: number
  populationKind?: string
  populationSource?: string
  lat?: number
  lon?: number
  validFrom: string
  validTo: string
}
export type DutyRow = {
  id: string
  area: string
  path: string
  theme: string
  principal: string
  workName: string
  rank: number
  during: Interval
  fromHour: number
  toHour: number
  absent: Interval
}
export type Capacity = { id: string; area: string; path: string; kind: string; total: number; used: number; asOf: string }
export type Answer = { area: string; principal: string; workName: string; why: string }

export type Identity = {
  name: string
  sex: string
  birth: string
  birthYear?: number
  docType?: string
  docNumber?: string
  phone?: string
  address?: string
}
export type PersonCandidate = { person: string; mask: string; score: number; reasons: { code: string; points: number }[] }
