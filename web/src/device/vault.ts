/**
 * The sealed store of a phone or tablet. Nothing in it can be read without the
 * PIN on this very device: the data key is random, wrapped by a key that comes
 * out of the PIN (PBKDF2) and of a second one that WebCrypto never gives away.
 * Ten wrong PINs, signing out, or the server saying that the device is lost wipe
 * it. What this does and does not prevent: docs/design/0009-field-phone.md.
 */
import type { Rows, Table } from './rows'

/** Source: OWASP password storage, PBKDF2-HMAC-SHA256. */
const ROUNDS = 600_000
/** How many wrong PINs in a row wipe the store. */
export const TRIES = 10
/** The shortest PIN. */
export const PIN_LENGTH = 6

const LOCK = 'lock'
const text = new TextEncoder()

/** A wrong PIN; `left` tries remain, 0 says that everything was wiped. */
export class WrongPin extends Error {
  constructor(readonly left: number) {
    super(left ? `wrong PIN, ${left} tries left` : 'wrong PIN, wiped')
  }
}

interface Lock {
  v: 1
  salt: Uint8Array
  rounds: number
  /** Stays on this device: WebCrypto signs with it and never exports it. */
  pepper: CryptoKey
  iv: Uint8Array
  wrapped: Uint8Array
  tries: number
}

interface Sealed {
  iv: Uint8Array
  data: Uint8Array
}

/** One thing in the vault. */
export interface Kept<T> {
  key: string
  value: T
}

/** A PIN that is long enough and not the same digit all through. */
export function goodPin(pin: string): boolean {
  return new RegExp(`^\\d{${PIN_LENGTH},12}$`).test(pin) && !/^(\d)\1+$/.test(pin) && !'01234567890123456789'.includes(pin) && !'98765432109876543210'.includes(pin)
}

/** An opened vault. */
export class Vault {
  private constructor(
    private readonly rows: Rows,
    private readonly data: CryptoKey,
    private readonly names: CryptoKey,
  ) {}

  /** Whether this device has a vault at all. */
  static async exists(rows: Rows): Promise<boolean> {
    return (await rows.get('lock', LOCK)) !== undefined
  }

  /** Makes a vault and opens it. What an earlier one held is wiped. */
  static async make(rows: Rows, pin: string, rounds = ROUNDS): Promise<Vault> {
    if (!goodPin(pin)) throw new Error('this PIN is too easy')
    await rows.clear()
    const raw = random(32)
    const pepper = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    const lock: Lock = { v: 1, salt: random(16), rounds, pepper, iv: random(12), wrapped: new Uint8Array(), tries: 0 }
    const kek = await keyOf(lock, pin)
    lock.wrapped = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: bytes(lock.iv) }, kek, bytes(raw)))
    await rows.put('lock', LOCK, lock)
    return Vault.from(rows, raw)
  }

  /** Opens the vault. Throws WrongPin; the last try wipes. */
  static async unlock(rows: Rows, pin: string): Promise<Vault> {
    const lock = (await rows.get('lock', LOCK)) as Lock | undefined
    if (!lock) throw new Error('there is no vault on this device')
    // counted before it is tried: pulling the battery out saves no try
    lock.tries++
    await rows.put('lock', LOCK, lock)
    let raw: Uint8Array
    try {
      raw = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes(lock.iv) }, await keyOf(lock, pin), bytes(lock.wrapped)))
    } catch {
      if (lock.tries >= TRIES) await rows.clear()
      throw new WrongPin(Math.max(0, TRIES - lock.tries))
    }
    lock.tries = 0
    await rows.put('lock', LOCK, lock)
    return Vault.from(rows, raw)
  }

  private static async from(rows: Rows, raw: Uint8Array): Promise<Vault> {
    const root = await crypto.subtle.importKey('raw', bytes(raw), 'HKDF', false, ['deriveKey', 'deriveBits'])
    raw.fill(0)
    const how = (info: string) => ({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytes(text.encode(info)) })
    const data = await crypto.subtle.deriveKey(how('seawall data'), root, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    const names = await crypto.subtle.deriveKey(how('seawall names'), root, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign'])
    return new Vault(rows, data, names)
  }

  /** Keeps a value that JSON can say; resolves when it is on the disk. In `large`
   * stands what `list` never reads. */
  async put(key: string, value: unknown, table: Table = 'sealed'): Promise<void> {
    await this.seal(table, key, text.encode(JSON.stringify({ key, value })))
  }

  /** Gives a value, undefined where there is none. */
  async get<T>(key: string, table: Table = 'sealed'): Promise<T | undefined> {
    const row = (await this.rows.get(table, await this.name(key))) as Sealed | undefined
    return row && ((await this.open(row)) as Kept<T>).value
  }

  async remove(key: string, table: Table = 'sealed'): Promise<void> {
    await this.rows.remove(table, await this.name(key))
  }

  /** Everything whose key begins so, in the order of the keys. */
  async list<T>(prefix: string): Promise<Kept<T>[]> {
    const rows = (await this.rows.all('sealed')) as Sealed[]
    const all = (await Promise.all(rows.map((r) => this.open(r)))) as Kept<T>[]
    return all.filter((k) => k.key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  }

  /** Forgets everything on this device. */
  wipe(): Promise<void> {
    return this.rows.clear()
  }

  private async seal(table: Table, key: string, plain: Uint8Array): Promise<void> {
    const iv = random(12)
    const data = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: bytes(iv) }, this.data, bytes(plain)))
    await this.rows.put(table, await this.name(key), { iv, data } satisfies Sealed)
  }

  private async open(row: Sealed): Promise<unknown> {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes(row.iv) }, this.data, bytes(row.data))
    return JSON.parse(new TextDecoder().decode(plain))
  }

  /** Keys tell what is kept, so they are hidden as well. */
  private async name(key: string): Promise<string> {
    return hex(new Uint8Array(await crypto.subtle.sign('HMAC', this.names, bytes(text.encode(key)))))
  }
}

/** The key that the PIN gives on this device. */
async function keyOf(lock: Lock, pin: string): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey('raw', bytes(text.encode(pin)), 'PBKDF2', false, ['deriveBits'])
  const slow = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: bytes(lock.salt), iterations: lock.rounds }, typed, 256)
  const both = await crypto.subtle.sign('HMAC', lock.pepper, slow)
  return crypto.subtle.importKey('raw', both, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

/** Random bytes of the browser. */
export function random(n: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(n))
}

/** The same bytes, typed as WebCrypto asks for them. */
export function bytes(b: Uint8Array): Uint8Array<ArrayBuffer> {
  return b as Uint8Array<ArrayBuffer>
}

function hex(b: Uint8Array): string {
  return Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('')
}
