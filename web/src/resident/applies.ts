/** What applies to me: where from, when, and the rule with its document. */
import { ask, day, today, type Refusal, type Text } from './api'
import { choices, h } from './dom'
import { get, put } from './keep'
import { declareFrom } from './declare'
import { dayInput, isDay, origin, type Place } from './pick'
import { line } from './shown'
import { go, loading, problem, screen } from './shell'
import { say, w } from './words'

type Look = { place: Place | null; left: string; when: string }
type Applies = {
  known: boolean; why?: string; text: Text; name?: Text; measure?: Text; tests?: Text; gate?: Text; clock?: Text; reportHours?: number
  regime?: string; rule?: string; source?: Text; secondary?: boolean; since: string; until: string; plan?: { segments?: { kind: string; from: string; to: string; text: Text }[]; tests?: { day: string }[] }
}
const t = () => w().applies
const kept = (): Look => get<Look>('look') || { place: null, left: '', when: '' }

export function applies(step: string): void {
  const d = kept()
  const set = (): void => put('look', d)
  if (step === 'left' && d.place) {
    const next = (): void => (isDay(d.left) ? go('/me/applies/when') : problem(w().badDay))
    return question(t().left, dayInput(d.left, [0, -1, -2, 1], (v) => { d.left = v; set() }, next), next)
  }
  if (step === 'when' && d.place && isDay(d.left)) {
    const next = (): void => (isDay(d.when) ? go('/me/applies/result') : problem(w().badDay))
    return question(t().when, [choices([{ key: 'here', text: w().declare.here }], '', () => { d.when = today(); set(); next() }), ...dayInput(d.when, [0, 1], (v) => { d.when = v; set() }, next)], next)
  }
  if (step === 'result' && d.place && isDay(d.left)) return void result(d)
  screen(t().from, h('p', { class: 'hint' }, w().declare.fromHint), origin((p) => { d.place = p; set(); go('/me/applies/left') }),
    h('div', { class: 'row' }, h('button', { type: 'button', class: 'quiet', onclick: () => go('/me') }, w().home)))
}

function question(title: string, body: (Node | string | null | undefined | false)[], next: () => void): void {
  screen(title, h('form', { novalidate: true, onsubmit: (e: Event) => { e.preventDefault(); next() } }, body,
    h('div', { class: 'row' }, h('button', { class: 'main', 'data-test': 'next' }, w().next), h('button', { type: 'button', class: 'quiet', onclick: () => history.back() }, w().back))))
}

async function result(d: Look): Promise<void> {
  const place = d.place as Place
  loading(t().result)
  let a: Applies
  try {
    a = await ask<Applies>('GET', '/public/applies?origin=' + encodeURIComponent(place.code) + '&left=' + d.left + '&arrive=' + d.when)
  } catch (e) {
    const r = e as Refusal
    return screen(r.status ? t().unknown : w().offline, h('p', null, r.message || w().offlineText), again())
  }
  screen(
    a.known ? t().result : t().unknown,
    h('p', null, say(place.full) + ' ' + day(d.left) + ' → ' + day(d.when)),
    h('p', { class: 'what', 'data-test': 'applies' }, say(a.text)),
    h('dl', { class: 'lines' },
      line(t().measure, say(a.measure)),
      line(t().tests, say(a.tests)),
      line(t().gate, say(a.gate)),
      line(t().clock, say(a.clock)),
      line(t().days, (a.plan && a.plan.segments ? a.plan.segments : []).map((s) => h('p', null, (w().duties.stay[s.kind] || s.kind) + ' ' + w().duties.fromTo(day(s.from), day(s.to)))))),
    a.reportHours ? h('p', { class: 'note' }, t().report(a.reportHours)) : null,
    a.source && say(a.source) ? h('p', { class: 'small' }, t().source + '：' + say(a.source) + ' (' + (a.regime || '') + ' ' + (a.rule || '') + ') · ' + t().since(day(a.since)) + (day(a.until) ? ' · ' + t().until(day(a.until)) : '')) : null,
    a.secondary ? h('p', { class: 'small' }, t().copy) : null,
    h('p', { class: 'small' }, t().ask),
    h('div', { class: 'row' }, h('button', { type: 'button', class: 'main', 'data-test': 'declare', onclick: () => { declareFrom(place, d.left, d.when); go('/me/declare/from') } }, t().declareNow)),
    again(),
  )
}

const again = (): HTMLElement => h('div', { class: 'row' }, h('button', { type: 'button', onclick: () => go('/me/applies') }, t().another), h('button', { type: 'button', class: 'quiet', onclick: () => go('/me') }, w().home))

type Waiver = { title: Text; name: Text; row?: string; reason: Text; approvedBy: Text | string; expires: string; source?: Text }
/** The public list of local rules that are stricter than the ones above. */
export async function waivers(): Promise<void> {
  const x = w().waiver
  loading(x.title)
  try {
    const got = await ask<{ items: Waiver[] }>('GET', '/public/waivers')
    const words = (v: Text | string): string => (typeof v === 'string' ? v : say(v))
    screen(x.title, h('p', null, x.text),
      got.items && got.items.length
        ? got.items.map((v) => h('section', null, h('h2', null, say(v.title) + '：' + say(v.name)), h('dl', { class: 'lines' }, line(x.reason, words(v.reason)), line(x.approved, words(v.approvedBy)), line(x.expires, day(v.expires)), line(w().applies.source, say(v.source)))))
        : h('p', { class: 'note' }, x.none),
      h('div', { class: 'row' }, h('button', { type: 'button', class: 'quiet', onclick: () => go('/me') }, w().home)))
  } catch (e) {
    const r = e as Refusal
    screen(r.status ? w().duties.gone : w().offline, h('p', null, r.message || w().offlineText))
  }
}
