/**
 * Tickets: one line of text that a phone makes and checks without a network,
 * `SW1.<kind>.<payload>.<signature>`. The same format as internal/ticket: ECDSA
 * over P-256 and SHA-256, raw r‖s, base64url without padding, signed over all
 * before the last dot.
 */
import { bytes } from './vault'

const EC = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SHA = { name: 'ECDSA', hash: 'SHA-256' } as const
const text = new TextEncoder()

/** The kinds: permit, snapshot of a gate, hand-over, receipt, operation of a phone. */
export type Kind = 'P' | 'S' | 'H' | 'R' | 'O'

/** What a ticket says; `payload` is not to be believed before `verify`. */
export interface Ticket<T = unknown> {
  kind: string
  payload: T
  /** The text itself. */
  raw: string
}

/** A key pair of this device; the private half leaves it in no form but sealed. */
export interface Pair {
  publicKey: JsonWebKey
  privateKey: JsonWebKey
}

/** Draws a key pair. */
export async function newPair(): Promise<Pair> {
  const k = await crypto.subtle.generateKey(EC, true, ['sign', 'verify'])
  return { publicKey: plain(await crypto.subtle.exportKey('jwk', k.publicKey)), privateKey: await crypto.subtle.exportKey('jwk', k.privateKey) }
}

/** A public key with nothing but itself. */
function plain(k: JsonWebKey): JsonWebKey {
  return { kty: k.kty, crv: k.crv, x: k.x, y: k.y }
}

/** Makes a ticket signed by this device. */
export async function sign(pair: Pair, kind: Kind, payload: unknown): Promise<string> {
  const head = `SW1.${kind}.${base64url(text.encode(JSON.stringify(payload)))}`
  return head + '.' + (await signText(pair, head))
}

/** Signs any text; the signature in base64url. */
export async function signText(pair: Pair, what: string): Promise<string> {
  const key = await crypto.subtle.importKey('jwk', pair.privateKey, EC, false, ['sign'])
  return base64url(new Uint8Array(await crypto.subtle.sign(SHA, key, bytes(text.encode(what)))))
}

/** Takes a ticket apart; undefined for a text that is none. */
export function parse<T>(raw: string): Ticket<T> | undefined {
  const m = /^SW1\.([A-Z])\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/.exec(raw.trim())
  if (!m) return undefined
  try {
    return { kind: m[1], payload: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(unbase64url(m[2]))) as T, raw: m[0] }
  } catch {
    return undefined
  }
}

/** Whether the holder of the key signed it. */
export async function verify(raw: string, publicKey: JsonWebKey): Promise<boolean> {
  const t = raw.trim()
  const dot = t.lastIndexOf('.')
  try {
    const key = await crypto.subtle.importKey('jwk', plain(publicKey), EC, false, ['verify'])
    return await crypto.subtle.verify(SHA, key, bytes(unbase64url(t.slice(dot + 1))), bytes(text.encode(t.slice(0, dot))))
  } catch {
    return false
  }
}

/** Bytes in base64url without padding. */
export function base64url(b: Uint8Array): string {
  let s = ''
  for (let i = 0; i < b.length; i += 0x8000) s += String.fromCharCode(...b.subarray(i, i + 0x8000))
  return btoa(s).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The bytes of a base64url text. Throws for a text that is none. */
export function unbase64url(s: string): Uint8Array {
  return Uint8Array.from(atob(s.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
}
