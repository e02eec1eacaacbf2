// What an officer decides, through the browser: objections rejected and upheld by
// somebody else than who made the measure, a change of rules with the list of whom
// it touches, a duty handed over and taken, cancelled and opened again, an arrival
// handed on to another city and its receipt. Needs a demonstration.
import { ADMIN, api, check, folder, launch, settled, signIn, URL_, visitor } from './browser.mjs'

const shots = process.env.SEAWALL_SHOTS ? folder(process.env.SEAWALL_SHOTS) : ''
const lang = process.env.SEAWALL_LANG ?? 'zh'
let step = 0
const t = (id) => `[data-test=${id}]`
const browser = await launch()
const { page, errors } = await visitor(browser, { lang })
const admin = await visitor(browser, { lang })
const other = await visitor(browser, { lang })
const picture = async (p, name) => {
  await settled(p)
  if (shots) await p.screenshot({ path: `${shots}/decide-${String(++step).padStart(2, '0')}-${name}.png` })
}

/** Posts in the page's own session; fails with what the server says. */
const post = (p, path, body) =>
  p.evaluate(
    async ([to, what]) => {
      const csrf = (await (await fetch('/api/v1/session')).json()).csrf
      const r = await fetch('/api/v1' + to, { method: 'POST', headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }, body: JSON.stringify(what ?? {}) })
      const said = await r.json().catch(() => ({}))
      if (!r.ok) throw new Error(`${to}: ${r.status} ${JSON.stringify(said)}`)
      return said
    },
    [path, body],
  )

/** A second officer: an account is made, the one-time password changed. */
async function secondOfficer() {
  await signIn(admin.page, ADMIN, process.env.SEAWALL_ADMIN_PASSWORD)
  const login = 'appeals-' + Math.random().toString(36).slice(2, 8)
  const made = await post(admin.page, '/accounts', { login, area: '3209', roles: ['duty_officer', 'epidemiologist'], workName: '市申诉专班' })
  const password = 'tide-and-stone-7-wall'
  await signIn(other.page, login, made.password)
  await other.page.fill('#old', made.password)
  await other.page.fill('#new', password)
  await other.page.fill('#again', password)
  await other.page.click('form button.strong')
  await other.page.waitForURL((u) => u.pathname !== '/password')
  return login
}

/** Somebody of the story whose measure nobody objected to yet; a candidate is
 * confirmed where there is none. */
async function measured(n) {
  const free = async () => {
    const out = []
    for (const c of (await api(page, '/contacts?state=following&limit=200')).items ?? []) {
      const link = await post(page, `/contacts/${c.id}/link`)
      const d = await api(page, `/public/duties/${link.token}`)
      const m = (d.measures ?? []).find((x) => x.state === 'active' && !x.appeal)
      if (m) out.push({ contact: c, measure: m })
      if (out.length >= n) break
    }
    return out
  }
  return free()
}

async function decide(id, mode) {
  const p = other.page
  await p.goto(URL_ + '/appeals?open=' + id)
  await p.waitForSelector(t(`appeal-${mode}`))
  await p.click(t(`appeal-${mode}`))
  await p.fill('#ap-zh', mode === 'uphold' ? '核实无接触，解除' : '日期按规定计算无误')
  await p.fill('#ap-en', mode === 'uphold' ? 'There was no contact: lifted' : 'The days are counted as the rule says')
  await picture(p, mode)
  await p.click(t('appeal-send'))
  await p.waitForSelector(t('appeal-send'), { state: 'detached' })
  return api(p, `/appeals/${id}`)
}

