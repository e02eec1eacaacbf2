/** What the phone gets from the server (GET /field/day) and keeps of it. */

export interface Text {
  zh: string
  en: string
}

export interface Field {
  key: string
  type: 'text' | 'long' | 'number' | 'integer' | 'choice' | 'many' | 'yes_no' | 'date' | 'time' | 'area' | 'photo'
  label: Text
  help?: Text
  unit?: string
  required?: boolean
  options?: { key: string; text: Text }[]
  min?: number
  max?: number
  maxLen?: number
  notFuture?: boolean
  when?: string
}

export interface Form {
  key: string
  title: Text
  fields: Field[]
}

export type Band = 'late' | 'soon' | 'tonight' | 'later'

export interface Step {
  step: string
  loop: string
  kind: string
  key: string
  title: Text
  loopTitle: Text
  subject: { kind: string; id: string }
  no?: string
  mask: string
  due: string
  day?: string
  needs?: string
  form?: Form
  help?: Text
  /** It may be declared impossible. */
  cannot: boolean
  place: Text
  lat?: number
  lon?: number
  near: { km?: number; steps: number }
  band: Band
  base: string
  report?: { contact: string; day: string; base: string; statuses: string[] }
  why: { rule?: string; regime?: string; source?: string; owner?: string }
}

export interface Person {
  id: string
  workName: string
  devices: { device: string; key: JsonWebKey }[]
}

export interface Offer {
  handOver: string
  loop: string
  from: string
  title: Text
  mask: string
  at: string
}

export interface Day {
  now: string
  until: string
  steps: Step[]
  more: number
  people: Person[]
  offers: Offer[]
  conflicts: number
}

/** Answers to a form by field. */
export type Values = Record<string, unknown>

/** A picture that waits, or stands in a draft. */
export interface Photo {
  id: string
  step: string
  type: string
  hash: string
  size: number
  taken: string
  /** The picture in base64. */
  data: string
}

/** What somebody has begun to write about a step. */
export interface Draft {
  values: Values
  photos: string[]
  signature?: string
  at: number
}

/** What this phone has done with a step and the day from the server does not show
 * yet. */
export interface Mark {
  step: Step
  how: 'done' | 'cannot' | 'offered' | 'given' | 'noted'
  ops: string[]
  at: string
  values?: Values
}

/** One field of a conflict. */
export interface Pair {
  field: string
  label: Text
  mine?: unknown
  theirs?: unknown
  same?: boolean
}

export interface Conflict {
  id: string
  kind: string
  title: Text
  mask: string
  /** The key of what stood in the way. */
  why: string
  message?: string
  fields: Pair[]
  mineAt: string
  theirsBy?: string
  theirsAt?: string
  ownerName: string
}
