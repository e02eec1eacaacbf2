/** A form as a row of questions, one a screen. What was typed survives the
 * network, the back button and the end of the battery. */
import { passing, type Refusal } from './api'
import { h, type Child } from './dom'
import { drop, get, kiosk, mint, put, type Code } from './keep'
import { post, take, type Answer } from './queue'
import { go, problem, screen } from './shell'
import { w } from './words'

export interface Question<D> {
  key: string
  title: (d: D) => string
  hint?: (d: D) => string
  /** Left out of the row where it says so. */
  skip?: (d: D) => boolean
  /** Draws the inputs; step goes on (choices do it by themselves). */
  view: (d: D, keep: () => void, step: () => void) => Child[]
  /** Says what is missing, "" for nothing. */
  check?: (d: D) => string
  /** Sends at once, without the last look: where every second counts. */
  sends?: boolean
  /** No Next button: choosing is going on. */
  picks?: boolean
  /** The line of the summary; "" for none. */
  line?: (d: D) => string
  label?: () => string
}

export interface Flow<D> {
  id: Code['kind']
  fresh: () => D
  questions: Question<D>[]
  checkTitle: () => string
  /** What is sent. */
  parcel: (d: D, request: string) => { path: string; body: unknown }
  /** Shows the answer. */
  done: (a: Answer, d: D) => void
  /** Which question a refused field belongs to. */
  where?: (field: string) => string
}

type Kept<D> = { request: string; data: D; began: string }

export const draftOf = (id: string): boolean => get('draft.' + id) !== null
export const discard = (id: string): void => drop('draft.' + id)
export function begin<D>(f: Flow<D>, data?: Partial<D>): void {
  const fresh = f.fresh()
  if (data) Object.assign(fresh as object, data)
  put('draft.' + f.id, { request: mint(), data: fresh, began: new Date().toISOString() })
}

/** Shows the question with a key, or the first one that is not answered. */
export function ask<D>(f: Flow<D>, key: string): void {
  const kept = get<Kept<D>>('draft.' + f.id) || { request: mint(), data: f.fresh(), began: new Date().toISOString() }
  const d = kept.data
  const keep = (): void => put('draft.' + f.id, kept)
  const row = f.questions.filter((q) => !q.skip || !q.skip(d))
  if (key === 'sending') return void send(f, kept)
  const firstOpen = row.filter((q) => q.check && q.check(d))[0]
  if (key === 'check' && !firstOpen) return summary(f, row, kept)
  let at = -1
  for (let i = 0; i < row.length; i++) if (row[i].key === key) at = i
  const open = firstOpen ? row.indexOf(firstOpen) : row.length
  if (at < 0 || at > open) return go('/me/' + f.id + '/' + (firstOpen ? firstOpen.key : 'check'), true)
  const q = row[at]
  const changing = get<boolean>('changing') === true
  const step = (): void => {
    const bad = q.check ? q.check(d) : ''
    if (bad) return problem(bad)
    keep()
    const after = f.questions.filter((o) => !o.skip || !o.skip(d))
    const next = after[after.indexOf(q) + 1]
    if (q.sends) return go('/me/' + f.id + '/sending')
    if (changing && !after.some((o) => !!o.check && o.check(d) !== '')) {
      drop('changing')
      return go('/me/' + f.id + '/check')
    }
    go('/me/' + f.id + '/' + (next ? next.key : 'check'))
  }
  screen(
    q.title(d),
    h('p', { class: 'count' }, w().step(at + 1, row.length + 1)),
    q.hint ? h('p', { class: 'hint' }, q.hint(d)) : null,
    h(
      'form',
      { novalidate: true, 'data-step': q.key, onsubmit: (e: Event) => { e.preventDefault(); step() } },
      q.view(d, keep, step),
      h('div', { class: 'row' }, q.picks ? null : h('button', { class: 'main', 'data-test': q.sends ? 'send' : 'next' }, q.sends ? w().send : w().next), h('button', { type: 'button', class: 'quiet', onclick: () => history.back() }, w().back)),
    ),
  )
}

function summary<D>(f: Flow<D>, row: Question<D>[], kept: Kept<D>): void {
  drop('changing')
  screen(
    f.checkTitle(),
    h(
      'dl',
      { class: 'lines' },
      row.map((q) => {
        const line = q.line ? q.line(kept.data) : ''
        return line
          ? h('div', null, h('dt', null, q.label ? q.label() : q.title(kept.data)), h('dd', null, line, ' ', h('button', { type: 'button', class: 'small', 'aria-label': w().change + ' ' + (q.label ? q.label() : q.title(kept.data)), onclick: () => { put('changing', true); go('/me/' + f.id + '/' + q.key) } }, w().change)))
          : null
      }),
    ),
    h('div', { class: 'row' }, h('button', { type: 'button', class: 'main', 'data-test': 'send', onclick: () => go('/me/' + f.id + '/sending', true) }, w().send), h('button', { type: 'button', class: 'quiet', onclick: () => history.back() }, w().back)),
  )
}

/** Sends the draft; without a network it says so and waits. */
async function send<D>(f: Flow<D>, kept: Kept<D>): Promise<void> {
  if (!get('draft.' + f.id)) return go('/me', true) // it has gone out meanwhile
  screen(w().sending, h('p', { class: 'wait', 'aria-busy': 'true' }, w().loading))
  const p = f.parcel(kept.data, kept.request)
  try {
    const a = await post({ request: kept.request, kind: f.id, path: p.path, body: p.body, at: new Date().toISOString() })
    sent(f, a, kept.data)
  } catch (e) {
    const r = e as Refusal
    if (passing(r)) return waiting(f, kept, r)
    const to = (r.fields.length && f.where && f.where(r.fields[0].field)) || 'check'
    go('/me/' + f.id + '/' + to, true)
    problem([r.message].concat(r.fields.map((x) => x.message)).join(' '))
  }
}

/** What follows when the server has it. */
export function sent<D>(f: Flow<D>, a: Answer, d: D): void {
  discard(f.id)
  history.replaceState(null, '', '/me/' + f.id + '/done' + (kiosk ? '?kiosk' : ''))
  f.done(a, d)
}

function waiting<D>(f: Flow<D>, kept: Kept<D>, r: Refusal): void {
  screen(
    w().waiting,
    h('p', { class: 'note', 'data-test': 'waiting' }, r.status === 429 || r.status >= 500 ? w().tooMany : kiosk ? w().waitingKiosk : w().waitingText),
    f.id === 'help' ? h('a', { class: 'call', href: 'tel:120' }, w().help.call120) : null,
    h(
      'div',
      { class: 'row' },
      h('button', { type: 'button', class: 'main', onclick: () => void send(f, kept) }, w().retry),
      h('button', { type: 'button', class: 'quiet', onclick: () => { take(kept.request); go('/me/' + f.id + '/check', true) } }, w().change),
    ),
  )
}
