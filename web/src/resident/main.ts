/** 盐之无疫, the resident's page: declare, look up, see, object, ask. It needs no
 * account, keeps no trace of the visitor and runs on a phone of 2016. */
import { whereabouts } from './api'
import { appeal } from './appeal'
import { applies, waivers } from './applies'
import { declare } from './declare'
import { h } from './dom'
import { duties } from './duties'
import { ask, begin, discard, draftOf, sent, type Flow } from './flow'
import { help } from './help'
import { drop, get } from './keep'
import { onSent, watchNetwork, type Answer, type Parcel } from './queue'
import { keptCodes } from './shown'
import { follow, frame, go, link, problem, screen } from './shell'
import { trip } from './trip'
import { tripCard } from './tripcard'
import { w } from './words'
import './resident.css'

function home(): void {
  const t = w()
  const unfinished = (['declare', 'appeal', 'help', 'trip'] as const).filter((id) => draftOf(id))
  drop('changing')
  screen(
    t.hello,
    h('nav', { 'aria-label': t.hello }, h('ul', { class: 'tasks' }, ['declare', 'applies', 'duties', 'appeal', 'help', 'trip'].map((id) =>
      h('li', null, h('a', { class: 'task ' + id, href: link('/me/' + id), 'data-task': id, onclick: follow('/me/' + id) }, h('strong', null, t.tasks[id][0]), h('small', null, t.tasks[id][1])))))),
    unfinished.map((id) => h('p', { class: 'note' }, t.unfinished + '：' + t.tasks[id][0] + ' ',
      h('button', { type: 'button', class: 'small', 'data-test': 'resume', onclick: () => go('/me/' + id + '/next') }, t.goOn), ' ',
      h('button', { type: 'button', class: 'small', onclick: () => { discard(id); home() } }, t.discard))),
    keptCodes((c) => (/^T/i.test(c) ? '/me/trip/' : '/me/duties/') + encodeURIComponent(c), home),
    h('p', { class: 'small' }, h('a', { href: link('/me/waivers'), onclick: follow('/me/waivers') }, t.waivers)),
  )
  const refused = get<string>('refused')
  if (refused) {
    drop('refused')
    problem(refused)
  }
}

/** Shows what the address says. */
function draw(): void {
  const [, , task, step] = location.pathname.split('/')
  switch (task) {
    case 'declare':
      return flow(declare, step)
    case 'appeal':
      return flow(appeal, step)
    case 'help':
      return flow(help, step)
    case 'applies':
      return applies(step || '')
    case 'duties':
      return duties(step || '')
    case 'trip':
      return /^(next|check|sending|done|plate|kind|cargo|where|route|when|short|crew)$/.test(step || '') ? flow(trip, step) : void tripCard(step || '')
    case 'waivers':
      return void waivers()
  }
  home()
}

function flow<D>(f: Flow<D>, step: string | undefined): void {
  if (!draftOf(f.id)) {
    if (step === 'done') return go('/me', true)
    begin(f)
  }
  ask(f, step || 'next')
}

/** What waited has gone out: shown at once where somebody is waiting for it. */
function arrived(p: Parcel, a: Answer): void {
  const f = [declare, appeal, help, trip].filter((x) => x.id === p.kind)[0] as Flow<unknown>
  const here = location.pathname.indexOf('/me/' + p.kind + '/sending') === 0
  if (here) sent(f, a, null)
  else {
    discard(p.kind)
    draw()
  }
}

frame(draw)
onSent(arrived)
addEventListener('popstate', draw)
draw()
void whereabouts().then(() => watchNetwork())
