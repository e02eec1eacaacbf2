/**
 * A shift at a gate: the snapshot of its rules, the decision on each vehicle with
 * or without a network, what was told, who is held. What was told is what is
 * recorded: it is on the disk, sealed, before the next vehicle.
 */
import { computed, ref, shallowRef } from 'vue'
import { ApiError, configure, requestId } from '@/api'
import { client, run } from '@/api/client'
import type { Door, Kind } from '@/device/door'
import type { Op, Result } from '@/device/queue'
import { decide, type Decision, type Outcome } from './decide'
import { lookOffline, openSnapshot, ulid, type Found, type Snapshot, type Stated } from './offline'

/** How long the server may take before the tablet decides itself, in milliseconds. */
const PATIENCE = 800
/** How many told decisions the log of the day keeps. */
const LOG = 200

export interface Override {
  to: Outcome
  reason: string
  second?: string
}

/** What the driver was told. */
export interface Told {
  id: string
  at: string
  mask: string
  decision: Decision
  offline: boolean
  trip?: string
  override?: Override
}

/** A decision that the server makes otherwise, with what it knows. */
export interface Different {
  id: string
  then: string
  now: string
  rule: string
  mask: string
}

/** One vehicle in work. */
interface Vehicle {
  id: string
  stated: Stated
  arrived: Date
  served: Date
}

interface PassBody {
  id: string
  lane?: number
  arrived: string
  served: string
  decided: string
  plate?: string
  ticket?: string
  from?: string[]
  facts: Found['facts']
  decision: Outcome
  rule: string
  rules: string
  override?: { to: Outcome; reason: string; second?: string }
}

/** What the queue keeps: the pass, and whether the server itself had decided. */
interface Kept {
  heard: boolean
  pass: PassBody
}

/** How the tablet enrols and sends. */
export function gateKind(onDifferent: (d: Omit<Different, 'mask'>[]) => Promise<void>): Kind {
  return {
    store: 'seawall-gate',
    async enrol(publicKey) {
      const key = publicKey as { kty: string; crv: string; x: string; y: string }
      const d = await run(client.POST('/api/v1/devices', { body: { name: navigator.platform || 'tablet', publicKey: key, request: requestId() } }))
      const ticketKey = await run(client.GET('/api/v1/public/ticket-key'))
      return { device: d.id, ticketKey }
    },
    async send(self, ops) {
      const out: Result[] = []
      const told = ops as Op<Kept>[]
      for (const o of told.filter((x) => x.body.heard)) out.push(await one(o, onDifferent))
      const alone = told.filter((x) => !x.body.heard)
      for (const site of new Set(alone.map((o) => o.target))) {
        const mine = alone.filter((o) => o.target === site)
        const r = await run(client.POST('/api/v1/gates/{id}/reconcile', { params: { path: { id: site } }, body: { device: self.device, passes: mine.map((o) => o.body.pass) } as never }))
        await onDifferent(r.different)
        for (const o of mine) {
          const no = r.rejected.find((x) => x.id === o.id)
          out.push(no ? { id: o.id, outcome: 'refused', problem: no } : { id: o.id, outcome: 'done' })
        }
      }
      return out
    },
  }
}

/** Records a decision that the server itself gave a moment ago. */
async function one(o: Op<Kept>, onDifferent: (d: Omit<Different, 'mask'>[]) => Promise<void>): Promise<Result> {
  try {
    const r = await run(client.POST('/api/v1/gates/{id}/passes', { params: { path: { id: o.target } }, body: o.body.pass as never }))
    const told = o.body.pass.override?.to ?? o.body.pass.decision
    if (r.pass.decision !== told) await onDifferent([{ id: o.id, then: told, now: r.pass.decision, rule: r.pass.rule }])
    return { id: o.id, outcome: r.repeated ? 'repeated' : 'done' }
  } catch (e) {
    // signed out, lost, busy or away: nothing was taken, the door knows what to do
    if (!(e instanceof ApiError) || ![400, 403, 404, 409, 422].includes(e.status)) throw e
    return { id: o.id, outcome: 'refused', problem: { why: e.fields[0]?.message || e.message } }
  }
}

