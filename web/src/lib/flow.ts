/** Steps in columns of order: what waits for nothing first, then what waits for
 * them. Steps that wait for each other stand at the end. */
export function flow<S extends { key: string; after?: string[] | null }>(steps: S[]): S[][] {
  const rank = new Map<string, number>()
  let left = [...steps]
  for (let i = 0; left.length && i <= steps.length; i++) {
    const ready = left.filter((s) => (s.after ?? []).every((k) => rank.has(k) || !steps.some((x) => x.key === k)))
    const take = ready.length ? ready : left
    for (const s of take) rank.set(s.key, i)
    left = left.filter((s) => !take.includes(s))
  }
  const out: S[][] = []
  for (const s of steps) (out[rank.get(s.key) ?? 0] ??= []).push(s)
  return out.filter(Boolean)
}
