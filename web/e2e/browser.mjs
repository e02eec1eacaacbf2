// What the browser scripts share: the browser, signing in, waiting, reporting.
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'

export const URL_ = (process.env.SEAWALL_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '')
export const LOGIN = process.env.SEAWALL_LOGIN ?? 'duty'
export const PASSWORD = process.env.SEAWALL_PASSWORD ?? 'seawall-demo-2022'
export const ADMIN = process.env.SEAWALL_ADMIN ?? 'admin'
export const CHROMIUM = process.env.SEAWALL_CHROMIUM ?? '/usr/bin/chromium'

export const DESK = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

/** Starts the system's own browser; nothing is downloaded. */
export function launch() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--disable-dev-shm-usage'],
  })
}

/** A fresh visitor: language, size, light or dark; every console error counts. */
export async function visitor(browser, { lang = 'zh', size = DESK, dark = false } = {}) {
  const context = await browser.newContext({
    viewport: size,
    locale: lang === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: 'America/Lima', // the pages must show the city's time, not this one
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    hasTouch: size.width < 760,
  })
  await context.addInitScript(
    ([l, d]) => {
      localStorage.setItem('seawall.lang', l)
      localStorage.setItem('seawall.theme', d ? 'dark' : 'light')
    },
    [lang, dark],
  )
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (e) => errors.push(`page error: ${e.message}`))
  page.on('console', (m) => {
    if (m.type() === 'error' && !/status of (401|404|409|422)/.test(m.text())) errors.push(`console: ${m.text()}`)
  })
  page.setDefaultTimeout(15_000)
  return { context, page, errors }
}

export async function signIn(page, login = LOGIN, password = PASSWORD) {
  await page.goto(URL_ + '/sign-in')
  await page.fill('#login', login)
  await page.fill('#password', password)
  await page.press('#password', 'Enter')
  await page.waitForURL((u) => !u.pathname.startsWith('/sign-in'))
}

/** Waits until the page has asked and drawn all it wants. */
export async function settled(page) {
  const read = () => document.querySelector('h1, .title, form') && !document.querySelector('.skeleton, .wait') && !/正在读取|Loading/.test(document.body.innerText)
  await page.waitForFunction(read, null, { timeout: 15_000 }).catch(() => {})
  await page.evaluate(async () => {
    await document.fonts.ready
    await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))
  })
}

/** Asks the API in the page's own session. */
export function api(page, path) {
  return page.evaluate(async (p) => (await fetch('/api/v1' + p)).json(), path)
}

export function folder(name) {
  mkdirSync(name, { recursive: true })
  return name
}

export function check(ok, what) {
  if (!ok) throw new Error(what)
  console.log('  ok   ' + what)
}
