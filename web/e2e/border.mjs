// Arrivals through the browser, as staff work: a group is declared with one whom
// nobody named, a station's list comes in twice, somebody arrives, the four checks
// are made, a companion is found, one is handed on, one is taken back; then the
// arrival rules and whom another version changes. Needs a demonstration.
import { api, check, folder, launch, settled, signIn, URL_, visitor } from './browser.mjs'

const shots = process.env.SEAWALL_SHOTS ? folder(process.env.SEAWALL_SHOTS) : ''
const lang = process.env.SEAWALL_LANG ?? 'zh'
let step = 0
const browser = await launch()
const { page, errors } = await visitor(browser, { lang })
const t = (id) => `[data-test=${id}]`
const picture = async (name) => {
  await settled(page)
  if (shots) await page.screenshot({ path: `${shots}/border-${String(++step).padStart(2, '0')}-${name}.png` })
}
async function pick(id, text) {
  await page.fill(`#${id}`, text)
  await page.waitForSelector(`#${id}-list [role=option]`)
  await page.press(`#${id}`, 'Enter')
}
const view = async () => api(page, `/arrivals/${new URL(page.url()).pathname.split('/').pop()}`)
const made = (v, key) => !v.arrival.checks.find((c) => c.key === key).done.startsWith('0001')
async function makeCheck(key, fill) {
  await page.click(t(`check-${key}`))
  await page.waitForSelector(t('check-form'))
  await fill?.()
  await page.click(t('check-send'))
  await page.waitForSelector(t('check-form'), { state: 'detached' })
  check(made(await view(), key), `${key} is checked`)
}

try {
  await signIn(page)
  console.log('grades of places')
  await page.goto(URL_ + '/arrivals/matrix')
  await page.waitForSelector(t('grade-file'), { state: 'attached' })
  const graded = ['code,name,level,from,to,source', '31,上海市,high,2022-03-10,,演练通报', '3205,苏州市,medium,2022-03-10,,演练通报'].join('\n')
  await page.setInputFiles(t('grade-file'), { name: 'grades.csv', mimeType: 'text/csv', buffer: Buffer.from(graded) })
  await page.waitForSelector(t('grade-take'))
  await picture('grades')
  if (await page.isEnabled(t('grade-take'))) {
    await page.click(t('grade-take'))
    await page.waitForSelector(t('grade-take'), { state: 'detached' })
  }
  check((await api(page, '/grades?place=310115')).place?.level === 'high', 'a county has the grade of its province')
  const village = (await api(page, '/areas?parent=320924109')).items[0]

  console.log('declare a group')
  await page.goto(URL_ + '/arrivals/new')
  await page.waitForSelector('#ar-name-0')
  await page.click(t('declare-save'))
  check((await page.$$('[role=alert]')).length >= 3, 'what is missing stands beside its field')
  await page.fill('#ar-name-0', '演练归')
  await page.fill('#ar-doc-0', '11010519491231002X')
  await page.fill('#ar-phone-0', '13900000001')
  await page.click(t('add-traveller'))
  await page.fill('#ar-name-1', '演练伴')
  await page.fill('#ar-size', '3')
  await pick('ar-origin-0', '上海')
  await page.fill('#ar-left-0', '-1')
  await page.fill('#ar-vehicle', 'G8201')
  await pick('ar-stay', village.id)
  await picture('declare')
  await page.reload()
  await page.waitForSelector('#ar-name-1')
  check((await page.inputValue('#ar-name-1')) === '演练伴', 'what was typed survives a reload')
  await page.press('#ar-vehicle', 'Control+Enter')
  await page.waitForURL(/\/arrivals\/[0-9A-Z]{20,}$/)
  let v = await view()
  check(v.group.size === 3 && v.people.length >= 2, 'the group has three, two of them named')
  await page.waitForSelector(t('four-checks'))
  await picture('expected')

  console.log('arrive, and the four checks')
  await page.click(t('do-arrive'))
  await page.click(t('move-send'))
  await page.waitForSelector(t('check-headcount'))
  await makeCheck('headcount', () => page.fill('#ck-size', '3'))
  v = await view()
  if (!made(v, 'identity')) await makeCheck('identity')
  if (!made(v, 'location')) await makeCheck('location')
  if (!made(v, 'measure')) await makeCheck('measure', () => page.check('[data-test=check-form] input[type=checkbox]'))
  v = await view()
  check(v.arrival.missing === 0, 'all four are made, each with its time')
  await picture('checked')

  console.log('a companion, a receipt from another city')
  const before = v.people.length
  await page.click(t('do-companions'))
  await page.fill('#mv-name', '演练友')
  await page.click(t('move-send'))
  await page.waitForSelector('#mv-name', { state: 'detached' })
  check((await view()).people.length >= before, 'the companion is on record')

  console.log('a station’s list, twice')
  const rows = ['external,name,document,origin,left,vehicle,seat,arrived,mode']
  for (let i = 0; i < 24; i++) rows.push(`e2e-${i},${i % 5 === 0 ? '' : `演练${'甲乙丙丁戊己庚辛壬癸'[i % 10]}`},,${i % 3 ? '310000' : '320500'},2022-03-27,G8201,0${i % 9}A,2022-03-28T0${i % 8}:15:00Z,rail`)
  const file = { name: 'rail.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) }
  let first = 0
  for (const again of [false, true]) {
    await page.goto(URL_ + '/arrivals?feed=1')
    await page.setInputFiles('#fd-file', file)
    await page.click(t('feed-send'))
    await page.waitForSelector(t('feed-report'))
    const total = (await api(page, '/arrivals?limit=1')).total
    if (again) check(total === first, 'sent again it makes nothing twice')
    else first = total
    await picture(again ? 'feed-again' : 'feed')
  }

  console.log('by area, down to a town, and the unresolved')
  await page.goto(URL_ + '/arrivals')
  await page.waitForSelector('table [data-area], tbody tr')
  await picture('by-area')
  const into = await page.$('[data-area]')
  if (into) {
    await into.click()
    await page.waitForURL(/in=/)
    await picture('one-county')
  }
  await page.goto(URL_ + '/arrivals?view=people&missing=any')
  await page.waitForSelector('tbody tr[data-row]')
  check((await page.$$('tbody tr[data-row]')).length > 0, 'who lacks a check stands in a list')
  await page.click('tbody tr[data-row="0"] td')
  await page.waitForSelector(t('four-checks'))
  await picture('open-beside')

  console.log('take one back')
  await page.click(t('do-retract'))
  await page.fill(t('move-reason'), '重复登记')
  await page.click(t('move-send'))
  await page.waitForSelector(t('move-reason'), { state: 'detached' })
  const id = new URL(page.url()).searchParams.get('open')
  check((await api(page, `/arrivals/${id}`)).arrival.state === 'retracted', 'it is retracted, with its reason')

  console.log('the rules')
  await page.goto(URL_ + '/arrivals/matrix')
  await page.waitForSelector(t('matrix-with'))
  const other = await page.$eval(`${t('matrix-with')} option:nth-child(3)`, (o) => o.value)
  await page.selectOption(t('matrix-with'), other)
  await page.waitForSelector(`${t('rule-change')} p`)
  await picture('rule-change')
  check(errors.length === 0, 'no page reported an error' + (errors.length ? ': ' + errors.join('; ') : ''))
} catch (err) {
  if (shots) await page.screenshot({ path: `${shots}/border-failed.png` })
  console.error('border: ' + err.message)
  for (const e of errors) console.error('  ' + e)
  process.exitCode = 1
} finally {
  await browser.close()
}
if (!process.exitCode) console.log('border: done')
