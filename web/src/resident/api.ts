/** Asking the server: no cookie, no account, the reader's language. */
import { lang } from './words'

export type Text = { zh: string; en: string }
export type Refusal = { status: number; code: string; message: string; fields: { field: string; message: string }[] }

/** The server's clock minus this phone's: days are the city's, not the phone's. */
let lead = 0
export const now = (): Date => new Date(Date.now() + lead)

export const zone = { name: 'Asia/Shanghai', place: { zh: '盐城', en: 'Yancheng' } as Text, contact: '' }

/** Asks; a dead network is status 0. */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let res: Response
  try {
    res = await fetch('/api/v1' + path, {
      method,
      credentials: 'omit',
      headers: body === undefined ? { 'Accept-Language': lang() } : { 'Accept-Language': lang(), 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (e) {
    throw { status: 0, code: 'offline', message: '', fields: [] } as Refusal
  }
  const at = res.headers.get('X-Seawall-Now')
  if (at) lead = Date.parse(at) - Date.now()
  let answer: { detail?: string; code?: string; errors?: { field: string; message: string }[] } = {}
  try {
    answer = await res.json()
  } catch (e) {
    if (res.ok) throw { status: 0, code: 'offline', message: '', fields: [] } as Refusal
  }
  if (!res.ok) throw { status: res.status, code: answer.code || '', message: answer.detail || '', fields: answer.errors || [] } as Refusal
  return answer as unknown as T
}

/** Whether it is worth sending the same again by itself later. */
export const passing = (r: Refusal): boolean => r.status === 0 || r.status === 429 || r.status >= 500

/** Where this is: name, time zone, whom to call. */
export async function whereabouts(): Promise<void> {
  try {
    const i = await ask<{ name: Text; timeZone: string; contact: string }>('GET', '/instance')
    if (i.timeZone) zone.name = i.timeZone
    if (i.name && i.name.zh) zone.place = i.name
    zone.contact = i.contact || ''
  } catch (e) {
    zone.contact = zone.contact || '' // without a network the page works with what it has
  }
}

/** The city's day of an instant, "2022-03-28". */
export function dayOf(t: Date): string {
  try {
    const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone.name, year: 'numeric', month: '2-digit', day: '2-digit' }).format(t).split('/')
    return parts[2] + '-' + parts[1] + '-' + parts[0]
  } catch (e) {
    return new Date(t.getTime() + 8 * 3600000).toISOString().slice(0, 10) // an old phone without time zones
  }
}
export const today = (plus = 0): string => dayOf(new Date(now().getTime() + plus * 86400000))

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** A day as people write it. */
export function day(d: string): string {
  if (!d || d.slice(0, 4) === '0001') return ''
  const p = d.slice(0, 10).split('-').map(Number)
  return lang() === 'zh' ? p[1] + '月' + p[2] + '日' : p[2] + ' ' + MONTHS[p[1] - 1]
}
/** The last day of a stretch that ends at an instant, midnight not counted. */
export const till = (at: string): string => (!at || at.slice(0, 4) === '0001' ? '' : day(dayOf(new Date(Date.parse(at) - 1000))))

/** An instant as people write it: day and time of the city. */
export function moment(at: string): string {
  if (!at || at.slice(0, 4) === '0001') return ''
  const t = new Date(at)
  let clock: string
  try {
    clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone.name, hour: '2-digit', minute: '2-digit', hour12: false }).format(t)
  } catch (e) {
    clock = new Date(t.getTime() + 8 * 3600000).toISOString().slice(11, 16)
  }
  return day(dayOf(t)) + ' ' + clock
}
