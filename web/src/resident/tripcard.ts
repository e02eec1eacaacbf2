/** The driver's card: where the trip stands, the permit to show, what the driver needs. No name is on it. */
import { ask, moment, type Refusal, type Text } from './api'
import { field, fill, h, type Child } from './dom'
import type { HelpShown } from './help'
import { keepCode, mint } from './keep'
import { actions, line, shownCode } from './shown'
import { go, problem, screen } from './shell'
import { tw } from './tripwords'
import { say, w } from './words'

type Stop = { name: string }
export type Card = {
  no: string; at: string; code?: string; qr?: string; plateMask: string; state: string; cargo: string; planned: string; route: Stop[]; next?: Stop; permit: string; permitNo?: string; ticket?: string; ticketQR?: string
  holder: string; call: string; callPlace: Text; needs: HelpShown[]; moves: { kind: string; at: string; place: string }[]; advice: Text
}

const svg = (drawn: string, alt: string, test: string): HTMLElement => h('img', { class: 'qr', alt, 'data-test': test, src: 'data:image/svg+xml,' + encodeURIComponent(drawn) })
/** The picture that opens the card, and the permit as a gate scans it. */
export const cardPictures = (c: Card): Child[] => [
  c.qr ? svg(c.qr, tw().card, 'card-qr') : null,
  c.ticketQR ? h('p', { class: 'small' }, tw().show) : null,
  c.ticketQR ? svg(c.ticketQR, tw().permit, 'permit-qr') : null,
]

export const tripLines = (c: Card): HTMLElement =>
  h('dl', { class: 'lines' },
    line(tw().plate, c.plateMask), line(tw().cargo, c.cargo), line(tw().planned, moment(c.planned)),
    line(tw().permit, (tw().permits[c.permit] || c.permit) + (c.permitNo ? ' ' + c.permitNo : '')),
    line(tw().next, c.next ? c.next.name : ''), line(tw().holder, c.holder), line(tw().call, [c.call, say(c.callPlace)].filter(Boolean).join(' · ')))

/** Opens a card by its code, or asks for the code. */
export async function tripCard(code: string): Promise<void> {
  if (!code) return which()
  screen(tw().card, h('p', null, w().loading))
  try {
    const c = await ask<Card>('GET', '/public/cards/' + encodeURIComponent(code))
    keepCode({ kind: 'trip', no: c.no, code, at: c.at })
    shown(c, code)
  } catch (e) {
    const r = e as Refusal
    which(r.status === 404 ? tw().bad : r.message || w().retry, code)
  }
}

function which(wrong = '', was = ''): void {
  let code = was
  screen(tw().open,
    h('form', { onsubmit: (e: Event) => { e.preventDefault(); if (code.trim()) go('/me/trip/' + encodeURIComponent(code.trim())) } },
      field(tw().code, was, (v) => { code = v }, { autocapitalize: 'characters', 'data-test': 'code' }),
      h('button', { class: 'main', 'data-test': 'open' }, tw().open)),
    h('p', null, h('button', { type: 'button', class: 'small', 'data-test': 'declare-trip', onclick: () => go('/me/trip/next') }, w().tasks.trip[0])))
  if (wrong) problem(wrong)
}

function shown(c: Card, code: string): void {
  const t = tw()
  const box = h('div', { 'data-test': 'need' })
  const buttons = (): void => fill(box, h('h2', null, t.need), h('a', { class: 'call', href: 'tel:120' }, t.emergency),
    h('div', { class: 'choices', role: 'group', 'aria-label': t.need }, Object.keys(t.needs).map((k) =>
      h('button', { type: 'button', class: 'choice ' + (k === 'doctor' ? 'danger' : ''), 'data-key': k, onclick: () => more(k) }, t.needs[k]))))
  const more = (kind: string): void => {
    let words = ''
    const request = mint()
    const send = async (): Promise<void> => {
      if (kind === 'complaint' && !words.trim()) return problem(t.complainNeeded)
      try {
        await ask<HelpShown>('POST', '/public/cards/' + encodeURIComponent(code) + '/requests', { request, kind, words: words.trim() })
        await tripCard(code)
      } catch (e) {
        problem((e as Refusal).message || w().retry)
      }
    }
    fill(box, h('h2', null, t.needs[kind]), field(kind === 'complaint' ? t.complain : t.reason, '', (v) => { words = v }, { rows: 3, maxlength: 1000, 'data-test': 'words' }),
      h('div', { class: 'row' }, h('button', { type: 'button', class: 'main', 'data-test': 'ask', onclick: () => void send() }, t.ask), h('button', { type: 'button', class: 'quiet', onclick: buttons }, w().back)))
  }
  buttons()
  screen(c.no + ' · ' + (t.states[c.state] || c.state),
    h('p', { class: 'what', 'data-test': 'advice' }, say(c.advice)), box,
    c.needs.length ? h('section', { 'data-test': 'asked' }, h('h2', null, t.asked), h('ul', { class: 'found' }, c.needs.map((n) =>
      h('li', null, n.no + ' · ' + (n.words || n.kind) + ' · ' + (t.helpStates[n.state] || n.state), h('small', null, [n.who, t.answerBy + ' ' + moment(n.answerBy), t.helpBy + ' ' + moment(n.helpBy)].filter(Boolean).join(' · ')))))) : null,
    h('div', { class: 'slip' }, h('p', { class: 'slip-title' }, t.card), shownCode(code), cardPictures(c), tripLines(c)),
    c.moves.length ? h('section', null, h('h2', null, t.went), h('ol', { class: 'trail' }, c.moves.map((m) => h('li', null, h('time', { datetime: m.at }, moment(m.at)), ' ', (t.moves[m.kind] || m.kind) + ' · ' + m.place)))) : null,
    actions(true))
}
