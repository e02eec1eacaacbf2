/** Declaring a freight trip: vehicle, load, where to, when, who. A day ahead, or with the reason why not. */
import { moment, now, zone } from './api'
import { choices, field, h, type Child } from './dom'
import type { Flow } from './flow'
import { dayInput, isDay } from './pick'
import { actions, codeBox, keepIt } from './shown'
import { screen } from './shell'
import { tripLines, cardPictures, type Card } from './tripcard'
import { tw } from './tripwords'
import { w } from './words'

type One = { name: string; doc: string; phone: string }
export type Draft = { plate: string; kind: string; cargo: string; transit: boolean; consignee: string; seal: string; gate: string; out: string; stops: string; day: string; time: string; short: string; crew: One[] }
const nobody = (): One => ({ name: '', doc: '', phone: '' })

/** Minutes that the city's clock is ahead of UTC at an instant. */
function ahead(t: Date): number {
  try {
    const p = new Intl.DateTimeFormat('en-GB', { timeZone: zone.name, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false }).formatToParts(t)
    const n = (k: string): number => Number((p.filter((x) => x.type === k)[0] || { value: '0' }).value)
    return Math.round((Date.UTC(n('year'), n('month') - 1, n('day'), n('hour') % 24, n('minute')) - t.getTime()) / 60000)
  } catch (e) {
    return 480 // an old phone without time zones: China's
  }
}
/** The instant of a day and time of the city, null while it is not whole. */
export function planned(d: Pick<Draft, 'day' | 'time'>): Date | null {
  if (!isDay(d.day) || !/^\d{1,2}:\d{2}$/.test(d.time)) return null
  const wall = new Date(d.day + 'T' + ('0' + d.time).slice(-5) + ':00Z')
  return isNaN(wall.getTime()) ? null : new Date(wall.getTime() - ahead(wall) * 60000)
}
const late = (d: Draft): boolean => {
  const at = planned(d)
  return !!at && at.getTime() - now().getTime() < 24 * 3600000
}

function people(d: Draft, keep: () => void): Child[] {
  const t = tw()
  const box = h('div')
  const draw = (): void => {
    while (box.firstChild) box.removeChild(box.firstChild)
    d.crew.forEach((p, i) => {
      if (i) box.appendChild(h('h2', null, t.second))
      box.appendChild(field(t.name, p.name, (v) => { p.name = v; keep() }, { 'data-test': 'name' }))
      box.appendChild(field(t.doc + ' · ' + w().optional, p.doc, (v) => { p.doc = v; keep() }, { autocapitalize: 'characters', 'data-test': 'doc' }))
      box.appendChild(field(t.phone + (i ? ' · ' + w().optional : ''), p.phone, (v) => { p.phone = v; keep() }, { type: 'tel', 'data-test': 'phone' }))
    })
    if (d.crew.length < 6) box.appendChild(h('button', { type: 'button', class: 'small', 'data-test': 'add', onclick: () => { d.crew.push(nobody()); keep(); draw() } }, t.add))
  }
  draw()
  return [box]
}

function route(d: Draft): { kind: string; name: string }[] {
  const out: { kind: string; name: string }[] = []
  if (d.gate.trim()) out.push({ kind: 'gate', name: d.gate.trim() })
  d.stops.split(/[、，,;；]/).forEach((s) => { if (s.trim()) out.push({ kind: 'service_area', name: s.trim() }) })
  if (d.transit && d.out.trim()) out.push({ kind: 'gate', name: d.out.trim() })
  return out
}

