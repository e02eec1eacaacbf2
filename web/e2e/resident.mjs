// 盐之无疫 on a small phone and at a public screen: a journey is declared with two
// companions while the network dies, what applies is looked up, a measure objected
// to, help asked for. Needs a demonstration with somebody under a measure.
import { createRequire } from 'node:module'
import { api, check, DESK, folder, launch, signIn, URL_, visitor } from './browser.mjs'

const shots = process.env.SEAWALL_SHOTS ? folder(process.env.SEAWALL_SHOTS) : ''
const RUN = String(Date.now()).slice(-7) // a demonstration may be walked through more than once
const TRAIN = 'D' + RUN.slice(-4)
const DOOR = `某小区 ${RUN} 室`
const SMALL = { width: 360, height: 640 }
const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const browser = await launch()
let n = 0

/** No accessibility fault and nothing wider than the screen. */
async function sound(page, name) {
  await page.waitForFunction(() => !document.querySelector('.wait'))
  await page.evaluate(() => document.querySelector('style#still') || document.head.appendChild(Object.assign(document.createElement('style'), { id: 'still', textContent: '*{transition:none!important}' })))
  // the page's own policy forbids foreign scripts; the tester goes round it, the page does not
  await page.evaluate(await axeText())
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  check(found.violations.length === 0, `${name}: axe finds nothing ${found.violations.map((v) => v.id + ' ' + v.nodes.map((x) => x.target).join(' ')).join('; ')}`)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  check(wide <= 0, `${name}: nothing is wider than the screen (${wide})`)
  if (shots) await page.screenshot({ path: `${shots}/resident-${String(++n).padStart(2, '0')}-${name}.png`, fullPage: true })
}
let text
async function axeText() {
  const { readFileSync } = await import('node:fs')
  text ??= readFileSync(axeSource, 'utf8') + ';undefined'
  return text
}
const at = (page, step) => page.waitForSelector(`form[data-step=${step}]`)
const next = (page) => page.click('[data-test=next]')

/** Chooses the first place that a few letters find. */
async function choose(page, letters) {
  await page.fill('[data-test=search]', letters)
  await page.waitForFunction(() => /\d/.test(document.querySelector('.hint[aria-live]')?.textContent ?? ''))
  await page.click('.found button')
}

/** Declares a journey with two companions up to the last check. */
async function declareUpToCheck(page, { offlineAt, shot }) {
  await page.click('[data-task=declare]')
  await at(page, 'from')
  if (shot) await sound(page, shot + '-from')
  await choose(page, 'pudong')
  await at(page, 'left')
  if (shot) await sound(page, shot + '-left')
  await page.click('.choice:nth-of-type(2)')
  await at(page, 'others')
  await page.click('[data-key=none]')
  await at(page, 'when')
  await page.click('.choices:nth-of-type(2) .choice')
  await at(page, 'mode')
  if (shot) await sound(page, shot + '-mode')
  await page.click('[data-key=rail]')
  await at(page, 'vehicle')
  await page.fill('[data-test=vehicle]', TRAIN)
  await next(page)
  await at(page, 'stay')
  await choose(page, 'hede')
  await page.waitForSelector('.picked')
  await page.fill('[data-test=stay]', DOOR)
  if (shot) await sound(page, shot + '-stay')
  await next(page)
  await at(page, 'me')
  if (offlineAt) await offlineAt()
  await page.fill('[data-test=name]', '某甲')
  await page.fill('[data-test=phone]', '139')
  await next(page)
  await page.waitForSelector('#problem')
  check(true, 'a wrong telephone number is said beside the question')
  await page.fill('[data-test=phone]', '1390' + RUN)
  if (shot) await sound(page, shot + '-me')
  await next(page)
  await at(page, 'companions')
  for (const [i, name] of ['某乙', '某丙'].entries()) {
    await page.click('[data-test=add]')
    await page.locator('fieldset [data-test=name]').nth(i).fill(name)
  }
  if (shot) await sound(page, shot + '-companions')
  await page.click('[data-test=enough]')
  await page.waitForSelector('[data-test=send]')
}

