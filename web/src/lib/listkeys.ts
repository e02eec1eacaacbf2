/** The keyboard of a work-list as a pure function: what a key does to the row
 * that has the focus and to the selection. */

export type ListState = { active: number; count: number; panel: boolean }

export type ListAction =
  | { do: 'move'; to: number }
  | { do: 'open' }
  | { do: 'select' }
  | { do: 'selectAll' }
  | { do: 'extend'; to: number }
  | { do: 'close' }
  | { do: 'clear' }

type Key = { key: string; shiftKey?: boolean; ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean }

const clamp = (n: number, count: number) => Math.max(0, Math.min(count - 1, n))

/** Gives the action for a key, or null when the list does not want it. `page`
 * is how many rows the window shows. */
export function listKey(ev: Key, s: ListState, page = 12): ListAction | null {
  if (ev.altKey) return null
  if (ev.ctrlKey || ev.metaKey) return ev.key === 'a' && s.count > 0 ? { do: 'selectAll' } : null
  if (ev.key === 'Escape') return s.panel ? { do: 'close' } : { do: 'clear' }
  if (s.count === 0) return null
  const move = (to: number): ListAction => ({ do: ev.shiftKey ? 'extend' : 'move', to: clamp(to, s.count) })
  switch (ev.key) {
    case 'j':
    case 'ArrowDown':
    case 'J':
      return move(s.active + 1)
    case 'k':
    case 'ArrowUp':
    case 'K':
      return move(s.active < 0 ? 0 : s.active - 1)
    case 'PageDown':
      return move(s.active + page)
    case 'PageUp':
      return move(s.active - page)
    case 'Home':
      return move(0)
    case 'End':
      return move(s.count - 1)
    case 'Enter':
      return s.active >= 0 ? { do: 'open' } : null
    case 'x':
    case ' ':
      return s.active >= 0 ? { do: 'select' } : null
  }
  return null
}

/** True when a key press belongs to a text field and not to the page. */
export function typing(target: EventTarget | null): boolean {
  const el = target as HTMLElement | null
  if (!el || !el.tagName) return false
  return el.tagName === 'TEXTAREA' || el.tagName === 'SELECT' || el.isContentEditable || (el.tagName === 'INPUT' && !/^(checkbox|radio|button|range)$/.test((el as HTMLInputElement).type))
}