export const trip: Flow<Draft> = {
  id: 'trip',
  checkTitle: () => tw().check,
  fresh: () => ({ plate: '', kind: '', cargo: '', transit: false, consignee: '', seal: '', gate: '', out: '', stops: '', day: '', time: '', short: '', crew: [nobody()] }),
  questions: [
    {
      key: 'plate', title: () => tw().plate, hint: () => tw().plateHint, label: () => tw().plate,
      view: (d, keep) => [field(tw().plate, d.plate, (v) => { d.plate = v; keep() }, { autocapitalize: 'characters', 'data-test': 'plate' })],
      check: (d) => (d.plate.trim().length > 4 ? '' : tw().plateNeeded),
      line: (d) => d.plate.trim(),
    },
    {
      key: 'kind', picks: true, title: () => tw().kind, label: () => tw().cargo,
      view: (d, keep, step) => [choices(Object.keys(tw().kinds).map((k) => ({ key: k, text: tw().kinds[k] })), d.kind, (k) => { d.kind = k; keep(); step() })],
      check: (d) => (d.kind ? '' : w().answer),
      line: (d) => tw().kinds[d.kind] + (d.cargo ? ' · ' + d.cargo : ''),
    },
    {
      key: 'cargo', title: () => tw().cargo, skip: (d) => d.kind === 'empty',
      view: (d, keep) => [field(tw().cargo, d.cargo, (v) => { d.cargo = v; keep() }, { maxlength: 200, 'data-test': 'cargo' })],
      check: (d) => (d.cargo.trim() ? '' : w().answer),
    },
    {
      key: 'where', title: () => tw().where, label: () => tw().consignee,
      view: (d, keep) => {
        const t = tw()
        const tick = h('input', { type: 'checkbox', checked: d.transit, 'data-test': 'transit', onchange: (e: Event) => { d.transit = (e.target as HTMLInputElement).checked; keep() } })
        return [field(t.consignee, d.consignee, (v) => { d.consignee = v; keep() }, { 'data-test': 'consignee' }),
          h('label', { class: 'tick' }, tick, t.transit + '（' + t.transitNote + '）'),
          field(t.seal, d.seal, (v) => { d.seal = v; keep() }, { 'data-test': 'seal' })]
      },
      check: (d) => (d.transit ? (d.seal.trim() ? '' : tw().sealNeeded) : d.consignee.trim() ? '' : tw().consigneeNeeded),
      line: (d) => (d.transit ? tw().transit + ' · ' + d.seal : d.consignee),
    },
    {
      key: 'route', title: () => tw().gate, hint: () => tw().gateHint, label: () => tw().gate,
      view: (d, keep) => [
        field(tw().gate, d.gate, (v) => { d.gate = v; keep() }, { 'data-test': 'gate' }),
        d.transit ? field(tw().out, d.out, (v) => { d.out = v; keep() }, { 'data-test': 'out' }) : null,
        field(tw().stops + ' · ' + w().optional, d.stops, (v) => { d.stops = v; keep() }, { 'data-test': 'stops' }),
      ],
      check: (d) => (d.transit && !(d.gate.trim() && d.out.trim()) ? tw().gateNeeded : ''),
      line: (d) => route(d).map((s) => s.name).join(' → '),
    },
    {
      key: 'when', title: () => tw().when, label: () => tw().planned,
      view: (d, keep) => [
        ...dayInput(d.day, [0, 1], (v) => { d.day = v; keep() }, () => undefined),
        field(tw().time, d.time, (v) => { d.time = v; keep() }, { type: 'time', 'data-test': 'time' }),
      ],
      check: (d) => (planned(d) ? '' : tw().timeNeeded),
      line: (d) => moment((planned(d) as Date).toISOString()),
    },
    {
      key: 'short', title: () => tw().short, hint: () => tw().shortHint, skip: (d) => !late(d),
      view: (d, keep) => [field(tw().short, d.short, (v) => { d.short = v; keep() }, { rows: 2, maxlength: 400, 'data-test': 'short' })],
      check: (d) => (d.short.trim() ? '' : tw().shortNeeded),
      line: (d) => d.short, label: () => tw().short,
    },
    {
      key: 'crew', title: () => tw().crew, hint: () => tw().crewHint, label: () => tw().crew,
      view: people,
      check: (d) => (!d.crew[0].name.trim() ? tw().nameNeeded : /^[+\d][\d\s-]{5,19}$/.test(d.crew[0].phone.trim()) ? '' : tw().phoneNeeded),
      line: (d) => d.crew.filter((p) => p.name.trim()).map((p) => p.name).join('、'),
    },
  ],
  parcel: (d, request) => ({
    path: '/public/trips',
    body: {
      request, plate: d.plate.trim(), cargo: d.cargo.trim(), cargoKind: d.kind, consignee: d.transit ? '' : d.consignee.trim(), transit: d.transit, seal: d.transit ? d.seal.trim() : '',
      escort: 'point', planned: (planned(d) as Date).toISOString(), short: late(d) ? d.short.trim() : '', route: route(d),
      crew: d.crew.filter((p) => p.name.trim()).map((p) => ({ identity: { name: p.name.trim(), birth: '', docType: p.doc.trim() ? 'cn-id' : '', docNumber: p.doc.trim(), phone: p.phone.trim() } })),
    },
  }),
  where: (f) => (/plate/.test(f) ? 'plate' : /cargo/.test(f) ? 'cargo' : /consignee|seal/.test(f) ? 'where' : /route/.test(f) ? 'route' : /planned/.test(f) ? 'when' : /short/.test(f) ? 'short' : /crew/.test(f) ? 'crew' : 'check'),
  done: (a) => {
    const c = a as unknown as Card
    screen(tw().done,
      h('div', { class: 'slip' }, h('p', { class: 'slip-title' }, tw().card), codeBox(c.no, c.code), cardPictures(c), tripLines(c), h('p', { class: 'small' }, tw().cardNote)),
      keepIt(), actions(true))
  },
}
