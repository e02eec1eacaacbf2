/** What is sent: once, now or when the network is back. Each has the request id
 * minted when its draft began, so the server makes nothing twice. */
import { ask, passing, type Refusal } from './api'
import { get, keepCode, put, type Code } from './keep'

export type Parcel = { request: string; kind: Code['kind']; path: string; body: unknown; at: string }
export type Answer = { no: string; code?: string; at: string }

const all = (): Parcel[] => get<Parcel[]>('queue') || []
export const waitingCount = (): number => all().length
const listeners: ((p: Parcel, a: Answer) => void)[] = []

/** Calls back when something that waited has been sent. */
export function onSent(f: (p: Parcel, a: Answer) => void): void {
  listeners.push(f)
}

export function take(request: string): void {
  put('queue', all().filter((p) => p.request !== request))
}
function keep(p: Parcel): void {
  put('queue', all().filter((o) => o.request !== p.request).concat([p]))
}

/** Sends one parcel. It waits in the queue until the server has answered for good. */
export async function post(p: Parcel): Promise<Answer> {
  keep(p)
  try {
    const a = await ask<Answer>('POST', p.path, p.body)
    take(p.request)
    if (a.code) keepCode({ kind: p.kind, no: a.no, code: a.code, at: a.at })
    return a
  } catch (e) {
    if (!passing(e as Refusal)) take(p.request)
    throw e
  }
}

let running = false
/** Sends what waits, the oldest first, until the network says no again. */
export async function flush(): Promise<void> {
  if (running) return
  running = true
  try {
    for (const p of all()) {
      const a = await post(p)
      for (const f of listeners) f(p, a)
    }
  } catch (e) {
    if (!passing(e as Refusal)) put('refused', (e as Refusal).message)
  } finally {
    running = false
  }
}

/** Tries again whenever there is hope. */
export function watchNetwork(): void {
  addEventListener('online', () => void flush())
  document.addEventListener('visibilitychange', () => void (document.visibilityState === 'visible' && flush()))
  setInterval(() => void (waitingCount() && flush()), 20000)
  void flush()
}
