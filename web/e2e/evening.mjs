// The evening of the issue, driven through the browser as a person would:
// sign in → import → record a positive → confirm contacts → see duties → close
// one with evidence → retract another → move to the cut-off → see the rest
// escalated. Needs a fresh demonstration (SEAWALL_URL, SEAWALL_LOGIN, …).
import { api, check, folder, launch, settled, signIn, URL_, visitor } from './browser.mjs'

const shots = process.env.SEAWALL_SHOTS ? folder(process.env.SEAWALL_SHOTS) : ''
const lang = process.env.SEAWALL_LANG ?? 'zh'
let step = 0
const browser = await launch()
const { page, errors } = await visitor(browser, { lang })
const t = (id) => `[data-test=${id}]`

async function picture(name) {
  await settled(page)
  if (shots) await page.screenshot({ path: `${shots}/evening-${String(++step).padStart(2, '0')}-${name}.png` })
}
const counts = async () => (await api(page, '/tonight?scope=all')).counts
async function pickArea(id, code) {
  await page.fill(`#${id}`, code)
  await page.waitForSelector(`#${id}-list [role=option]`)
  await page.press(`#${id}`, 'Enter')
}

/** The same case, changed from another desk. */
async function elsewhere({ id, version }) {
  const s = await (await fetch('/api/v1/session')).json()
  const r = await fetch(`/api/v1/cases/${id}`, { method: 'PATCH', headers: { 'X-CSRF-Token': s.csrf, 'Content-Type': 'application/json' }, body: JSON.stringify({ version, channel: 'clinic' }) })
  return r.status
}

