import { computed, shallowRef, watch } from 'vue'
import { useRoute } from 'vue-router'
import { useLive } from './live'

/** A page that shows one record, named in its address. RecordFrame draws it. */
export function useRecordPage<V>(read: (id: string) => Promise<V>, live: string[]) {
  const route = useRoute()
  const path = route.matched[route.matched.length - 1]?.path
  const id = computed(() => (route.matched[route.matched.length - 1]?.path === path ? String(route.params.id ?? '') : ''))
  const view = shallowRef<V | null>(null)
  const error = shallowRef<unknown>(null)

  async function load(): Promise<void> {
    const asked = id.value
    if (!asked) return
    try {
      const v = await read(asked)
      if (asked !== id.value) return
      view.value = v
      error.value = null
    } catch (err) {
      if (asked === id.value) error.value = err
    }
  }
  watch(
    id,
    () => {
      view.value = null
      void load()
    },
    { immediate: true },
  )
  useLive(live, () => void load())
  return { id, view, error, load }
}

export type RecordPageState<V> = ReturnType<typeof useRecordPage<V>>
