import type { Ref } from '@/api/types'

/** The page that shows a thing, "" when it has none of its own. */
export function pageOf(ref: Ref | undefined): string {
  if (!ref || !ref.id) return ''
  const id = encodeURIComponent(ref.id)
  switch (ref.kind) {
    case 'case':
      return `/cases/${id}`
    case 'contact':
      return `/contacts/${id}`
    case 'person':
      return `/persons/${id}`
    case 'loop':
      return `/duties?open=${id}`
    case 'import':
      return `/import?run=${id}`
    case 'area':
      return `/areas?area=${id}`
    case 'principal':
      return `/accounts?open=${id}`
  }
  return ''
}
