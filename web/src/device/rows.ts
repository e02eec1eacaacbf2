/**
 * Where a phone keeps things: a few tables of rows by key. The pages use the
 * browser's database; tests use a map. Nothing that a person typed comes here in
 * the clear: `vault.ts` seals it first.
 */
export interface Rows {
  get(table: Table, key: string): Promise<unknown>
  put(table: Table, key: string, value: unknown): Promise<void>
  remove(table: Table, key: string): Promise<void>
  all(table: Table): Promise<unknown[]>
  /** Forgets everything, in every table. */
  clear(): Promise<void>
}

/** `lock` holds what opens the vault, `sealed` what is in it, `large` what is not
 * read with everything else: pictures. */
export type Table = 'lock' | 'sealed' | 'large'

const TABLES: Table[] = ['lock', 'sealed', 'large']

/** The browser's own database under a name. */
export class BrowserRows implements Rows {
  private db?: Promise<IDBDatabase>
  constructor(private readonly name: string) {}

  private open(): Promise<IDBDatabase> {
    this.db ??= new Promise((ok, fail) => {
      const r = indexedDB.open(this.name, 2)
      r.onupgradeneeded = () => {
        for (const t of TABLES) if (!r.result.objectStoreNames.contains(t)) r.result.createObjectStore(t)
      }
      r.onsuccess = () => {
        // another tab wipes: let it, or it waits for us for ever
        r.result.onversionchange = () => {
          r.result.close()
          this.db = undefined
        }
        ok(r.result)
      }
      r.onerror = () => fail(r.error ?? new Error('the device keeps nothing'))
      r.onblocked = () => fail(new Error('another page of this site holds the store'))
    })
    // a failed opening is tried again next time, not remembered
    this.db.catch(() => (this.db = undefined))
    return this.db
  }

  private async run<T>(table: Table, mode: IDBTransactionMode, ask: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const db = await this.open()
    return new Promise<T>((ok, fail) => {
      const tx = db.transaction(table, mode, { durability: 'strict' })
      const r = ask(tx.objectStore(table))
      // kept means on the disk: the transaction is complete, not only the request
      tx.oncomplete = () => ok(r.result)
      tx.onabort = () => fail(tx.error ?? new Error('the device could not keep it'))
    })
  }

  get(table: Table, key: string): Promise<unknown> {
    return this.run(table, 'readonly', (s) => s.get(key) as IDBRequest<unknown>)
  }

  async put(table: Table, key: string, value: unknown): Promise<void> {
    await this.run(table, 'readwrite', (s) => s.put(value, key))
  }

  async remove(table: Table, key: string): Promise<void> {
    await this.run(table, 'readwrite', (s) => s.delete(key))
  }

  all(table: Table): Promise<unknown[]> {
    return this.run(table, 'readonly', (s) => s.getAll() as IDBRequest<unknown[]>)
  }

  async clear(): Promise<void> {
    const open = this.db
    this.db = undefined
    if (open) (await open.catch(() => undefined))?.close()
    await new Promise<void>((ok, fail) => {
      const r = indexedDB.deleteDatabase(this.name)
      r.onsuccess = () => ok()
      r.onerror = () => fail(r.error ?? new Error('the store could not be deleted'))
    })
  }
}
