import { describe, expect, it } from 'vitest'
import { layout } from '@/lib/chain'
import type { Chain, ChainEdge, ChainNode } from '@/api'

const node = (person: string, day: string, household = ''): ChainNode => ({
  person,
  mask: person,
  case: 'case-' + person,
  caseNo: '',
  contact: '',
  focus: false,
  state: 'open',
  class: 'confirmed',
  day,
  area: '',
  household,
})
const edge = (from: string, to: string, kind = 'infection'): ChainEdge => ({ from, to, kind, day: '', certainty: '', setting: '' })
const chain = (nodes: ChainNode[], edges: ChainEdge[]): Chain => ({ nodes, edges, truncated: false })

describe('the chain of transmission', () => {
  it('runs left to right in time', () => {
    const d = layout(chain([node('a', '2022-03-20'), node('b', '2022-03-24'), node('c', '2022-03-22')], [edge('a', 'b'), edge('a', 'c')]), 800)
    const x = Object.fromEntries(d.spots.map((s) => [s.node.person, s.x]))
    expect(x.a).toBeLessThan(x.c)
    expect(x.c).toBeLessThan(x.b)
  })
  it('puts everybody below their source, each on a row of their own', () => {
    const d = layout(chain([node('c', '2022-03-24'), node('a', '2022-03-20'), node('b', '2022-03-22')], [edge('a', 'b'), edge('b', 'c')]), 800)
    expect(d.spots.map((s) => s.node.person)).toEqual(['a', 'b', 'c'])
    expect(new Set(d.spots.map((s) => s.y)).size).toBe(3)
  })
  it('boxes neighbours of one household and nobody alone', () => {
    const d = layout(chain([node('a', '2022-03-20'), node('b', '2022-03-22', 'h1'), node('c', '2022-03-23', 'h1'), node('d', '2022-03-23', 'h2')], [edge('a', 'b'), edge('a', 'c'), edge('a', 'd')]), 800)
    expect(d.houses.map((h) => h.name)).toEqual(['h1'])
  })
  it('draws what is not certain dashed', () => {
    const d = layout(chain([node('a', '2022-03-20'), node('b', '2022-03-22'), node('c', '2022-03-22')], [edge('a', 'b'), edge('a', 'c', 'exposure')]), 800)
    expect(d.curves.map((c) => c.dashed)).toEqual([false, true])
  })
  it('ends when people infected each other in a ring, and when an end is missing', () => {
    const d = layout(chain([node('a', '2022-03-20'), node('b', '')], [edge('a', 'b'), edge('b', 'a'), edge('a', 'gone')]), 800)
    expect(d.spots).toHaveLength(2)
    expect(d.curves).toHaveLength(2)
  })
})
