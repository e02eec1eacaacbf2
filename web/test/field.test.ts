// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { give, read, receipt, stepOf, take } from '@/field/handover'
import { answers, fault, formOf, questions, said } from '@/field/fields'
import { fieldTexts, ownerWords, timeText } from '@/field/texts'
import type { Form, Person, Step } from '@/field/types'
import { asked } from '@/field/when'
import { distance, light, sorted, type FieldOp } from '@/field/day'
import { newPair } from '@/device/ticket'
import type { Self } from '@/device/door'

const t = fieldTexts.zh
const NOW = Date.parse('2022-03-28T10:40:00Z')
const step = (over: Partial<Step> = {}): Step => ({
  step: 'S1', loop: 'L1', kind: 'followup', key: 'notify', title: { zh: '告知本人', en: 'Tell the person' }, loopTitle: { zh: '随访', en: 'Follow-up' }, subject: { kind: 'contact', id: 'C1' },
  mask: '张*·女·11', due: '2022-03-28T12:00:00Z', needs: 'note', cannot: true, place: { zh: '城东社区', en: 'Chengdong' }, near: { steps: 0 }, band: 'soon', base: 's0', why: {}, ...over,
})

describe('the words', () => {
  it('are there in both languages with the same shape', () => {
    const shape = (v: unknown): unknown => (typeof v === 'object' && v ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, shape(x)])) : typeof v === 'function' ? v.length : typeof v)
    expect(shape(fieldTexts.en)).toEqual(shape(fieldTexts.zh))
  })
  it('say times of the city, whatever the phone', () => {
    expect(timeText('2022-03-28T12:00:00Z', 'zh', 'Asia/Shanghai', NOW)).toBe('20:00')
    expect(timeText('2022-03-28T16:30:00Z', 'en', 'Asia/Shanghai', NOW)).toBe('29/03 00:30')
    expect(timeText('0001-01-01T00:00:00Z', 'zh', 'Asia/Shanghai', NOW)).toBe('')
  })
  it('say why it is mine', () => {
    expect(ownerWords(t, 'stay:roster')).toBe('停留在你的片区')
    expect(ownerWords(t, 'nowhere')).toBe('')
  })
})

describe('conditions of questions', () => {
  it('hold as on the server: what hangs on a missing answer does not', () => {
    for (const [when, values, want] of [
      ["form.setting == 'school'", { setting: 'school' }, true],
      ["form.setting == 'school'", {}, false],
      ['!form.immune', {}, false],
      ['!form.immune', { immune: false }, true],
      ["form.source != 'negative' && form.depth != 'scratch'", { source: 'negative' }, false],
      ["form.a == 'x' || form.b > 2", { a: 'x' }, true],
      ["form.status in ['well', 'symptoms'] && (form.n <= 3 || form.n >= 9)", { status: 'well', n: 9 }, true],
      ['form.n < 3.5', { n: 4 }, false],
      ['size(form.list) > 1', {}, true], // not readable here: asked, the server checks
    ] as const) {
      expect(asked(when, values as never), when + JSON.stringify(values)).toBe(want)
    }
  })
  it('of every protocol file that a form has can be read', () => {
    let found = 0
    for (const f of readdirSync('../protocols').filter((x) => x.endsWith('.yaml'))) {
      for (const [, quoted, bare] of readFileSync('../protocols/' + f, 'utf8').matchAll(/when: (?:"([^"]+)"|([^,}\n]+))/g)) {
        const when = quoted ?? bare
        if (!/form\./.test(when) || /step\.|subject\.|plan\./.test(when)) continue
        found++
        expect(asked(when, {}), when).toBe(false) // one that cannot be read would be asked
      }
    }
    expect(found).toBeGreaterThan(2)
  })
})

describe('the questions of a step', () => {
  const form: Form = {
    key: 'f', title: { zh: '', en: '' },
    fields: [
      { key: 'setting', type: 'choice', label: { zh: '场所', en: 'Place' }, required: true, options: [{ key: 'school', text: { zh: '学校', en: 'School' } }] },
      { key: 'class', type: 'text', label: { zh: '班级', en: 'Class' }, maxLen: 3, when: "form.setting == 'school'" },
      { key: 'n', type: 'integer', label: { zh: '人数', en: 'People' }, min: 1, max: 10, unit: '人' },
      { key: 'day', type: 'date', label: { zh: '日期', en: 'Day' }, notFuture: true },
    ],
  }
  it('depend on the answers, and only what is asked is sent', () => {
    expect(questions(form, {}).map((x) => x.key)).toEqual(['setting', 'n', 'day'])
    expect(questions(form, { setting: 'school' })).toHaveLength(4)
    expect(Object.keys(answers(form, { setting: 'x', class: '3-2' }))).not.toContain('class')
  })
  it('say what is wrong before anything is kept', () => {
    const f = (k: string, v: unknown) => fault(form.fields.find((x) => x.key === k)!, v, t, '2022-03-28')
    expect(f('setting', '')).toBe(t.required)
    expect(f('class', '三年级二班')).toBe(t.tooLong(3))
    expect(f('n', 11)).toBe(t.number('1', '10'))
    expect(f('n', 'x')).toBe(t.number('1', '10'))
    expect(f('n', 2.5)).toBe(t.whole)
    expect(f('day', '2022-03-29')).toBe(t.future)
    expect([f('n', 3), f('day', '2022-03-28'), f('class', '')]).toEqual(['', '', ''])
    expect(said(form.fields[2], 3, t, 'zh')).toBe('3 人')
    expect(said(form.fields[0], 'school', t, 'zh')).toBe('学校')
  })
  it('of a report follow its answers; a note is asked where nothing else is', () => {
    const report = formOf(step({ report: { contact: 'C1', day: '2022-03-28', base: 'r0', statuses: ['well', 'symptoms', 'missed'] } }))
    expect(questions(report, { status: 'missed' }).map((x) => x.key)).toEqual(['status', 'note'])
    expect(questions(report, { status: 'symptoms' }).map((x) => x.key)).toEqual(['status', 'temperature', 'symptoms', 'note'])
    expect(formOf(step()).fields[0].required).toBe(true)
    expect(formOf(step({ needs: 'result' })).fields[0].required).toBe(false)
  })
})