try {
  console.log('sign in')
  await page.goto(URL_ + '/')
  await page.waitForURL('**/sign-in')
  await signIn(page)
  await page.waitForSelector(t('sentence'))
  check((await counts()).open > 0, 'the first page says how many are open tonight')
  await picture('tonight')

  console.log('import')
  const list = [
    'id,name,age,sex,onset_date,report_date,classification',
    ...Array.from({ length: 24 }, (_, i) => `ev-${i + 1},演练${'甲乙丙丁戊己'[i % 6]},${20 + i},${i % 2 ? '男' : '女'},2022-01-${String((i % 20) + 1).padStart(2, '0')},2022-01-${String((i % 20) + 3).padStart(2, '0')},confirmed`),
  ].join('\n')
  await page.goto(URL_ + '/import')
  await page.selectOption('#i-kind', 'linelist')
  await page.fill('#i-source', 'evening')
  await page.setInputFiles('#i-file', { name: 'january.csv', mimeType: 'text/csv', buffer: Buffer.from(list) })
  await page.click(t('upload'))
  await page.click(t('dry-run'))
  await page.waitForSelector(t('import-report'))
  check((await page.textContent(t('accepted'))) === '24', 'a dry run says that 24 rows would be accepted')
  await picture('dry-run')
  await page.click(t('run-import'))
  await page.waitForURL(/run=/)
  await page.waitForFunction(() => document.querySelector('[data-test=import-report] .sentence'))
  check((await page.textContent(t('accepted'))) === '24', 'the import accepted 24 rows')
  await picture('imported')

  console.log('record a positive, keyboard alone')
  await page.goto(URL_ + '/cases/new')
  await page.waitForSelector('#name')
  const began = Date.now()
  await page.focus('#name')
  const keys = page.keyboard
  const before = (await api(page, '/cases?limit=1')).total
  await keys.type('演练员')
  for (const text of ['110105194912310', '', '']) {
    await keys.press('Enter')
    if (text) await keys.type(text)
  }
  await keys.type('45')
  await keys.press('Enter')
  await keys.press('Enter')
  await keys.type('320924109')
  await page.waitForSelector('#home-list [role=option]')
  await keys.press('Enter')
  await keys.press('Enter')
  await keys.press('Enter')
  await keys.type('-1')
  await keys.press('Enter')
  await keys.type('t')
  await picture('new-case')
  await keys.press('Control+Enter')
  await page.waitForURL(/\/cases\/[0-9A-Z]{20,}$/)
  check(Date.now() - began < 60_000, 'a case by hand takes less than a minute')
  check((await api(page, '/cases?limit=1')).total === before + 1, 'and is recorded once')
  const caseId = page.url().split('/').pop()
  await page.waitForSelector('.clocks li')
  check((await page.$$('.clocks li')).length >= 3, 'its clocks run')

  console.log('correct the onset, while somebody else corrects the case too')
  await page.click(t('edit-case'))
  await page.waitForSelector(t('case-form'))
  const read = (await api(page, `/cases/${caseId}`)).case
  const onset = new Date(Date.parse(read.onset) - 86_400_000).toISOString().slice(0, 10)
  await page.fill('#e-onset', onset)
  const other = await page.evaluate(elsewhere, { id: caseId, version: read.version })
  check(other === 200, 'somebody else corrects the channel')
  await page.waitForSelector(t('stale'))
  const refusal = page.waitForResponse((r) => r.request().method() === 'PATCH')
  await page.press('#e-onset', 'Control+Enter')
  check((await refusal).status() === 409, 'a save over it is refused')
  await page.click(`${t('stale')} ${t('take-in')}`)
  await page.waitForSelector(t('taken-in'))
  check((await page.inputValue('#e-onset')) === onset && (await page.inputValue('#e-channel')) === 'clinic', 'what was typed stays, what the other wrote comes in')
  await picture('edit-case')
  const patch = page.waitForRequest((r) => r.method() === 'PATCH')
  await page.press('#e-onset', 'Control+Enter')
  const body = (await patch).postDataJSON()
  check(Object.keys(body).sort().join() === 'onset,version', 'only the changed field is sent')
  await page.waitForSelector(t('case-form'), { state: 'detached' })
  const fixed = (await api(page, `/cases/${caseId}`)).case
  check(fixed.onset === onset && fixed.channel === 'clinic', 'both corrections are kept')
  const [month, day] = onset.split('-').slice(1).map(Number)
  const shown = lang === 'zh' ? `${month}月${day}日` : `${day} `
  check((await page.textContent('.facts')).includes(shown), 'and the page shows the new onset')

  console.log('contacts: propose, preview, confirm')
  for (const [name, age] of [['演练邻', '38'], ['演练友', '41'], ['演练客', '29']]) {
    await page.click(t('add-contact'))
    await page.waitForSelector(t('contact-form'))
    await page.fill('#c-name', name)
    await page.fill('#c-age', age)
    await page.fill('#c-last', 't')
    await page.press('#c-last', 'Tab')
    await pickArea('c-home', '320924109')
    await page.click(t('save-contact'))
    await page.waitForSelector(t('contact-form'), { state: 'detached' })
  }
  await page.waitForFunction(() => document.querySelectorAll('[data-test=candidates] .rank li').length === 3)
  check(true, 'three candidates stand in the ranked list')
  const loopsBefore = (await counts()).loops
  await page.click(t('preview'))
  await page.waitForSelector(t('cut-preview'))
  check((await page.$$('[data-test=cut-preview] tbody tr')).length > 0, 'the preview compares rooms and teams with what is free')
  check((await counts()).loops === loopsBefore, 'no duty opens before the confirmation')
  await picture('preview')
  await page.click(t('confirm'))
  await page.waitForFunction(() => !document.querySelector('[data-test=candidates]'))
  check((await counts()).loops === loopsBefore + 3, 'three duties open when a named person confirms')
  await picture('case')

  console.log('duties: close one with evidence')
  await page.click(t('open-duty'))
  await page.waitForSelector(t('step-done'))
  const stepId = (await api(page, `/loops/${new URL(page.url()).searchParams.get('open')}`)).steps.find((s) => s.state === 'open').id
  await page.click(t('step-done'))
  await page.fill(t('step-text'), '网络直报已提交,编号 EV-1')
  await picture('evidence')
  await page.click(t('step-send'))
  await page.waitForSelector(t('step-text'), { state: 'detached' })
  const closed = await api(page, `/loops/${new URL(page.url()).searchParams.get('open')}`)
  check(closed.steps.find((s) => s.id === stepId).state === 'done' && closed.evidence.length > 0, 'the step is closed and its evidence kept')

  console.log('retract the positive')
  await page.goto(`${URL_}/cases/${caseId}`)
  await page.click(t('retract-case'))
  await page.fill(t('retract-reason'), '复核阴性,样本污染')
  await page.click(t('retract-send'))
  await page.waitForSelector(t('retracted'))
  const view = await api(page, `/cases/${caseId}`)
  check(view.case.state === 'retracted', 'the case is retracted')
  check(view.steps.every((s) => s.state !== 'open'), 'every duty that hung on it is withdrawn')
  check(view.contacts.every((c) => c.state === 'withdrawn'), 'and every contact let go')
  check((await counts()).loops === loopsBefore - 1, 'the other duties stand')
  await picture('retracted')

  console.log('on to the cut-off')
  await page.goto(URL_ + '/tonight')
  await page.waitForSelector(t('sentence'))
  const atSix = await counts()
  await page.click('header button[aria-label*=":"]')
  await page.click(t('clock-cut'))
  await page.waitForSelector(t('clock-cut'), { state: 'detached' })
  await page.waitForFunction(() => document.querySelector('[data-test=sentence] a[href*=escalated]'))
  const after = await counts()
  check(after.escalated >= atSix.open, `at the cut-off all ${atSix.open} steps still open were escalated (${after.escalated})`)
  await picture('escalated')
  await page.click('[data-test=sentence] a[href*=escalated]')
  await page.waitForSelector('tbody tr[data-row]')
  check((await page.$$('tbody tr[data-row]')).length > 0, 'and stand in a list of their own')
  await picture('escalated-list')

  console.log('the log holds')
  await page.goto(URL_ + '/journal')
  await page.click(t('verify'))
  await page.waitForSelector(t('verified') + '.ok')
  check(true, 'the log verifies')
  check(errors.length === 0, 'no page reported an error' + (errors.length ? ': ' + errors.join('; ') : ''))
  await picture('verified')
} catch (err) {
  if (shots) await page.screenshot({ path: `${shots}/evening-failed.png` })
  console.error('evening: ' + err.message)
  for (const e of errors) console.error('  ' + e)
  process.exitCode = 1
} finally {
  await browser.close()
}
if (!process.exitCode) console.log('evening: done')
