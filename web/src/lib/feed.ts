/** A feed's file as rows: JSON as the server takes it, or a table with a heading. */

export type FeedRow = Record<string, unknown>

/** Splits a table into cells: commas or tabs, quotes doubled inside quotes. */
export function cells(text: string): string[][] {
  const sep = (text.split('\n', 1)[0] ?? '').includes('\t') ? '\t' : ','
  const out: string[][] = [[]]
  let cell = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') cell += text[i++]
      else quoted = false
    } else if (c === '"' && cell === '') quoted = true
    else if (c === sep) {
      out[out.length - 1].push(cell)
      cell = ''
    } else if (c === '\n') {
      out[out.length - 1].push(cell)
      cell = ''
      out.push([])
    } else if (c !== '\r') cell += c
  }
  out[out.length - 1].push(cell)
  return out.filter((r) => r.some((x) => x.trim()))
}

/** The columns a table may have, in the order in which the page names them. */
export const COLUMNS = ['external', 'name', 'document', 'phone', 'origin', 'left', 'crossing', 'mode', 'vehicle', 'seat', 'booking', 'entry', 'expected', 'arrived', 'stay', 'stay_text', 'size', 'cancelled', 'at'] as const

const yes = (v: string) => /^(1|y|yes|true)$/i.test(v)

function rowOf(v: Record<string, string>): FeedRow {
  return {
    external: v.external,
    at: v.at || v.arrived || undefined,
    identity: { name: v.name, docNumber: v.document, docType: /^\d{17}[\dXx]$/.test(v.document ?? '') ? 'cn-id' : v.document ? 'other' : '', phone: v.phone },
    origins: v.origin ? [{ code: v.origin, left: v.left || v.expected || (v.arrived ?? '').slice(0, 10), crossing: yes(v.crossing ?? '') || undefined }] : [],
    mode: v.mode || 'other',
    vehicle: v.vehicle || undefined,
    seat: v.seat || undefined,
    booking: v.booking || undefined,
    entry: v.entry || undefined,
    expected: v.expected || (v.arrived ?? '').slice(0, 10),
    arrived: v.arrived || undefined,
    stay: v.stay || undefined,
    stayText: v.stay_text || undefined,
    size: Number(v.size) || undefined,
    cancelled: yes(v.cancelled ?? '') || undefined,
  }
}

export type FeedFile = { feed: string; rows: FeedRow[]; unknown: string[]; missing: string[] }

/** Reads a file. unknown are columns that nobody reads, missing those that every
 * row needs. Throws SyntaxError for JSON that is none. */
export function readFeed(text: string): FeedFile {
  const trimmed = text.replace(/^\ufeff/, '').trim()
  if (/^[[{]/.test(trimmed)) {
    const doc = JSON.parse(trimmed) as FeedRow[] | { feed?: string; rows?: FeedRow[] }
    return Array.isArray(doc) ? { feed: '', rows: doc, unknown: [], missing: [] } : { feed: doc.feed ?? '', rows: doc.rows ?? [], unknown: [], missing: [] }
  }
  const [head, ...body] = cells(trimmed)
  const names = (head ?? []).map((h) => h.trim().toLowerCase())
  const known = names.filter((x) => (COLUMNS as readonly string[]).includes(x))
  const missing = ['external', 'origin'].filter((x) => !known.includes(x))
  const rows = missing.length ? [] : body.map((r) => rowOf(Object.fromEntries(names.map((x, i) => [x, (r[i] ?? '').trim()]))))
  return { feed: '', rows, unknown: names.filter((x) => !known.includes(x)), missing }
}
