import type { Case, CaseChange } from '@/api/types'

/** The facts of a case that a person may correct, in the order of the form.
 * Days are "2006-01-02" or "", areas ids. */
export const CASE_FIELDS = ['class', 'onset', 'sampled', 'diagnosed', 'channel', 'outcome', 'outcomeDay', 'home', 'stay', 'exposure', 'facility', 'setting'] as const
export type CaseField = (typeof CASE_FIELDS)[number]
export type CaseFacts = Record<CaseField, string>

const AREAS: readonly CaseField[] = ['home', 'stay', 'exposure']

/** The id of the area at the end of a path. */
export const areaOf = (path: string | undefined): string => (path ?? '').split('/').filter(Boolean).pop() ?? ''

/** The facts as the form holds them. */
export function factsOf(c: Case): CaseFacts {
  return Object.fromEntries(CASE_FIELDS.map((k) => [k, AREAS.includes(k) ? areaOf(c[k]) : (c[k] ?? '')])) as CaseFacts
}

/** The fields in which what is typed differs from what was read. */
export function changedFields(typed: CaseFacts, read: CaseFacts): CaseField[] {
  return CASE_FIELDS.filter((k) => typed[k].trim() !== read[k])
}

/** What is sent: the version that was read and the changed fields alone. */
export function changeOf(typed: CaseFacts, read: CaseFacts, version: number): CaseChange {
  const out: CaseChange = { version }
  for (const k of changedFields(typed, read)) out[k] = typed[k].trim()
  return out
}

/** Takes over a newer state: what nobody typed follows it, what was typed stays.
 * Names the typed fields that somebody else changed too. */
export function rebase(typed: CaseFacts, read: CaseFacts, fresh: CaseFacts): { typed: CaseFacts; both: CaseField[] } {
  const mine = new Set(changedFields(typed, read))
  const next = { ...fresh }
  for (const k of mine) next[k] = typed[k]
  return { typed: next, both: CASE_FIELDS.filter((k) => mine.has(k) && fresh[k] !== read[k] && fresh[k] !== typed[k].trim()) }
}
