import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import { beforeEach, describe, expect, it, vi } from 'vitest'

const dir = fileURLToPath(new URL('../src/resident/', import.meta.url))

/** A browser as far as these modules look at one. */
function browser(search = ''): void {
  const kept: Record<string, string> = {}
  const storage = new Proxy(kept, {
    get: (t, k: string) => ({ getItem: (n: string) => t[n] ?? null, setItem: (n: string, v: string) => void (t[n] = v), removeItem: (n: string) => void delete t[n] })[k as 'getItem'] ?? t[k],
  })
  vi.stubGlobal('location', { search, pathname: '/me' })
  vi.stubGlobal('localStorage', storage)
  vi.stubGlobal('navigator', { language: 'zh-CN' })
}

describe('the resident page', () => {
  beforeEach(() => {
    vi.resetModules()
    vi.unstubAllGlobals()
    browser()
  })

  it('says everything in both languages', async () => {
    const { zh } = await import('../src/resident/zh')
    const { en } = await import('../src/resident/en')
    const keys = (o: object, at = ''): string[] => Object.entries(o).flatMap(([k, v]) => (v && typeof v === 'object' && !Array.isArray(v) ? keys(v, at + k + '.') : [at + k]))
    expect(keys(en)).toEqual(keys(zh))
  })

  it('uses nothing in its styles that an old browser drops', () => {
    const css = readFileSync(dir + 'resident.css', 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
    expect(css).not.toMatch(/[^-]gap:|inset:|clamp\(|:is\(|:where\(|aspect-ratio|@layer|@container/)
  })

  it('writes its own elements: nothing typed becomes markup', () => {
    for (const f of readdirSync(dir)) expect(readFileSync(dir + f, 'utf8'), f).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/)
  })

  it('sends a parcel once, whatever the network does', async () => {
    const seen: string[] = []
    let dead = true
    vi.stubGlobal('fetch', async (_: string, o: { body: string }) => {
      seen.push(o.body)
      if (dead) throw new TypeError('Failed to fetch')
      return new Response(JSON.stringify({ no: 'H-1', code: 'H-AAAA', at: '2022-03-28T10:00:00Z' }), { status: 200 })
    })
    const q = await import('../src/resident/queue')
    const k = await import('../src/resident/keep')
    const parcel = { request: 'r1', kind: 'help' as const, path: '/public/help', body: { request: 'r1' }, at: '' }
    await expect(q.post(parcel)).rejects.toMatchObject({ status: 0 })
    await expect(q.post(parcel)).rejects.toMatchObject({ status: 0 })
    expect(q.waitingCount()).toBe(1)
    dead = false
    const told: string[] = []
    q.onSent((p, a) => told.push(p.request + ' ' + a.no))
    await q.flush()
    await q.flush()
    expect(q.waitingCount()).toBe(0)
    expect(told).toEqual(['r1 H-1'])
    expect(seen.length).toBe(3)
    expect(k.codes().map((c) => c.code)).toEqual(['H-AAAA'])
  })

  it('keeps what a busy server refuses for a moment, and gives up what it refuses for good', async () => {
    let status = 429
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ detail: 'no', code: 'x' }), { status }))
    const q = await import('../src/resident/queue')
    const parcel = { request: 'r2', kind: 'appeal' as const, path: '/public/appeals', body: {}, at: '' }
    await expect(q.post(parcel)).rejects.toMatchObject({ status: 429 })
    expect(q.waitingCount()).toBe(1)
    status = 422
    await expect(q.post(parcel)).rejects.toMatchObject({ status: 422 })
    expect(q.waitingCount()).toBe(0)
  })

  it('keeps nothing at a public screen', async () => {
    browser('?kiosk')
    const k = await import('../src/resident/keep')
    k.put('draft.declare', { name: '某甲' })
    k.keepCode({ kind: 'help', no: 'H-1', code: 'H-AAAA', at: '' })
    expect(k.get('draft.declare')).toEqual({ name: '某甲' })
    expect(localStorage.getItem('seawall.me.draft.declare')).toBeNull()
    k.forget()
    expect(k.get('draft.declare')).toBeNull()
    expect(k.codes()).toEqual([])
  })

  it('mints a fresh id for each request', async () => {
    const { mint } = await import('../src/resident/keep')
    const ids = new Set(Array.from({ length: 200 }, mint))
    expect(ids.size).toBe(200)
    expect([...ids].every((i) => /^[0-9a-f]{32}$/.test(i))).toBe(true)
  })

  it('reads days as the city does, not as the phone does', async () => {
    const api = await import('../src/resident/api')
    expect(api.dayOf(new Date('2022-03-28T16:30:00Z'))).toBe('2022-03-29')
    expect(api.till('2022-04-05T16:00:00Z')).toBe('4月5日')
    expect(api.day('0001-01-01T00:00:00Z')).toBe('')
  })
})
