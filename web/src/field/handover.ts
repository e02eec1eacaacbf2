/**
 * Handing a duty on between two phones without a network: the giver shows a code
 * that their phone signed, the receiver scans it and shows a receipt, the giver
 * scans that. Either phone's report to the server suffices; both are checked there
 * against the keys that were registered.
 */
import type { Self } from '@/device/door'
import { base64url, parse, sign, verify } from '@/device/ticket'
import { random } from '@/device/vault'
import { sha256 } from './hash'
import type { Lang } from './texts'
import type { Person, Step, Text } from './types'

/** What the giver's phone signs; the same as internal/device.Given. */
export interface Given {
  d: string
  l: string
  f: string
  t: string
  p?: string
  n: string
}

/** What the receiver's phone signs; the same as internal/device.Taken. */
export interface Taken {
  d: string
  l: string
  o: string
  t: string
  n: string
  h: string
}

/** The step that rides along, so that the receiver can do it without a network.
 * It is not signed: the server's day takes its place as soon as it can. */
export interface Along {
  s: string
  b: string
  k: string
  w: string
  /** Title, mask, place: in the giver's language, as a code has little room. */
  z: string
  m: string
  p: string
  u: string
  c?: 1
  r?: [contact: string, day: string, base: string]
}

/** A hand-over that this phone began and that has no receipt yet. */
export interface Giving {
  step: Step
  ticket: string
  code: string
}

/** What somebody's code says, and whether this phone knows who signed it. */
export interface Offered {
  ticket: string
  given: Given
  along?: Along
  /** The giver's work name where the signature is theirs; undefined where this phone
   * does not know them. */
  from?: string
  state: 'good' | 'unknown' | 'forged'
}

const hash = (s: string) => sha256(new TextEncoder().encode(s))

/** Begins a hand-over. */
export async function give(self: Self, step: Step, place: string, lang: Lang): Promise<Giving> {
  const g: Given = { d: self.device, l: step.loop, f: self.principal, t: new Date().toISOString(), p: place || undefined, n: base64url(random(16)) }
  const ticket = await sign(self.pair, 'H', g)
  const r = step.report
  const along: Along = {
    s: step.step, b: step.base, k: step.key, w: step.needs ?? '', z: step.title[lang], m: step.mask, p: step.place[lang], u: step.due,
    c: step.cannot ? 1 : undefined, r: r && [r.contact, r.day, r.base],
  }
  return { step, ticket, code: ticket + ' ' + JSON.stringify(along) }
}

/** Reads the giver's code. */
export async function read(code: string, people: Person[]): Promise<Offered | undefined> {
  const [ticket, ...more] = code.trim().split(' ')
  const t = parse<Given>(ticket)
  if (t?.kind !== 'H') return undefined
  const signer = await signed(ticket, t.payload.d, people)
  let along: Along | undefined
  try {
    along = more.length ? (JSON.parse(more.join(' ')) as Along) : undefined
  } catch {
    along = undefined // the step is missing, the hand-over holds
  }
  const right = signer.state !== 'good' || signer.by?.id === t.payload.f
  return { ticket, given: t.payload, along, from: signer.by?.workName, state: right ? signer.state : 'forged' }
}

/** Signs the receipt. */
export async function take(self: Self, o: Offered): Promise<string> {
  const t: Taken = { d: self.device, l: o.given.l, o: self.principal, t: new Date().toISOString(), n: o.given.n, h: await hash(o.ticket) }
  return sign(self.pair, 'R', t)
}

/** Checks a receipt against what this phone gave: who took it, or why not. */
export async function receipt(code: string, giving: Giving, people: Person[]): Promise<{ state: 'good' | 'unknown' | 'forged' | 'other'; to?: string; ticket: string }> {
  const ticket = code.trim()
  const t = parse<Taken>(ticket)
  const g = parse<Given>(giving.ticket)
  if (t?.kind !== 'R' || !g || t.payload.n !== g.payload.n || t.payload.l !== g.payload.l || t.payload.h !== (await hash(giving.ticket))) return { state: 'other', ticket }
  const signer = await signed(ticket, t.payload.d, people)
  const right = signer.state !== 'good' || signer.by?.id === t.payload.o
  return { state: right ? signer.state : 'forged', to: signer.by?.workName, ticket }
}

/** Who signed a ticket, of those whose keys came with the day. */
async function signed(ticket: string, device: string, people: Person[]): Promise<{ state: 'good' | 'unknown' | 'forged'; by?: Person }> {
  for (const by of people) {
    for (const d of by.devices) {
      if (d.device === device) return (await verify(ticket, d.key)) ? { state: 'good', by } : { state: 'forged' }
    }
  }
  return { state: 'unknown' }
}

/** The step that rode along, as the day would show it. */
export function stepOf(a: Along, loop: string): Step {
  const title: Text = { zh: a.z, en: a.z }
  return {
    step: a.s, loop, kind: '', key: a.k, title, loopTitle: title, subject: { kind: '', id: '' }, mask: a.m, due: a.u, needs: a.w, cannot: !!a.c,
    place: { zh: a.p, en: a.p }, near: { steps: 0 }, band: 'soon', base: a.b, why: { owner: 'handover' },
    report: a.r && { contact: a.r[0], day: a.r[1], base: a.r[2], statuses: ['well', 'symptoms', 'missed', 'not_performed', 'refused'] },
  }
}
