import { defineStore } from 'pinia'
import { ref } from 'vue'
import { shell } from '@/api'
import { dayOf } from '@/lib/instant'

/** The server's time. Pages never ask the browser's clock for a duty's time:
 * the demonstration moves its clock, and a desk PC's may be wrong. */
export const useClock = defineStore('clock', () => {
  const now = ref(Date.now())
  const demo = ref(false)
  let base = Date.now()
  let at = performance.now()

  /** Takes the server's present instant from an answer. */
  function set(instant: string | undefined): void {
    if (!instant) return
    base = Date.parse(instant)
    at = performance.now()
    now.value = base
  }

  function tick(): void {
    now.value = base + (performance.now() - at)
  }

  async function move(advance: string): Promise<void> {
    set((await shell.moveClock(advance)).now)
  }

  const today = () => dayOf(now.value)
  setInterval(tick, 10_000)
  return { now, demo, set, move, today }
})
