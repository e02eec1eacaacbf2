/** Declaring a journey: where from, when, how, where to, who. */
import { day, moment, now, today } from './api'
import { choices, field, h, type Child } from './dom'
import { keepCode } from './keep'
import { begin, type Flow } from './flow'
import { area, dayInput, isDay, origin, type Area, type Place } from './pick'
import { actions, declarationLines, keepIt, picture, shownCode, type Declaration } from './shown'
import { screen } from './shell'
import { mask, say, w } from './words'

type From = { place: Place | null; left: string; crossing: boolean }
type Who = { name: string; docType: string; doc: string; phone: string }
export type Draft = { from: From[]; adding: boolean; when: string; here: boolean; mode: string; vehicle: string; seat: string; stay: Area | null; stayText: string; people: Who[]; companions: string }

const nobody = (): Who => ({ name: '', docType: 'cn-id', doc: '', phone: '' })
const t = () => w().declare

/** What is wrong with somebody as written, "" for nothing. */
function wrong(p: Who, head: boolean): string {
  if (!p.name.trim()) return t().nameNeeded
  if (p.docType === 'cn-id' && p.doc.trim() && !/^\d{17}[\dXx]$/.test(p.doc.trim())) return t().badDoc
  if ((head || p.phone.trim()) && !/^[+\d][\d\s-]{5,19}$/.test(p.phone.trim())) return t().badPhone
  return ''
}

function person(p: Who, head: boolean, keep: () => void): Child[] {
  const types = Object.keys(t().docTypes)
  const id = 'doc' + (head ? '' : Math.random())
  const select = h('select', { class: 'in', id, onchange: (e: Event) => { p.docType = (e.target as HTMLSelectElement).value; keep() } }, types.map((k) => h('option', { value: k, selected: k === p.docType }, t().docTypes[k])))
  return [
    field(t().name, p.name, (v) => { p.name = v; keep() }, { 'data-test': 'name' }),
    h('div', { class: 'field' }, h('label', { for: id }, t().docType), select),
    field(t().doc, p.doc, (v) => { p.doc = v; keep() }, { autocapitalize: 'characters', 'data-test': 'doc' }),
    field(t().phone + (head ? '' : ' · ' + w().optional), p.phone, (v) => { p.phone = v; keep() }, { type: 'tel', 'data-test': 'phone' }, head ? t().phoneHint : ''),
  ]
}

