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
  return { case: candidate?.case ? { id: candidate.case } : open, contact, step, link, person: open?.person }
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
    { name: '12-areas', path: '/areas?area=320924' },
    { name: '13-regimes', path: '/regimes?id=CN-COVID-8&with=CN-COVID-9' },
    { name: '14-log', path: '/journal' },
    m.person && { name: '15-person', path: `/persons/${m.person}` },
    { name: '16-password', path: '/password' },
    { name: '17-missing', path: '/nowhere' },
    { name: '18-search', path: '/tonight', act: (page) => openSearch(page) },
    { name: '19-keys', path: '/duties', act: (page) => page.keyboard.press('?'), desk: true },
    { name: '20-refused', path: '/accounts' },
  ]
  return list.filter(Boolean)
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
