import { reactive, watch } from 'vue'

/** A form that survives a reload of this tab. It lies in the tab's own storage
 * because it may hold a name: nothing of it outlives the tab. */
export function useDraft<T extends object>(key: string, empty: () => T) {
  const store = `seawall.draft.${key}`
  const start = empty()
  let found = false
  try {
    const kept = JSON.parse(sessionStorage.getItem(store) ?? 'null') as Partial<T> | null
    if (kept) {
      Object.assign(start, kept)
      found = true
    }
  } catch {
    // not ours; start empty
  }
  const form = reactive(start) as T
  watch(form, (v) => sessionStorage.setItem(store, JSON.stringify(v)), { deep: true, flush: 'sync' })
  function clear(): void {
    Object.assign(form, empty())
    sessionStorage.removeItem(store)
  }
  return { form, found, clear }
}

/** Enter goes on to the next field; on the last one it reaches the button. */
export function enterGoesOn(ev: KeyboardEvent): void {
  const el = ev.target as HTMLElement
  if (ev.defaultPrevented || ev.ctrlKey || ev.metaKey || (el.tagName !== 'INPUT' && el.tagName !== 'SELECT')) return
  const form = el.closest('form')
  if (!form) return
  ev.preventDefault()
  const fields = [...form.querySelectorAll<HTMLElement>('input,select,textarea,button[type=submit],button:not([type])')].filter(
    (f) => !(f as HTMLInputElement).disabled && f.offsetParent !== null && f.tabIndex >= 0,
  )
  fields[fields.indexOf(el) + 1]?.focus()
}