export const declare: Flow<Draft> = {
  id: 'declare',
  checkTitle: () => t().check,
  fresh: () => ({ from: [{ place: null, left: '', crossing: false }], adding: false, when: '', here: false, mode: '', vehicle: '', seat: '', stay: null, stayText: '', people: [nobody()], companions: '' }),
  questions: [
    {
      key: 'from', picks: true, title: () => t().from, hint: () => t().fromHint, label: () => w().slip.from,
      view: (d, keep, step) => [
        d.from[0].place ? h('p', { class: 'picked' }, h('strong', null, say(d.from[0].place.full))) : null,
        origin((p) => { d.from[0].place = p; keep(); step() }),
        d.from[0].place ? h('button', { class: 'main', 'data-test': 'next' }, w().next) : null,
      ],
      check: (d) => (d.from[0].place ? '' : w().answer),
      line: (d) => d.from.map((f) => (f.place ? say(f.place.full) + ' ' + day(f.left) : '')).join('；'),
    },
    {
      key: 'left', title: (d) => t().left(say(d.from[0].place && d.from[0].place.name)), hint: () => t().leftHint,
      view: (d, keep, step) => [
        ...dayInput(d.from[0].left, [0, -1, -2, 1], (v) => { d.from[0].left = v; keep() }, step),
        h('label', { class: 'tick' }, tick(d.from[0].crossing, (v) => { d.from[0].crossing = v; keep() }), w().crossing),
      ],
      check: (d) => (isDay(d.from[0].left) ? '' : w().badDay),
    },
    {
      key: 'others', title: () => t().others, label: () => t().others, view: others,
      check: (d) => (d.from.slice(1).some((f) => !f.place || !isDay(f.left)) ? w().badDay : ''),
    },
    {
      key: 'when', title: () => t().when, label: () => w().slip.arrive,
      view: (d, keep, step) => [
        choices([{ key: 'here', text: t().here }], d.here ? 'here' : '', () => { d.here = true; d.when = today(); keep(); step() }),
        ...dayInput(d.here ? '' : d.when, [0, 1], (v) => { d.here = false; d.when = v; keep() }, step),
      ],
      check: (d) => (isDay(d.when) ? '' : w().badDay),
      line: (d) => (d.here ? t().here : day(d.when)),
    },
    {
      key: 'mode', picks: true, title: () => t().mode, label: () => t().mode,
      view: (d, keep, step) => [choices(Object.keys(t().modes).map((k) => ({ key: k, text: t().modes[k] })), d.mode, (k) => { d.mode = k; keep(); step() })],
      check: (d) => (d.mode ? '' : w().answer),
      line: (d) => [t().modes[d.mode], d.vehicle, d.seat].filter(Boolean).join(' '),
    },
    {
      key: 'vehicle', title: (d) => t().vehicle[d.mode || 'other'],
      view: (d, keep) => [
        field(t().vehicle[d.mode || 'other'] + ' · ' + w().optional, d.vehicle, (v) => { d.vehicle = v; keep() }, { autocapitalize: 'characters', 'data-test': 'vehicle' }),
        d.mode === 'rail' || d.mode === 'air' || d.mode === 'coach' ? field(t().seat + ' · ' + w().optional, d.seat, (v) => { d.seat = v; keep() }) : null,
      ],
    },
    {
      key: 'stay', title: () => t().stay, hint: () => t().stayHint, label: () => w().slip.stay,
      view: (d, keep) => [area(d.stay, (a) => { d.stay = a; keep() }), field(t().stayText, d.stayText, (v) => { d.stayText = v; keep() }, { 'data-test': 'stay' })],
      check: (d) => (d.stay || d.stayText.trim() ? '' : w().answer),
      line: (d) => [d.stay ? say(d.stay.full) : '', d.stayText].filter(Boolean).join(' '),
    },
    {
      key: 'me', title: () => t().me, hint: () => t().meHint, label: () => t().me,
      view: (d, keep) => person(d.people[0], true, keep),
      check: (d) => wrong(d.people[0], true),
      line: (d) => d.people[0].name,
    },
    {
      key: 'companions', picks: true, title: () => t().companions, hint: () => t().companionsHint, label: () => w().duties.people, view: companions,
      check: (d) => (!d.companions ? w().answer : d.people.slice(1).reduce((bad, p) => bad || wrong(p, false), '')),
      line: (d) => d.people.slice(1).map((p) => p.name).join('、') || t().alone,
    },
  ],
  parcel: (d, request) => ({
    path: '/public/declarations',
    body: {
      request, mode: d.mode, vehicle: d.vehicle.trim(), size: d.people.length,
      origins: d.from.map((f) => ({ code: f.place ? f.place.code : '', left: f.left, crossing: f.crossing })),
      expected: d.when, arrived: d.here ? now().toISOString() : undefined,
      stay: d.stay ? d.stay.id : undefined, stayText: d.stayText.trim(),
      people: d.people.map((p, i) => ({
        seat: i ? '' : d.seat.trim(),
        identity: { name: p.name.trim(), birth: '', docType: p.doc.trim() && p.docType !== 'none' ? p.docType : '', docNumber: p.docType === 'none' ? '' : p.doc.trim(), phone: p.phone.trim() },
      })),
    },
  }),
  where: (f) => (/origin/.test(f) ? 'from' : /expected|arrived/.test(f) ? 'when' : /stay/.test(f) ? 'stay' : /people\.0|identity/.test(f) ? 'me' : /people/.test(f) ? 'companions' : /mode|vehicle/.test(f) ? 'mode' : 'check'),
  done: (a) => {
    const d = a as unknown as Declaration
    if (d.code) keepCode({ kind: 'declare', no: d.no, code: d.code, at: d.at })
    screen(
      t().done,
      h('div', { class: 'slip' },
        h('p', { class: 'slip-title' }, w().slip.title),
        h('p', null, d.no, ' · ', moment(d.at)),
        d.code ? h('p', null, w().code) : null,
        d.code ? shownCode(d.code) : null,
        picture(d),
        declarationLines(d),
        h('p', { class: 'small' }, w().slip.note)),
      keepIt(),
      d.people.map((p) => (p.applies ? h('section', null, h('h2', null, mask(p.mask)), h('p', { class: 'what' }, say(p.applies.text)), h('p', { class: 'small' }, w().applies.source + '：' + p.applies.source)) : null)),
      h('p', { class: d.people.some((p) => !!p.applies) ? 'small' : 'note' }, d.people.some((p) => !!p.applies) ? t().notYet : t().unknown),
      actions(true),
    )
  },
}

