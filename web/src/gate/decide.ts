/**
 * The decision of a gate, as internal/gate/rules.go makes it, for a shift without
 * a network. Both run the same cases: internal/gate/testdata/cases.json.
 */
import type { Text } from '@/api'

export type Outcome = 'pass' | 'sample_go' | 'hold' | 'refer'

/** All that a decision may depend on. */
export interface Facts {
  emergency?: boolean
  exemption?: string
  declared?: boolean
  trip?: string
  test?: { kind?: string; ageHours?: number; result?: string }
  permit?: string
  origin?: string
  riskStop?: boolean
  transit?: boolean
  symptoms?: boolean
  whitelisted?: boolean
  people?: number
  heldMinutes?: number
  canSample?: boolean
  mode?: string
}

export interface Condition {
  fact: string
  in?: string[]
  gt?: number
  ge?: number
  lt?: number
  le?: number
}

export interface Rule {
  key: string
  if?: Condition[] | null
  then: Outcome
  holdMinutes?: number
  reason: Text
  source: Text
  log?: boolean
  trace?: string
}

/** A file of rules as the server gives it, whole and signed. */
export interface Rules {
  id: string
  ref: string
  title: Text
  holdMaxMinutes: number
  holdOver: Text
  exemptions: { key: string; zh: string; en: string }[]
  grades: string[]
  rules: Rule[]
}

export interface Decision {
  outcome: Outcome
  rule: string
  rules: string
  reason: Text
  source: Text
  holdMinutes?: number
  log?: boolean
  trace?: string
  ceiling?: boolean
}

const NONE: Text = { zh: '', en: '' }

/** The first rule whose conditions all hold decides; a hold whose maximum is over
 * is a pass that is traced. */
export function decide(rules: Rules, f: Facts): Decision {
  for (const rule of rules.rules) {
    if (!(rule.if ?? []).every((c) => holds(c, f))) continue
    const d: Decision = { outcome: rule.then, rule: rule.key, rules: rules.ref, reason: rule.reason, source: rule.source, log: rule.log, trace: rule.trace }
    if (rule.then !== 'hold') return d
    d.holdMinutes = (rule.holdMinutes || rules.holdMaxMinutes) - (f.heldMinutes ?? 0)
    if (d.holdMinutes <= 0) Object.assign(d, { outcome: 'pass', holdMinutes: 0, ceiling: true, trace: 'next_node', reason: rules.holdOver })
    return d
  }
  return { outcome: 'refer', rule: '', rules: rules.ref, reason: NONE, source: NONE }
}

/** The worst of some grades in the file's order; one that it does not name counts last. */
export function worst(rules: Rules, grades: string[]): string {
  const place = (g: string) => (rules.grades.indexOf(g) + 1 || rules.grades.length + 1)
  return grades.filter(Boolean).reduce((best, g) => (!best || place(g) < place(best) ? g : best), '')
}

function holds(c: Condition, f: Facts): boolean {
  if (c.in?.length) return c.in.includes(word(c.fact, f))
  const n = number(c.fact, f)
  return (c.gt === undefined || n > c.gt) && (c.ge === undefined || n >= c.ge) && (c.lt === undefined || n < c.lt) && (c.le === undefined || n <= c.le)
}

/** A fact that is a word or a truth, as conditions write it. */
function word(fact: string, f: Facts): string {
  switch (fact) {
    case 'emergency':
    case 'declared':
    case 'riskStop':
    case 'transit':
    case 'symptoms':
    case 'whitelisted':
    case 'canSample':
      return String(f[fact] ?? false)
    case 'exemption':
    case 'trip':
    case 'permit':
    case 'origin':
    case 'mode':
      return f[fact] ?? ''
    case 'test.kind':
      return f.test?.kind ?? ''
    case 'test.result':
      return f.test?.result ?? ''
  }
  return ''
}

/** A fact that is a number. */
function number(fact: string, f: Facts): number {
  switch (fact) {
    case 'test.ageHours':
      return f.test?.ageHours ?? 0
    case 'people':
    case 'heldMinutes':
      return f[fact] ?? 0
  }
  return 0
}
