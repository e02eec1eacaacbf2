// The field phone at 360 and 390 px: enrolled with a network, cut off, opened again
// from the service worker; forms, a report and a picture done without a network;
// everything at rest read as a thief would; restored, all of it arrives once. Two
// phones that edit the same report, a hand-over by two codes between two phones
// without a network, a paper form, a wrong PIN, a lost phone. Needs a demonstration
// of the spring of Yancheng that nobody has worked on.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { check, folder, launch, PASSWORD, PHONE, URL_, visitor } from './browser.mjs'

const shots = process.env.SEAWALL_SHOTS ? folder(process.env.SEAWALL_SHOTS) : ''
const RUN = String(Date.now()).slice(-7)
const PIN = '274916'
const GRID = '320924100007-03'
const SMALL = { width: 360, height: 700 }
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8') + ';undefined'
const browser = await launch()
const secrets = [] // words that must stand nowhere in the clear
let n = 0

/** No accessibility fault, nothing wider than the screen, nothing too small for a thumb. */
async function sound(page, name) {
  await page.evaluate(() => document.querySelector('style#still') || document.head.appendChild(Object.assign(document.createElement('style'), { id: 'still', textContent: '*{transition:none!important}' })))
  await page.evaluate(axe)
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  check(found.violations.length === 0, `${name}: axe finds nothing ${found.violations.map((v) => v.id + ' ' + v.nodes.map((x) => x.target).join(' ')).join('; ')}`)
  const size = page.viewportSize()
  for (const width of [360, 390]) {
    await page.setViewportSize({ ...size, width })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    check(wide <= 0, `${name}: nothing is wider than ${width} px (${wide})`)
  }
  await page.setViewportSize(size)
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, input, textarea, label.chip')]
      .filter((e) => e.offsetParent && e.type !== 'file' && (e.offsetHeight < 48 || e.offsetWidth < 48))
      .map((e) => `${e.textContent.trim() || e.id} ${e.offsetWidth}×${e.offsetHeight}`),
  )
  check(small.length === 0, `${name}: every target has 48 px ${small}`)
  if (shots) await page.screenshot({ path: `${shots}/field-${String(++n).padStart(2, '0')}-${name}.png`, fullPage: true })
}

/** Asks the API in a page's own session. */
function ask(page, method, path, body) {
  return page.evaluate(
    async ([m, p, b]) => {
      const csrf = m === 'GET' ? '' : (await (await fetch('/api/v1/session')).json()).csrf
      const r = await fetch('/api/v1' + p, { method: m, headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf }, body: b && JSON.stringify(b) })
      return { status: r.status, body: await r.json().catch(() => undefined) }
    },
    [method, path, body],
  )
}

