import { describe, expect, it } from 'vitest'
import { Queue, Offline, type Op, type Result } from '../src/device/queue'
import type { Rows, Table } from '../src/device/rows'
import { doorTexts } from '../src/device/texts'
import { newPair, parse, sign, verify } from '../src/device/ticket'
import server from './data/ticket.json'
import { goodPin, TRIES, Vault, WrongPin } from '../src/device/vault'

/** The store of a phone as a map; everything in it can be looked through. */
class Kept implements Rows {
  rows = new Map<string, unknown>()
  get = async (t: Table, k: string) => this.rows.get(t + '/' + k)
  put = async (t: Table, k: string, v: unknown) => void this.rows.set(t + '/' + k, structuredClone(v))
  remove = async (t: Table, k: string) => void this.rows.delete(t + '/' + k)
  all = async (t: Table) => [...this.rows].filter(([k]) => k.startsWith(t + '/')).map(([, v]) => v)
  clear = async () => this.rows.clear()
  /** Everything that stands in the store, as a thief would read it. */
  read(): string {
    const plain = (v: unknown): string =>
      v instanceof Uint8Array ? Buffer.from(v).toString('latin1') : v instanceof CryptoKey ? '' : typeof v === 'object' && v ? Object.entries(v).map(([k, x]) => k + plain(x)).join() : String(v)
    return [...this.rows].map(([k, v]) => k + plain(v)).join('\n')
  }
}
const PIN = '274916'
const QUICK = 1000 // rounds of the test; what they are worth is not what is tested
const op = (id: string, target = 'step/1'): Op => ({ id, kind: 'note', target, base: 1, at: '2022-03-28T10:00:00Z', body: { text: '体温36.5' } })

describe('the vault', () => {
  it('keeps what is large sealed as well, and out of the lists', async () => {
    const rows = new Kept()
    const v = await Vault.make(rows, PIN, QUICK)
    await v.put('photo/1', { data: 'readable-picture' }, 'large')
    expect(await v.get('photo/1', 'large')).toEqual({ data: 'readable-picture' })
    expect(await v.list('photo/')).toEqual([])
    expect(rows.read()).not.toContain('readable-picture')
    await v.remove('photo/1', 'large')
    expect(await v.get('photo/1', 'large')).toBeUndefined()
  })
  it('gives back what was kept, and nothing is readable at rest', async () => {
    const rows = new Kept()
    const v = await Vault.make(rows, PIN, QUICK)
    await v.put('op/张某', { text: '体温 36.5 secret-words' })
    expect(await v.get('op/张某')).toEqual({ text: '体温 36.5 secret-words' })
    for (const word of ['secret-words', '体温', Buffer.from('体温').toString('latin1'), '张某', PIN, 'op/']) expect(rows.read()).not.toContain(word)
    const again = await Vault.unlock(rows, PIN)
    expect((await again.list('op/')).map((k) => k.key)).toEqual(['op/张某'])
  })
  it('counts wrong PINs, forgives after a right one, and wipes at the tenth', async () => {
    const rows = new Kept()
    await (await Vault.make(rows, PIN, QUICK)).put('a', 1)
    await expect(Vault.unlock(rows, '999998')).rejects.toEqual(new WrongPin(TRIES - 1))
    await Vault.unlock(rows, PIN)
    for (let i = 1; i < TRIES; i++) await expect(Vault.unlock(rows, '999998')).rejects.toMatchObject({ left: TRIES - i })
    expect(rows.rows.size).toBeGreaterThan(0)
    await expect(Vault.unlock(rows, '999998')).rejects.toMatchObject({ left: 0 })
    expect(rows.rows.size).toBe(0)
    expect(await Vault.exists(rows)).toBe(false)
  })
  it('opens on this device only: the store of another with the same PIN does not', async () => {
    const mine = new Kept(), other = new Kept()
    await (await Vault.make(mine, PIN, QUICK)).put('a', 'x')
    await Vault.make(other, PIN, QUICK)
    const stolen = mine.rows.get('lock/lock') as { pepper: CryptoKey }
    stolen.pepper = (other.rows.get('lock/lock') as { pepper: CryptoKey }).pepper
    await expect(Vault.unlock(mine, PIN)).rejects.toBeInstanceOf(WrongPin)
  })
  it('takes no PIN that everybody tries first', () => {
    for (const bad of ['12345', '000000', '123456', '654321', '12a456', '']) expect(goodPin(bad)).toBe(false)
    expect(goodPin(PIN)).toBe(true)
  })
})

