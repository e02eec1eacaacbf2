import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** The record that is open beside a list; the address carries its id, so back
 * closes it and a link opens it. */
export function usePanel<V>(load: (id: string) => Promise<V>, key = 'open') {
  const route = useRoute()
  const router = useRouter()
  const id = computed(() => (typeof route.query[key] === 'string' ? (route.query[key] as string) : ''))
  const view = shallowRef<V | null>(null)
  const error = shallowRef<unknown>(null)
  const loading = ref(false)
  const path = route.path

  async function read(): Promise<void> {
    const mine = id.value
    if (!mine) {
      view.value = null
      return
    }
    loading.value = true
    try {
      const v = await load(mine)
      if (mine !== id.value) return
      view.value = v
      error.value = null
    } catch (err) {
      if (mine === id.value) error.value = err
    } finally {
      if (mine === id.value) loading.value = false
    }
  }
  function open(next: string, more: Record<string, string | undefined> = {}): void {
    const query = { ...route.query, [key]: next, ...more }
    void (id.value ? router.replace({ query }) : router.push({ query }))
  }
  function close(): void {
    const query = { ...route.query }
    delete query[key]
    delete query.step
    void router.push({ query })
  }
  watch(
    id,
    () => {
      if (route.path !== path) return
      view.value = null
      error.value = null
      void read()
    },
    { immediate: true },
  )
  return { id, view, error, loading, read, open, close }
}

/** Filters kept in the address. */
export function useFilters(keys: string[]): { value: Ref<Record<string, string>>; set: (key: string, v: string) => void } {
  const route = useRoute()
  const router = useRouter()
  const pick = () => {
    const out: Record<string, string> = {}
    for (const k of keys) if (typeof route.query[k] === 'string' && route.query[k]) out[k] = route.query[k] as string
    return out
  }
  const value = ref(pick())
  const path = route.path
  watch(
    () => route.query,
    () => {
      if (route.path !== path) return
      const next = pick()
      if (JSON.stringify(next) !== JSON.stringify(value.value)) value.value = next
    },
  )
  function set(key: string, v: string): void {
    const query = { ...route.query }
    if (v) query[key] = v
    else delete query[key]
    void router.replace({ query })
  }
  return { value, set }
}
