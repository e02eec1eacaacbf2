/** What the server's records look like to the person they are about. */
import { day, moment, type Text } from './api'
import { h, type Child } from './dom'
import { codes, forget, kiosk } from './keep'
import { finish, follow, go, link } from './shell'
import { mask, say, w } from './words'

export type Restriction = { id: string; kind: string; during: { from: string; to: string }; reason: Text; state: string; appealHours: number }
export type Measure = { id: string; mask: string; kind: string; from: string; to: string; reason: Text; rule: string; source: Text; state: string; appealHours: number; appeal?: string; appealState?: string }
export type Duty = { step: string; key: string; title: Text; due: string; day: string; state: string; self?: boolean }
export type Traveller = { id: string; no: string; mask: string; state: string; applies?: { name: Text; text: Text; regime: string; rule: string; source: string; confirmed: boolean }; duties: Duty[]; restrictions: Restriction[] }
export type Declaration = {
  no: string; code?: string; qr?: string; state: string; size: number; known: number; at: string; version: number; expected: string; arrived: string; mode: string; vehicle?: string
  stayName: Text; stayText?: string; origins: { code: string; name: Text; left: string }[]; people: Traveller[]; callPlace: Text
}
export type Mark = { at: string; what: string; by?: string; text: Text }

/** The journey in lines, for the screen and the slip. */
export function declarationLines(d: Declaration): HTMLElement {
  const here = d.arrived && d.arrived.slice(0, 4) !== '0001'
  return h('dl', { class: 'lines' },
    line(w().slip.from, d.origins.map((o) => say(o.name) + ' ' + day(o.left)).join('；')),
    line(w().slip.arrive, (here ? moment(d.arrived) : day(d.expected)) + ' ' + w().declare.modes[d.mode] + (d.vehicle ? ' ' + d.vehicle : '')),
    line(w().slip.stay, [say(d.stayName), d.stayText].filter(Boolean).join(' ')),
    line(w().slip.people, d.people.map((p) => mask(p.mask)).join('、')))
}

export const line = (label: string, value: Child | Child[]): HTMLElement | null => (value && (value as Child[]).length !== 0 ? h('div', null, h('dt', null, label), h('dd', null, value)) : null)

/** What happened, in the order in which it did. */
export const trail = (ms: Mark[]): HTMLElement =>
  h('ol', { class: 'trail' }, ms.map((m) => h('li', null, h('time', { datetime: m.at }, moment(m.at)), ' ', say(m.text))))

/** The last row of a result: print, and at a public screen the end. */
export function actions(print: boolean): HTMLElement {
  return h('div', { class: 'row' },
    print ? h('button', { type: 'button', class: kiosk ? '' : 'main', 'data-test': 'print', onclick: () => window.print() }, w().print) : null,
    kiosk ? h('button', { type: 'button', class: 'main', 'data-test': 'finish', onclick: finish }, w().finish) : h('button', { type: 'button', class: 'quiet', onclick: () => go('/me') }, w().home))
}

/** The number and the code, large. */
export const codeBox = (no: string, code: string | undefined): Child[] => [
  h('p', null, no),
  code ? h('p', null, w().code) : null,
  code ? shownCode(code) : null,
]

/** A code in pieces that stay together at the end of a line. */
export function shownCode(code: string): HTMLElement {
  const parts = code.split('-')
  return h('p', { class: 'code', 'data-test': 'code' }, parts.map((p, i) => h('span', null, p + (i < parts.length - 1 ? '-' : ''))))
}
/** The picture that opens this declaration, for the printed slip. */
export const picture = (d: Declaration): Child => (d.qr ? h('img', { class: 'qr', 'data-test': 'qr', alt: w().slip.qr, src: 'data:image/svg+xml,' + encodeURIComponent(d.qr) }) : null)

/** What to do with the code. */
export const keepIt = (): HTMLElement => h('p', { class: 'note' }, kiosk ? w().codeKeepKiosk : w().codeKeep)

/** The codes that this phone keeps. */
export function keptCodes(path: (code: string) => string, draw: () => void): HTMLElement | null {
  const all = codes()
  if (!all.length) return null
  return h('section', null,
    h('h2', null, w().mine),
    h('ul', { class: 'found' }, all.map((c) => h('li', null, h('a', { class: 'choice', href: link(path(c.code)), onclick: follow(path(c.code)) }, c.no, h('small', null, w().tasks[c.kind][0] + ' · ' + moment(c.at)))))),
    h('button', { type: 'button', class: 'small', onclick: () => { forget(); draw() } }, w().forget))
}
