/** The questions behind a step, and whether an answer fits them. */
import type { Draft, Field, Form, Step, Text, Values } from './types'
import { fieldTexts, type FieldTexts, type Lang } from './texts'
import { asked } from './when'

/** The bounds of body temperature that a report takes, in °C; those of the server. */
const TEMPERATURE = { min: 30, max: 45 }
/** How long texts may be where the form does not say; the same as on the server. */
const LENGTH: Record<string, number> = { text: 200, long: 4000 }

const both = (of: (t: FieldTexts) => string): Text => ({ zh: of(fieldTexts.zh), en: of(fieldTexts.en) })

/** What a step asks: its form from the protocol, the day's report, or a note. */
export function formOf(s: Step): Form {
  if (s.form) return s.form
  if (s.report) return reportForm(s.report.statuses)
  const label = both((t) => (s.needs === 'result' ? t.form.resultNote : t.form.note))
  return { key: 'note', title: s.title, fields: [{ key: 'text', type: 'long', label, help: both((t) => t.noteHelp), required: !!s.needs && s.needs !== 'result' }] }
}

function reportForm(statuses: string[]): Form {
  const options = statuses.map((key) => ({ key, text: both((t) => t.status[key] ?? key) }))
  return {
    key: 'report',
    title: both((t) => t.report),
    fields: [
      { key: 'status', type: 'choice', label: both((t) => t.field.status), options, required: true },
      { key: 'temperature', type: 'number', label: both((t) => t.field.temperature), unit: '°C', ...TEMPERATURE, when: "form.status in ['well', 'symptoms']" },
      { key: 'symptoms', type: 'long', label: both((t) => t.field.symptoms), maxLen: 500, required: true, when: "form.status == 'symptoms'" },
      { key: 'note', type: 'long', label: both((t) => t.field.note), maxLen: 500, help: both((t) => t.noteHelp) },
    ],
  }
}

/** The questions that are asked, given the answers so far. */
export function questions(f: Form, values: Values): Field[] {
  const known: Values = {}
  const out: Field[] = []
  for (const x of f.fields) {
    if (!asked(x.when, known)) continue
    out.push(x)
    known[x.key] = values[x.key] ?? undefined
  }
  return out
}

/** Only the answers to questions that are asked. */
export function answers(f: Form, values: Values): Values {
  return Object.fromEntries(questions(f, values).map((x) => [x.key, values[x.key]]))
}

/** What is wrong with an answer, '' for nothing. The server checks again. */
export function fault(x: Field, v: unknown, t: FieldTexts, today: string): string {
  const empty = v === undefined || v === null || v === '' || (Array.isArray(v) && !v.length) || (typeof v === 'string' && !v.trim())
  if (empty) return x.required ? t.required : ''
  if (x.type === 'number' || x.type === 'integer') {
    const n = Number(v)
    if (!Number.isFinite(n) || (x.min !== undefined && n < x.min) || (x.max !== undefined && n > x.max)) return t.number(String(x.min ?? '…'), String(x.max ?? '…'))
    if (x.type === 'integer' && !Number.isInteger(n)) return t.whole
  }
  if (x.type === 'text' || x.type === 'long') {
    const most = x.maxLen || LENGTH[x.type]
    if ([...String(v)].length > most) return t.tooLong(most)
  }
  if (x.type === 'date' && x.notFuture && String(v) > today) return t.future
  return ''
}

/** The pictures that a form's own fields name. */
export function namedPhotos(f: Form, values: Values): string[] {
  return f.fields.filter((x) => x.type === 'photo' && typeof values[x.key] === 'string').map((x) => values[x.key] as string)
}

/** An answer as words. */
export function said(x: Field, v: unknown, t: FieldTexts, lang: Lang): string {
  if (v === undefined || v === null || v === '' || (Array.isArray(v) && !v.length)) return t.unset
  const name = (k: unknown) => x.options?.find((o) => o.key === k)?.text[lang] ?? String(k)
  if (Array.isArray(v)) return v.map(name).join('、')
  if (typeof v === 'boolean') return v ? t.yes : t.no
  if (x.type === 'choice') return name(v)
  if (x.type === 'photo') return t.photos(1)
  return String(v) + (x.unit ? ' ' + x.unit : '')
}

export const emptyDraft = (): Draft => ({ values: {}, photos: [], at: 0 })
