/**
 * A day in the field: what is to be done, what was done on this phone and has not
 * arrived yet, drafts and pictures. All of it stands sealed in the vault; what is
 * on the screen is a copy of it.
 */
import { computed, ref, shallowRef } from 'vue'
import { ApiError, configure, requestId } from '@/api'
import { client, run } from '@/api/client'
import type { Door, Kind, Self } from '@/device/door'
import type { Result } from '@/device/queue'
import { sign } from '@/device/ticket'
import type { Vault } from '@/device/vault'
import { closed, given, light, sorted, type FieldOp } from './day'
import * as photos from './photo'
import type { Conflict, Day, Draft, Mark, Step, Values } from './types'

/** How the phone enrols and sends. Pictures go before the operations that name
 * them, after everything that needs none. */
export function fieldKind(vault: () => Vault | undefined): Kind {
  return {
    store: 'seawall-field',
    async enrol(publicKey) {
      const key = publicKey as { kty: string; crv: string; x: string; y: string }
      const d = await run(client.POST('/api/v1/devices', { body: { name: navigator.platform || 'phone', publicKey: key, request: requestId() } }))
      const ticketKey = await run(client.GET('/api/v1/public/ticket-key'))
      return { device: d.id, ticketKey }
    },
    send: (self, ops) => sendOps(self, ops as FieldOp[], vault()!),
  }
}

async function sendOps(self: Self, ops: FieldOp[], vault: Vault): Promise<Result[]> {
  let now = light(ops)
  if (!now.length) {
    now = ops.slice(0, 1)
    for (const id of now[0].body.photos ?? []) await sendPhoto(vault, self, id)
  }
  const got = await run(client.POST('/api/v1/sync', { body: { device: self.device, sentAt: new Date().toISOString(), ops: now.map((o) => o.sig!) } }))
  const out: Result[] = []
  for (const [n, r] of got.results.entries()) {
    const op = now[r.n ?? n]
    const outcome = r.outcome === 'repeated' && r.first ? (r.first as Result['outcome']) : r.outcome
    if (outcome === 'done' || outcome === 'repeated') for (const id of op.body.photos ?? []) await photos.forget(vault, id)
    out.push({ id: op.id, outcome, problem: r.message || r.problem, now: { conflict: r.conflict, base: r.base } })
  }
  return out
}

/** A picture that the server will not have is told by the operation that names it. */
async function sendPhoto(vault: Vault, self: Self, id: string): Promise<void> {
  try {
    await photos.send(vault, self, id)
  } catch (e) {
    if (!(e instanceof ApiError) || ![400, 403, 404, 409, 422].includes(e.status)) throw e
  }
}

