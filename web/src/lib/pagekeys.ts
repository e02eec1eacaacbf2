import { onBeforeUnmount, onMounted, type Ref } from 'vue'
import { typing } from './listkeys'

/** Hands key presses to the list in box, also while nothing else on the page
 * has the focus. Text fields and other parts of the page keep theirs. */
export function usePageKeys(box: Ref<HTMLElement | undefined>, act: (ev: KeyboardEvent) => void): void {
  function heard(ev: KeyboardEvent): void {
    if (ev.defaultPrevented || typing(ev.target)) return
    const el = ev.target as HTMLElement
    const inside = !!box.value?.contains(el)
    if (!inside && el !== document.body && el.id !== 'main') return
    if (inside && (ev.key === 'Enter' || ev.key === ' ') && /^(A|BUTTON|INPUT)$/.test(el.tagName)) return
    act(ev)
  }
  onMounted(() => document.addEventListener('keydown', heard))
  onBeforeUnmount(() => document.removeEventListener('keydown', heard))
}
