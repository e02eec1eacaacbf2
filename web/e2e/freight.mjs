// Freight through the browser, as staff work: a trip is taken down, gets its
// permit, is handed over and taken over; a hold is ended, a lane closed, lanes are
// planned; a service area is told of; a lot is refused and then released. Needs a
// demonstration.
import { api, check, folder, launch, settled, signIn, URL_, visitor } from './browser.mjs'

const shots = process.env.SEAWALL_SHOTS ? folder(process.env.SEAWALL_SHOTS) : ''
const lang = process.env.SEAWALL_LANG ?? 'zh'
let step = 0
const browser = await launch()
const { page, errors } = await visitor(browser, { lang })
const t = (id) => `[data-test=${id}]`
const picture = async (name) => {
  await settled(page)
  if (shots) await page.screenshot({ path: `${shots}/freight-${String(++step).padStart(2, '0')}-${name}.png` })
}
const post = (path, body) =>
  page.evaluate(
    async ([p, b]) => {
      const s = await (await fetch('/api/v1/session')).json()
      const r = await fetch('/api/v1' + p, { method: 'POST', headers: { 'X-CSRF-Token': s.csrf, 'Content-Type': 'application/json' }, body: JSON.stringify(b) })
      return { status: r.status, ...(await r.json()) }
    },
    [path, body],
  )
const open = () => new URL(page.url()).searchParams.get('open')
/** Opens an act, fills its fields, sends it, and waits until it is done. */
async function act(key, fields = {}, within = '') {
  await page.click(`${within} ${t('act-' + key)}`.trim())
  for (const [id, value] of Object.entries(fields)) {
    const field = `#act-${id}`
    if ((await page.$eval(field, (e) => e.tagName)) === 'SELECT') await page.selectOption(field, value)
    else await page.fill(field, value)
  }
  if (await page.$(t('act-send'))) {
    await page.click(t('act-send'))
    await page.waitForSelector(t('act-form'), { state: 'detached' })
  }
}

try {
  await signIn(page)
  console.log('a trip is taken down')
  await page.goto(URL_ + '/freight')
  await page.waitForSelector(t('freight-board'))
  check((await page.$$(`${t('four')} > li`)).length === 4, 'the four guarantees stand on the board')
  await picture('board')
  await page.click(t('declare-trip'))
  await page.click(t('trip-save'))
  check((await page.$$(`${t('trip-form')} [role=alert]`)).length >= 4, 'what is missing stands beside its field')
  await page.fill('#tr-plate', '苏J90817')
  await page.fill('#tr-name-0', '演练司机')
  await page.fill('#tr-doc-0', '320901197705040017')
  await page.fill('#tr-cargo', '蔬菜')
  await page.fill('#tr-consignee', '演练批发市场')
  const gate = await page.$eval('#tr-gate option:nth-child(2)', (o) => o.value)
  await page.selectOption('#tr-gate', gate)
  await page.fill('#tr-planned', '+1 20:00')
  await picture('declare')
  await page.click(t('trip-save'))
  await page.waitForSelector(t('trip-made'))
  await page.click(t('trip-open'))
  await page.waitForSelector(t('trip-timeline'))
  const trip = open()
  const view = () => api(page, `/trips/${trip}`)
  check((await view()).trip.state === 'declared', 'the trip is declared')

  console.log('permit, hand-over, movement')
  await act('permit')
  await page.waitForSelector(`${t('permit')} svg`)
  check((await view()).permitNow === 'valid', 'the permit is valid and stands there as a picture')
  await act('hand-over', { role: 'gate', receiver: '演练卡口', place: '演练收费站' })
  await page.waitForSelector(t('act-accept'))
  await act('accept')
  await page.waitForSelector(t('act-accept'), { state: 'detached' })
  check((await view()).holder.receiver === '演练卡口', 'whoever took over answers')
  await act('move', { kind: 'in', place: '演练收费站' })
  check((await view()).trip.state === 'inside', 'the trip is in the city')
  await page.goto(URL_ + `/trips/${trip}`)
  await page.waitForSelector(t('trip-timeline'))
  await picture('trip')
  await act('revoke', { reason: '演练：货物不符' })
  check(!(await view()).permitNow && !(await page.$(t('permit'))), 'the permit is taken back')

  console.log('a hold is ended, a lane closed')
  // A permit that nobody issued is held.
  const facts = { mode: 'freight', people: 1, declared: false, emergency: false, riskStop: false, transit: false, symptoms: false, whitelisted: false, heldMinutes: 0, canSample: false, test: { kind: 'nat', result: 'negative', ageHours: 10 } }
  const minted = () => 'e2e-pass-' + Math.random().toString(36).slice(2).padStart(16, '0')
  const passed = await post(`/gates/${gate}/passes`, { id: minted(), lane: 1, plate: '皖A55556', ticket: 'SW1.P.eyJubyI6IlAtMSJ9.AAAA', facts })
  check(passed.status === 200 && passed.pass.decision === 'hold', 'a forged permit is held' + (passed.detail ? ': ' + passed.detail : ''))
  await page.goto(URL_ + `/gates?open=${gate}`)
  await page.waitForSelector(`${t('holds')} li`)
  await picture('gate')
  const before = (await api(page, `/gates/${gate}/holds`)).items.length
  await act('end-hold', { outcome: 'pass', note: '通行证已核对' }, `${t('holds')} li:first-child`)
  await page.waitForFunction((n) => document.querySelectorAll('[data-test=holds] li').length < n, before)
  check((await api(page, `/gates/${gate}/holds`)).items.length === before - 1, 'the hold is ended')
  await page.click(t('lane-1'))
  await page.waitForFunction(async (id) => (await (await fetch(`/api/v1/gates/${id}`)).json()).site.lanes[0].closed === true, gate)
  check(true, 'a lane is closed')
  await page.click(t('gate-rules'))
  await picture('gate-rules')

  console.log('waits and a plan of lanes')
  await page.goto(URL_ + '/waits')
  await page.waitForSelector('tbody tr[data-row]')
  await picture('waits')
  await page.goto(URL_ + `/gates/${gate}/waits?hours=4`)
  await page.waitForSelector(t('wait-hours'))
  await page.click(t('plan-best'))
  await page.waitForSelector(t('plan-result'))
  check((await page.$$(`${t('plan-result')} tbody tr`)).length === 4, 'the cheapest plan is told hour by hour')
  await picture('plan')
  if (await page.isEnabled(t('plan-keep'))) {
    await page.click(t('plan-keep'))
    await page.waitForSelector(t('plan-result'), { state: 'detached' })
    check(true, 'it is put in force')
  }

  console.log('a service area')
  await page.goto(URL_ + '/service-areas')
  await page.waitForSelector('tbody tr[data-row]')
  await page.click('tbody tr[data-row="0"] td')
  await page.waitForSelector(t('act-status'))
  await picture('service-area')
  await page.click(t('act-status'))
  await page.selectOption('#act-control', 'closed')
  await page.click(t('act-send'))
  await page.waitForSelector(`${t('act-form')} [role=alert]`)
  check((await api(page, `/service-areas/${open()}`)).area.control !== 'closed', 'it is not closed without the province')
  await page.selectOption('#act-control', 'no_dine_in')
  await page.uncheck(`${t('act-form')} input[value=dine_in]`)
  for (const s of ['fuel', 'toilet', 'water', 'shop']) await page.check(`${t('act-form')} input[value=${s}]`)
  await page.click(t('act-send'))
  await page.waitForSelector(t('act-form'), { state: 'detached' })
  const lacking = (await api(page, `/service-areas/${open()}`)).missing ?? []
  check(lacking.length === 0, 'the basic services are open')

  await goods()
  check(errors.length === 0, 'no page reported an error' + (errors.length ? ': ' + errors.join('; ') : ''))
} catch (err) {
  if (shots) await page.screenshot({ path: `${shots}/freight-failed.png` })
  console.error('freight: ' + err.message)
  for (const e of errors) console.error('  ' + e)
  process.exitCode = 1
} finally {
  await browser.close()
}
if (!process.exitCode) console.log('freight: done')

