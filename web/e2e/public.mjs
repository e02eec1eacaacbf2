// My follow-up on a phone: small, without an account, and what was typed survives
// the network. Needs a demonstration with somebody under follow-up.
import { api, check, folder, launch, PHONE, signIn, URL_, visitor } from './browser.mjs'
import { material } from './screens.mjs'

const shots = process.env.SEAWALL_SHOTS ? folder(process.env.SEAWALL_SHOTS) : ''
const browser = await launch()
try {
  const staff = await visitor(browser)
  await signIn(staff.page)
  const list = (await api(staff.page, '/contacts?state=following&limit=50')).items
  const today = (await api(staff.page, '/session')).now
  const silent = list.find((c) => c.lastReport < new Date(Date.parse(today) + 8 * 3_600_000).toISOString().slice(0, 10)) ?? list[0]
  const link = (await material(staff.page, silent)).link

  const { page, context } = await visitor(browser, { size: PHONE })
  let bytes = 0
  page.on('response', async (r) => {
    const s = await r.request().sizes().catch(() => null)
    bytes += s ? s.responseBodySize : 0
  })
  await page.goto(URL_ + link)
  await page.waitForSelector('[data-test=unwell]')
  await page.waitForLoadState('networkidle')
  check(bytes < 60 * 1024, `the page weighs ${(bytes / 1024).toFixed(1)} kB of at most 60`)
  check((await context.cookies()).length === 0, 'it sets no cookie and asks for no account')

  await page.click('[data-test=unwell]')
  await page.click('fieldset label:first-of-type')
  await page.fill('input[inputmode=decimal]', '38.2')
  await page.reload()
  await page.waitForSelector('[data-test=send]')
  check((await page.inputValue('input[inputmode=decimal]')) === '38.2', 'what was typed survives a reload')

  await context.setOffline(true)
  await page.click('[data-test=send]')
  await page.waitForSelector('.note[role=status]')
  check(true, 'without a network the report is kept on the phone and says so')
  if (shots) await page.screenshot({ path: `${shots}/public-offline.png` })
  await context.setOffline(false)
  await page.waitForSelector('[data-test=reported]')
  check(true, 'and goes out by itself when the network is back')
  const seen = await api(staff.page, `/contacts/${silent.id}`)
  check(seen.contact.symptomatic === true, 'staff see the symptoms')
  check(seen.followups.some((f) => f.by === 'self' && f.temperature === 38.2), 'and the temperature, as told by the person')
  if (shots) await page.screenshot({ path: `${shots}/public-reported.png` })
} catch (err) {
  console.error('public: ' + err.message)
  process.exitCode = 1
} finally {
  await browser.close()
}
if (!process.exitCode) console.log('public: done')
