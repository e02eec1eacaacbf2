import { describe, expect, it } from 'vitest'
import { left, span } from '@/lib/left'
import { clockOf, dayOf, instantOf, showInstant, unset } from '@/lib/instant'

// 18:40 on 28 March 2022 in the city.
const NOW = Date.parse('2022-03-28T10:40:00Z')

describe('what is left', () => {
  it('is told in hours and minutes with the wall clock', () => {
    expect(left('2022-03-28T12:50:00Z', NOW, 'zh')).toEqual({ state: 'open', text: '剩 2 h 10 min', at: '20:50' })
    expect(left('2022-03-28T12:50:00Z', NOW, 'en').text).toBe('2 h 10 min left')
  })
  it('is soon from two hours on', () => {
    expect(left('2022-03-28T12:40:00Z', NOW, 'en').state).toBe('soon')
    expect(left('2022-03-28T12:41:00Z', NOW, 'en').state).toBe('open')
  })
  it('says how late, in the reader’s words', () => {
    expect(left('2022-03-28T09:58:00Z', NOW, 'zh')).toEqual({ state: 'late', text: '超 42 min', at: '17:58' })
    expect(left('2022-03-28T09:58:00Z', NOW, 'en').text).toBe('42 min late')
  })
  it('is not late at the very instant', () => expect(left('2022-03-28T10:40:00Z', NOW, 'zh').state).toBe('soon'))
  it('names the day when it is another one in the city, whatever the day in UTC', () => {
    expect(left('2022-03-28T16:00:00Z', NOW, 'zh').at).toBe('3-29 00:00')
    expect(left('2022-03-28T15:59:00Z', NOW, 'zh').at).toBe('23:59')
    expect(left('2022-03-30T04:00:00Z', NOW, 'en').at).toBe('30 Mar 12:00')
  })
  it('knows an unset instant', () => {
    expect(left('0001-01-01T00:00:00Z', NOW, 'zh').state).toBe('none')
    expect(left(undefined, NOW, 'zh').state).toBe('none')
    expect(unset('0001-01-01T00:00:00Z')).toBe(true)
  })
})

describe('a span', () => {
  it('shows the two largest units and never seconds', () => {
    expect([0, 42, 60, 130, 1440, 1500, 4000].map(span)).toEqual(['0 min', '42 min', '1 h', '2 h 10 min', '1 d', '1 d 1 h', '2 d 18 h'])
  })
})

describe('instants in the city', () => {
  it('do not depend on the browser’s zone', () => {
    expect(dayOf(NOW)).toBe('2022-03-28')
    expect(clockOf(NOW)).toBe('18:40')
    expect(instantOf('2022-03-28', '18:40')).toBe(NOW)
    expect(instantOf('2022-03-29', '00:00')).toBe(Date.parse('2022-03-28T16:00:00Z'))
  })
  it('leave the day out when it is today', () => {
    expect(showInstant('2022-03-28T08:00:00Z', 'zh', NOW)).toBe('16:00')
    expect(showInstant('2022-03-27T08:00:00Z', 'zh', NOW)).toBe('3-27 16:00')
    expect(showInstant('2021-03-27T08:00:00Z', 'en', NOW)).toBe('27 Mar 2021 16:00')
  })
})
