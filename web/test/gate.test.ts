import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { base64url, newPair, sign } from '../src/device/ticket'
import { decide, worst, type Decision, type Facts, type Rules } from '../src/gate/decide'
import { complaintCode, fit, gradeOf, lookOffline, maskPlate, normalPlate, openSnapshot, plateToken, ulid, type Snapshot } from '../src/gate/offline'
import { gateTexts } from '../src/gate/texts'

// the same file that internal/gate runs: what a tablet says is what the server says
const corpus = JSON.parse(readFileSync(new URL('../../internal/gate/testdata/cases.json', import.meta.url), 'utf8')) as {
  rules: Rules[]
  cases: { rules: string; facts: Facts; want: Partial<Decision> }[]
}
const rules = corpus.rules[corpus.rules.length - 1]
const NOW = new Date('2022-03-28T12:00:00Z')

function snapshot(part: Partial<Snapshot> = {}): Snapshot {
  return {
    site: { id: 'g15-a', kind: 'checkpoint', name: { zh: '甲收费站', en: 'Gate A' }, lanes: [], canSample: true },
    rules,
    issued: '2022-03-28T00:00:00Z',
    until: '2022-03-29T00:00:00Z',
    plateKey: base64url(new Uint8Array(32).fill(7)),
    permits: [],
    revoked: [],
    trips: [],
    grades: { '31': 'medium', '310115': 'high' },
    zone: 'Asia/Shanghai',
    ...part,
  }
}

describe('a decision without a network', () => {
  it('is the one that the server makes, over the whole corpus', () => {
    expect(corpus.cases.length).toBeGreaterThan(2000)
    const byRef = new Map(corpus.rules.flatMap((r) => [[r.ref, r], [r.id, r]] as [string, Rules][]))
    for (const [i, c] of corpus.cases.entries()) {
      const { outcome, rule, holdMinutes, log, trace, ceiling } = decide(byRef.get(c.rules)!, c.facts)
      const got = Object.fromEntries(Object.entries({ outcome, rule, holdMinutes, log, trace, ceiling }).filter(([, v]) => v))
      expect(got, `case ${i}: ${JSON.stringify(c.facts)}`).toEqual(c.want)
    }
  })
  it('knows the worst grade in the order of the file', () => {
    expect(worst(rules, ['', rules.grades[1], rules.grades[0]])).toBe(rules.grades[0])
    expect(worst(rules, ['unheard', rules.grades[1]])).toBe(rules.grades[1])
    expect(worst(rules, [])).toBe('')
  })
})

describe('what stands at the gate', () => {
  it('is compared by token and shown by mask', async () => {
    expect(normalPlate(' 苏j·88-888 ')).toBe('苏J88888')
    expect(maskPlate('苏J12345')).toBe('苏J·**345')
    expect(await plateToken(snapshot(), '苏J 12345')).toBe(await plateToken(snapshot(), '苏j·12345'))
    expect(await plateToken(snapshot(), '苏J12346')).not.toBe(await plateToken(snapshot(), '苏J12345'))
    expect(await plateToken(snapshot(), '')).toBe('')
    expect(gradeOf(snapshot().grades, '310115103')).toBe('high')
    expect(gradeOf(snapshot().grades, '310230')).toBe('medium')
    expect(gradeOf(snapshot().grades, '320924')).toBe('')
  })
  it('is read from a permit that this city signed, and from no other', async () => {
    const [city, other] = [await newPair(), await newPair()]
    const s = snapshot()
    const permit = { id: '01P', plate: await plateToken(s, '苏J12345'), route: ['g15-a'], from: '2022-03-28T00:00:00Z', until: '2022-03-30T00:00:00Z' }
    const look = async (ticket: string, plate = '苏J12345', over: Partial<Snapshot> = {}, at = NOW) =>
      (await lookOffline({ ...s, ...over }, city.publicKey, { plate, ticket, from: [], facts: {} }, at)).facts.permit
    const real = await sign(city, 'P', permit)
    expect(await look(real)).toBe('valid')
    expect(await look(await sign(other, 'P', permit))).toBe('forged')
    expect(await look('SW1.P.x.y')).toBe('forged')
    expect(await look(await sign(city, 'S', permit))).toBe('forged')
    expect(await look(real, '苏J99999')).toBe('vehicle')
    expect(await look(real, '苏J12345', { revoked: ['01P'] })).toBe('revoked')
    expect(await look(real, '苏J12345', {}, new Date('2022-03-30T00:00:00Z'))).toBe('expired')
    expect(await look(real, '苏J12345', {}, new Date('2022-03-27T00:00:00Z'))).toBe('early')
    expect(fit({ ...permit, route: ['elsewhere'] }, s, permit.plate, NOW)).toBe('route')
    expect(fit({ ...permit, route: [] }, s, permit.plate, NOW)).toBe('valid')
  })
  it('brings what the snapshot knows of its trip', async () => {
    const s = snapshot()
    s.trips = [{ trip: '01T', plate: await plateToken(s, '苏J12345'), state: 'permitted', transit: true, origin: rules.grades[1], permit: '01P' }]
    s.permits = [{ id: '01P', plate: s.trips[0].plate, from: '2022-03-28T00:00:00Z', until: '2022-03-29T00:00:00Z' }]
    const found = await lookOffline(s, {}, { plate: '苏J12345', ticket: '', from: ['310115'], facts: { people: 2 } }, NOW)
    expect(found).toMatchObject({ trip: '01T', permit: '01P', facts: { declared: true, trip: 'permitted', transit: true, permit: 'valid', canSample: true, people: 2, origin: worst(rules, ['high', rules.grades[1]]) } })
    const stranger = await lookOffline(s, {}, { plate: '苏J00000', ticket: '', from: [], facts: {} }, NOW)
    expect(stranger.facts).toMatchObject({ origin: '' })
    expect(stranger.trip).toBeUndefined()
  })
  it('is decided by rules of this city only', async () => {
    const [city, other] = [await newPair(), await newPair()]
    const text = await sign(city, 'S', snapshot())
    expect((await openSnapshot(text, city.publicKey))?.site.id).toBe('g15-a')
    expect(await openSnapshot(text, other.publicKey)).toBeUndefined()
    expect(await openSnapshot(text.replace('.S.', '.P.'), city.publicKey)).toBeUndefined()
  })
})

describe('what the tablet mints', () => {
  it('are identifiers in the order of time, and codes without doubtful letters', () => {
    const [a, b] = [ulid(new Date(1000)), ulid(new Date(2000))]
    expect(a).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
    expect(a < b).toBe(true)
    expect(complaintCode('01FZ81S21YZBH1T39RM58F91IL')).toBe('9RM58F9111')
  })
  it('speaks both languages', () => {
    const shape = (o: object): string => Object.entries(o).map(([k, v]) => k + (v && typeof v === 'object' ? `{${shape(v)}}` : typeof v)).sort().join()
    expect(shape(gateTexts.zh)).toBe(shape(gateTexts.en))
    expect(/[\u4e00-\u9fff]/.test(JSON.stringify({ ...gateTexts.en, provinces: '', suffixes: '' }))).toBe(false)
  })
})
