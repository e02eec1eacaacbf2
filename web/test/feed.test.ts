import { describe, expect, it } from 'vitest'
import { checkState, hours, share } from '@/lib/checks'
import { cells, readFeed } from '@/lib/feed'
import { flow } from '@/lib/flow'

describe('a feed’s file', () => {
  it('is a table with quotes, commas and line ends of any kind', () => {
    expect(cells('a,b\r\n"x, ""y""",2\n\n')).toEqual([
      ['a', 'b'],
      ['x, "y"', '2'],
    ])
    expect(cells('a\tb\n1\t2')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
  })
  it('becomes rows as the server takes them', () => {
    const f = readFeed('\ufeffexternal,name,document,origin,left,vehicle,arrived\nr1,演练员,11010519491231002X,310000,2022-03-27,G7001,2022-03-28T01:00:00Z')
    expect(f.rows).toHaveLength(1)
    expect(f.rows[0]).toMatchObject({ external: 'r1', identity: { name: '演练员', docType: 'cn-id' }, origins: [{ code: '310000', left: '2022-03-27' }], vehicle: 'G7001', expected: '2022-03-28' })
  })
  it('names columns that nobody reads and those that are missing', () => {
    expect(readFeed('external,origin,colour\n1,31,red').unknown).toEqual(['colour'])
    const none = readFeed('name,origin\nx,31')
    expect(none.missing).toEqual(['external'])
    expect(none.rows).toEqual([])
  })
  it('may be JSON, alone or with its name', () => {
    expect(readFeed('[{"external":"1"}]').rows).toHaveLength(1)
    expect(readFeed('{"feed":"rail","rows":[]}').feed).toBe('rail')
    expect(() => readFeed('[{')).toThrow(SyntaxError)
  })
})

describe('the four checks', () => {
  const now = Date.parse('2022-03-28T10:00:00Z')
  const c = (done: string, due: string) => ({ key: 'identity', done: done || '0001-01-01T00:00:00Z', due: due || '0001-01-01T00:00:00Z' })
  it('are made, late, due, or not asked yet', () => {
    expect(checkState(c('2022-03-28T09:00:00Z', ''), now)).toBe('made')
    expect(checkState(c('', '2022-03-28T09:59:00Z'), now)).toBe('late')
    expect(checkState(c('', '2022-03-28T10:01:00Z'), now)).toBe('due')
    expect(checkState(c('', ''), now)).toBe('ahead')
  })
  it('have no share where nobody came', () => {
    expect(share({ arrivals: 0, done: {} }, 'identity')).toBeNull()
    expect(share({ arrivals: 4, done: { identity: 3 } }, 'identity')).toBe(0.75)
    expect(share({ arrivals: 4, done: {} }, 'identity')).toBe(0)
  })
  it('take hours as people say them', () => {
    expect([hours(-1), hours(0.5), hours(3.24), hours(11.6), hours(50), hours(48)]).toEqual(['', '30 min', '3.2 h', '12 h', '2 d 2 h', '2 d'])
  })
})

describe('the order of a protocol', () => {
  const keys = (steps: { key: string; after?: string[] }[]) => flow(steps).map((r) => r.map((s) => s.key))
  it('puts what waits behind what it waits for', () => {
    expect(keys([{ key: 'a' }, { key: 'b', after: ['a'] }, { key: 'c' }, { key: 'd', after: ['b', 'c'] }])).toEqual([['a', 'c'], ['b'], ['d']])
  })
  it('loses no step where they wait for each other or for one that is not there', () => {
    expect(keys([{ key: 'a', after: ['b'] }, { key: 'b', after: ['a'] }]).flat().sort()).toEqual(['a', 'b'])
    expect(keys([{ key: 'a', after: ['gone'] }])).toEqual([['a']])
  })
})
