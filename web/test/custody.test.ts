import { describe, expect, it } from 'vitest'
import { instantAt, momentsOf, shareOf } from '@/lib/asof'
import { monday, weekday, weeks } from '@/lib/calendar'
import { chainOf, holderOf, type Passing } from '@/lib/custody'

const at = (hm: string) => `2022-03-28T${hm}:00Z`
const ms = (hm: string) => Date.parse(at(hm))
const UNSET = '0001-01-01T00:00:00Z'
const pass = (id: string, from: string, to: string, offered: string, accepted: string): Passing => ({ id, fromName: from, toName: to, at: at(offered), accepted: accepted ? at(accepted) : UNSET, why: 'handover' })

describe('custody', () => {
  const list = [pass('b', 'town', 'team', '10:00', ''), pass('a', 'grid', 'town', '08:00', '08:30')]
  it('runs in the order of time and names giver and receiver', () => {
    const c = chainOf(list, 0, ms('11:00'))
    expect(c.map((l) => [l.giver, l.receiver])).toEqual([
      ['grid', 'town'],
      ['town', 'team'],
    ])
    expect(c[0].waited).toBe(30)
    expect(c[0].until).toBe(0) // the town answers until the team has taken it
  })
  it('counts an offer that nobody took until now, and calls it a gap past the bound', () => {
    const c = chainOf(list, 1, ms('11:01'))
    expect(c[1]).toMatchObject({ accepted: 0, waited: 61, gap: true })
    expect(chainOf(list, 1, ms('11:00'))[1].gap).toBe(false)
    expect(chainOf(list, 0, ms('20:00'))[1].gap).toBe(false)
  })
  it('ends a stretch when the next one accepted', () => {
    const c = chainOf([pass('a', 'grid', 'town', '08:00', '08:30'), pass('b', 'town', 'team', '10:00', '10:20')], 0, ms('12:00'))
    expect(c[0].until).toBe(ms('10:20'))
    expect(holderOf(c)).toBe('team')
  })
  it('is with the giver until somebody has accepted', () => {
    expect(holderOf(chainOf([pass('a', 'grid', 'town', '08:00', '')], 0, ms('09:00')))).toBe('grid')
    expect(holderOf(chainOf(list, 0, ms('11:00')))).toBe('town')
    expect(holderOf([])).toBe('')
  })
})

describe('as it was', () => {
  const view = {
    loop: { openedAt: at('08:00'), closedAt: UNSET },
    steps: [{ doneAt: at('09:00'), escalatedAt: UNSET }],
    handOvers: [{ at: at('08:30'), accepted: at('09:00') }],
    evidence: [{ at: at('09:00') }],
  }
  it('stops at every change once, and at now', () => {
    expect(momentsOf(view, ms('10:00')).map((m) => m.at)).toEqual([ms('08:00'), ms('08:30'), ms('09:00'), ms('10:00')])
  })
  it('never looks ahead', () => {
    expect(momentsOf(view, ms('08:45')).map((m) => m.what)).toEqual(['opened', 'hand', 'now'])
  })
  it('goes from the slider to the instant and back', () => {
    const m = momentsOf(view, ms('10:00'))
    expect(instantAt(m, 0.5)).toBe(ms('09:00'))
    expect(shareOf(m, ms('09:00'))).toBe(0.5)
    expect(shareOf(m, ms('12:00'))).toBe(1)
  })
})

describe('the calendar', () => {
  it('begins its weeks on Monday', () => {
    expect(weekday('2022-03-28')).toBe(0)
    expect(monday('2022-04-03')).toBe('2022-03-28')
    const w = weeks('2022-03-30', '2022-04-05')
    expect(w).toHaveLength(2)
    expect(w[0][0]).toBe('2022-03-28')
    expect(w[1][6]).toBe('2022-04-10')
  })
  it('shows no more weeks than there is room for', () => {
    expect(weeks('2022-01-01', '2022-12-31')).toHaveLength(6)
  })
})
