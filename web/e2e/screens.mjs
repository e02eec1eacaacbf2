// Every screen, with how to get to it. ids are filled from what the server has.
import { api } from './browser.mjs'

/** What the screens need to be shown with something on them. */
export async function material(page, someone) {
  const first = async (path) => (await api(page, path)).items?.[0]
  const cases = (await api(page, '/cases?limit=100')).items ?? []
  const open = cases.find((c) => c.state === 'open') ?? cases[0]
  const contact = someone ?? (await first('/contacts?state=following&limit=1')) ?? (await first('/contacts?limit=1'))
  const step = await first('/steps?limit=1')
  const candidate = await first('/contacts?state=candidate&limit=1')
  const link = contact ? await page.evaluate(linkOf, contact.id) : null
  const late = (await first('/arrivals/unresolved?limit=1')) ?? (await first('/arrivals?limit=1'))
  const objection = await first('/appeals?limit=1')
  const asked = await first('/help?limit=1')
  const trips = (await api(page, '/trips?limit=50')).items ?? []
  const trip = trips.find((x) => x.stranded || x.orphan) ?? trips[0]
  const gates = (await api(page, '/gates')).items ?? []
  const gate = gates.find((g) => g.waiting) ?? gates.find((g) => g.passed + g.held) ?? gates.find((g) => g.site.kind === 'checkpoint')
  const area = await first('/service-areas')
  const lot = (await api(page, '/lots?state=held,sealed,released,disposed&limit=1')).lots?.items?.[0]
  const kinds = (await api(page, '/protocols')).items ?? []
  const entered = kinds.find((k) => k.mayEnter)
  return { trip, gate, area, lot, arrival: late, objection, asked, entered, case: candidate?.case ? { id: candidate.case } : open, contact, step, link, person: open?.person }
}

async function linkOf(id) {
  const s = await (await fetch('/api/v1/session')).json()
  const r = await fetch(`/api/v1/contacts/${id}/link`, { method: 'POST', headers: { 'X-CSRF-Token': s.csrf } })
  return r.ok ? new URL((await r.json()).url, location.origin).pathname : null
}

