/** The one door to the server, typed by its own description (openapi.json): adds
 * the CSRF token and the reader's language, turns problem answers into ApiError,
 * takes the server's time from every answer and remembers whether we are online. */

import createClient, { type Middleware } from 'openapi-fetch'
import { ref } from 'vue'
import type { paths } from './schema'

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

/** Sets what every request carries and whom to tell what answers bring. */
export function configure(part: Partial<typeof context>): void {
  Object.assign(context, part)
}

const carry: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', context.lang === 'en' ? 'en' : 'zh-CN')
    if (request.method !== 'GET' && context.csrf) request.headers.set('X-CSRF-Token', context.csrf)
    return request
  },
  onResponse({ response, schemaPath }) {
    online.value = true
    const now = response.headers.get('X-Seawall-Now')
    if (now) context.onNow(now)
    if (response.status === 401 && schemaPath !== '/api/v1/session' && !schemaPath.startsWith('/api/v1/public')) context.onSignedOut()
    return response
  },
  onError({ error }) {
    if ((error as Error).name === 'AbortError') return undefined
    online.value = false
    return new ApiError(0, 'offline', '', '')
  },
}

/** Lists in a query are joined by commas; what is empty is left out. */
function querySerializer(query: Record<string, unknown>): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(query)) {
    if (v === undefined || v === null || v === '' || v === false) continue
    q.set(k, Array.isArray(v) ? v.join(',') : v === '1' && FLAGS.has(k) ? 'true' : String(v))
  }
  return q.toString()
}

/** Filters that an address carries as "1" and the server takes as a boolean. */
const FLAGS = new Set(['symptomatic', 'mine', 'escalated', 'late'])

export const client = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', querySerializer })
client.use(carry)

type Answer = { data?: unknown; error?: unknown; response: Response }

/** A type of the description with every field there: the server leaves out only
 * what is empty, and an absent list reads like an empty one. */
export type Whole<T> = T extends readonly (infer U)[]
  ? Whole<U>[]
  : T extends object
    ? { [K in keyof T]-?: Whole<Exclude<T[K], null | undefined>> }
    : T

/** Unpacks an answer or throws what went wrong. */
export async function run<A extends Answer>(asked: Promise<A>): Promise<Whole<NonNullable<A['data']>>> {
  const { data, error, response } = await asked
  if (response.ok) return data as Whole<NonNullable<A['data']>>
  const body = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  const fields = ((body.errors as Record<string, string>[] | undefined) ?? []).map((e) => ({
    field: (e.field ?? '').replace(/^body\./, ''),
    code: e.code ?? '',
    message: e.message ?? '',
  }))
  throw new ApiError(response.status, String(body.code ?? ''), String(body.title ?? ''), String(body.detail ?? ''), fields)
}

/** An identifier for one submission: sent again, it has no second effect. */
export function requestId(): string {
  const b = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('')
}