export function useGate(door: Door) {
  const site = ref('')
  const lane = ref(0)
  const snapshot = shallowRef<Snapshot>()
  const log = shallowRef<Told[]>([])
  const different = shallowRef<Different[]>([])
  const holds = shallowRef<{ id: string; mask: string; until: string; at: string }[]>([])
  /** The server's clock less this device's, in milliseconds. */
  const offset = ref(0)
  const tick = ref(Date.now())
  const now = () => new Date(Date.now() + offset.value)
  const clock = computed(() => new Date(tick.value + offset.value))
  const stale = computed(() => !!snapshot.value && clock.value > new Date(snapshot.value.until))

  configure({
    onNow: (at) => {
      const d = Date.parse(at) - Date.now()
      // the demonstration's clock stands years away, a phone's a few minutes
      if (Number.isFinite(d) && Math.abs(d - offset.value) > 2000) {
        offset.value = d
        void door.vault.value?.put('gate/offset', d)
      }
    },
  })

  /** What this device remembers of its gate. */
  async function load(): Promise<void> {
    const v = door.vault.value
    if (!v) return
    // what the server has said since the page opened is newer than what was kept
    offset.value ||= (await v.get<number>('gate/offset')) ?? 0
    await v.put('gate/offset', offset.value)
    site.value = (await v.get<string>('gate/site')) ?? ''
    lane.value = (await v.get<number>('gate/lane')) ?? 0
    log.value = (await v.get<Told[]>('gate/log')) ?? []
    different.value = (await v.get<Different[]>('gate/different')) ?? []
    const text = await v.get<string>('gate/snapshot')
    if (text && door.self.value) snapshot.value = await openSnapshot(text, door.self.value.ticketKey)
    if (site.value) await refresh()
  }

  async function choose(id: string): Promise<void> {
    site.value = id
    snapshot.value = undefined
    await door.vault.value?.put('gate/site', id)
    await refresh()
  }

  async function useLane(no: number): Promise<void> {
    lane.value = no
    await door.vault.value?.put('gate/lane', no)
  }

  /** Fetches what the shift needs; without a network the old one goes on. */
  async function refresh(): Promise<void> {
    if (!site.value || !door.self.value) return
    try {
      const s = await run(client.GET('/api/v1/gates/{id}/snapshot', { params: { path: { id: site.value } } }))
      const opened = await openSnapshot(s.text, door.self.value.ticketKey)
      if (!opened || opened.site.id !== site.value) return // not signed by this city: the old one stays
      snapshot.value = opened
      await door.vault.value?.put('gate/snapshot', s.text)
      await fetchHolds()
    } catch (e) {
      if (!(e instanceof ApiError)) throw e
    }
  }

  async function fetchHolds(): Promise<void> {
    const r = await run(client.GET('/api/v1/gates/{id}/holds', { params: { path: { id: site.value } } }))
    holds.value = r.items.map((p) => ({ id: p.id, mask: p.mask, until: p.holdUntil, at: p.decided }))
  }

  /** Decides on a vehicle: by what the server knows, or by the snapshot when it
   * does not answer at once. */
  async function judge(v: Vehicle): Promise<Told | undefined> {
    const told = { id: v.id, at: now().toISOString() }
    const heard = await ask(v).catch(() => undefined)
    if (heard) return { ...told, mask: heard.mask, trip: heard.trip || undefined, decision: heard.decision as Decision, offline: false }
    if (!snapshot.value || !door.self.value) return undefined
    const found = await lookOffline(snapshot.value, door.self.value.ticketKey, v.stated, now())
    return { ...told, mask: found.mask, trip: found.trip, decision: decide(snapshot.value.rules, found.facts), offline: true }
  }

  async function ask(v: Vehicle) {
    const stop = new AbortController()
    const late = setTimeout(() => stop.abort(), PATIENCE)
    try {
      return await run(
        client.POST('/api/v1/gates/{id}/look', {
          params: { path: { id: site.value } },
          body: { plate: v.stated.plate, ticket: v.stated.ticket, from: v.stated.from, facts: v.stated.facts } as never,
          signal: stop.signal,
        }),
      )
    } finally {
      clearTimeout(late)
    }
  }

  /** Records what was told, and what an officer decided otherwise. */
  async function record(v: Vehicle, told: Told, override?: Override): Promise<void> {
    const pass: PassBody = {
      id: v.id,
      lane: lane.value || undefined,
      arrived: v.arrived.toISOString(),
      served: v.served.toISOString(),
      decided: told.at,
      plate: v.stated.plate || undefined,
      ticket: v.stated.ticket || undefined,
      from: v.stated.from.length ? v.stated.from : undefined,
      facts: v.stated.facts,
      decision: told.decision.outcome,
      rule: told.decision.rule,
      rules: told.decision.rules,
      override,
    }
    const op: Op<Kept> = { id: v.id, kind: 'pass', target: site.value, at: told.at, body: { heard: !told.offline, pass } }
    log.value = [{ ...told, override }, ...log.value].slice(0, LOG)
    await door.add(op)
    await door.vault.value?.put('gate/log', log.value)
    if ((override?.to ?? told.decision.outcome) === 'hold') {
      holds.value = [...holds.value, { id: v.id, mask: told.mask, at: told.at, until: new Date(Date.parse(told.at) + (told.decision.holdMinutes ?? snapshot.value?.rules.holdMaxMinutes ?? 60) * 60_000).toISOString() }]
    }
  }

  /** Ends a hold; needs a network, as the server counts the maximum as well. */
  async function endHold(id: string, outcome: 'pass' | 'sample_go' | 'refer', note: string, second?: string): Promise<void> {
    await door.sync()
    await run(client.POST('/api/v1/gates/{id}/holds/{pass}/end', { params: { path: { id: site.value, pass: id } }, body: { outcome, note, second } as never }))
    await fetchHolds()
  }

  async function noteDifferent(found: Omit<Different, 'mask'>[]): Promise<void> {
    if (!found.length) return
    different.value = [...different.value, ...found.map((d) => ({ ...d, mask: log.value.find((t) => t.id === d.id)?.mask ?? '' }))]
    await door.vault.value?.put('gate/different', different.value)
  }

  async function seen(id: string): Promise<void> {
    different.value = different.value.filter((d) => d.id !== id)
    await door.vault.value?.put('gate/different', different.value)
    await door.queue.value?.settle(id)
    await door.count()
  }

  const begin = (): Vehicle => ({ id: ulid(now()), stated: { plate: '', ticket: '', from: [], facts: { mode: 'freight', people: 1 } }, arrived: now(), served: now() })
  return { site, lane, snapshot, log, different, holds, stale, clock, tick, now, load, choose, useLane, refresh, fetchHolds, judge, record, endHold, noteDifferent, seen, begin }
}

export type Gate = ReturnType<typeof useGate>
export type { Vehicle }
