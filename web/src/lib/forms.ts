/** The forms of protocols as the pages keep and check them. What is typed stays
 * text until it is sent; checkForm gives what is sent and what is wrong. */

import type { Text } from '@/api/types'
import { parseDayInput } from './dayinput'
import { holds, type Values } from './cond'
import { dayOf, instantOf } from './instant'

export type FormOption = { key: string; text: Text }
export type FormField = {
  key: string
  type: string
  label: Text
  help?: Text
  unit?: string
  required?: boolean
  options?: FormOption[]
  min?: number
  max?: number
  maxLen?: number
  notFuture?: boolean
  notBefore?: string
  when?: string
}
export type FormSpec = { key: string; title: Text; fields: FormField[] }

/** What is wrong with a field: a message key under "form.err" and its values. */
export type Wrong = { code: string; args?: Record<string, string | number | Text> }

/** Longest answers where the form gives no limit, as the server has them. */
const LINE = 200
const TEXT = 2000

/** A fresh set of answers. */
export function blank(form: FormSpec): Values {
  return Object.fromEntries(form.fields.map((f) => [f.key, f.type === 'many' ? [] : f.type === 'yes_no' ? null : '']))
}

/** A whole or decimal number as people type it, null where it is none. */
export function readNumber(text: unknown, whole: boolean): number | null {
  const s = String(text).trim().replace(',', '.')
  if (!/^-?\d+(\.\d+)?$/.test(s) || (whole && s.includes('.'))) return null
  return Number(s)
}

/** The instant of "2022-03-28 18:40" or "18:40" (today) in the city's zone; ""
 * for nothing, null where it cannot be read. */
export function readTime(text: unknown, today: string): string | null {
  const s = String(text ?? '').trim()
  if (!s) return ''
  if (/^\d{4}-\d\d-\d\dT/.test(s)) return Number.isNaN(Date.parse(s)) ? null : s
  const m = /^(?:(\S+)\s+)?(\d{1,2})[:：](\d{2})$/.exec(s)
  if (!m || Number(m[2]) > 23 || Number(m[3]) > 59) return null
  const day = m[1] ? parseDayInput(m[1], today) : today
  return day ? new Date(instantOf(day, `${m[2].padStart(2, '0')}:${m[3]}`)).toISOString() : null
}

const none = (v: unknown) => v === undefined || v === null || (typeof v === 'string' && !v.trim()) || (Array.isArray(v) && v.length === 0)

/** One answer as it is sent, or what is wrong with it. */
function read(f: FormField, v: unknown, today: string): { value?: unknown; wrong?: Wrong } {
  switch (f.type) {
    case 'number':
    case 'integer': {
      const n = readNumber(v, f.type === 'integer')
      return n === null ? { wrong: { code: f.type } } : { value: n }
    }
    case 'date': {
      const d = parseDayInput(String(v), today)
      return d ? { value: d } : { wrong: { code: 'date' } }
    }
    case 'time': {
      const at = readTime(v, today)
      return at ? { value: at } : { wrong: { code: 'time' } }
    }
    case 'choice':
      return f.options?.some((o) => o.key === v) ? { value: v } : { wrong: { code: 'choice' } }
    case 'many':
      return { value: (f.options ?? []).map((o) => o.key).filter((k) => (v as string[]).includes(k)) }
    case 'yes_no':
      return { value: v === true || v === 'true' }
  }
  return { value: String(v).trim() }
}

function limits(f: FormField, value: unknown, all: Values, byKey: Map<string, FormField>, today: string, now: number): Wrong | undefined {
  if (typeof value === 'number') {
    if (f.min !== undefined && value < f.min) return f.max === undefined ? { code: 'min', args: { min: f.min } } : { code: 'range', args: { min: f.min, max: f.max } }
    if (f.max !== undefined && value > f.max) return f.min === undefined ? { code: 'max', args: { max: f.max } } : { code: 'range', args: { min: f.min, max: f.max } }
  }
  if (f.type === 'text' || f.type === 'long') {
    const max = f.maxLen || (f.type === 'text' ? LINE : TEXT)
    if ([...String(value)].length > max) return { code: 'long', args: { max } }
  }
  if (f.type === 'date' || f.type === 'time') {
    const day = f.type === 'date' ? String(value) : dayOf(Date.parse(String(value)))
    if (f.notFuture && (f.type === 'date' ? day > today : Date.parse(String(value)) > now)) return { code: 'future' }
    const other = f.notBefore ? all[f.notBefore] : undefined
    if (other && day < (String(other).includes('T') ? dayOf(Date.parse(String(other))) : String(other))) return { code: 'before', args: { field: byKey.get(f.notBefore ?? '')?.label ?? { zh: '', en: '' } } }
  }
  return undefined
}

/** The fields that are asked with these answers. */
export function asked(form: FormSpec, values: Values, today: string): FormField[] {
  const typed = typedValues(form, values, today)
  return form.fields.filter((f) => holds(f.when, typed))
}

/** The answers in their types, without judging them: what conditions look at. */
export function typedValues(form: FormSpec, values: Values, today: string): Values {
  const out: Values = {}
  for (const f of form.fields) {
    const v = values[f.key]
    out[f.key] = none(v) ? null : (read(f, v, today).value ?? null)
  }
  return out
}

/** What is sent (only what is asked and answered) and what is wrong, by field. */
export function checkForm(form: FormSpec, values: Values, now: number): { values: Values; wrong: Record<string, Wrong> } {
  const today = dayOf(now)
  const byKey = new Map(form.fields.map((f) => [f.key, f]))
  const typed = typedValues(form, values, today)
  const sent: Values = {}
  const wrong: Record<string, Wrong> = {}
  for (const f of form.fields) {
    if (!holds(f.when, typed)) continue
    const v = values[f.key]
    if (none(v)) {
      if (f.required) wrong[f.key] = { code: 'required' }
      continue
    }
    const r = read(f, v, today)
    const bad = r.wrong ?? limits(f, r.value, typed, byKey, today, now)
    if (bad) wrong[f.key] = bad
    else sent[f.key] = r.value
  }
  return { values: sent, wrong }
}

/** The answers of a stored record as a form shows them again. */
export function answers(form: FormSpec, values: Values | undefined): Values {
  const out = blank(form)
  for (const f of form.fields) if (values && f.key in values) out[f.key] = f.type === 'number' || f.type === 'integer' ? String(values[f.key]) : values[f.key]
  return out
}
