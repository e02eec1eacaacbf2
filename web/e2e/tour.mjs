// Looks at every screen. Through axe: Chinese at a desk, English on a phone, and
// what matters in the dark. As a picture, where SEAWALL_SHOTS names a directory:
// both languages in both sizes. SEAWALL_TOUR narrows to names that it matches.
// Ends with 1 when axe finds a violation, a page reports an error or is wider
// than its window.
import { AxeBuilder } from '@axe-core/playwright'
import { ADMIN, DESK, folder, launch, PHONE, settled, signIn, URL_, visitor } from './browser.mjs'
import { material, screens } from './screens.mjs'

const shots = process.env.SEAWALL_SHOTS ? folder(process.env.SEAWALL_SHOTS) : ''
const only = process.env.SEAWALL_TOUR ?? ''
const variants = [
  { lang: 'zh', size: DESK, tag: 'zh-desk', axe: true },
  { lang: 'en', size: DESK, tag: 'en-desk' },
  { lang: 'zh', size: PHONE, tag: 'zh-phone' },
  { lang: 'en', size: PHONE, tag: 'en-phone', axe: true },
  { lang: 'zh', size: DESK, dark: true, tag: 'zh-dark', some: true, axe: true },
  { lang: 'en', size: PHONE, dark: true, tag: 'en-phone-dark', some: true, axe: true },
].filter((v) => v.axe || shots)
const DARK = /^(00|01|02|04|06|08|13|30|40|50|52|56|62|63|66|67|70|72)/
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const found = []
function wrong(what) {
  found.push(what)
  console.log('  bad  ' + what)
}
let seen = 0

async function look(page, errors, name, { tag, axe }) {
  await settled(page)
  if (shots) await page.screenshot({ path: `${shots}/${name}-${tag}.png` })
  const result = axe ? await new AxeBuilder({ page }).setLegacyMode().withTags(TAGS).analyze() : { violations: [] }
  for (const v of result.violations) {
    for (const node of v.nodes) wrong(`${name} ${tag}: ${v.id} (${v.impact}) ${node.target.join(' ')} — ${node.failureSummary?.split('\n')[1]?.trim() ?? v.help}`)
  }
  for (const e of errors.splice(0)) wrong(`${name} ${tag}: ${e}`)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (wide > 1) wrong(`${name} ${tag}: the page is ${wide} px wider than the window`)
  seen++
}

const browser = await launch()
try {
  for (const v of variants) {
    const wanted = (name) => (!only || new RegExp(only).test(name)) && (!v.some || DARK.test(name))
    const { context, page, errors } = await visitor(browser, v)
    if (wanted('00-sign-in')) {
      await page.goto(URL_ + '/sign-in')
      await look(page, errors, '00-sign-in', v)
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
      await look(page, s.name.includes('refused') ? [] : errors, s.name, v)
      if (s.name.includes('refused')) {
        // What the browser still says about it belongs to no later page.
        await page.goto('about:blank')
        errors.length = 0
      }
    }
    if (m.link && wanted('30-my-follow-up')) {
      await page.goto(URL_ + m.link)
      await page.waitForSelector('form, section')
      await look(page, errors, '30-my-follow-up', v)
      const unwell = await page.$('[data-test=unwell]')
      if (unwell) {
        await unwell.click()
        await look(page, errors, '31-my-follow-up-unwell', v)
      }
      await page.goto(URL_ + '/f/not-a-token')
      await page.waitForSelector('section')
      errors.length = 0
      await look(page, errors, '32-my-follow-up-gone', v)
    }
    await context.close()
    if (wanted('40-accounts') && process.env.SEAWALL_ADMIN_PASSWORD) {
      const a = await visitor(browser, v)
      await signIn(a.page, ADMIN, process.env.SEAWALL_ADMIN_PASSWORD)
      await a.page.goto(URL_ + '/accounts')
      await look(a.page, a.errors, '40-accounts', v)
      await a.page.goto(URL_ + '/accounts?new=1')
      await look(a.page, a.errors, '41-account-new', v)
      await a.context.close()
    }
  }
} finally {
  await browser.close()
}
console.log(`tour: ${seen} screens looked at, ${found.length} things wrong`)
process.exit(found.length || seen === 0 ? 1 : 0)
