/** Asking for help. Danger comes first: the number to call stands before any
 * question, and nothing has to be filled in. */
import { moment, type Text } from './api'
import { choices, field, h } from './dom'
import type { Flow } from './flow'
import { codes, kiosk } from './keep'
import { area, type Area } from './pick'
import { actions, codeBox, keepIt, line, trail, type Mark } from './shown'
import { screen } from './shell'
import { say, w } from './words'

export type HelpShown = { no: string; code?: string; kind: string; urgent?: boolean; state: string; words?: string; at: string; answerBy: string; helpBy: string; who: string; place: Text; trail: Mark[]; noPhone?: boolean }
export type Draft = { kind: string; words: string; area: Area | null; place: string; address: string; name: string; phone: string }
const t = () => w().help
const medical = (d: Draft): boolean => d.kind === 'medical'

export const help: Flow<Draft> = {
  id: 'help',
  checkTitle: () => t().check,
  fresh: () => ({ kind: '', words: '', area: null, place: '', address: '', name: '', phone: '' }),
  questions: [
    {
      key: 'kind', picks: true, title: () => t().kind, label: () => t().kind,
      view: (d, keep, step) => [choices(Object.keys(t().kinds).map((k) => ({ key: k, text: t().kinds[k][0], note: t().kinds[k][1], kind: k === 'medical' ? 'danger' : '' })), d.kind, (k) => { d.kind = k; keep(); step() })],
      check: (d) => (d.kind ? '' : w().answer),
      line: (d) => t().kinds[d.kind][0],
    },
    {
      key: 'urgent', sends: true, title: () => t().call120, label: () => t().also, skip: (d) => !medical(d),
      view: (d, keep) => [
        h('a', { class: 'call', href: 'tel:120', 'data-test': 'call' }, '120'),
        h('p', null, t().callText),
        h('h2', null, t().also),
        h('p', { class: 'hint' }, t().alsoText),
        field(t().phone + ' · ' + w().optional, d.phone, (v) => { d.phone = v; keep() }, { type: 'tel', 'data-test': 'phone' }),
        field(t().where + ' · ' + w().optional, d.address, (v) => { d.address = v; keep() }, { 'data-test': 'address' }),
        field(t().words + ' · ' + w().optional, d.words, (v) => { d.words = v; keep() }, { rows: 2 }),
        area(d.area, (a) => { d.area = a; keep() }),
      ],
      line: (d) => [d.phone, d.address, d.words].filter(Boolean).join(' · ') || '—',
    },
    {
      key: 'words', title: () => t().words, skip: medical,
      view: (d, keep) => [field(t().words, d.words, (v) => { d.words = v; keep() }, { rows: 5, maxlength: 2000, 'data-test': 'words' })],
      check: (d) => (d.kind === 'other' && !d.words.trim() ? w().answer : ''),
      line: (d) => d.words,
    },
    {
      key: 'where', title: () => t().where, hint: () => t().whereHint, skip: medical,
      view: (d, keep) => [
        area(d.area, (a) => { d.area = a; keep() }),
        d.kind === 'stuck' ? field(t().place, d.place, (v) => { d.place = v; keep() }, { 'data-test': 'place' }) : field(t().address + ' · ' + w().optional, d.address, (v) => { d.address = v; keep() }, { 'data-test': 'address' }),
      ],
      check: (d) => (d.area || d.place.trim() || d.address.trim() ? '' : w().answer),
      line: (d) => [d.area ? say(d.area.full) : '', d.place, d.address].filter(Boolean).join(' '),
    },
    {
      key: 'who', title: () => t().who, hint: () => w().declare.meHint, skip: medical,
      view: (d, keep) => [field(t().phone, d.phone, (v) => { d.phone = v; keep() }, { type: 'tel', 'data-test': 'phone' }), field(t().name + ' · ' + w().optional, d.name, (v) => { d.name = v; keep() })],
      check: (d) => (/^[+\d][\d\s-]{4,19}$/.test(d.phone.trim()) ? '' : t().phoneNeeded),
      line: (d) => [d.phone, d.name].filter(Boolean).join(' · '),
    },
  ],
  parcel: (d, request) => {
    const mine = kiosk ? undefined : codes().filter((c) => c.kind === 'declare')[0]
    return {
      path: '/public/help',
      body: { request, kind: d.kind, words: d.words.trim(), place: d.place.trim(), area: d.area ? d.area.id : '', name: d.name.trim(), phone: d.phone.trim(), address: d.address.trim(), key: mine ? mine.code : '', channel: kiosk ? 'kiosk' : 'self' },
    }
  },
  where: (f) => (/words/.test(f) ? 'words' : /area/.test(f) ? 'where' : 'kind'),
  done: (a) => {
    const x = a as unknown as HelpShown
    screen(t().done,
      x.urgent ? h('a', { class: 'call', href: 'tel:120' }, t().call120) : null,
      x.noPhone ? h('p', { class: 'bad', role: 'alert' }, t().noPhone) : null,
      h('div', { class: 'slip' }, h('p', { class: 'slip-title' }, w().tasks.help[0]), codeBox(x.no, x.code)), keepIt(),
      h('dl', { class: 'lines' }, line(t().answerBy, moment(x.answerBy)), line(t().helpBy, moment(x.helpBy)), line(t().by, [x.who, say(x.place)].filter(Boolean).join(' · '))),
      trail(x.trail), actions(true))
  },
}
