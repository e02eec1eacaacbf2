// The gate tablet: enrolled once, then a shift with the network cut and restored.
// What was told is recorded once; nothing on the device can be read. Needs a
// demonstration with its gates. IMP-07, FRT-07.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { api, check, folder, launch, LOGIN, PASSWORD, URL_, visitor } from './browser.mjs'

const shots = process.env.SEAWALL_SHOTS ? folder(process.env.SEAWALL_SHOTS) : ''
const axeText = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8') + ';undefined'
const TABLET = { width: 800, height: 1280 }
const PHONE = { width: 390, height: 844 }
const PIN = '274916'
const PLATE = '苏J7K' + String(Date.now()).slice(-3)
const browser = await launch()
let n = 0

async function sound(page, name) {
  await page.evaluate(axeText)
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  check(found.violations.length === 0, `${name}: axe finds nothing ${found.violations.map((v) => v.id + ' ' + v.nodes.map((x) => x.target).join(' ')).join('; ')}`)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  check(wide <= 0, `${name}: nothing is wider than the screen (${wide})`)
  if (shots) await page.screenshot({ path: `${shots}/gate-${String(++n).padStart(2, '0')}-${name}.png` })
}

/** Everything that this browser keeps, as a thief would read it. */
async function atRest(page) {
  return page.evaluate(async () => {
    const out = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)]
    for (const name of await caches.keys()) for (const r of await (await caches.open(name)).keys()) out.push(r.url)
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise((ok, no) => Object.assign(indexedDB.open(name), { onsuccess: (e) => ok(e.target.result), onerror: no }))
      for (const store of db.objectStoreNames) {
        const all = (m) => new Promise((ok) => (db.transaction(store).objectStore(store)[m]().onsuccess = (e) => ok(e.target.result)))
        const plain = (v) => (v instanceof Uint8Array ? new TextDecoder().decode(v) : v instanceof CryptoKey ? `key ${v.extractable}` : v && typeof v === 'object' ? Object.entries(v).map(([k, x]) => k + ':' + plain(x)).join(' ') : String(v))
        out.push(...(await all('getAllKeys')).map(String), ...(await all('getAll')).map(plain))
      }
      db.close()
    }
    return out.join('\n')
  })
}

async function type(page, plate) {
  for (const key of plate) await page.click(`.pad [data-key="${key}"]`)
}

async function decide(page) {
  const started = Date.now()
  await page.click('[data-test=decide]')
  await page.waitForSelector('[data-test=told]')
  return { took: Date.now() - started, outcome: await page.getAttribute('[data-test=told]', 'data-outcome'), rule: await page.getAttribute('[data-test=told]', 'data-rule') }
}

