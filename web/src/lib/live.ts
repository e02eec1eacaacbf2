import { onBeforeUnmount, onMounted } from 'vue'

type Listener = { prefixes: string[]; fn: () => void; timer?: number }
const listeners = new Set<Listener>()
let source: EventSource | null = null

/** Opens the server's stream of changes; browsers reconnect it by themselves. */
export function startLive(): void {
  if (source) return
  source = new EventSource('/api/v1/events/stream')
  const heard = (ev: MessageEvent) => {
    let type = ev.type === 'message' ? '' : ev.type
    try {
      type = (JSON.parse(ev.data) as { type?: string }).type ?? type
    } catch {
      // a bare ping carries no document
    }
    tell(type)
  }
  source.onmessage = heard
  source.addEventListener('change', heard)
  source.addEventListener('event', heard)
}

export function stopLive(): void {
  source?.close()
  source = null
}

/** Wakes everybody who waits for this type, at most once in 400 ms each. */
function tell(type: string): void {
  for (const l of listeners) {
    if (type && l.prefixes.length && !l.prefixes.some((p) => type.startsWith(p))) continue
    if (l.timer) continue
    l.timer = window.setTimeout(() => {
      l.timer = undefined
      l.fn()
    }, 400)
  }
}

/** Wakes everybody, as after moving the demonstration's clock. */
export function touchAll(): void {
  tell('')
}

/** Calls fn after changes whose type starts with one of the prefixes, as long
 * as the component lives. */
export function useLive(prefixes: string[], fn: () => void): void {
  const l: Listener = { prefixes, fn }
  onMounted(() => listeners.add(l))
  onBeforeUnmount(() => {
    listeners.delete(l)
    if (l.timer) clearTimeout(l.timer)
  })
}
