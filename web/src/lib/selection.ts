import { computed, ref } from 'vue'

/** The rows a reader has marked: single ids, or everything the filter finds. */
export function useSelection() {
  const ids = ref(new Set<string>())
  const everything = ref(false)

  function toggle(id: string): void {
    everything.value = false
    const s = new Set(ids.value)
    if (!s.delete(id)) s.add(id)
    ids.value = s
  }
  function set(list: string[]): void {
    everything.value = false
    ids.value = new Set(list)
  }
  function add(list: string[]): void {
    ids.value = new Set([...ids.value, ...list])
  }
  function clear(): void {
    everything.value = false
    ids.value = new Set()
  }
  const size = computed(() => ids.value.size)
  return { ids, everything, size, toggle, set, add, clear }
}

export type ListSelection = ReturnType<typeof useSelection>