function tick(on: boolean, set: (v: boolean) => void): HTMLElement {
  const el = h('input', { type: 'checkbox', onchange: (e: Event) => set((e.target as HTMLInputElement).checked) })
  el.checked = on
  return el
}

/** The other places of the last days. */
function others(d: Draft, keep: () => void, step: () => void): Child[] {
  const box = h('div')
  const draw = (): void => {
    while (box.firstChild) box.removeChild(box.firstChild)
    d.from.slice(1).forEach((f, i) => {
      box.appendChild(h('div', { class: 'item' },
        h('p', { class: 'picked' }, h('strong', null, f.place ? say(f.place.full) : ''), ' ', h('button', { type: 'button', class: 'small', onclick: () => { d.from.splice(i + 1, 1); keep(); draw() } }, w().remove)),
        field(t().left(say(f.place && f.place.name)), f.left, (v) => { f.left = v; keep() }, { type: 'date' })))
    })
    if (d.adding) box.appendChild(origin((p) => { d.from.push({ place: p, left: '', crossing: false }); d.adding = false; keep(); draw() }))
    else if (d.from.length < 5) box.appendChild(h('button', { type: 'button', class: 'choice', onclick: () => { d.adding = true; draw() } }, '＋ ' + t().anotherPlace))
    if (d.from.length === 1 && !d.adding) box.appendChild(h('button', { type: 'button', class: 'choice', 'data-key': 'none', onclick: () => { keep(); step() } }, w().none))
  }
  draw()
  return [box]
}

/** Those who travel along. */
function companions(d: Draft, keep: () => void, step: () => void): Child[] {
  const box = h('div')
  const draw = (focus = false): void => {
    while (box.firstChild) box.removeChild(box.firstChild)
    d.people.slice(1).forEach((p, i) => {
      const legend = h('legend', { tabindex: -1 }, t().companion(i + 1))
      box.appendChild(h('fieldset', { class: 'item' }, legend, person(p, false, keep), h('button', { type: 'button', class: 'small', onclick: () => { d.people.splice(i + 1, 1); if (d.people.length === 1) d.companions = ''; keep(); draw() } }, w().remove)))
      if (focus && i === d.people.length - 2) setTimeout(() => legend.focus(), 0)
    })
    const some = d.people.length > 1
    if (d.people.length < 20) box.appendChild(h('button', { type: 'button', class: 'choice', 'data-test': 'add', onclick: () => { d.people.push(nobody()); d.companions = 'yes'; keep(); draw(true) } }, '＋ ' + t().addCompanion))
    box.appendChild(h('button', { type: 'button', class: some ? 'main' : 'choice', 'data-test': 'enough', onclick: () => { d.companions = some ? 'yes' : 'none'; keep(); step() } }, some ? t().enough : t().alone))
  }
  draw()
  return [box]
}

/** Begins a declaration with what the look-up already asked. */
export function declareFrom(place: Place, left: string, when: string): void {
  begin(declare, { from: [{ place, left, crossing: false }], when })
}
