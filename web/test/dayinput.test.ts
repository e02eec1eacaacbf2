import { describe, expect, it } from 'vitest'
import { parseDayInput } from '@/lib/dayinput'
import { readIdNumber } from '@/lib/idnumber'

const TODAY = '2022-03-28'

describe('a date as people type it', () => {
  const cases: [string, string | null][] = [
    ['', ''],
    ['t', TODAY],
    ['今', TODAY],
    ['y', '2022-03-27'],
    ['-1', '2022-03-27'],
    ['-30', '2022-02-26'],
    ['+2', '2022-03-30'],
    ['28', '2022-03-28'],
    ['29', '2022-01-29'], // February 2022 has no 29th
    ['3', '2022-03-03'],
    ['3/26', '2022-03-26'],
    ['3-26', '2022-03-26'],
    ['3.26', '2022-03-26'],
    ['3月26日', '2022-03-26'],
    ['0326', '2022-03-26'],
    ['12/30', '2021-12-30'], // too far ahead to be meant this year
    ['4/20', '2022-04-20'], // near enough
    ['2/29', null], // neither 2022 nor 2021 has it
    ['2022-3-8', '2022-03-08'],
    ['2022/03/08', '2022-03-08'],
    ['20220308', '2022-03-08'],
    ['2022-02-30', null],
    ['13/1', null],
    ['soon', null],
    ['32', null],
  ]
  for (const [typed, want] of cases) {
    it(`${JSON.stringify(typed)} is ${JSON.stringify(want)}`, () => expect(parseDayInput(typed, TODAY)).toBe(want))
  }
})

describe('an identity number', () => {
  // The example number of GB 11643-1999, the standard itself.
  it('tells birth, sex and that its check digit holds', () => {
    expect(readIdNumber('11010519491231002X')).toEqual({ birth: '1949-12-31', sex: 'f', ok: true })
  })
  it('notices a wrong check digit', () => expect(readIdNumber('110105194912310021')?.ok).toBe(false))
  it('is not every number', () => expect(readIdNumber('E12345678')).toBeNull())
})
