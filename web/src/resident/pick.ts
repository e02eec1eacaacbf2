/** Choosing a place by a few letters, and a day by one touch. */
import { ask, today, type Text } from './api'
import { announce, field, fill, h, uid, type Child } from './dom'
import { say, w } from './words'

export type Place = { code: string; name: Text; full: Text; abroad?: boolean }
export type Area = { id: string; name: Text; full: Text; level: string }

/** A search box with the server's answers below it; nothing is downloaded whole. */
function search<T>(label: string, path: (q: string) => string, show: (t: T) => [string, string], pick: (t: T) => void, begin: T[] = []): HTMLElement {
  const list = h('ul', { class: 'found list' })
  const note = h('p', { class: 'hint', 'aria-live': 'polite' })
  let timer = 0
  let asked = ''
  const put = (items: T[]): void => {
    fill(
      list,
      items.map((it) => {
        const [name, full] = show(it)
        return h('li', null, h('button', { type: 'button', class: 'choice', onclick: () => pick(it) }, name, full && full !== name ? h('small', null, full) : null))
      }),
    )
  }
  const look = async (q: string): Promise<void> => {
    asked = q
    if (!q) {
      note.textContent = ''
      return put(begin)
    }
    try {
      const got = await ask<{ items: T[] }>('GET', path(q))
      if (asked !== q) return // a later letter has been typed meanwhile
      put(got.items || [])
      note.textContent = got.items && got.items.length ? w().found(got.items.length) : w().notFound
    } catch (e) {
      if (asked === q) note.textContent = w().offline
    }
  }
  put(begin)
  return h(
    'div',
    null,
    field(label, '', (v) => {
      clearTimeout(timer)
      timer = window.setTimeout(() => void look(v.trim()), 250)
    }, { type: 'search', enterkeyhint: 'search', 'data-test': 'search', onkeydown: (e: Event) => { if ((e as KeyboardEvent).key === 'Enter') e.preventDefault() } }),
    note,
    list,
  )
}

/** A place somebody comes from. */
export const origin = (pick: (p: Place) => void): HTMLElement =>
  search<Place>(w().search, (q) => '/public/origins?q=' + encodeURIComponent(q), (p) => [say(p.name), say(p.full)], pick)

/** An area of the city: by name, or by going down from the county. What is chosen
 * stands alone until somebody wants it closer or another one. */
export function area(current: Area | null, pick: (a: Area) => void): HTMLElement {
  const box = h('div')
  const choose = (a: Area): void => {
    pick(a)
    chosen(a)
    announce(say(a.full))
  }
  const chosen = (a: Area): void =>
    fill(
      box,
      h('p', { class: 'picked' }, h('strong', null, say(a.full))),
      h('div', { class: 'row' },
        a.level !== 'village' ? h('button', { type: 'button', class: 'small', onclick: () => void below(a) }, a.level === 'town' ? w().duties.closer : w().declare.closer) : null,
        h('button', { type: 'button', class: 'small', onclick: () => void below(null) }, w().change)),
    )
  const below = async (at: Area | null): Promise<void> => {
    fill(box, h('p', { class: 'wait', 'aria-busy': 'true' }, w().loading))
    let list: Area[] = []
    try {
      list = (await ask<{ items: Area[] }>('GET', '/public/areas?parent=' + encodeURIComponent(at ? at.id : ''))).items
    } catch (e) {
      announce(w().offline)
    }
    fill(box, at ? h('p', { class: 'picked' }, h('strong', null, say(at.full))) : null,
      search<Area>(w().search, (q) => '/public/areas?q=' + encodeURIComponent(q), (a) => [say(a.name), say(a.full)], choose, list))
  }
  if (current) chosen(current)
  else void below(null)
  return box
}

/** A day: the usual ones as buttons, any other in the phone's own calendar. */
export function dayInput(current: string, offsets: number[], set: (d: string) => void, step: () => void): Child[] {
  const names: { [k: string]: string } = { '-2': w().before, '-1': w().yesterday, '0': w().today, '1': w().tomorrow }
  const id = uid()
  const input = h('input', { id, type: 'date', class: 'in', 'data-test': 'day', oninput: (e: Event) => set((e.target as HTMLInputElement).value) })
  input.value = current
  return [
    h(
      'div',
      { class: 'choices', role: 'group', 'aria-labelledby': 'title' },
      offsets.map((n) => h('button', { type: 'button', class: 'choice', 'aria-pressed': String(current === today(n)), onclick: () => { set(today(n)); step() } }, names[String(n)], h('small', null, today(n)))),
    ),
    h('div', { class: 'field' }, h('label', { for: id }, w().otherDay), input),
  ]
}
export const isDay = (d: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(d)