/** A lot is held, its release refused, then what lacks is recorded. */
async function goods() {
  console.log('a lot is refused, then released')
  await page.goto(URL_ + '/goods?new=1')
  await page.waitForSelector(t('lot-form'))
  await page.selectOption('#lt-kind', 'cold_chain')
  await page.fill('#lt-name', '演练冻虾')
  await page.fill('#lt-origin', '厄瓜多尔')
  await page.waitForSelector('#lt-origin-list [role=option]')
  await page.press('#lt-origin', 'Enter')
  await page.fill('#lt-mark', 'E2E' + Date.now().toString(36))
  await page.fill('#lt-area', '射阳县')
  await page.waitForSelector('#lt-area-list [role=option]')
  await page.press('#lt-area', 'Enter')
  await page.click(t('lot-save'))
  await page.waitForSelector(t('act-arrive'))
  const id = open()
  const lot = () => api(page, `/lots/${id}`)
  await act('arrive', { place: '演练冷库', by: '演练冷库' })
  await page.waitForSelector(t('lot-checks'))
  await page.click(t('act-release'))
  await page.click(t('act-send'))
  await page.waitForSelector(`${t('act-form')} [role=alert]`)
  check((await lot()).lot.state === 'held', 'without its records it is not released')
  await picture('lot-refused')
  await page.click(t('act-release'))
  await act('disinfect', { what: 'outer', minutes: '30' })
  const accession = 'E2E-' + Date.now().toString(36).toUpperCase()
  await act('sample', { accession, what: 'outer', spots: '3' })
  await page.waitForSelector(t('act-result'))
  await act('result', { accession, outcome: 'negative' })
  await page.goto(URL_ + `/lots/${id}`)
  await page.waitForSelector(t('lot-checks'))
  check((await lot()).canRelease, 'nothing lacks any more')
  await picture('lot-ready')
  await act('release')
  await page.waitForSelector(t('act-release'), { state: 'detached' })
  check((await lot()).lot.state === 'released', 'it is released')
}
