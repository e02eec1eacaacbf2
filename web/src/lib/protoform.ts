import { computed, ref, shallowRef, watch } from 'vue'
import { ApiError } from '@/api'
import { useClock } from '@/stores/clock'
import type { Values } from './cond'
import { blank, checkForm, type FormSpec, type Wrong } from './forms'

/** The state of one form that is being filled in: what is typed survives a
 * reload of this tab, what is wrong is known by field. */
export function useProtoForm(spec: () => FormSpec | undefined, key: () => string) {
  const clock = useClock()
  const values = ref<Values>({})
  const wrong = ref<Record<string, Wrong>>({})
  const refused = shallowRef<ApiError | null>(null)
  const tried = ref(false)
  const found = ref(false)
  const store = computed(() => `seawall.draft.form.${key()}`)

  function start(): void {
    const form = spec()
    values.value = form ? blank(form) : {}
    wrong.value = {}
    refused.value = null
    tried.value = false
    found.value = false
    if (!form) return
    try {
      const kept = JSON.parse(sessionStorage.getItem(store.value) ?? 'null') as Values | null
      if (kept) {
        for (const f of form.fields) if (f.key in kept) values.value[f.key] = kept[f.key]
        found.value = true
      }
    } catch {
      // somebody else wrote there; the form starts empty
    }
  }
  watch([() => spec()?.key, store], start, { immediate: true })
  watch(
    values,
    (v) => {
      const form = spec()
      if (!form) return
      if (JSON.stringify(v) === JSON.stringify(blank(form))) sessionStorage.removeItem(store.value)
      else sessionStorage.setItem(store.value, JSON.stringify(v))
      if (tried.value) wrong.value = checkForm(form, v, clock.now).wrong
      refused.value = null
    },
    { deep: true, flush: 'sync' },
  )

  /** What is sent, or null while something is wrong. */
  function check(): Values | null {
    const form = spec()
    if (!form) return null
    tried.value = true
    const r = checkForm(form, values.value, clock.now)
    wrong.value = r.wrong
    return Object.keys(r.wrong).length ? null : r.values
  }
  /** Forgets the draft, as after sending it. */
  function clear(): void {
    sessionStorage.removeItem(store.value)
    start()
  }
  /** Takes what the server found wrong; gives the sentence that no field shows. */
  function take(err: unknown, offline: string): string {
    if (!(err instanceof ApiError) || !err.status) return offline
    refused.value = err
    const fields = new Set((spec()?.fields ?? []).map((f) => f.key))
    return err.fields.length && err.fields.every((f) => fields.has(f.field.split('.').pop() ?? '')) ? '' : err.message
  }
  const said = (field: string) => refused.value?.field(field)
  return { values, wrong, found, said, check, clear, take }
}

/** Brings the first field that is wrong into view and gives it the focus. */
export function focusWrong(root: HTMLElement | null | undefined): void {
  const el = root?.querySelector<HTMLElement>('[aria-invalid=true], .set:has([role=alert]) input')
  el?.focus()
  el?.scrollIntoView({ block: 'center' })
}