/** The screens of somebody who works, in the order of the navigation. */
export function screens(m) {
  const list = [
    { name: '01-tonight', path: '/tonight' },
    m.step && { name: '02-tonight-open', path: `/tonight?open=${m.step.loop}&step=${m.step.id}` },
    { name: '03-cases', path: '/cases' },
    m.case && { name: '04-cases-open', path: `/cases?open=${m.case.id}` },
    { name: '05-new-case', path: '/cases/new' },
    m.case && { name: '06-case', path: `/cases/${m.case.id}` },
    m.case && { name: '06-case-edit', path: `/cases/${m.case.id}`, act: (page) => openEdit(page) },
    m.case && { name: '06-case-discard', path: `/cases/${m.case.id}`, act: (page) => askDiscard(page) },
    { name: '07-contacts', path: '/contacts' },
    m.contact && { name: '08-contacts-open', path: `/contacts?open=${m.contact.id}` },
    m.contact && { name: '09-contact', path: `/contacts/${m.contact.id}` },
    m.step && { name: '10-duties', path: `/duties?open=${m.step.loop}&step=${m.step.id}` },
    { name: '11-import', path: '/import' },
    { name: '12-areas', path: '/areas?open=320924' },
    { name: '13-regimes', path: '/regimes?id=CN-COVID-8&with=CN-COVID-9' },
    { name: '14-log', path: '/journal' },
    m.person && { name: '15-person', path: `/persons/${m.person}` },
    { name: '16-password', path: '/password' },
    { name: '17-missing', path: '/nowhere' },
    { name: '18-search', path: '/tonight', act: (page) => openSearch(page) },
    { name: '19-keys', path: '/duties', act: (page) => page.keyboard.press('?'), desk: true },
    { name: '20-refused', path: '/accounts' },
    { name: '50-arrivals', path: '/arrivals' },
    { name: '51-arrivals-people', path: '/arrivals?view=people&missing=any' },
    m.arrival && { name: '52-arrivals-open', path: `/arrivals?view=people&open=${m.arrival.id}` },
    m.arrival && { name: '53-arrival', path: `/arrivals/${m.arrival.id}` },
    { name: '54-arrival-new', path: '/arrivals/new', act: (page) => page.click('[data-test=declare-save]') },
    { name: '55-feed', path: '/arrivals?feed=1' },
    { name: '56-matrix', path: '/arrivals/matrix?id=YC-ARR-2022-05-11&with=YC-ARR-2022-03-15', act: (page) => page.waitForSelector('[data-test=rule-change] p') },
    { name: '57-waivers', path: '/waivers' },
    { name: '60-board', path: '/boards/followup' },
    m.step && { name: '61-board-open', path: `/boards/${m.step.kind}?open=${m.step.loop}&step=${m.step.id}` },
    { name: '62-pipeline', path: '/boards/followup?view=pipeline' },
    { name: '63-calendar', path: '/boards/followup?view=calendar&day=' + today(m) },
    { name: '64-load', path: '/boards/followup?view=load' },
    m.entered && { name: '65-entry', path: `/boards/${m.entered.id}?new=1`, act: (page) => page.click('[data-test=entry-save]') },
    m.step && { name: '66-loop', path: `/loops/${m.step.loop}` },
    m.step && { name: '67-loop-past', path: `/loops/${m.step.loop}`, act: (page) => goBack(page) },
    { name: '90-freight', path: '/freight' },
    m.trip && { name: '91-freight-open', path: `/freight?open=${m.trip.id}` },
    m.trip && { name: '92-trip', path: `/trips/${m.trip.id}`, act: (page) => page.click('[data-test=act-move]') },
    { name: '93-trip-new', path: '/freight?new=1', act: (page) => page.click('[data-test=trip-save]') },
    { name: '94-gates', path: '/gates' },
    m.gate && { name: '95-gates-open', path: `/gates?open=${m.gate.site.id}` },
    m.gate && { name: '96-gate', path: `/gates/${m.gate.site.id}`, act: (page) => page.click('[data-test=gate-rules]') },
    { name: '97-waits', path: '/waits' },
    m.gate && { name: '98-gate-waits', path: `/gates/${m.gate.site.id}/waits`, act: (page) => bestPlan(page) },
    { name: '99-service-areas', path: '/service-areas' },
    m.area && { name: '99-service-area', path: `/service-areas?open=${m.area.area.id}`, act: (page) => page.click('[data-test=act-status]') },
    { name: '9a-goods', path: '/goods' },
    m.lot && { name: '9b-lot', path: `/lots/${m.lot.id}`, act: (page) => page.click('[data-test=act-workers]') },
    { name: '9c-points', path: '/goods?view=points' },
    { name: '9d-conflicts', path: '/conflicts' },
    { name: '9e-devices', path: '/devices' },
    { name: '70-protocol', path: '/protocols/arrival' },
    { name: '71-protocol-diff', path: '/protocols/investigation?with=followup' },
    { name: '72-protocol-lint', path: '/protocols/lint', act: (page) => lint(page) },
    { name: '80-appeals', path: '/appeals' + (m.objection ? `?open=${m.objection.id}` : '') },
    { name: '81-help', path: '/help' + (m.asked ? `?open=${m.asked.id}` : '') },
    { name: '82-help-new', path: '/help?new=1' },
  ]
  return list.filter(Boolean)
}

const today = (m) => (m.step?.due ?? '2022-03-28').slice(0, 10)
async function bestPlan(page) {
  await page.click('[data-test=plan-best]')
  await page.waitForSelector('[data-test=plan-result]')
}
async function goBack(page) {
  await page.click('[data-test=asof-before]')
  await page.waitForSelector('[data-test=asof-now]')
}
async function lint(page) {
  await page.fill('#lint-text', 'id: bite\ntitle: {zh: 犬伤, en: Bite}\nsubject: entry\nsteps:\n  - key: wash\n    tilte: {zh: 冲洗, en: Wash}\n')
  await page.click('[data-test=lint]')
  await page.waitForSelector('[data-test=lint-result]')
}
async function openEdit(page) {
  await page.click('[data-test=edit-case]')
  await page.waitForSelector('[data-test=case-form]')
  await page.fill('#e-onset', '-3')
  await page.press('#e-onset', 'Enter')
  await page.fill('#e-sampled', '13/45')
}
async function askDiscard(page) {
  await page.click('[data-test=edit-case]')
  await page.selectOption('#e-class', 'discarded')
  await page.click('[data-test=save-facts]')
  await page.waitForSelector('[data-test=discard-send]')
}
async function openSearch(page) {
  await page.keyboard.press('/')
  await page.fill('.search-dialog input', 'C-2022')
  await page.waitForSelector('.search-dialog [role=option]').catch(() => {})
}
