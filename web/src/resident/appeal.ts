/** Objecting to a measure. */
import { ask as get_, moment, till, type Refusal, type Text } from './api'
import { choices, field, h } from './dom'
import type { Flow } from './flow'
import { kiosk } from './keep'
import { actions, codeBox, keepIt, keptCodes, line, trail, type Mark, type Measure } from './shown'
import { problem, screen } from './shell'
import { say, w } from './words'

export type AppealShown = {
  no: string; code?: string; state: string; level: number; measure: string; why: Text; measureState: string; restriction: string; until: string; mask: string; reason: string; words?: string
  at: string; decideBy: string; ceiling: string; decides: string; place: Text; undecided: Text; answer: Text; next: Text; trail: Mark[]; again?: boolean
}
export type Draft = { key: string; measures: Measure[]; restriction: string; picked: Measure | null; reason: string; words: string }
const t = () => w().appeal
const named = (m: Measure): string => (w().duties.stay[m.kind] || m.kind) + ' · ' + w().duties.until(till(m.to))

export const appeal: Flow<Draft> = {
  id: 'appeal',
  checkTitle: () => t().check,
  fresh: () => ({ key: '', measures: [], restriction: '', picked: null, reason: '', words: '' }),
  questions: [
    {
      key: 'code', picks: true, title: () => w().duties.key, hint: () => w().duties.keyHint, label: () => w().code, skip: (d) => d.restriction !== '' && !!d.picked && d.measures.length === 1 && d.key !== '',
      view: (d, keep, step) => {
        const find = async (): Promise<void> => {
          const m = /\/f\/([^/?#\s]+)/.exec(d.key)
          d.key = (m ? m[1] : d.key).trim()
          if (!d.key) return problem(w().answer)
          try {
            const got = await get_<{ measures: Measure[] }>('GET', '/public/duties/' + encodeURIComponent(d.key))
            d.measures = got.measures.filter((x) => x.state === 'active' && x.appealState !== 'pending')
            d.restriction = ''
            d.picked = null
            keep()
            if (d.measures.length) step()
            else problem(t().nothing)
          } catch (e) {
            problem((e as Refusal).message || w().offline)
          }
        }
        return [
          field(w().code, d.key, (v) => { d.key = v; d.measures = []; keep() }, { autocapitalize: 'characters', 'data-test': 'key' }),
          h('button', { type: 'button', class: 'main', 'data-test': 'find', onclick: () => void find() }, w().next),
          kiosk ? null : keptCodes((c) => '/me/duties/' + encodeURIComponent(c), () => undefined),
        ]
      },
      check: (d) => (d.measures.length ? '' : w().answer),
    },
    {
      key: 'which', picks: true, title: () => t().which, label: () => t().measure, skip: (d) => d.key !== '' && d.measures.length === 1 && d.restriction === d.measures[0].id && !!d.picked,
      view: (d, keep, step) => [choices(d.measures.map((m) => ({ key: m.id, text: named(m), note: say(m.reason) })), d.restriction, (id) => { d.restriction = id; d.picked = d.measures.filter((m) => m.id === id)[0]; keep(); step() })],
      check: (d) => (d.restriction ? '' : w().answer),
    },
    {
      key: 'why', picks: true, title: () => t().why, label: () => t().reason, hint: (d) => (d.picked ? named(d.picked) : ''),
      view: (d, keep, step) => [choices(Object.keys(t().reasons).map((k) => ({ key: k, text: t().reasons[k] })), d.reason, (k) => { d.reason = k; keep(); step() })],
      check: (d) => (d.reason ? '' : w().answer),
      line: (d) => t().reasons[d.reason],
    },
    {
      key: 'words', title: () => t().words, hint: () => t().wordsHint, label: () => t().words,
      view: (d, keep) => [field(t().words, d.words, (v) => { d.words = v; keep() }, { rows: 5, maxlength: 2000, 'data-test': 'words' })],
      check: (d) => ((d.reason === 'other' || d.reason === 'hardship') && !d.words.trim() ? w().answer : ''),
      line: (d) => (d.picked ? named(d.picked) : '') + (d.words ? '：' + d.words : ''),
    },
  ],
  parcel: (d, request) => ({ path: '/public/appeals', body: { request, key: d.key, restriction: d.restriction, reason: d.reason, words: d.words.trim(), channel: kiosk ? 'kiosk' : 'self' } }),
  where: (f) => (/words/.test(f) ? 'words' : /reason/.test(f) ? 'why' : 'code'),
  done: (a) => {
    const x = a as unknown as AppealShown
    screen(t().done, h('div', { class: 'slip' }, h('p', { class: 'slip-title' }, w().tasks.appeal[0]), codeBox(x.no, x.code)), keepIt(),
      h('dl', { class: 'lines' }, line(t().decideBy, moment(x.decideBy)), line(t().ceiling, moment(x.ceiling)), line(t().decides, [x.decides, say(x.place)].filter(Boolean).join(' · '))),
      h('p', null, t().never), h('p', { class: 'note' }, say(x.undecided)), trail(x.trail), actions(true))
  },
}
