// Looks at every screen: as a picture and through axe, in both languages and
// sizes, in the light and partly in the dark. SEAWALL_SHOTS names the directory
// for the pictures (none: no pictures); SEAWALL_TOUR narrows to names that
// contain it. Ends with 1 when axe finds a violation or a page an error.
import { AxeBuilder } from '@axe-core/playwright'
import { ADMIN, DESK, folder, launch, PHONE, settled, signIn, URL_, visitor } from './browser.mjs'
import { material, screens } from './screens.mjs'

const shots = process.env.SEAWALL_SHOTS ? folder(process.env.SEAWALL_SHOTS) : ''
const only = process.env.SEAWALL_TOUR ?? ''
const quick = process.env.SEAWALL_TOUR_QUICK === '1'
const variants = [
  { lang: 'zh', size: DESK, tag: 'zh-desk' },
  { lang: 'en', size: DESK, tag: 'en-desk' },
  { lang: 'zh', size: PHONE, tag: 'zh-phone' },
  { lang: 'en', size: PHONE, tag: 'en-phone' },
  { lang: 'zh', size: DESK, dark: true, tag: 'zh-dark', some: true },
  { lang: 'en', size: PHONE, dark: true, tag: 'en-phone-dark', some: true },
].filter((v) => !quick || v.tag === 'zh-desk' || v.tag === 'en-phone')
const DARK = /^(00|01|02|04|06|08|13|30|40)/
const found = []
let seen = 0

async function look(page, errors, name, tag) {
  await settled(page)
  if (shots) await page.screenshot({ path: `${shots}/${name}-${tag}.png` })
  const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  for (const v of result.violations) {
    for (const node of v.nodes) found.push(`${name} ${tag}: ${v.id} (${v.impact}) ${node.target.join(' ')} — ${node.failureSummary?.split('\n')[1]?.trim() ?? v.help}`)
  }
  for (const e of errors.splice(0)) found.push(`${name} ${tag}: ${e}`)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (wide > 1) found.push(`${name} ${tag}: the page is ${wide} px wider than the window`)
  seen++
}

const browser = await launch()
try {
  for (const v of variants) {
    const wanted = (name) => (!only || name.includes(only)) && (!v.some || DARK.test(name))
    const { context, page, errors } = await visitor(browser, v)
    if (wanted('00-sign-in')) {
      await page.goto(URL_ + '/sign-in')
      await look(page, errors, '00-sign-in', v.tag)
    }
    await signIn(page)
    await settled(page)
    const m = await material(page)
    errors.length = 0
    for (const s of screens(m)) {
      if (!wanted(s.name) || (s.desk && v.size === PHONE)) continue
      await page.goto(URL_ + s.path)
      await settled(page)
      if (s.act) await s.act(page)
      if (s.name.includes('refused')) errors.length = 0 // the refusal itself is what we look at
      await look(page, s.name.includes('refused') ? [] : errors, s.name, v.tag)
    }
    if (m.link && wanted('30-my-follow-up')) {
      await page.goto(URL_ + m.link)
      await page.waitForSelector('form, section')
      await look(page, errors, '30-my-follow-up', v.tag)
      const unwell = await page.$('[data-test=unwell]')
      if (unwell) {
        await unwell.click()
        await look(page, errors, '31-my-follow-up-unwell', v.tag)
      }
      await page.goto(URL_ + '/f/not-a-token')
      await page.waitForSelector('section')
      errors.length = 0
      await look(page, errors, '32-my-follow-up-gone', v.tag)
    }
    await context.close()
    if (wanted('40-accounts') && process.env.SEAWALL_ADMIN_PASSWORD) {
      const a = await visitor(browser, v)
      await signIn(a.page, ADMIN, process.env.SEAWALL_ADMIN_PASSWORD)
      await a.page.goto(URL_ + '/accounts')
      await look(a.page, a.errors, '40-accounts', v.tag)
      await a.page.goto(URL_ + '/accounts?open=new')
      await look(a.page, a.errors, '41-account-new', v.tag)
      await a.context.close()
    }
  }
} finally {
  await browser.close()
}
for (const f of found) console.log('  bad  ' + f)
console.log(`tour: ${seen} screens looked at, ${found.length} things wrong`)
process.exit(found.length || seen === 0 ? 1 : 0)