/** Somebody at a desk, without screens. */
async function desk(login) {
  const v = await visitor(browser)
  await v.page.goto(URL_ + '/field.webmanifest')
  const r = await v.page.evaluate(async ([login, password]) => (await fetch('/api/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login, password }) })).json(), [login, PASSWORD])
  return { ...v, me: r.principal }
}

/** A phone that is enrolled and shows its day. */
async function phone(login, { size = PHONE, lang = 'zh', dark = false, look = false } = {}) {
  const v = await visitor(browser, { size, lang, dark })
  await v.page.goto(URL_ + '/field/')
  await v.page.waitForSelector('input[name=username]')
  if (look) await sound(v.page, 'sign-in')
  await v.page.fill('input[name=username]', login)
  await v.page.fill('input[name=password]', PASSWORD)
  await v.page.click('button.go')
  await v.page.waitForSelector('[data-test=repeat]')
  if (look) await sound(v.page, 'pin')
  await v.page.fill('[data-test=pin]', PIN)
  await v.page.fill('[data-test=repeat]', PIN)
  await v.page.click('[data-test=enrol]')
  await v.page.waitForSelector('[data-next], .empty')
  await v.page.evaluate(() => navigator.serviceWorker.ready.then((r) => new Promise((ok) => (r.active?.state === 'activated' ? ok() : r.active?.addEventListener('statechange', ok)))))
  return { ...v, offline: (on) => v.context.setOffline(on) }
}

async function unlock(page, pin = PIN) {
  await page.waitForSelector('[data-test=unlock]')
  await page.fill('[data-test=pin]', pin)
  await page.click('[data-test=unlock]')
}

/** Everything that stands on the device, as bytes and as text. */
function atRest(page) {
  return page.evaluate(async () => {
    const text = (b) => new TextDecoder('utf-8').decode(b) + new TextDecoder('utf-16le').decode(b.slice(0, b.byteLength & ~1)) + atobs(b)
    function atobs(b) {
      return Array.from(new Uint8Array(b), (x) => String.fromCharCode(x)).join('')
    }
    const plain = (v) => {
      if (v instanceof Uint8Array || v instanceof ArrayBuffer) return text(v instanceof Uint8Array ? v.buffer.slice(v.byteOffset, v.byteOffset + v.byteLength) : v)
      if (v instanceof CryptoKey) return v.extractable ? ' EXTRACTABLE KEY ' : ''
      return typeof v === 'object' && v ? Object.entries(v).map(([k, x]) => k + plain(x)).join() : String(v)
    }
    let out = JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie
    let rows = 0
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise((ok, no) => Object.assign(indexedDB.open(name), { onsuccess: (e) => ok(e.target.result), onerror: no }))
      for (const store of db.objectStoreNames) {
        const s = db.transaction(store).objectStore(store)
        const get = (r) => new Promise((ok) => (r.onsuccess = () => ok(r.result)))
        const [keys, values] = [await get(s.getAllKeys()), await get(s.getAll())]
        rows += values.length
        out += plain(keys) + plain(values)
      }
      db.close()
    }
    const kept = []
    for (const name of await caches.keys()) {
      for (const q of await (await caches.open(name)).keys()) kept.push(new URL(q.url).pathname)
    }
    return { out, rows, kept }
  })
}

async function unreadable(page, name) {
  const { out, rows, kept } = await atRest(page)
  const bare = secrets.filter((s) => s.length > 1 && out.includes(s))
  check(rows > 3 && bare.length === 0, `${name}: nothing of ${secrets.length} words can be read at rest in ${rows} rows ${bare}`)
  check(!out.includes('EXTRACTABLE'), `${name}: no key on the device can be taken out`)
  check(!kept.some((p) => p.startsWith('/api/')), `${name}: no answer of the server is in the cache (${kept.length} files)`)
}

const waiting = async (page) => Number(/(\d+)/.exec(await page.textContent('[data-test=state]'))?.[1] ?? 0)
const sent = (page) => page.waitForFunction(() => /已全部上传|All sent/.test(document.querySelector('[data-test=state]')?.textContent ?? ''), null, { timeout: 45_000 })
const tab = (page, k) => page.click(`[data-tab=${k}]`)
const at = (page, k) => page.waitForSelector(`form[data-at="${k}"]`)
const go = (page) => page.click('[data-test=go]')
const field = (page, k) => page.locator(`[data-field="${k}"] input, [data-field="${k}"] textarea`)

/** Opens a step from the day. */
async function open(page, step) {
  await tab(page, 'day')
  if (!(await page.$(`[data-next="${step}"]`))) {
    await page.evaluate(() => document.querySelector('details.later')?.setAttribute('open', ''))
    await page.click(`[data-step="${step}"]`)
  }
  await page.waitForSelector(`[data-next="${step}"] [data-test=done]`)
}

/** A picture with something on it, as a camera gives it. */
async function camera(page, selector, w = 2400, h = 1800) {
  const png = await page.evaluate(
    ([w, h]) => {
      const c = Object.assign(document.createElement('canvas'), { width: w, height: h })
      const g = c.getContext('2d')
      for (let i = 0; i < 400; i++) {
        g.fillStyle = `hsl(${(i * 47) % 360} 70% 50%)`
        g.fillRect((i * 131) % w, (i * 71) % h, 160, 120)
      }
      return c.toDataURL('image/png').split(',')[1]
    },
    [w, h],
  )
  await page.setInputFiles(selector, { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') })
}

/** Gives the code that one phone shows to the other through its picture input. */
async function scan(from, code, to) {
  const box = await from.locator(code)
  await box.waitFor()
  await from.waitForFunction((s) => document.querySelector(s)?.complete && document.querySelector(s).naturalWidth > 0, code)
  await to.setInputFiles('[data-test=picture]', { name: 'code.png', mimeType: 'image/png', buffer: await box.screenshot() })
}

/** Two places to disinfect that are the grid worker's, and one for the paper form. */
async function orders(officer, worker) {
  const out = []
  for (let i = 1; i <= 3; i++) {
    const made = await ask(officer.page, 'POST', '/entries', { request: `field-e2e-${RUN}-00${i}`, protocol: 'disinfection', area: GRID, values: { place: `某活动室 ${RUN}-${i}`, rooms: i } })
    check(made.status < 300, `order ${i} is made (${made.status})`)
    let l = (await ask(officer.page, 'GET', '/loops/' + made.body.loop)).body
    if (l.loop.owner !== worker.me.id) {
      const h = await ask(officer.page, 'POST', `/loops/${made.body.loop}/handover`, { to: worker.me.id, note: 'e2e' })
      check(h.status < 300, `order ${i} is offered to the grid worker (${h.status} ${JSON.stringify(h.body).slice(0, 120)})`)
      const a = await ask(worker.page, 'POST', `/loops/${made.body.loop}/accept`, { handOver: h.body.id })
      check(a.status < 300, `order ${i} is taken over (${a.status})`)
      l = (await ask(officer.page, 'GET', '/loops/' + made.body.loop)).body
    }
    out.push({ loop: made.body.loop, step: l.steps.find((s) => s.key === 'disinfect').id })
  }
  return out
}

/** What is on the server of a duty. */
const loopOf = async (d, loop) => (await ask(d.page, 'GET', '/loops/' + loop)).body

console.log('orders')
const officer = await desk('duty')
const worker = await desk('chengdong')
const work = await orders(officer, worker)

console.log('enrol and look')
const a = await phone('chengdong', { size: SMALL, look: true })
const day = (await ask(a.page, 'GET', '/field/day?device=' + (await ask(a.page, 'GET', '/devices?state=active')).body.items[0].id)).body
check(day.steps.length > 4 && day.people.length > 0, `the day has ${day.steps.length} steps and ${day.people.length} colleagues`)
for (const s of day.steps) secrets.push(s.mask, s.title.zh, s.loopTitle.zh, s.step, s.loop, s.place?.zh ?? '')
for (const p of day.people) secrets.push(p.workName, p.id)
secrets.push(worker.me.workName, worker.me.id, '次氯酸钠', '咽痛', '已开窗', '本人已转诊住院', PIN)
await sound(a.page, 'day')
const reports = day.steps.filter((s) => s.report)
check(reports.length >= 2, 'two health reports are due')
const b = await phone('chengdong', { lang: 'en' }) // the same worker's second phone
await sound(b.page, 'day-en')

for (const k of ['scan', 'queue', 'more', 'day']) {
  await tab(b.page, k)
  await sound(b.page, k + '-en')
}
await a.context.grantPermissions(['geolocation'])
await a.context.setGeolocation({ latitude: 33.77, longitude: 120.26 })
await a.page.click('[data-test=near]')
await a.page.waitForFunction(() => document.querySelector('[data-test=near]').getAttribute('aria-pressed') === 'true')
check(true, 'where the phone is, is asked for only when somebody presses')

console.log('without a network')
await a.offline(true)
await a.page.reload()
await unlock(a.page)
await a.page.waitForSelector('[data-next]')
await a.page.waitForFunction(() => /离线/.test(document.querySelector('[data-test=state]').textContent))
check(true, 'the page opens from the service worker, the day from the vault')

await open(a.page, work[0].step)
await sound(a.page, 'step')
await a.page.click('[data-test=done]')
await at(a.page, 'agent')
await go(a.page)
await a.page.waitForSelector('[data-field=agent] .problem')
check(true, 'a question that must be answered says so')
await field(a.page, 'agent').fill('次氯酸钠')
await sound(a.page, 'form-text')
await a.page.waitForTimeout(300)
await a.page.reload() // the phone dies in the middle
await unlock(a.page)
await open(a.page, work[0].step)
await a.page.click('[data-test=done]')
await at(a.page, 'agent')
check((await field(a.page, 'agent').inputValue()) === '次氯酸钠', 'the draft is there after the phone died')
await go(a.page)
await at(a.page, 'strength')
await field(a.page, 'strength').fill('500')
await sound(a.page, 'form-number')
await go(a.page)
await field(a.page, 'minutes').fill('30')
await go(a.page)
await at(a.page, 'picture')
await camera(a.page, '[data-photo=picture]')
await a.page.waitForSelector('text=照片 1 张')
await sound(a.page, 'form-photo')
await go(a.page)
await at(a.page, 'check')
await camera(a.page, '[data-test=photo]', 1200, 900)
await a.page.waitForSelector('.pictures img')
await a.page.click('[data-test=ask-sign]')
const pad = await a.page.locator('[data-test=sign]').boundingBox()
await a.page.mouse.move(pad.x + 40, pad.y + 60)
await a.page.mouse.down()
for (let i = 1; i < 12; i++) await a.page.mouse.move(pad.x + 40 + i * 18, pad.y + 60 + (i % 2 ? 60 : 10))
await a.page.mouse.up()
await sound(a.page, 'sign')
await a.page.click('[data-test=signed]')
await a.page.waitForSelector('.pictures li:nth-child(2)')
await sound(a.page, 'check')
await a.page.click('[data-test=keep]')
await a.page.waitForSelector('[data-test=words]')
check((await waiting(a.page)) === 3, 'form, picture and signature wait')

await open(a.page, work[1].step)
await a.page.click('[data-test=done]')
await at(a.page, 'agent')
await field(a.page, 'agent').fill('过氧乙酸')
for (const k of ['strength', 'minutes', 'picture']) {
  await go(a.page)
  await at(a.page, k)
}
await go(a.page)
await at(a.page, 'check')
await a.page.click('[data-test=keep]')
await a.page.waitForSelector('[data-test=words]')

/** Reports about a contact's day. */
async function report(p, step, { status, temperature, symptoms, note }) {
  await open(p.page, step)
  await p.page.click('[data-test=done]')
  await at(p.page, 'status')
  await p.page.click(`[data-option=${status}]`)
  await go(p.page)
  await at(p.page, 'temperature')
  await field(p.page, 'temperature').fill(temperature)
  await go(p.page)
  if (symptoms) {
    await at(p.page, 'symptoms')
    await field(p.page, 'symptoms').fill(symptoms)
    await go(p.page)
  }
  await at(p.page, 'note')
  await field(p.page, 'note').fill(note)
  await go(p.page)
  await at(p.page, 'check')
  await p.page.click('[data-test=keep]')
  await p.page.waitForSelector('[data-test=words]')
}
await report(a, reports[0].step, { status: 'symptoms', temperature: '37.6', symptoms: '咽痛', note: '已开窗' })
check((await waiting(a.page)) === 5, '离线 · 5 条待传')
const hard = day.steps.find((s) => s.needs === 'result' && s.cannot && s.loop !== reports[0].loop && s.loop !== reports[1].loop)
await open(a.page, hard.step)
await a.page.click('[data-test=cannot]')
await sound(a.page, 'cannot')
await a.page.fill('[data-test=reason]', '本人已转诊住院')
await a.page.click('[data-test=keep]')
await a.page.waitForSelector('[data-test=words]')
check((await waiting(a.page)) === 6, '离线 · 6 条待传')
await sound(a.page, 'day-offline')
await tab(a.page, 'queue')
await sound(a.page, 'queue')
await unreadable(a.page, 'open')
await tab(a.page, 'more')
await sound(a.page, 'more')
await a.page.click('[data-test=sign-out]')
check(/6/.test(await a.page.textContent('.note.watch')), 'signing out asks when something waits')
await a.page.click('.note.watch .chip:not(.danger)')
await a.page.click('[data-test=lock]')
await unreadable(a.page, 'locked')
await sound(a.page, 'locked')
await unlock(a.page)
await a.page.waitForSelector('[data-tab=day]')

console.log('the same report on two phones')
await b.offline(true)
await report(b, reports[0].step, { status: 'well', temperature: '36.5', note: 'opened windows' })
await report(b, reports[1].step, { status: 'well', temperature: '36.4', note: 'ok' })

console.log('restored')
// the first answer is lost on its way: what the server took must not count twice
let cut = 0
await a.context.route('**/api/v1/sync', async (r) => {
  if (cut++) return r.continue()
  await r.fetch()
  await r.abort()
})
// and the session at the server is over
await a.context.clearCookies()
await a.offline(false)
await a.page.evaluate(() => dispatchEvent(new Event('online')))
await a.page.waitForSelector('[data-test=again]')
await sound(a.page, 'signed-out')
await a.page.click('[data-test=again]')
await a.page.fill('input[name=password]', PASSWORD)
await a.page.press('input[name=password]', 'Enter')
await a.page.waitForFunction(() => !document.querySelector('[data-test=signed-out]'))
await a.page.waitForFunction(() => /待传/.test(document.querySelector('[data-test=state]').textContent))
await a.page.waitForFunction(() => /离线/.test(document.querySelector('[data-test=state]').textContent), null, { timeout: 3000 }).catch(() => undefined)
await a.page.evaluate(() => dispatchEvent(new Event('online'))) // it tries again by itself within twenty seconds
await a.page.evaluate(() => dispatchEvent(new Event('online')))
await sent(a.page)
await tab(a.page, 'queue')
check((await a.page.$$('[data-test=trouble]')).length === 0, 'the server took everything of the first phone')
for (const [i, w] of [work[0], work[1]].entries()) {
  const l = await loopOf(officer, w.loop)
  const done = l.evidence.filter((e) => e.kind === 'form')
  check(done.length === 1 && l.steps.find((s) => s.id === w.step).state === 'done', `step ${i + 1} is done, once`)
  if (!i) check(l.evidence.filter((e) => e.kind === 'photo').length === 2, 'picture and signature are there, once')
}
check(cut > 1, `an answer was lost on its way, the batch went again (${cut})`)
const targets = [work[0].step, work[1].step, hard.step, reports[0].report.contact]
const mine = (await ask(officer.page, 'GET', '/field/operations?limit=100')).body.items.filter((o) => targets.includes(o.target.id))
check(mine.length === 6 && mine.every((o) => o.outcome === 'done'), `the server counts six operations, all done (${mine.map((o) => o.kind + ' ' + o.outcome)})`)
const form = (await loopOf(officer, work[0].loop)).evidence.find((e) => e.kind === 'form')
check(form.data.agent === '次氯酸钠' && form.data.strength === 500 && form.data.minutes === 30, 'what was typed is what arrived')
const image = (await ask(worker.page, 'GET', '/field/photos/' + form.data.picture)).body
check(image.photo.state === 'whole' && image.photo.size > 10_000 && image.photo.type === 'image/jpeg', `the picture is whole (${image.photo.size} bytes, ${image.photo.parts} parts)`)

console.log('conflict')
await b.offline(false)
await b.page.evaluate(() => dispatchEvent(new Event('online')))
await sent(b.page)
await tab(b.page, 'queue')
await b.page.waitForSelector('[data-conflict]')
await sound(b.page, 'queue-conflict')
await b.page.click('[data-conflict]')
await b.page.waitForSelector('[data-pair=status]')
check(/37\.6/.test(await b.page.textContent('[data-pair=temperature] .theirs')) && /36\.5/.test(await b.page.textContent('[data-pair=temperature] .mine')), 'both sides stand side by side')
await b.page.click('[data-keep=both]')
await b.page.fill('[data-test=why]', 'asked again by phone')
await b.page.evaluate(() => scrollTo(0, 0))
await sound(b.page, 'conflict')
await b.page.click('[data-test=decide]')
await b.page.waitForSelector('[data-test=words]')
check(!(await b.page.$('[data-conflict]')), 'the person has decided')
const decided = (await ask(officer.page, 'GET', '/field/conflicts?state=decided')).body.items.find((c) => c.target.id === reports[0].report.contact)
check(decided?.keep === 'both' && decided.text === 'asked again by phone', 'the decision and its reason are on record')

console.log('offered to a colleague elsewhere')
const c = await phone('hede', { dark: true })
await tab(a.page, 'day')
await a.page.click('[data-test=pull]')
await open(a.page, hard.step === day.steps.at(-1).step ? day.steps.at(-2).step : day.steps.filter((s) => s.loop === hard.loop && s.step !== hard.step)[0].step)
await a.page.click('[data-test=hand]')
await a.page.click('[data-test=remote]')
await a.page.waitForSelector('[data-to]')
await sound(a.page, 'hand-to')
await a.page.fill('#find', '合德')
await a.page.click('[data-to]')
await a.page.waitForSelector('[data-test=words]')
await sent(a.page)
await c.page.click('[data-test=pull]')
await c.page.waitForSelector('.offer')
await sound(c.page, 'day-offer-dark')
await c.page.click('.offer .go')
await c.page.waitForFunction(() => !document.querySelector('.offer'))
await sent(c.page)
check((await loopOf(officer, hard.loop)).loop.ownerName.includes('合德镇'), 'the colleague took it over')

console.log('hand-over by two codes, both without a network')
await tab(a.page, 'day')
await a.page.click('[data-test=pull]')
await a.page.waitForFunction(() => !document.querySelector('[data-test=pull]').disabled)
await a.offline(true)
await c.offline(true)
await open(a.page, work[2].step)
await a.page.click('[data-test=hand]')
await sound(a.page, 'hand')
await a.page.fill('#place', '社区门口')
await a.page.click('[data-test=face]')
await a.page.waitForSelector('[data-test=code]')
await sound(a.page, 'hand-code')
await tab(c.page, 'scan')
await sound(c.page, 'scan-dark')
await scan(a.page, '[data-test=code]', c.page)
await c.page.waitForSelector('[data-test=take]')
check(/签名已核对/.test(await c.page.textContent('.note')), 'the receiver checks the giver’s signature without a network')
await sound(c.page, 'take-dark')
await c.page.click('[data-test=take]')
await c.page.waitForSelector('[data-test=receipt]')
await sound(c.page, 'receipt-dark')
await a.page.click('[data-test=scan-receipt]')
await scan(c.page, '[data-test=receipt]', a.page)
await a.page.waitForSelector('[data-test=words]')
check(/合德镇/.test(await a.page.textContent('[data-test=words]')), 'the giver sees who took it')
await c.page.click('[data-test=finish]')
await unreadable(a.page, 'giver')
check((await waiting(a.page)) === 1 && (await waiting(c.page)) === 1, 'each phone has one operation to send')
await c.offline(false)
await c.page.evaluate(() => dispatchEvent(new Event('online')))
await sent(c.page)
await a.offline(false)
await a.page.evaluate(() => dispatchEvent(new Event('online')))
await sent(a.page)
const handed = await loopOf(officer, work[2].loop)
check(handed.loop.ownerName.includes('合德镇'), `the duty went to ${handed.loop.ownerName}`)
await tab(a.page, 'queue')
check((await a.page.$$('[data-test=trouble]')).length === 0, 'the giver’s report is a repetition, not a trouble')

console.log('paper')
const paper = (await ask(c.page, 'GET', `/steps/${work[2].step}/paper?lang=zh`)).body
check(/<svg/.test(paper.qr), 'a paper form prints with its code')
await tab(c.page, 'scan')
await c.page.fill('[data-test=paper-code]', (paper.code[0] === '2' ? '3' : '2') + paper.code.slice(1))
await c.page.click('[data-test=paper-open]')
await c.page.waitForSelector('[data-screen=paper] .problem')
check(true, 'a code with a wrong character is refused')
await sound(c.page, 'paper-typo-dark')
await c.page.click('[data-test=back]')
const begun = Date.now()
await c.page.fill('[data-test=paper-code]', paper.code.toLowerCase().replace('-', ''))
await c.page.click('[data-test=paper-open]')
await at(c.page, 'all')
await c.page.goto(URL_ + '/field/paper/' + paper.code) // or by the address in the code
await unlock(c.page)
await at(c.page, 'all')
check(new URL(c.page.url()).pathname === '/field/', 'the code does not stay in the address')
await camera(c.page, '[data-photo=picture]', 800, 600)
await field(c.page, 'agent').fill('含氯消毒片')
await field(c.page, 'strength').fill('1000')
await field(c.page, 'minutes').fill('45')
await sound(c.page, 'paper-dark')
await c.page.click('[data-test=keep]')
await c.page.waitForSelector('[data-test=words]')
check(Date.now() - begun < 60_000, 'a paper form is keyed in within a minute')
check((await loopOf(officer, work[2].loop)).evidence.some((e) => e.data?.agent === '含氯消毒片'), 'and stands on the server')

console.log('a wrong PIN, a lost phone, signing out')
await tab(b.page, 'more')
await b.page.click('[data-test=lock]')
for (let i = 0; i < 10; i++) {
  await b.page.waitForSelector('[data-test=unlock]:not([disabled])')
  await b.page.fill('[data-test=pin]', '555' + (100 + i))
  await b.page.click('[data-test=unlock]')
  await b.page.waitForSelector(i < 9 ? '.door .problem' : '[data-test=wiped]')
  if (i === 4) await sound(b.page, 'wrong-pin')
}
const empty = async (p) => (await atRest(p)).rows === 0
check(await empty(b.page), 'ten wrong PINs wipe the device')
await sound(b.page, 'wiped')
const lost = (await ask(officer.page, 'GET', '/devices?state=active&limit=100')).body.items.find((d) => d.owner === c.me?.id || d.ownerName.includes('合德镇'))
const told = await ask(officer.page, 'POST', `/devices/${lost.id}/lost`, {})
check(told.status < 300, `the phone is reported lost (${told.status})`)
await tab(c.page, 'day')
await c.page.evaluate(() => dispatchEvent(new Event('online')))
await c.page.waitForSelector('[data-test=wiped]')
check(await empty(c.page), 'a lost phone is wiped at its next contact')
await a.offline(true)
await a.page.clock.setSystemTime(Date.now() + 37 * 3600_000) // a day and a half without hearing from the server
await a.page.reload()
await unlock(a.page)
await a.page.waitForSelector('.day .note.watch')
await sound(a.page, 'expired')
check(!(await a.page.$('[data-next], .list')), 'a day that was kept too long is forgotten')
await a.offline(false)
await tab(a.page, 'more')
await a.page.click('[data-test=sign-out]')
await a.page.click('[data-test=sign-out-now]')
await a.page.waitForSelector('[data-test=wiped]')
check(await empty(a.page), 'signing out wipes the device')

const wrong = [a, b, c].flatMap((p) => p.errors).filter((e) => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch|status of 410/.test(e))
check(wrong.length === 0, `no error in the console ${wrong.join(' | ')}`)
await browser.close()
