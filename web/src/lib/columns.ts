import { computed, ref, watch } from 'vue'
import type { Column } from '@/components/list/columns'

/** The chosen columns of a list, kept in this browser; beside tells whether a
 * record is open next to it. */
export function useColumns(list: string, all: Column[], beside: () => boolean = () => false) {
  const key = `seawall.columns.${list}`
  const usual = all.filter((c) => !c.optional).map((c) => c.key)
  let start = usual
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as string[] | null
    if (kept?.length) start = kept
  } catch {
    // somebody else wrote there; the usual columns do
  }
  const chosen = ref(start)
  watch(chosen, (v) => localStorage.setItem(key, JSON.stringify(v)))
  const shown = computed(() => all.filter((c) => chosen.value.includes(c.key) && !(beside() && c.aside === 'hide')))
  return { chosen, shown }
}