export function useWork(door: Door) {
  const day = shallowRef<Day>()
  const marks = shallowRef<Record<string, Mark>>({})
  const conflicts = shallowRef<Conflict[]>([])
  const place = shallowRef<{ lat: number; lon: number }>()
  const zone = ref('')
  const busy = ref(false)
  /** The day was too old to be kept. */
  const expired = ref(false)
  /** The server's clock less this phone's, in milliseconds. */
  const offset = ref(0)
  const tick = ref(Date.now())
  const now = computed(() => tick.value + offset.value)
  const steps = computed(() => sorted((day.value?.steps ?? []).filter((s) => !closed(marks.value[s.step])), now.value, place.value))
  const finished = computed(() => Object.values(marks.value).filter((m) => closed(m) || m.how === 'offered').sort((a, b) => (a.at < b.at ? 1 : -1)))

  configure({
    onNow: (at) => {
      const d = Date.parse(at) - Date.now()
      // the demonstration's clock stands years away, a phone's a few minutes
      if (Number.isFinite(d) && Math.abs(d - offset.value) > 2000) offset.value = d
    },
  })

  function vault(): Vault {
    if (!door.vault.value) throw new Error('the phone is locked')
    return door.vault.value
  }

  /** What this phone remembers of the day. */
  async function load(): Promise<void> {
    const v = vault()
    offset.value = (await v.get<number>('field/offset')) ?? offset.value
    zone.value = door.who.value?.city.timeZone ?? (await v.get<string>('field/zone')) ?? ''
    if (zone.value) await v.put('field/zone', zone.value)
    marks.value = (await v.get<Record<string, Mark>>('field/marks')) ?? {}
    conflicts.value = (await v.get<Conflict[]>('field/conflicts')) ?? []
    day.value = await v.get<Day>('field/day')
    await forgetOld()
    await pull()
  }

  /** A day that the phone kept too long is forgotten; what was done is not. */
  async function forgetOld(): Promise<void> {
    if (!day.value || now.value < Date.parse(day.value.until)) return
    day.value = undefined
    conflicts.value = []
    expired.value = true
    await vault().remove('field/day')
    await vault().remove('field/conflicts')
    await prune()
  }

  function forget(): void {
    day.value = undefined
    marks.value = {}
    conflicts.value = []
    place.value = undefined
  }

  /** Sends what waits, then fetches the day anew; without a network nothing happens. */
  async function pull(): Promise<void> {
    if (!door.self.value) return
    again = busy.value
    if (again) return
    busy.value = true
    try {
      await door.sync().catch(() => undefined)
      await fetchDay()
    } catch (e) {
      if (!(e instanceof ApiError)) throw e
      if (e.status === 410) await door.wipe()
      if (e.status === 401) await door.stillOurs().catch(() => undefined)
    } finally {
      busy.value = false
    }
    if (again) await pull()
  }
  /** Something was done while the day was being fetched. */
  let again = false

  async function fetchDay(): Promise<void> {
    const self = door.self.value
    if (!self) return
    const before = await alive()
    const fresh = (await run(client.GET('/api/v1/field/day', { params: { query: { device: self.device, ...place.value } } }))) as unknown as Day
    const open = (await run(client.GET('/api/v1/field/conflicts', { params: { query: { state: 'open', mine: true, limit: 100 } } }))).items as unknown as Conflict[]
    if (!door.vault.value) return // it was locked meanwhile
    zone.value = door.who.value?.city.timeZone ?? zone.value
    day.value = fresh
    expired.value = false
    conflicts.value = open ?? []
    const v = vault()
    await v.put('field/offset', offset.value)
    await v.put('field/day', fresh)
    await v.put('field/conflicts', conflicts.value)
    await v.put('field/zone', zone.value)
    await prune(before)
    for (const g of await v.list<{ step: Step }>('give/')) if (!fresh.steps.some((s) => s.loop === g.value.step.loop)) await v.remove(g.key)
  }

  /** The operations that the server has not taken. */
  async function alive(): Promise<string[]> {
    const q = door.queue.value
    return q ? [...(await q.waiting()), ...(await q.troubles()).map((t) => t.op)].map((o) => o.id) : []
  }

  /** What has arrived shows in the day itself; a mark stays while its operation
   * waits or stands among the troubles, or did when the day was asked for. */
  async function prune(before: string[] = []): Promise<void> {
    const living = new Set([...before, ...(await alive())])
    const left = Object.entries(marks.value).filter(([, m]) => m.ops.some((id) => living.has(id)))
    if (left.length === Object.keys(marks.value).length) return
    marks.value = Object.fromEntries(left)
    await vault().put('field/marks', marks.value)
  }

  /** Signs an operation and keeps it. One that follows another of this phone on the
   * same target, which the day does not show yet, builds on it. */
  async function add(kind: string, target: string, base: string, body: Values, about: { step?: string; photos?: string[] } = {}): Promise<string> {
    const self = door.self.value
    if (!self || !door.queue.value) throw new Error('the phone is locked')
    const id = requestId()
    const at = new Date().toISOString()
    const on = base ? (await door.queue.value.waiting()).filter((o) => o.target === target && o.kind !== 'note' && o.kind !== 'photo').at(-1)?.id : undefined
    const sig = await sign(self.pair, 'O', { device: self.device, id, kind, target, base: on ? undefined : base || undefined, on, at, body })
    await door.add({ id, kind, target, at, sig, body: { ...about, body } } as FieldOp)
    return id
  }

  async function mark(step: Step, how: Mark['how'], ops: string[], values?: Values): Promise<void> {
    const old = marks.value[step.step]
    const next: Mark = { step, how: how === 'noted' && old ? old.how : how, ops: [...(old?.ops ?? []), ...ops], at: new Date(now.value).toISOString(), values: values ?? old?.values }
    marks.value = { ...marks.value, [step.step]: next }
    await vault().put('field/marks', marks.value)
  }

  /** Closes a step with what was answered, its pictures and a signature. */
  async function done(step: Step, d: Draft, named: string[], words: { signature: string }): Promise<void> {
    const ops: string[] = []
    const target = 'step/' + step.step
    const v = given(d.values)
    if (step.report) ops.push(await add('followup.report', 'contact/' + step.report.contact, step.report.base, { day: step.report.day, ...v }, { step: step.step }))
    else if (step.needs !== 'result') {
      const body = step.form ? { kind: 'form', data: v } : { kind: step.needs || 'note', text: v.text ?? '' }
      ops.push(await add('step.done', target, step.base, body, { step: step.step, photos: named.length ? named : undefined }))
    } else if (v.text) ops.push(await add('note', target, '', { text: v.text }, { step: step.step }))
    for (const id of d.photos) ops.push(await add('photo', target, '', { photo: id }, { step: step.step, photos: [id] }))
    if (d.signature) ops.push(await add('photo', target, '', { photo: d.signature, text: words.signature }, { step: step.step, photos: [d.signature] }))
    await mark(step, step.needs === 'result' && !step.report ? 'noted' : 'done', ops, d.values)
    await dropDraft(step.step)
  }

  /** Says why a step cannot be done. */
  async function cannot(step: Step, reason: string): Promise<void> {
    const id = await add('step.cannot', 'step/' + step.step, step.base, { reason }, { step: step.step })
    await mark(step, 'cannot', [id])
  }

  /** Offers a duty to a colleague as at a desk. */
  async function offer(step: Step, to: string, note: string): Promise<void> {
    const id = await add('handover.offer', 'loop/' + step.loop, '', { to, note }, { step: step.step })
    await mark(step, 'offered', [id])
  }

  /** Takes over what a colleague offered. */
  async function accept(loop: string, handOver: string): Promise<void> {
    await add('handover.accept', 'loop/' + loop, '', { handOver })
    if (day.value) day.value = { ...day.value, offers: day.value.offers.filter((o) => o.handOver !== handOver) }
    await vault().put('field/day', day.value)
  }

  const draft = (step: string) => vault().get<Draft>('draft/' + step)
  /** Drafts are written in turn, the latest last. */
  let writing: Promise<unknown> = Promise.resolve()
  function saveDraft(step: string, d: Draft): Promise<unknown> {
    const copy = JSON.parse(JSON.stringify({ ...d, at: Date.now() })) as Draft
    writing = writing.catch(() => undefined).then(() => door.vault.value?.put('draft/' + step, copy))
    return writing
  }
  async function dropDraft(step: string): Promise<void> {
    await writing.catch(() => undefined)
    await vault().remove('draft/' + step)
  }

  /** A person has seen what was not taken: its pictures go with it. */
  async function settle(op: FieldOp): Promise<void> {
    for (const id of op.body.photos ?? []) await photos.forget(vault(), id)
    await door.queue.value?.settle(op.id)
    await door.count()
    await prune()
  }

  /** Decides a conflict; needs a network, as the other side stands there. */
  async function decide(c: Conflict, keep: 'mine' | 'theirs' | 'both', note: string): Promise<void> {
    await run(client.POST('/api/v1/field/conflicts/{id}/decide', { params: { path: { id: c.id } }, body: { keep, note } }))
    const t = (await door.queue.value?.troubles())?.find((x) => (x.result.now as { conflict?: string } | undefined)?.conflict === c.id)
    if (t) await settle(t.op as FieldOp)
    conflicts.value = conflicts.value.filter((x) => x.id !== c.id)
    await vault().put('field/conflicts', conflicts.value)
    await pull()
  }

  return {
    day, steps, finished, marks, conflicts, place, zone, busy, expired, now, tick, vault,
    load, forget, forgetOld, pull, add, mark, done, cannot, offer, accept, draft, saveDraft, dropDraft, settle, decide,
  }
}

export type Work = ReturnType<typeof useWork>
