/** The frame of every screen: one heading, one question, the way back. */
import { zone } from './api'
import { announce, fill, h, type Child } from './dom'
import { forget, get, kiosk, keepsNothing, put } from './keep'
import { waitingCount } from './queue'
import { lang, say, speak, w } from './words'

const root = document.getElementById('app') as HTMLElement
const main = h('main', { id: 'main' })
const foot = h('footer')
const head = h('header')
let rerender: () => void = () => undefined

/** Builds the frame once; draw is called when the language changes. */
export function frame(draw: () => void): void {
  rerender = draw
  fill(root, h('a', { class: 'skip', href: '#main', onclick: (e: Event) => { e.preventDefault(); focusTitle() } }, w().skip), head, main, foot)
  header()
  if (kiosk) watchIdle()
}

function header(): void {
  const t = w()
  const large = get<boolean>('large') === true
  document.documentElement.lang = lang() === 'zh' ? 'zh-CN' : 'en'
  document.documentElement.className = (large ? 'large' : '') + (kiosk ? ' kiosk' : '')
  fill(
    head,
    h('a', { class: 'brand', href: link('/me'), onclick: follow('/me') }, h('img', { src: '/mark.svg', alt: '', width: 28, height: 28 }), h('span', null, t.title), h('span', { class: 'off' }, ' – ' + t.home)),
    h('span', { class: 'space' }),
    h('button', { type: 'button', 'aria-pressed': String(large), onclick: () => { put('large', !large); header() } }, large ? t.normal : t.large),
    h('button', { type: 'button', lang: lang() === 'zh' ? 'en' : 'zh-CN', onclick: () => { speak(lang() === 'zh' ? 'en' : 'zh'); header(); rerender() } }, t.other),
  )
  fill(foot, h('p', null, t.who), zone.contact ? h('p', null, say(zone.place) + ' ' + zone.contact) : null)
}

/** Shows a screen and puts the reader at its heading. */
export function screen(title: string, ...children: (Child | Child[])[]): void {
  const n = waitingCount()
  fill(
    main,
    n ? h('p', { class: 'note', id: 'waits' }, h('strong', null, w().waiting), ' · ' + w().waits(n)) : null,
    keepsNothing() ? h('p', { class: 'note' }, w().keepsNothing) : null,
    h('h1', { id: 'title', tabindex: -1 }, title),
    ...children,
  )
  document.title = title + ' · ' + w().title
  focusTitle()
}
let first = true
function focusTitle(): void {
  const el = document.getElementById('title')
  window.scrollTo(0, 0)
  if (el && !first) el.focus()
  first = false
}

/** An address inside the page that keeps kiosk mode. */
export const link = (path: string): string => path + (kiosk ? '?kiosk' : '')
export function go(path: string, replace = false): void {
  if (replace) history.replaceState(null, '', link(path))
  else history.pushState(null, '', link(path))
  rerender()
}
export const follow = (path: string) => (e: Event): void => {
  e.preventDefault()
  go(path)
}

/** A problem in words, read at once, beside what it is about. */
export function problem(text: string): void {
  let el = document.getElementById('problem')
  if (!el) {
    el = h('p', { class: 'bad', id: 'problem', role: 'alert' })
    const title = document.getElementById('title') as HTMLElement
    ;(title.parentNode as Node).insertBefore(el, title.nextSibling)
  }
  el.textContent = text
  if (text) window.scrollTo(0, 0)
}

export const loading = (title: string): void => screen(title, h('p', { class: 'wait', 'aria-busy': 'true' }, w().loading))

/** The end of a use at a public screen: everything is forgotten. */
export function finish(): void {
  forget()
  if (kiosk) {
    speak('zh') // the next one may read another language
    header()
  }
  announce(w().forgotten)
  go('/me', true)
}

const IDLE = 60 // seconds a public screen waits before it asks
const WARN = 20 // seconds between asking and clearing

function watchIdle(): void {
  let left = IDLE + WARN
  const bar = h('div', { class: 'idle', role: 'alertdialog', 'aria-labelledby': 'idle', hidden: true })
  document.body.appendChild(bar)
  const touched = (): void => {
    left = IDLE + WARN
    bar.hidden = true
  }
  for (const e of ['click', 'keydown', 'touchstart', 'input']) document.addEventListener(e, touched, true)
  setInterval(() => {
    if (--left === WARN) {
      fill(bar, h('p', { id: 'idle' }, w().idle(WARN)), h('button', { type: 'button', onclick: touched }, w().still))
      bar.hidden = location.pathname === '/me'
    }
    if (left > 0) return
    left = IDLE + WARN
    bar.hidden = true
    finish()
  }, 1000)
}
