import type { Chain, ChainEdge, ChainNode } from '@/api'
import { addDays, daysBetween } from './instant'

/** Where one person stands in the drawing. */
export type Spot = { node: ChainNode; x: number; y: number }
export type Curve = { edge: ChainEdge; d: string; dashed: boolean }
export type House = { x: number; y: number; w: number; h: number; name: string }
export type Layout = { width: number; height: number; spots: Spot[]; curves: Curve[]; houses: House[]; ticks: { x: number; day: string }[] }

const ROW = 34
const LEFT = 20
const TOP = 34
const LABEL = 150

/** Lays a chain out: time runs left to right, one row a person, children below
 * their source, households together. width is the room there is. */
export function layout(chain: Chain, width: number): Layout {
  const nodes = chain.nodes ?? []
  const edges = chain.edges ?? []
  if (!nodes.length) return { width, height: 0, spots: [], curves: [], houses: [], ticks: [] }
  const known = nodes.map((n) => n.day).filter(Boolean).sort()
  const first = known[0] ?? ''
  const span = first ? Math.max(1, daysBetween(first, known[known.length - 1])) : 1
  const step = Math.max(6, (width - LEFT - LABEL) / span)
  const x = (n: ChainNode) => LEFT + (n.day && first ? daysBetween(first, n.day) * step : 0)
  const order = walk(nodes, edges)
  const spots = order.map((node, i) => ({ node, x: x(node), y: TOP + i * ROW }))
  const at = new Map(spots.map((s) => [s.node.person, s]))
  const curves = edges.flatMap((edge) => {
    const a = at.get(edge.from)
    const b = at.get(edge.to)
    if (!a || !b) return []
    const mid = Math.max(a.x + 8, b.x - 18)
    const d = `M${a.x} ${a.y} L${a.x} ${b.y - 8 > a.y ? b.y - 8 : b.y} Q${a.x} ${b.y} ${Math.min(mid, a.x + 8)} ${b.y} L${b.x - 6} ${b.y}`
    return [{ edge, d, dashed: edge.kind !== 'infection' || /suspect|possible|unsure|uncertain|unclear|low/i.test(edge.certainty ?? '') }]
  })
  const every = Math.max(1, Math.ceil(span / Math.max(2, Math.floor(width / 90))))
  const ticks = first ? Array.from({ length: Math.floor(span / every) + 1 }, (_, i) => ({ x: LEFT + i * every * step, day: addDays(first, i * every) })) : []
  return { width: Math.max(width, LEFT + span * step + LABEL), height: TOP + order.length * ROW, spots, curves, houses: houses(spots), ticks }
}

/** Depth-first from the sources; within a family by day, households together. */
function walk(nodes: ChainNode[], edges: ChainEdge[]): ChainNode[] {
  const by = new Map(nodes.map((n) => [n.person, n]))
  const children = new Map<string, ChainNode[]>()
  const hasSource = new Set<string>()
  for (const e of edges) {
    const child = by.get(e.to)
    if (!child || !by.has(e.from)) continue
    children.set(e.from, [...(children.get(e.from) ?? []), child])
    hasSource.add(e.to)
  }
  const sort = (list: ChainNode[]) => [...list].sort((a, b) => (a.household ?? '').localeCompare(b.household ?? '') || a.day.localeCompare(b.day) || a.person.localeCompare(b.person))
  const out: ChainNode[] = []
  const seen = new Set<string>()
  const stack = sort(nodes.filter((n) => !hasSource.has(n.person))).reverse()
  const rest = sort(nodes)
  while (out.length < nodes.length) {
    const n = stack.pop() ?? rest.find((r) => !seen.has(r.person))
    if (!n) break
    if (seen.has(n.person)) continue
    seen.add(n.person)
    out.push(n)
    stack.push(...sort(children.get(n.person) ?? []).reverse())
  }
  return out
}

/** Boxes round neighbours of one household. */
function houses(spots: Spot[]): House[] {
  const out: House[] = []
  let i = 0
  while (i < spots.length) {
    const name = spots[i].node.household
    let j = i
    while (name && j + 1 < spots.length && spots[j + 1].node.household === name) j++
    if (name && j > i) {
      const part = spots.slice(i, j + 1)
      const x = Math.min(...part.map((s) => s.x)) - 12
      const w = Math.max(...part.map((s) => s.x)) + LABEL - 16 - x
      out.push({ x, y: spots[i].y - ROW / 2 + 2, w, h: (j - i + 1) * ROW - 4, name })
    }
    i = j + 1
  }
  return out
}