describe('the day', () => {
  it('puts late first, then the band, then what is near, later things by their day', () => {
    const order = sorted(
      [
        step({ step: 'later2', band: 'later', due: '2022-04-16T00:00:00Z' }),
        step({ step: 'later1', band: 'later', due: '2022-03-30T00:00:00Z', near: { steps: 4 } }),
        step({ step: 'far', band: 'soon', due: '2022-03-28T11:00:00Z', near: { steps: 2 } }),
        step({ step: 'near', band: 'soon', due: '2022-03-28T11:50:00Z' }),
        step({ step: 'late', band: 'soon', due: '2022-03-28T10:00:00Z', near: { steps: 9 } }),
        step({ step: 'open', band: 'later', due: '0001-01-01T00:00:00Z' }),
      ],
      NOW,
    ).map((s) => s.step)
    expect(order.slice(0, 3)).toEqual(['late', 'near', 'far'])
    expect(order.indexOf('later1')).toBeLessThan(order.indexOf('later2'))
    const here = { lat: 33.77, lon: 120.26 }
    expect(sorted([step({ step: 'b', lat: 33.9, lon: 120.3 }), step({ step: 'a', lat: 33.78, lon: 120.26 })], NOW, here)[0].step).toBe('a')
    expect(distance(33.77, 120.26, 33.38, 120.14)).toBeCloseTo(44.8, 0)
  })
  it('sends what needs no picture first, and nothing before what it follows', () => {
    const op = (id: string, kind: string, target: string, photos?: string[]): FieldOp => ({ id, kind, target, at: '', body: { photos, body: {} } })
    const ops = [op('1', 'photo', 'step/A', ['p']), op('2', 'step.done', 'step/B', ['q']), op('3', 'step.done', 'step/A'), op('4', 'note', 'step/B'), op('5', 'step.done', 'step/C')]
    expect(light(ops).map((o) => o.id)).toEqual(['3', '5'])
  })
})

describe('a hand-over by two codes', () => {
  const phone = async (n: string): Promise<{ self: Self; person: Person }> => {
    const pair = await newPair()
    const self = { device: 'D' + n, pair, principal: 'P' + n, workName: '岗位' + n, login: n, ticketKey: {} } as Self
    return { self, person: { id: 'P' + n, workName: '岗位' + n, devices: [{ device: 'D' + n, key: pair.publicKey }] } }
  }
  it('is checked on both phones without a network. IMP-07', async () => {
    const [a, b] = [await phone('1'), await phone('2')]
    const giving = await give(a.self, step(), '社区门口', 'zh')
    const offered = await read(giving.code, [a.person])
    expect(offered).toMatchObject({ state: 'good', from: '岗位1', given: { l: 'L1', f: 'P1', p: '社区门口' } })
    expect(stepOf(offered!.along!, 'L1')).toMatchObject({ step: 'S1', base: 's0', mask: '张*·女·11', needs: 'note' })
    const taken = await take(b.self, offered!)
    expect(await receipt(taken, giving, [b.person])).toMatchObject({ state: 'good', to: '岗位2' })
    expect(giving.code.length).toBeLessThan(700) // a code that a phone's camera still reads
  })
  it('is refused where a signature is another’s, unknown where the key is', async () => {
    const [a, b, thief] = [await phone('1'), await phone('2'), await phone('3')]
    const giving = await give(a.self, step(), '', 'zh')
    expect((await read(giving.code, []))!.state).toBe('unknown')
    const forged = await give({ ...thief.self, device: 'D1', principal: 'P1' }, step(), '', 'zh')
    expect((await read(forged.code, [a.person]))!.state).toBe('forged')
    const posing = await give({ ...thief.self, principal: 'P1' }, step(), '', 'zh') // the thief's own phone, another's name
    expect((await read(posing.code, [a.person, thief.person]))!.state).toBe('forged')
    expect(await read('https://example.org', [a.person])).toBeUndefined()
    const other = await give(a.self, step({ loop: 'L2' }), '', 'zh')
    const taken = await take(b.self, (await read(giving.code, [a.person]))!)
    expect((await receipt(taken, other, [b.person])).state).toBe('other')
    expect((await receipt(taken.slice(0, -4) + 'AAAA', giving, [b.person])).state).toBe('forged')
  })
})
