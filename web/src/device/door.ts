/**
 * The way into a page that works without a network: sign in once, choose a PIN,
 * and from then on open it with the PIN, with or without a network. State of one
 * device; the parts are in vault.ts and queue.ts.
 */
import { computed, ref, shallowRef } from 'vue'
import { ApiError, configure, online, session as api, type Session } from '@/api'
import { client, run } from '@/api/client'
import { Lost, Offline, Queue, type Op, type Result, type Round, type Send } from './queue'
import { BrowserRows } from './rows'
import { newPair, type Pair } from './ticket'
import { Vault } from './vault'

/** `enrol` wants a PIN for a new device, `pin` the PIN of this one. */
export type Stage = 'starting' | 'signin' | 'enrol' | 'pin' | 'open' | 'wiped'

/** What a device remembers of itself. */
export interface Self {
  device: string
  pair: Pair
  principal: string
  workName: string
  login: string
  /** The instance's public key for tickets. */
  ticketKey: JsonWebKey
}

/** How a page enrols and sends; the pages differ, the door does not. */
export interface Kind {
  /** Name of the store in the browser. */
  store: string
  /** Tells the server of a device; gives its id and the key of its tickets. */
  enrol(publicKey: JsonWebKey): Promise<{ device: string; ticketKey: JsonWebKey }>
  /** Sends a batch for a device. */
  send(self: Self, ops: Op[]): Promise<Result[]>
}

/** After so long without a touch the vault closes, in milliseconds. */
const IDLE = 15 * 60_000

export function useDoor(kind: Kind) {
  const rows = new BrowserRows(kind.store)
  const stage = ref<Stage>('starting')
  const vault = shallowRef<Vault>()
  const queue = shallowRef<Queue>()
  const self = shallowRef<Self>()
  const who = shallowRef<Session>()
  const waiting = ref(0)
  const troubles = ref(0)
  /** The session at the server is over: what was done waits for a new sign-in. */
  const signedOut = ref(false)
  const demo = ref(false)
  /** Why the server took nothing of the last round, '' where it did. */
  const failure = ref('')
  let idle: ReturnType<typeof setTimeout> | undefined

  configure({ onSignedOut: () => (signedOut.value = true) })

  async function start(): Promise<void> {
    if (await Vault.exists(rows)) {
      stage.value = 'pin'
      return
    }
    stage.value = (await load()) ? 'enrol' : 'signin'
  }

  /** Asks who is signed in; false where nobody is or there is no network. */
  async function load(): Promise<boolean> {
    try {
      take(await api.current())
      return true
    } catch (e) {
      if (e instanceof ApiError) return false
      throw e
    }
  }

  function take(s: Session): void {
    who.value = s
    demo.value = !!s.demo
    signedOut.value = false
    configure({ csrf: s.csrf })
  }

  async function signIn(login: string, password: string): Promise<void> {
    take(await api.signIn(login, password))
    if (self.value && who.value && who.value.principal.id !== self.value.principal) {
      // another account has no business with what this one left here
      await api.signOut().catch(() => undefined)
      signedOut.value = true
      throw new OtherAccount(self.value.workName)
    }
    if (stage.value === 'signin') stage.value = 'enrol'
  }

  async function enrol(pin: string): Promise<void> {
    const p = who.value?.principal
    if (!p) throw new Error('nobody is signed in')
    const pair = await newPair()
    const { device, ticketKey } = await kind.enrol(pair.publicKey)
    const v = await Vault.make(rows, pin)
    const me: Self = { device, pair, principal: p.id, workName: p.workName, login: p.login, ticketKey }
    await v.put('self', me)
    await navigator.storage?.persist?.().catch(() => false)
    await enter(v, me)
  }

  async function unlock(pin: string): Promise<void> {
    const v = await Vault.unlock(rows, pin)
    const me = await v.get<Self>('self')
    if (!me) {
      // it died between the PIN and its name: begin again
      await wipe()
      return
    }
    await enter(v, me)
    await resume().catch(() => false)
  }

  /** Takes the session up again where the page was opened without a network: without
   * it nothing can be sent. False where there is none or no network; a device that
   * was reported lost is wiped. */
  async function resume(): Promise<boolean> {
    if (await load()) return true
    if (!online.value) return false
    signedOut.value = true
    await stillOurs()
    return false
  }

  /** Asks whether this device is to be wiped: needs no session, as losing a device
   * ends them all. */
  async function stillOurs(): Promise<void> {
    if (!self.value) return
    try {
      await run(client.GET('/api/v1/public/devices/{id}', { params: { path: { id: self.value.device } } }))
    } catch (e) {
      if (!(e instanceof ApiError)) throw e
      if (e.status === 410) await wipe()
    }
  }

  async function enter(v: Vault, me: Self): Promise<void> {
    vault.value = v
    self.value = me
    queue.value = new Queue(v)
    await count()
    stage.value = 'open'
    touched()
  }

  /** Closes the vault; what it holds stays, sealed. */
  function lock(): void {
    vault.value = undefined
    queue.value = undefined
    self.value = undefined
    stage.value = 'pin'
  }

  /** Somebody is at work: do not close. */
  function touched(): void {
    clearTimeout(idle)
    if (stage.value === 'open') idle = setTimeout(lock, IDLE)
  }

  /** Forgets everything on this device. */
  async function wipe(): Promise<void> {
    lock()
    await rows.clear()
    stage.value = 'wiped'
  }

  /** Signs out and wipes. What is not sent is lost: the page asks before. */
  async function signOut(): Promise<void> {
    // opened without a network, the page has no right to end the session yet
    if (!who.value) await load().catch(() => false)
    if (self.value) await run(client.POST('/api/v1/devices/{id}/retire', { params: { path: { id: self.value.device } } })).catch(() => undefined)
    await api.signOut().catch(() => undefined)
    await wipe()
  }

  async function count(): Promise<void> {
    waiting.value = (await queue.value?.waiting())?.length ?? 0
    troubles.value = (await queue.value?.troubles())?.length ?? 0
  }

  /** Keeps an operation and tries to send at once. */
  async function add(op: Op): Promise<void> {
    if (!queue.value) throw new Error('the device is locked')
    await queue.value.add(op)
    await count()
    void sync().catch(() => undefined)
  }

  const send: Send = async (ops) => {
    if (!who.value && !(await resume())) throw new Offline()
    try {
      return await kind.send(self.value!, ops)
    } catch (e) {
      if (e instanceof ApiError && e.status === 410) throw new Lost()
      // signed out, busy or no server: nothing was taken, it waits
      if (e instanceof ApiError && (e.status === 0 || e.status === 401 || e.status === 429 || e.status >= 500)) throw new Offline()
      throw e
    }
  }

  /** Sends what waits. */
  async function sync(): Promise<Round | undefined> {
    if (!queue.value || !self.value) return undefined
    try {
      const round = await queue.value.send(send)
      failure.value = ''
      return round
    } catch (e) {
      if (!(e instanceof Lost)) {
        failure.value = (e as Error).message
        throw e
      }
      await wipe()
      return undefined
    } finally {
      await count()
    }
  }

  return {
    stage, vault, queue, self, who, waiting, troubles, signedOut, demo, failure,
    offline: computed(() => !online.value),
    start, signIn, enrol, unlock, resume, stillOurs, lock, touched, wipe, signOut, add, sync, count,
  }
}

/** Somebody else signed in on a device that is not theirs. */
export class OtherAccount extends Error {
  constructor(readonly workName: string) {
    super('this device belongs to ' + workName)
  }
}

export type Door = ReturnType<typeof useDoor>