describe('tickets', () => {
  it('are believed only unchanged and from whoever signed', async () => {
    const [mine, other] = [await newPair(), await newPair()]
    const raw = await sign(mine, 'H', { loop: '01J', from: '王某', nonce: 'n' })
    expect(parse<{ from: string }>(raw)?.payload.from).toBe('王某')
    expect(await verify(raw, mine.publicKey)).toBe(true)
    expect(await verify(raw, other.publicKey)).toBe(false)
    expect(await verify(raw.replace('SW1.H', 'SW1.R'), mine.publicKey)).toBe(false)
    expect(parse('SW1.H.x.y')).toBeUndefined()
    expect(await verify('nonsense', mine.publicKey)).toBe(false)
  })
  it('of the server are read by the page', async () => {
    // made by internal/ticket, whose test reads the same file: one format on both sides
    expect(await verify(server.ticket, server.key)).toBe(true)
    expect(parse(server.ticket)).toMatchObject({ kind: 'P', payload: { no: 'P-0001', cargo: '蔬菜' } })
  })
})

describe('the queue', () => {
  it('keeps the order, sends each once, and keeps what the server did not take', async () => {
    const q = new Queue(await Vault.make(new Kept(), PIN, QUICK))
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => q.add(op(id))))
    expect((await q.waiting()).map((o) => o.id)).toEqual(['a', 'b', 'c', 'd'])
    const got: string[] = []
    const round = await q.send(async (ops) => {
      got.push(...ops.map((o) => o.id))
      return ops.map((o): Result => ({ id: o.id, outcome: o.id === 'b' ? 'conflict' : o.id === 'c' ? 'refused' : 'done' }))
    })
    expect(got).toEqual(['a', 'b', 'c', 'd'])
    expect(round).toMatchObject({ sent: 2, left: 0, offline: false })
    expect((await q.troubles()).map((t) => t.op.id).sort()).toEqual(['b', 'c'])
    await q.settle('b')
    expect((await q.troubles()).map((t) => t.op.id)).toEqual(['c'])
  })
  it('loses nothing when the network dies before, within or after a batch', async () => {
    const rows = new Kept()
    const q = new Queue(await Vault.make(rows, PIN, QUICK))
    for (let i = 0; i < 5; i++) await q.add(op('o' + i))
    expect((await q.send(async () => Promise.reject(new Offline()))).offline).toBe(true)
    expect(await q.waiting()).toHaveLength(5)
    // an answer that tells of two only, and then none
    let n = 0
    const round = await q.send(async (ops) => {
      if (n++) throw new Offline()
      return ops.slice(0, 2).map((o): Result => ({ id: o.id, outcome: 'done' }))
    })
    expect(round).toMatchObject({ sent: 2, left: 3, offline: true })
    // the page is closed and opened again
    const again = new Queue(await Vault.unlock(rows, PIN))
    await again.add(op('late'))
    expect((await again.waiting()).map((o) => o.id)).toEqual(['o2', 'o3', 'o4', 'late'])
    await again.send(async (ops) => ops.map((o): Result => ({ id: o.id, outcome: 'repeated' })))
    expect(await again.waiting()).toHaveLength(0)
  })
  it('goes in batches', async () => {
    const q = new Queue(await Vault.make(new Kept(), PIN, QUICK))
    for (let i = 0; i < 401; i++) await q.add(op('o' + i))
    const sizes: number[] = []
    await q.send(async (ops) => (sizes.push(ops.length), ops.map((o): Result => ({ id: o.id, outcome: 'done' }))))
    expect(sizes).toEqual([200, 200, 1])
  })
})

describe('the words of the door', () => {
  it('exist in both languages and in the right one', () => {
    expect(Object.keys(doorTexts.zh).sort()).toEqual(Object.keys(doorTexts.en).sort())
    for (const [k, v] of Object.entries(doorTexts.en)) {
      const said = typeof v === 'function' ? (v as (x: never) => string)(2 as never) : v
      expect(said, k).toBeTruthy()
      if (k !== 'otherLanguage') expect(/[\u4e00-\u9fff]/.test(said), k).toBe(false)
    }
  })
})
