import { describe, expect, it } from 'vitest'
import { listKey, type ListState } from '@/lib/listkeys'

const at = (active: number, count = 100, panel = false): ListState => ({ active, count, panel })
const press = (key: string, s: ListState, more: object = {}) => listKey({ key, ...more }, s, 10)

describe('the keyboard of a list', () => {
  it('moves by j, k and the arrows and stays inside', () => {
    expect(press('j', at(-1))).toEqual({ do: 'move', to: 0 })
    expect(press('ArrowDown', at(4))).toEqual({ do: 'move', to: 5 })
    expect(press('j', at(99))).toEqual({ do: 'move', to: 99 })
    expect(press('k', at(0))).toEqual({ do: 'move', to: 0 })
    expect(press('k', at(-1))).toEqual({ do: 'move', to: 0 })
    expect(press('PageDown', at(95))).toEqual({ do: 'move', to: 99 })
    expect(press('PageUp', at(3))).toEqual({ do: 'move', to: 0 })
    expect(press('End', at(3))).toEqual({ do: 'move', to: 99 })
    expect(press('Home', at(3))).toEqual({ do: 'move', to: 0 })
  })
  it('opens and selects the row that has the focus, and no other', () => {
    expect(press('Enter', at(3))).toEqual({ do: 'open' })
    expect(press('Enter', at(-1))).toBeNull()
    expect(press('x', at(3))).toEqual({ do: 'select' })
    expect(press(' ', at(3))).toEqual({ do: 'select' })
    expect(press('x', at(-1))).toBeNull()
  })
  it('extends with shift', () => {
    expect(press('ArrowDown', at(3), { shiftKey: true })).toEqual({ do: 'extend', to: 4 })
    expect(press('J', at(3), { shiftKey: true })).toEqual({ do: 'extend', to: 4 })
  })
  it('selects all by Ctrl-a and leaves other chords to the browser', () => {
    expect(press('a', at(3), { ctrlKey: true })).toEqual({ do: 'selectAll' })
    expect(press('j', at(3), { ctrlKey: true })).toBeNull()
    expect(press('j', at(3), { altKey: true })).toBeNull()
    expect(press('a', at(3))).toBeNull()
  })
  it('closes the panel before it clears the selection', () => {
    expect(press('Escape', at(3, 100, true))).toEqual({ do: 'close' })
    expect(press('Escape', at(3))).toEqual({ do: 'clear' })
  })
  it('does nothing in an empty list', () => {
    expect(press('j', at(-1, 0))).toBeNull()
    expect(press('a', at(-1, 0), { ctrlKey: true })).toBeNull()
  })
})
