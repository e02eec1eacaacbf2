/**
 * What was done on this device and is not on the server yet. An operation is on
 * the disk, sealed, before the page says that it is kept; it leaves the queue only
 * when the server has said what became of it. Rows in = done + repeated +
 * conflict + refused + still waiting.
 */
import type { Vault } from './vault'

/** The most operations in one message. */
export const BATCH = 200

/** One thing done, minted here: sending it twice does it once. */
export interface Op<B = unknown> {
  id: string
  kind: string
  target: string
  /** The version of the target that was on the screen. */
  base?: number
  /** By this device's clock; the server keeps its own time beside it. */
  at: string
  body: B
  sig?: string
}

/** What became of one. */
export interface Result {
  id: string
  outcome: 'done' | 'repeated' | 'conflict' | 'refused'
  /** The reason of a refusal as the server words it. */
  problem?: unknown
  /** How the target stands now. */
  now?: unknown
}

/** An operation that a person must look at. */
export interface Trouble {
  op: Op
  result: Result
}

/** Sends a batch and gives what became of each. Throws Offline when nothing came
 * through, Lost when the server says that this device is to be wiped. */
export type Send = (ops: Op[]) => Promise<Result[]>

/** There is no way to the server now. */
export class Offline extends Error {}
/** The device was reported lost: wipe it. */
export class Lost extends Error {}

/** What a round of sending did. */
export interface Round {
  sent: number
  troubles: Trouble[]
  left: number
  offline: boolean
}

/** The queue of a vault. */
export class Queue {
  private running?: Promise<Round>
  constructor(private readonly vault: Vault) {}

  /** Keeps an operation; resolves when it is on the disk. */
  async add(op: Op): Promise<void> {
    await this.vault.put(`op/${await this.place()}`, op)
  }

  /** Those that wait, in the order in which they were done. */
  async waiting(): Promise<Op[]> {
    return (await this.vault.list<Op>('op/')).map((k) => k.value)
  }

  /** Those that the server did not take as they were. */
  async troubles(): Promise<Trouble[]> {
    return (await this.vault.list<Trouble>('trouble/')).map((k) => k.value)
  }

  /** A person has seen to it. */
  async settle(id: string): Promise<void> {
    await this.vault.remove(`trouble/${id}`)
  }

  /** Sends what waits. A second call while one runs gets the same answer. */
  send(by: Send): Promise<Round> {
    this.running ??= this.rounds(by).finally(() => (this.running = undefined))
    return this.running
  }

  private async rounds(by: Send): Promise<Round> {
    const round: Round = { sent: 0, troubles: [], left: 0, offline: false }
    for (;;) {
      const rows = await this.vault.list<Op>('op/')
      round.left = rows.length
      if (!rows.length) return round
      const batch = rows.slice(0, BATCH)
      let results: Result[]
      try {
        results = await by(batch.map((k) => k.value))
      } catch (e) {
        if (!(e instanceof Offline)) throw e
        round.offline = true
        return round
      }
      let moved = 0
      for (const row of batch) {
        const result = results.find((r) => r.id === row.value.id)
        if (!result) continue // the server said nothing of it: it goes again
        if (result.outcome === 'conflict' || result.outcome === 'refused') {
          const trouble = { op: row.value, result }
          // kept before it leaves the queue: a phone that dies here asks again
          await this.vault.put(`trouble/${row.value.id}`, trouble)
          round.troubles.push(trouble)
        } else round.sent++
        await this.vault.remove(row.key)
        moved++
      }
      if (!moved) return round
    }
  }

  /** The next place in the queue, a number that never goes back. */
  private async place(): Promise<string> {
    const turn = this.last.then(async () => {
      const n = ((await this.vault.get<number>('queue/next')) ?? 0) + 1
      await this.vault.put('queue/next', n)
      return String(n).padStart(12, '0')
    })
    this.last = turn.catch(() => undefined)
    return turn
  }
  private last: Promise<unknown> = Promise.resolve()
}
