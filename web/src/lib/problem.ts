import { ApiError } from '@/api'

/** What to say about a failure: the server's sentence with what it found wrong in
 * single fields, or `offline` where there was no answer. */
export function problemOf(err: unknown, offline: string): string {
  if (!(err instanceof ApiError) || !err.status) return offline
  const fields = [...new Set(err.fields.map((f) => f.message).filter(Boolean))]
  return fields.length ? [err.message, ...fields].join(' · ') : err.message
}