try {
  const { page, context, errors } = await visitor(browser, { size: TABLET })
  await page.goto(URL_ + '/gate')
  await page.waitForSelector('input[name=username]')
  await sound(page, 'sign-in')
  await page.fill('input[name=username]', LOGIN)
  await page.fill('input[name=password]', PASSWORD)
  await page.click('.go')
  await page.waitForSelector('[data-test=repeat]')
  await page.fill('[data-test=pin]', '123456')
  await page.fill('[data-test=repeat]', '123456')
  await page.click('[data-test=enrol]')
  await page.waitForSelector('.problem')
  await sound(page, 'pin')
  await page.fill('[data-test=pin]', PIN)
  await page.fill('[data-test=repeat]', PIN)
  await page.click('[data-test=enrol]')
  await page.waitForSelector('.pick')
  await sound(page, 'sites')
  const site = await page.getAttribute('.pick', 'data-site')
  await page.click('.pick')
  await page.waitForSelector('[data-test=decide]')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.waitForFunction(async () => (await caches.keys()).some((k) => k.startsWith('seawall-')))
  await sound(page, 'desk')

  // connected: the plate, a fresh test
  await page.click('[data-test=decide]')
  await page.waitForSelector('.problem')
  check(true, 'nothing is decided about nobody')
  await type(page, PLATE)
  await page.click('[data-nat=fresh]')
  await page.click('[data-wait="10"]')
  const first = await decide(page)
  check(first.outcome === 'pass', `a fresh test passes (${first.outcome}, ${first.rule})`)
  check(first.took < 1000, `the decision took ${first.took} ms`)
  await sound(page, 'told-pass')
  await page.click('[data-test=next]')
  await page.waitForSelector('[data-test=decide]')
  await page.waitForFunction(() => !/\d/.test(document.querySelector('[data-test=state]').textContent))
  check((await api(page, `/gates/${site}/passes?limit=5`)).items.filter((p) => p.mask.endsWith(PLATE.slice(-3))).length === 1, 'it is on record once, with its mask')

  // a whole stretch without a network, the page closed and opened in it
  await context.setOffline(true)
  await page.reload()
  await page.waitForSelector('[data-test=unlock]')
  await page.fill('[data-test=pin]', '999111')
  await page.click('[data-test=unlock]')
  await page.waitForSelector('.problem')
  check(/9/.test(await page.textContent('.problem')), 'a wrong PIN says how many tries are left')
  await page.fill('[data-test=pin]', PIN)
  await page.click('[data-test=unlock]')
  await page.waitForSelector('[data-test=decide]')
  check(true, 'the page opens without a network')
  await type(page, PLATE)
  await page.click('[data-test=symptoms]')
  const ill = await decide(page)
  check(ill.outcome === 'refer' && ill.took < 1000, `offline, symptoms: ${ill.outcome} in ${ill.took} ms`)
  await sound(page, 'told-refer-offline')
  await page.click('[data-test=next]')
  await page.click('[data-test=emergency]')
  await sound(page, 'emergency')
  const emergency = await decide(page)
  check(emergency.outcome === 'pass' && emergency.rule === 'emergency', 'a medical emergency passes before everything')
  await page.click('[data-test=next]')
  for (let i = 0; i < 3; i++) {
    await type(page, '鲁B5' + (100 + i))
    await decide(page)
    await page.click('[data-test=next]')
    await page.waitForSelector('[data-test=decide]')
  }
  await page.waitForFunction(() => /5/.test(document.querySelector('[data-test=state]').textContent))
  await page.click('[data-tab=sent]')
  await sound(page, 'log-offline')
  const kept = await atRest(page)
  for (const word of [PLATE, PLATE.slice(1), '鲁B5', '苏J', PIN, 'refer', 'symptoms', 'pass', LOGIN]) check(!kept.includes(word), `at rest nobody reads ${word}`)
  check(!kept.includes('key true'), 'and no key can be taken out')

  // back: everything arrives once
  await context.setOffline(false)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.waitForFunction(() => !/\d/.test(document.querySelector('[data-test=state]').textContent), null, { timeout: 30_000 })
  check((await page.locator('.log .late').count()) === 0, 'the server refused nothing')
  const rows = (await api(page, `/gates/${site}/passes?limit=50`)).items
  check(rows.filter((p) => p.offline).length >= 5, 'the stretch without a network is on record')
  check(new Set(rows.map((p) => p.id)).size === rows.length, 'and nothing twice')
  await sound(page, 'log-sent')

  // in English, on a phone, in the dark
  const en = await visitor(browser, { size: PHONE, lang: 'en', dark: true })
  await en.page.goto(URL_ + '/gate/')
  await en.page.waitForSelector('input[name=username]')
  await en.page.fill('input[name=username]', LOGIN)
  await en.page.fill('input[name=password]', PASSWORD)
  await en.page.click('.go')
  await en.page.waitForSelector('[data-test=repeat]')
  await sound(en.page, 'pin-en')
  await en.page.fill('[data-test=pin]', PIN)
  await en.page.fill('[data-test=repeat]', PIN)
  await en.page.click('[data-test=enrol]')
  await en.page.click('.pick')
  await en.page.waitForSelector('[data-test=decide]')
  await type(en.page, '苏')
  await sound(en.page, 'desk-en')
  await type(en.page, 'J88888')
  await en.page.click('[data-test=more]')
  await sound(en.page, 'more-en')
  const told = await decide(en.page)
  await sound(en.page, 'told-en')
  await en.page.click('[data-test=override]')
  await en.page.click('[data-to]')
  await sound(en.page, 'override-en')
  check(!!told.outcome, 'and says so in English')

  // signing out leaves nothing
  await page.click('[data-test=sign-out]')
  await page.waitForSelector('[data-test=wiped]')
  const left = await atRest(page)
  check(!/[0-9a-f]{32}/.test(left), 'signing out wipes the device')
  await sound(page, 'wiped')
  check(errors.filter((e) => !/ERR_INTERNET_DISCONNECTED|Failed to load resource/.test(e)).length === 0, `no error on the page ${errors.join(' | ')}`)
} finally {
  await browser.close()
}