try {
  await signIn(page)
  console.log('objections')
  await secondOfficer()
  const two = await measured(2)
  check(two.length === 2, 'two of the story are under a measure')
  const objections = []
  for (const [i, m] of two.entries()) objections.push(await post(page, '/appeals', { request: `decide-${Date.now()}-${i}`, channel: 'phone', restriction: m.measure.id ?? m.measure.restriction, reason: 'wrong_days', words: '日期算多了一天' }))
  const pending = (await api(page, '/appeals?state=pending&limit=200')).items
  const mine = objections.map((o) => pending.find((a) => a.no === o.no || a.id === o.id))
  check(mine.every(Boolean), 'both stand in the list, undecided')
  await page.goto(URL_ + '/appeals?open=' + mine[0].id)
  await page.waitForSelector('.appeal')
  const own = (await api(page, `/appeals/${mine[0].id}`)).mayDecide
  check(own === !!(await page.$(t('appeal-reject'))), 'only who may decide finds the form')
  let v = await decide(mine[0].id, 'reject')
  check(v.appeal.state === 'rejected' && v.measure.state === 'active', 'rejected: the measure stands')
  v = await decide(mine[1].id, 'uphold')
  check(v.appeal.state === 'upheld' && v.measure.state !== 'active', 'upheld: the measure is lifted')
  await picture(other.page, 'lifted')

  console.log('a duty: handed over, taken, cancelled, opened again')
  const row = (await api(page, '/steps?owner=me&kind=followup&limit=20')).items[0] ?? (await api(page, '/steps?owner=me&limit=20')).items[0]
  await page.goto(`${URL_}/duties?open=${row.loop}&step=${row.id}`)
  await page.click(t('step-hand'))
  await page.waitForSelector('#hand-to option:nth-child(2)', { state: 'attached' })
  await page.selectOption('#hand-to', { label: '市申诉专班' })
  await page.fill(t('step-text'), '夜班交接')
  await picture(page, 'hand-over')
  await page.click(t('step-send'))
  await page.waitForSelector(t('step-send'), { state: 'detached' })
  await other.page.goto(`${URL_}/loops/${row.loop}`)
  await other.page.waitForSelector(t('accept'))
  await picture(other.page, 'offered')
  await other.page.click(t('accept'))
  await other.page.waitForSelector(t('accept'), { state: 'detached' })
  check((await api(page, `/loops/${row.loop}`)).loop.ownerName?.includes('申诉专班'), 'the duty has a new owner, by receipt')
  await page.goto(`${URL_}/loops/${row.loop}`)
  await page.waitForSelector(t('loop-cancel'))
  await page.click(t('loop-cancel'))
  if (await page.$('#loop-key')) await page.selectOption('#loop-key', { index: 1 })
  await page.fill('#loop-reason', '重复登记')
  await picture(page, 'cancel')
  await page.click(t('loop-send'))
  await page.waitForSelector(t('loop-reopen'))
  check((await api(page, `/loops/${row.loop}`)).loop.state !== 'open', 'the duty is cancelled, with its reason')
  await page.click(t('loop-reopen'))
  await page.fill('#loop-reason', '取消有误')
  await page.click(t('loop-send'))
  await page.waitForSelector(t('loop-cancel'))
  check((await api(page, `/loops/${row.loop}`)).loop.state === 'open', 'and open again')
  await picture(page, 'reopened')

  console.log('handed on to another city, and its receipt')
  const here = (await api(page, '/arrivals?state=arrived&limit=10')).items[0] ?? (await api(page, '/arrivals?state=managed&limit=10')).items[0]
  if (here) {
    await page.goto(URL_ + '/arrivals/' + here.id)
    await page.waitForSelector(t('do-hand-on'))
    await page.click(t('do-hand-on'))
    await page.fill('#mv-to', '南通市')
    await page.fill('#mv-letter', '函-2022-0001')
    await page.click(t('move-send'))
    await page.waitForSelector(t('do-receipt'))
    await picture(page, 'handed-on')
    await page.click(t('do-receipt'))
    await page.fill('#mv-letter', '回执-2022-0007')
    await page.click(t('move-send'))
    await page.waitForSelector(t('do-receipt'), { state: 'detached' })
    const after = await api(page, `/arrivals/${here.id}`)
    check(after.arrival.state === 'handed_on', 'with the receipt the other city has the person')
    await picture(page, 'receipt')
  }

  console.log('a change of rules')
  await page.goto(URL_ + '/arrivals/matrix')
  await page.waitForSelector(t('matrix-with'))
  const others = await page.$$eval(`${t('matrix-with')} option`, (all) => all.map((o) => o.value).filter(Boolean))
  let found = false
  for (const id of others) {
    await page.selectOption(t('matrix-with'), id)
    await page.waitForSelector(`${t('rule-change')} p`)
    await settled(page)
    if (await page.$(t('apply-rule'))) {
      found = true
      break
    }
  }
  check(found, 'a version changes something for somebody')
  check((await page.$$(`${t('rule-change')} tbody tr`)).length > 0, 'who is touched is listed, one by one')
  for (const option of ['grandfather', 'convert', 'min']) {
    await page.check(`input[name=change-option][value=${option}]`)
    await page.click(t('apply-rule'))
    await page.waitForSelector(`${t('apply-rule')}.harm`)
    await picture(page, 'rule-' + option)
    await page.click(t('apply-rule'))
    await page.waitForSelector(`${t('rule-applied')}, ${t('rule-change')} [role=alert]`)
    const said = await page.textContent(t('rule-change'))
    check(!!(await page.$(t('rule-applied'))) || /生效|in force/.test(said), `${option}: it is applied, or the page says why not`)
    if (!(await page.$(t('apply-rule')))) break
  }
  await picture(page, 'rule-applied')
  const bad = [...errors, ...other.errors, ...admin.errors]
  check(bad.length === 0, 'no page reported an error' + (bad.length ? ': ' + bad.join('; ') : ''))
} catch (err) {
  if (shots) for (const [i, p] of [page, other.page].entries()) await p.screenshot({ path: `${shots}/decide-failed-${i}.png` })
  console.error('decide: ' + err.message)
  for (const e of [...errors, ...other.errors]) console.error('  ' + e)
  process.exitCode = 1
} finally {
  await browser.close()
}
if (!process.exitCode) console.log('decide: done')