try {
  // the first visit: weight, cookies, the six tasks
  const { page, context, errors } = await visitor(browser, { size: SMALL })
  let bytes = 0
  page.on('response', async (r) => {
    const s = await r.request().sizes().catch(() => null)
    bytes += s ? s.responseBodySize : 0
  })
  await page.goto(URL_ + '/me')
  await page.waitForSelector('[data-task=help]')
  await page.waitForLoadState('networkidle')
  check(bytes < 60 * 1024, `the page weighs ${(bytes / 1024).toFixed(1)} kB of at most 60`)
  check((await context.cookies()).length === 0, 'it sets no cookie and asks for no account')
  check((await page.locator('.tasks li').count()) === 6, 'six tasks stand on the first page')
  await sound(page, 'home')

  // a journey, with the network dying in the middle
  await declareUpToCheck(page, { shot: 'declare', offlineAt: () => context.setOffline(true) })
  await sound(page, 'declare-check')
  await page.reload({ waitUntil: 'commit' }).catch(() => undefined)
  await context.setOffline(false)
  await page.goto(URL_ + '/me')
  await page.waitForSelector('[data-test=resume]')
  await page.click('[data-test=resume]')
  await page.waitForSelector('[data-test=send]')
  check((await page.textContent('.lines')).includes('某甲'), 'what was typed survives a closed page and a dead network')
  await context.setOffline(true)
  await page.click('[data-test=send]')
  await page.waitForSelector('[data-test=waiting]')
  await sound(page, 'declare-waiting')
  await context.setOffline(false)
  await page.waitForSelector('[data-test=code]')
  check(await page.evaluate(() => { const i = document.querySelector('[data-test=qr]'); return !!i && i.complete && i.naturalWidth > 0 }), 'the slip has its picture')
  check(true, 'without a network it waits, and goes out by itself when it is back')
  const code = await page.textContent('[data-test=code]')
  await sound(page, 'declare-done')
  await page.emulateMedia({ media: 'print' })
  check(await page.isVisible('.slip .code'), 'the slip is printed with its code')
  check(!(await page.isVisible('header')), 'and without the page around it')
  if (shots) await page.screenshot({ path: `${shots}/resident-slip.png` })
  await page.emulateMedia({ media: null })

  const staff = await visitor(browser)
  await signIn(staff.page)
  const arrivals = (await api(staff.page, '/arrivals?channel=declared&limit=500')).items
  const mine = arrivals.filter((a) => a.stayText === DOOR)
  check(mine.length === 3, `staff see three people, once (${mine.length})`)

  // what the code opens
  await page.goto(URL_ + '/me/duties')
  await page.fill('[data-test=key]', code.toLowerCase().replaceAll('-', ' '))
  await page.click('[data-test=open]')
  await page.waitForSelector('[data-test=arrived]')
  check(!(await page.textContent('main')).includes('某甲'), 'my duties carry no name')
  await sound(page, 'duties')
  await page.click('[data-test=arrived]')
  await page.waitForFunction(() => !document.querySelector('[data-test=arrived]') && document.querySelector('.slip'))
  check(true, 'the arrival is reported by the code')

  // what applies
  await page.goto(URL_ + '/me')
  await page.click('[data-task=applies]')
  await choose(page, 'songjiang')
  await page.click('.choices .choice')
  await page.click('.choices:nth-of-type(2) .choice')
  await page.waitForSelector('[data-test=applies]')
  check((await page.textContent('[data-test=applies]')).length > 10, 'what applies is said in a sentence')
  await sound(page, 'applies')

  // an objection, by somebody's personal link
  const token = await staff.page.evaluate(async () => {
    const csrf = (await (await fetch('/api/v1/session')).json()).csrf
    const list = (await (await fetch('/api/v1/contacts?state=following&limit=200')).json()).items
    for (const c of list) {
      const link = await (await fetch(`/api/v1/contacts/${c.id}/link`, { method: 'POST', headers: { 'X-CSRF-Token': csrf } })).json()
      const d = await (await fetch(`/api/v1/public/duties/${link.token}`)).json()
      if ((d.measures ?? []).some((m) => m.state === 'active' && !m.appeal)) return link.token
    }
    return ''
  })
  check(token !== '', 'somebody of the story is under a measure')
  await page.goto(URL_ + '/me')
  await page.click('[data-task=appeal]')
  await page.fill('[data-test=key]', `${URL_}/f/${token}`)
  await page.click('[data-test=find]')
  await at(page, 'which')
  await sound(page, 'appeal-which')
  await page.click('.choices .choice')
  await at(page, 'why')
  await page.click('[data-key=wrong_place]')
  await at(page, 'words')
  await page.fill('[data-test=words]', '那天下午我在单位值班，有打卡记录。')
  await next(page)
  await page.click('[data-test=send]')
  const objection = await page.textContent('[data-test=code]')
  await sound(page, 'appeal-done')
  const pending = (await api(staff.page, '/appeals?state=pending&limit=200')).items
  check(pending.some((a) => a.words.includes('打卡') && a.reason === 'wrong_place'), 'staff see the objection')
  await page.goto(URL_ + '/me/duties/' + objection)
  await page.waitForSelector('.trail li')
  await sound(page, 'appeal-status')

  // help, the urgent kind first
  await page.goto(URL_ + '/me')
  await page.click('[data-task=help]')
  await at(page, 'kind')
  check((await page.getAttribute('.choices .choice', 'data-key')) === 'medical', 'danger stands first')
  await sound(page, 'help-kind')
  await page.click('[data-key=medical]')
  await at(page, 'urgent')
  check((await page.getAttribute('[data-test=call]', 'href')) === 'tel:120', 'the number to call stands before any question')
  await sound(page, 'help-urgent')
  await page.click('[data-test=send]')
  await page.waitForSelector('[data-test=code]')
  await sound(page, 'help-done')
  const urgent = (await api(staff.page, '/help?state=open&kind=medical')).items
  check(urgent.length > 0 && urgent[0].urgent, 'the duty is open, with a clock in minutes')
  check((await page.evaluate(() => Object.keys(localStorage).some((k) => k.includes('draft')))) === false, 'no draft is left behind')
  await page.goto(URL_ + '/me/waivers')
  await page.waitForSelector('h1')
  await sound(page, 'waivers')
  check(errors.filter((e) => !/ERR_INTERNET_DISCONNECTED|Failed to load|Access is denied for this document/.test(e)).length === 0, 'no error on any page')

  // English, at a desk, dark, and at a public screen that forgets
  const en = await visitor(browser, { lang: 'en', size: DESK, dark: true })
  await en.context.addInitScript(() => localStorage.setItem('seawall.me.lang', '"en"'))
  await en.page.goto(URL_ + '/me')
  await en.page.waitForSelector('[data-task=help]')
  check((await en.page.textContent('h1')).includes('What would you like'), 'the page speaks English')
  await sound(en.page, 'home-en')
  const kiosk = await visitor(browser, { size: { width: 1080, height: 1600 } })
  await kiosk.page.goto(URL_ + '/me?kiosk')
  await declareUpToCheck(kiosk.page, { shot: '' })
  await kiosk.page.click('[data-test=send]')
  await kiosk.page.waitForSelector('[data-test=finish]')
  await sound(kiosk.page, 'kiosk-done')
  await kiosk.page.click('[data-test=finish]')
  await kiosk.page.waitForSelector('[data-task=declare]')
  const left = await kiosk.page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('seawall.me.')))
  check(left.length === 0 && !(await kiosk.page.textContent('main')).includes('G-'), 'a public screen keeps nothing')
} catch (err) {
  console.error('resident: ' + err.message)
  process.exitCode = 1
} finally {
  await browser.close()
}
if (!process.exitCode) console.log('resident: done')
