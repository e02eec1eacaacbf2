/** Elements without a framework: what a phone of 2016 runs as it is. */

export type Child = Node | string | null | undefined | false
type Attrs = { [name: string]: string | number | boolean | null | undefined | ((e: Event) => void) }

/** Makes an element; on… attributes are listeners, true and false set and leave out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attrs?: Attrs | null, ...children: (Child | Child[])[]): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag)
  for (const name of Object.keys(attrs || {})) {
    const v = (attrs as Attrs)[name]
    if (typeof v === 'function') el.addEventListener(name.slice(2), v)
    else if (v === true) el.setAttribute(name, '')
    else if (v !== false && v !== null && v !== undefined) el.setAttribute(name, String(v))
  }
  add(el, children)
  return el
}

export function add(el: Node, children: (Child | Child[])[]): void {
  for (const c of children) {
    if (Array.isArray(c)) add(el, c)
    else if (c) el.appendChild(typeof c === 'string' ? document.createTextNode(c) : c)
  }
}

/** Takes everything out of an element and puts the children in. */
export function fill(el: Element, ...children: (Child | Child[])[]): void {
  while (el.firstChild) el.removeChild(el.firstChild)
  add(el, children)
}

let ids = 0
export const uid = (): string => 'i' + ++ids

/** A labelled input; the error, when there is one, is read with it. */
export function field(label: string, value: string, set: (v: string) => void, more: Attrs = {}, hint = ''): HTMLElement {
  const id = uid()
  const tag = more.rows ? 'textarea' : 'input'
  const el = h(tag as 'input', { id, class: 'in', autocomplete: 'off', ...more, 'aria-describedby': hint ? id + 'h' : null, oninput: (e: Event) => set((e.target as HTMLInputElement).value) })
  el.value = value
  return h('div', { class: 'field' }, h('label', { for: id }, label), hint ? h('p', { class: 'hint', id: id + 'h' }, hint) : null, el)
}

/** Large buttons of which one is chosen. */
export function choices(options: { key: string; text: string; note?: string; kind?: string }[], current: string, pick: (key: string) => void): HTMLElement {
  return h(
    'div',
    { class: 'choices', role: 'group', 'aria-labelledby': 'title' },
    options.map((o) =>
      h('button', { type: 'button', class: 'choice ' + (o.kind || ''), 'aria-pressed': String(o.key === current), 'data-key': o.key, onclick: () => pick(o.key) }, o.text, o.note ? h('small', null, o.note) : null),
    ),
  )
}

let live: HTMLElement | undefined
/** Says something to who listens instead of looking. */
export function announce(text: string): void {
  if (!live) {
    live = h('div', { class: 'off', role: 'status', 'aria-live': 'polite' })
    document.body.appendChild(live)
  }
  live.textContent = ''
  setTimeout(() => live && (live.textContent = text), 60)
}
