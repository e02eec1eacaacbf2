/** The one door to the server: adds the CSRF token and the reader's language,
 * turns problem answers into ApiError and remembers whether we are online. */

import { ref } from 'vue'

export type FieldProblem = { field: string; code: string; message: string }

/** What the server (or the lack of one) answered. status 0 is "no connection". */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly fields: FieldProblem[] = [],
  ) {
    super(detail || title || code || String(status))
  }

  /** The message for one field of the input, if it has one. */
  field(name: string): string | undefined {
    return this.fields.find((f) => f.field === name || f.field.endsWith('.' + name))?.message
  }
}

/** False after a request found no server, true again after one that did. */
export const online = ref(true)

const context = { csrf: '', lang: 'zh', onSignedOut: () => {}, onNow: (_instant: string) => {} }

/** Sets what every request carries and whom to tell that the session ended. */
export function configure(part: Partial<typeof context>): void {
  Object.assign(context, part)
}

type Query = Record<string, string | number | boolean | string[] | undefined | null>

function url(path: string, query?: Query): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(query ?? {})) {
    if (v === undefined || v === null || v === '' || v === false) continue
    q.set(k, Array.isArray(v) ? v.join(',') : String(v))
  }
  const s = q.toString()
  return '/api/v1' + path + (s ? '?' + s : '')
}

async function problem(res: Response): Promise<ApiError> {
  let body: Record<string, unknown> = {}
  try {
    body = (await res.json()) as Record<string, unknown>
  } catch {
    // a proxy's page instead of a problem document: the status must do
  }
  const errors = (body.errors as Record<string, string>[] | undefined) ?? []
  const fields = errors.map((e) => ({
    field: (e.field ?? e.location ?? '').replace(/^body\./, ''),
    code: e.code ?? '',
    message: e.message ?? '',
  }))
  return new ApiError(res.status, String(body.code ?? ''), String(body.title ?? ''), String(body.detail ?? ''), fields)
}

/** Asks the server. body may be JSON-able or FormData. */
export async function call<T>(method: string, path: string, opts: { query?: Query; body?: unknown; signal?: AbortSignal } = {}): Promise<T> {
  const headers: Record<string, string> = { 'Accept-Language': context.lang === 'en' ? 'en' : 'zh-CN' }
  if (method !== 'GET' && context.csrf) headers['X-CSRF-Token'] = context.csrf
  let payload: BodyInit | undefined
  if (opts.body instanceof FormData) payload = opts.body
  else if (opts.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    payload = JSON.stringify(opts.body)
  }
  let res: Response
  try {
    res = await fetch(url(path, opts.query), { method, headers, body: payload, signal: opts.signal, credentials: 'same-origin' })
  } catch (err) {
    if ((err as Error).name === 'AbortError') throw err
    online.value = false
    throw new ApiError(0, 'offline', '', '')
  }
  online.value = true
  const now = res.headers.get('X-Seawall-Now')
  if (now) context.onNow(now)
  if (!res.ok) {
    const p = await problem(res)
    if (res.status === 401 && !path.startsWith('/session') && !path.startsWith('/public')) context.onSignedOut()
    throw p
  }
  if (res.status === 204) return undefined as T
  const text = await res.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal })
export const post = <T>(path: string, body?: unknown) => call<T>('POST', path, { body: body ?? {} })
export const put = <T>(path: string, body?: unknown) => call<T>('PUT', path, { body: body ?? {} })
export const patch = <T>(path: string, body?: unknown) => call<T>('PATCH', path, { body: body ?? {} })
export const del = <T>(path: string) => call<T>('DELETE', path)

/** An identifier for one submission: sent again, it has no second effect. */
export function requestId(): string {
  const b = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('')
}
