/** What a code opens: my duties, my objection, my request for help. */
import { ask, day, dayOf, moment, now, till, type Refusal, type Text } from './api'
import { announce, field, h, type Child } from './dom'
import { begin } from './flow'
import { appeal, type AppealShown } from './appeal'
import { help, type HelpShown } from './help'
import { actions, declarationLines, keptCodes, line, picture, trail, type Declaration, type Duty, type Measure, type Traveller } from './shown'
import { go, loading, problem, screen } from './shell'
import { mask, say, w } from './words'

type FollowUp = { mask: string; state: string; what: Text; why: Text; source: string; until: string; tests: { day: string; title: Text; state: string }[] }
type Duties = { followUp?: FollowUp; declaration?: Declaration; measures: Measure[]; call: string; callPlace: Text }
const t = () => w().duties

/** The code of an address or of what somebody pasted. */
const plain = (s: string): string => { const m = /\/f\/([^/?#\s]+)/.exec(s); return (m ? m[1] : s).trim() }

export function duties(key: string): void {
  if (key) return void open(decodeURIComponent(key))
  let typed = ''
  const next = (): void => {
    const k = plain(typed)
    if (!k) return problem(w().answer)
    go('/me/duties/' + encodeURIComponent(k))
  }
  screen(t().key,
    h('form', { novalidate: true, onsubmit: (e: Event) => { e.preventDefault(); next() } },
      field(w().code, '', (v) => (typed = v), { autocapitalize: 'characters', 'data-test': 'key' }, t().keyHint),
      h('div', { class: 'row' }, h('button', { class: 'main', 'data-test': 'open' }, t().open), h('button', { type: 'button', class: 'quiet', onclick: () => go('/me') }, w().home))),
    keptCodes((c) => '/me/duties/' + encodeURIComponent(c), () => duties('')))
}

async function open(key: string): Promise<void> {
  loading(w().tasks.duties[0])
  const compact = key.toUpperCase().replace(/[^0-9A-Z]/g, '')
  try {
    if (/^A[0-9A-Z]{16}$/.test(compact)) return showAppeal(await ask<AppealShown>('GET', '/public/appeals/' + encodeURIComponent(key)), key)
    if (/^H[0-9A-Z]{16}$/.test(compact)) return showHelp(await ask<HelpShown>('GET', '/public/help/' + encodeURIComponent(key)))
    show(await ask<Duties>('GET', '/public/duties/' + encodeURIComponent(key)), key)
  } catch (e) {
    const r = e as Refusal
    screen(r.status ? t().gone : w().offline, h('p', { role: 'alert' }, r.message || w().offlineText),
      h('div', { class: 'row' }, h('button', { type: 'button', class: 'main', onclick: () => (r.status ? go('/me/duties') : void open(key)) }, w().retry), h('button', { type: 'button', class: 'quiet', onclick: () => go('/me') }, w().home)))
  }
}

/** Objecting to a measure that is already on the screen. */
function object(key: string, m: Measure): void {
  begin(appeal, { key, measures: [m], restriction: m.id, picked: m })
  go('/me/appeal/why')
}

function measures(d: Duties, key: string): Child {
  return h('section', null, h('h2', null, t().measures),
    d.measures.length
      ? d.measures.map((m) => h('div', { class: 'item' },
          h('p', null, h('strong', null, t().stay[m.kind] || m.kind), ' · ', mask(m.mask), ' · ', t().measureState[m.state] || m.state),
          h('p', null, t().fromTo(day(dayOf(new Date(m.from))), till(m.to))),
          h('p', null, say(m.reason)),
          h('p', { class: 'small' }, w().applies.source + '：' + (say(m.source) || m.rule)),
          m.appeal ? h('p', { class: 'note' }, m.appeal + ' · ' + w().appeal.state[m.appealState || 'pending']) : null,
          m.state === 'active' && m.appealState !== 'pending' ? h('button', { type: 'button', 'data-test': 'object', onclick: () => object(key, m) }, t().object) : null,
          m.state === 'active' ? h('p', { class: 'small' }, t().hours(m.appealHours)) : null))
      : h('p', null, t().noMeasures))
}

function steps(list: { title: Text; state: string; due?: string; day?: string }[]): Child {
  return list.length ? h('ul', { class: 'steps' }, list.map((s) => h('li', null, say(s.title), ' ', h('span', { class: 'small' }, (s.due && moment(s.due) ? t().due(moment(s.due)) : day(s.day || '')) + ' · ' + (t().step[s.state] || s.state))))) : null
}

function show(d: Duties, key: string): void {
  const f = d.followUp
  screen(w().tasks.duties[0],
    f ? h('section', null, h('h2', null, t().what), h('p', null, mask(f.mask)), h('p', { class: 'what' }, say(f.what)), f.until ? h('p', null, t().until(day(f.until))) : null, h('p', null, say(f.why)), steps(f.tests || []),
      h('p', null, h('a', { class: 'choice', href: '/f/' + encodeURIComponent(key) }, t().followup))) : null,
    d.declaration ? declaration(d.declaration, key) : null,
    measures(d, key),
    h('section', null, h('h2', null, t().call), h('p', null, [d.call, say(d.callPlace)].filter(Boolean).join(' · '))),
    actions(!!d.declaration))
}

function declaration(d: Declaration, key: string): Child {
  const change = async (body: object): Promise<void> => {
    try {
      await ask('POST', '/public/declarations/' + encodeURIComponent(key), Object.assign({ version: d.version }, body))
      announce(t().changed)
      await open(key)
    } catch (e) {
      problem((e as Refusal).message || w().offline)
    }
  }
  return h('section', null,
    h('div', { class: 'slip' }, h('p', { class: 'slip-title' }, w().slip.title), h('p', null, d.no), picture(d), declarationLines(d)),
    d.state === 'expected' ? h('div', { class: 'row' }, h('button', { type: 'button', class: 'main', 'data-test': 'arrived', onclick: () => void change({ arrived: now().toISOString() }) }, t().arrive), h('button', { type: 'button', onclick: () => void change({ notComing: true }) }, t().cancel)) : null,
    d.people.map((p) => traveller(p, key)))
}

function traveller(p: Traveller, key: string): Child {
  const mine = p.duties.filter((x: Duty) => x.state === 'open' && x.self)[0]
  return h('section', null, h('h2', null, mask(p.mask)), h('p', null, t().state[p.state] || p.state),
    p.applies ? h('p', { class: 'what' }, say(p.applies.text)) : null,
    p.applies ? h('p', { class: 'small' }, w().applies.source + '：' + p.applies.source) : null,
    steps(p.duties),
    mine ? report(p, key) : null)
}

/** How somebody is today, reported by themselves. */
function report(p: Traveller, key: string): Child {
  const box = h('div', { class: 'item' })
  const send = async (well: boolean, symptoms: string, temperature: string): Promise<void> => {
    const n = Number(temperature.replace(',', '.'))
    try {
      await ask('POST', '/public/declarations/' + encodeURIComponent(key) + '/report', { arrival: p.id, well, symptoms: well ? '' : symptoms, temperature: n || undefined })
      while (box.firstChild) box.removeChild(box.firstChild)
      box.appendChild(h('p', { class: 'ok', role: 'status' }, t().reported))
    } catch (e) {
      problem((e as Refusal).message || w().offline)
    }
  }
  let symptoms = ''
  let temperature = ''
  const ill = (): void => {
    while (box.firstChild) box.removeChild(box.firstChild)
    box.appendChild(h('form', { novalidate: true, onsubmit: (e: Event) => { e.preventDefault(); void send(false, symptoms || t().unwell, temperature) } },
      h('p', { class: 'seek' }, t().seek),
      field(t().symptoms, '', (v) => (symptoms = v)),
      field(t().temperature, '', (v) => (temperature = v), { inputmode: 'decimal' }),
      h('button', { class: 'main' }, w().send)))
  }
  box.appendChild(h('p', null, h('strong', null, t().report)))
  box.appendChild(h('button', { type: 'button', class: 'choice', 'data-test': 'well', onclick: () => void send(true, '', '') }, t().well))
  box.appendChild(h('button', { type: 'button', class: 'choice', onclick: ill }, t().unwell))
  return box
}

function showAppeal(a: AppealShown, key: string): void {
  const x = w().appeal
  screen(x.state[a.state] || a.state,
    h('p', null, a.no),
    a.state === 'pending' ? h('p', { class: 'note' }, say(a.undecided)) : null,
    h('dl', { class: 'lines' },
      line(x.measure, (t().stay[a.measure] || a.measure) + ' · ' + (t().measureState[a.measureState] || a.measureState) + ' · ' + t().until(till(a.until))),
      line(x.reason, x.reasons[a.reason] + (a.words ? '：' + a.words : '')),
      a.state === 'pending' ? line(x.decideBy, moment(a.decideBy)) : null,
      a.state === 'pending' ? line(x.ceiling, moment(a.ceiling)) : null,
      a.state === 'pending' ? line(x.decides, [a.decides, say(a.place)].filter(Boolean).join(' · ')) : null,
      line(x.answer, say(a.answer)),
      line(x.next, say(a.next))),
    a.again ? h('button', { type: 'button', class: 'main', onclick: () => object(key, { id: a.restriction, mask: a.mask, kind: a.measure, from: '', to: a.until, reason: a.why, rule: '', source: { zh: '', en: '' }, state: a.measureState, appealHours: 0 }) }, x.again) : null,
    h('section', null, h('h2', null, x.trail), trail(a.trail)),
    actions(false))
}

function showHelp(a: HelpShown): void {
  const x = w().help
  screen(x.state[a.state] || a.state,
    h('p', null, a.no + ' · ' + x.kinds[a.kind][0]),
    a.urgent && a.state === 'open' ? h('a', { class: 'call', href: 'tel:120' }, x.call120) : null,
    h('dl', { class: 'lines' },
      a.state === 'open' ? line(x.answerBy, moment(a.answerBy)) : null,
      a.state === 'open' || a.state === 'answered' ? line(x.helpBy, moment(a.helpBy)) : null,
      line(x.by, [a.who, say(a.place)].filter(Boolean).join(' · '))),
    h('section', null, h('h2', null, w().appeal.trail), trail(a.trail)),
    a.state === 'closed' || a.state === 'done' ? h('button', { type: 'button', onclick: () => { begin(help); go('/me/help') } }, x.again) : null,
    actions(false))
}
