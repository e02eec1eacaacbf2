import { describe, expect, it } from 'vitest'
import { holds } from '@/lib/cond'
import { answers, asked, blank, checkForm, readTime, type FormSpec } from '@/lib/forms'

const NOW = Date.parse('2022-03-28T10:40:00Z') // 18:40 in the city
const text = (s: string) => ({ zh: s, en: s })
const bite: FormSpec = {
  key: 'bite',
  title: text('bite'),
  fields: [
    { key: 'day', type: 'date', label: text('day'), required: true, notFuture: true },
    { key: 'grade', type: 'choice', label: text('grade'), required: true, options: ['1', '2', '3'].map((k) => ({ key: k, text: text(k) })) },
    { key: 'washed', type: 'yes_no', label: text('washed'), required: true },
    { key: 'minutes', type: 'integer', label: text('minutes'), min: 0, max: 60, when: 'form.washed == true' },
    { key: 'globulin', type: 'date', label: text('globulin'), required: true, notBefore: 'day', when: 'form.grade == "3"' },
    { key: 'weight', type: 'number', label: text('weight'), min: 1 },
    { key: 'where', type: 'many', label: text('where'), options: ['hand', 'leg'].map((k) => ({ key: k, text: text(k) })) },
    { key: 'note', type: 'text', label: text('note'), maxLen: 5 },
    { key: 'at', type: 'time', label: text('at'), notFuture: true },
  ],
}
const good = { ...blank(bite), day: '-1', grade: '1', washed: false }

describe('a form of a protocol', () => {
  it('asks what is required and says so beside the field', () => {
    expect(Object.keys(checkForm(bite, blank(bite), NOW).wrong).sort()).toEqual(['day', 'grade', 'washed'])
  })
  it('sends what was meant, typed', () => {
    const { values, wrong } = checkForm(bite, { ...good, weight: '12,5', where: ['leg', 'hand'], at: '18:00' }, NOW)
    expect(wrong).toEqual({})
    expect(values).toEqual({ day: '2022-03-27', grade: '1', washed: false, weight: 12.5, where: ['hand', 'leg'], at: '2022-03-28T10:00:00.000Z' })
  })
  it('keeps "no" as an answer', () => {
    expect(checkForm(bite, good, NOW).values.washed).toBe(false)
  })
  it('asks a field only where its condition holds, and sends nothing that is not asked', () => {
    expect(asked(bite, good, '2022-03-28').map((f) => f.key)).not.toContain('minutes')
    const hidden = checkForm(bite, { ...good, minutes: '5', globulin: 't' }, NOW)
    expect(hidden.values).not.toHaveProperty('minutes')
    expect(hidden.values).not.toHaveProperty('globulin')
    expect(checkForm(bite, { ...good, washed: true, minutes: '5' }, NOW).values.minutes).toBe(5)
    expect(checkForm(bite, { ...good, grade: '3' }, NOW).wrong.globulin.code).toBe('required')
  })
  it.each([
    ['minutes out of range', { washed: true, minutes: '61' }, 'minutes', 'range'],
    ['a part of a minute', { washed: true, minutes: '1.5' }, 'minutes', 'integer'],
    ['a weight below the least', { weight: '0' }, 'weight', 'min'],
    ['a weight in words', { weight: 'twelve' }, 'weight', 'number'],
    ['a day that lies ahead', { day: '+1' }, 'day', 'future'],
    ['a day that is none', { day: '13/45' }, 'day', 'date'],
    ['a day before the other', { grade: '3', globulin: '-2' }, 'globulin', 'before'],
    ['a choice that is not offered', { grade: '4' }, 'grade', 'choice'],
    ['a text that is too long', { note: '一二三四五六' }, 'note', 'long'],
    ['an hour that lies ahead', { at: '23:00' }, 'at', 'future'],
    ['an hour that is none', { at: '25:00' }, 'at', 'time'],
  ])('refuses %s', (_, change, field, code) => {
    const { wrong } = checkForm(bite, { ...good, ...change }, NOW)
    expect(wrong[field]?.code).toBe(code)
    expect(Object.keys(wrong)).toEqual([field])
  })
  it('shows a stored record again as it was typed', () => {
    const again = answers(bite, { day: '2022-03-27', grade: '1', washed: false, weight: 12.5 })
    expect(again.weight).toBe('12.5')
    expect(checkForm(bite, again, NOW).values).toEqual({ day: '2022-03-27', grade: '1', washed: false, weight: 12.5 })
  })
  it('reads hours in the city’s zone', () => {
    expect(readTime('3/27 08:05', '2022-03-28')).toBe('2022-03-27T00:05:00.000Z')
    expect(readTime('', '2022-03-28')).toBe('')
    expect(readTime('noon', '2022-03-28')).toBeNull()
  })
})

describe('a condition', () => {
  const v = { a: 'x', n: 3, yes: true, list: ['p', 'q'], empty: null }
  it.each([
    ['form.a == "x"', true],
    ["a == 'y'", false],
    ['form.n >= 3 && form.yes', true],
    ['form.n < 3 || !(form.yes)', false],
    ['form.a in ["x", "y"]', true],
    ['"p" in form.list', true],
    ['has(form.empty)', false],
    ['has(form.a) && size(form.list) == 2', true],
    ['form.list.size() > 2', false],
    ['form.a.startsWith("x") ? form.n == 3 : false', true],
    ['form.empty > 1', false],
    ['form.empty != "x"', true],
    ['', true],
  ])('%s', (when, want) => expect(holds(when, v)).toBe(want))
  it('that the page cannot read asks the field', () => {
    expect(holds('form.list.exists(x, x == "p")', v)).toBe(true)
    expect(holds('form.a ==', v)).toBe(true)
  })
})
