/**
 * What a gate knows without a network: the signed snapshot of its shift. Pure
 * functions; the store and the screen are elsewhere.
 */
import { parse, unbase64url, verify } from '@/device/ticket'
import { bytes } from '@/device/vault'
import { worst, type Facts, type Rules } from './decide'

export interface Site {
  id: string
  kind: string
  name: { zh: string; en: string }
  lanes: { no: number; for?: string; closed?: boolean }[]
  canSample: boolean
  next?: string
}

export interface Snapshot {
  site: Site
  rules: Rules
  issued: string
  until: string
  plateKey: string
  permits: { id: string; plate: string; crew?: string[]; route?: string[]; from: string; until: string }[]
  revoked: string[]
  trips: { trip: string; plate: string; state: string; permit?: string; transit?: boolean; whitelisted?: boolean; origin?: string; riskStop?: boolean }[]
  grades: Record<string, string>
  zone: string
}

/** What an officer sees, hears and types. */
export interface Stated {
  plate: string
  ticket: string
  from: string[]
  facts: Facts
}

/** What was found about a vehicle. */
export interface Found {
  facts: Facts
  mask: string
  trip?: string
  permit?: string
}

/** Opens a snapshot; undefined where it is not this city's or was changed. */
export async function openSnapshot(text: string, key: JsonWebKey): Promise<Snapshot | undefined> {
  const t = parse<Snapshot>(text)
  return t?.kind === 'S' && (await verify(text, key)) ? t.payload : undefined
}

/** A plate as it is compared. */
export function normalPlate(s: string): string {
  return s.replace(/[\s\-·•.　]/g, '').toUpperCase()
}

/** A plate as lists show it: where it is from and its last three signs. */
export function maskPlate(s: string): string {
  const r = [...normalPlate(s)]
  if (!r.length) return ''
  if (r.length < 6) return r[0] + '·' + '*'.repeat(Math.max(1, r.length - 2)) + r[r.length - 1]
  return r.slice(0, 2).join('') + '·' + '*'.repeat(r.length - 5) + r.slice(-3).join('')
}

/** The token by which a plate is known: it says nothing to whoever lacks the key. */
export async function plateToken(snapshot: Snapshot, plate: string): Promise<string> {
  const normal = normalPlate(plate)
  if (!normal) return ''
  const key = await crypto.subtle.importKey('raw', bytes(unbase64url(snapshot.plateKey)), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(new TextEncoder().encode('seawall plate 1\0' + normal))))
  return Array.from(mac.subarray(0, 16), (b) => b.toString(16).padStart(2, '0')).join('')
}

/** The payload of a permit's ticket. */
interface PermitTicket {
  id: string
  no?: string
  plate: string
  crew?: string[]
  route?: string[]
  from: string
  until: string
}

/** How a permit fits what stands at the gate: revoked first, then the dates, the
 * vehicle, the route; as internal/freight says it. */
export function fit(p: PermitTicket, snapshot: Snapshot, plate: string, now: Date): string {
  if (snapshot.revoked.includes(p.id)) return 'revoked'
  if (now < new Date(p.from)) return 'early'
  if (now >= new Date(p.until)) return 'expired'
  if (plate && plate !== p.plate) return 'vehicle'
  const here = [snapshot.site.id, snapshot.site.name.zh, snapshot.site.name.en]
  if (p.route?.length && !p.route.some((r) => here.includes(r))) return 'route'
  return 'valid'
}

/** Puts together what the officer states and what the snapshot knows. */
export async function lookOffline(snapshot: Snapshot, key: JsonWebKey, s: Stated, now: Date): Promise<Found> {
  const facts: Facts = { ...s.facts, canSample: snapshot.site.canSample }
  const out: Found = { facts, mask: maskPlate(s.plate) }
  const token = await plateToken(snapshot, s.plate)
  const trip = snapshot.trips.find((t) => t.plate === token)
  if (trip) {
    out.trip = trip.trip
    facts.trip = trip.state
    facts.declared = trip.state !== 'cancelled' || !!facts.declared
    facts.transit = trip.transit || facts.transit
    facts.whitelisted = trip.whitelisted ?? false
    facts.riskStop = trip.riskStop || facts.riskStop
  }
  if (s.ticket) {
    const t = parse<PermitTicket>(s.ticket)
    if (!t || t.kind !== 'P' || !(await verify(s.ticket, key))) facts.permit = 'forged'
    else {
      facts.permit = fit(t.payload, snapshot, token, now)
      out.permit = t.payload.id
    }
  } else {
    const p = snapshot.permits.find((x) => x.id === trip?.permit) ?? snapshot.permits.find((x) => x.plate === token && !!token)
    if (p) {
      facts.permit = fit(p, snapshot, token, now)
      out.permit = p.id
    }
  }
  const grades = s.from.map((code) => gradeOf(snapshot.grades, code))
  facts.origin = worst(snapshot.rules, [...grades, trip?.origin ?? '', facts.origin ?? ''])
  return out
}

/** The grade of a place: that of the longest code which its own begins with. */
export function gradeOf(grades: Record<string, string>, code: string): string {
  for (let n = code.length; n > 0; n--) if (grades[code.slice(0, n)]) return grades[code.slice(0, n)]
  return ''
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID: 48 bits of milliseconds, 80 bits of chance. */
export function ulid(at: Date): string {
  let ms = at.getTime()
  let head = ''
  for (let i = 0; i < 10; i++) {
    head = CROCKFORD[ms % 32] + head
    ms = Math.floor(ms / 32)
  }
  return head + Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => CROCKFORD[b % 32]).join('')
}

/** The code under which a driver reads why and complains, as internal/gate makes it. */
export function complaintCode(id: string): string {
  return id.toUpperCase().replaceAll('-', '').replaceAll('O', '0').replaceAll('I', '1').replaceAll('L', '1').slice(-10)
}
