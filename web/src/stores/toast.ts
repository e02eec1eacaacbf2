import { defineStore } from 'pinia'
import { ref } from 'vue'
import { ApiError } from '@/api'

export type Toast = { id: number; kind: 'done' | 'bad' | 'info'; text: string }

/** Short confirmations and failures at the foot of the page, read out loud. */
export const useToast = defineStore('toast', () => {
  const items = ref<Toast[]>([])
  let next = 1

  function push(kind: Toast['kind'], text: string): void {
    const id = next++
    items.value = [...items.value.slice(-2), { id, kind, text }]
    setTimeout(() => close(id), kind === 'bad' ? 9000 : 4500)
  }
  function close(id: number): void {
    items.value = items.value.filter((t) => t.id !== id)
  }
  /** Shows a failure; `offline` is the sentence for a lost connection. */
  function fail(err: unknown, offline: string): void {
    if (err instanceof ApiError) push('bad', err.status === 0 ? offline : err.message)
    else push('bad', String(err))
  }
  return { items, push, close, fail, done: (t: string) => push('done', t) }
})
