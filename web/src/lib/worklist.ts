import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { Page } from '@/api/types'

/** How many rows one question to the server brings. */
const CHUNK = 100

/** A list that is read in pages by cursor and grows as one scrolls. */
export function useWorkList<T extends { id: string }>(
  ask: (cursor: string, limit: number, signal: AbortSignal) => Promise<Page<T>>,
  query: Ref<unknown>,
) {
  const rows = shallowRef<T[]>([])
  const total = ref(0)
  const next = ref('')
  const loading = ref(false)
  const error = shallowRef<unknown>(null)
  const fresh = ref(true)
  let running: AbortController | null = null

  async function read(cursor: string, limit: number): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    loading.value = true
    try {
      const page = await ask(cursor, limit, mine.signal)
      const items = page.items ?? []
      if (cursor) {
        const have = new Set(rows.value.map((r) => r.id))
        rows.value = [...rows.value, ...items.filter((r) => !have.has(r.id))]
      } else rows.value = items
      next.value = page.next ?? ''
      total.value = page.total ?? rows.value.length
      error.value = null
      fresh.value = false
    } catch (err) {
      if ((err as Error).name === 'AbortError') return
      error.value = err
    } finally {
      if (running === mine) {
        running = null
        loading.value = false
      }
    }
  }

  /** Starts over, as after a new filter. */
  function reset(): void {
    fresh.value = true
    rows.value = []
    total.value = 0
    void read('', CHUNK)
  }

  /** Reads again what is on the screen, keeping the place. */
  async function refresh(): Promise<void> {
    await read('', Math.min(500, Math.max(CHUNK, rows.value.length)))
  }

  /** Reads the next page if there is one and none is under way. */
  function more(): void {
    if (next.value && !loading.value) void read(next.value, CHUNK)
  }

  watch(query, (a, b) => JSON.stringify(a) !== JSON.stringify(b) && reset(), { deep: true })
  reset()
  const empty = computed(() => !loading.value && !error.value && rows.value.length === 0)
  return { rows, total, next, loading, error, fresh, empty, refresh, reset, more }
}
