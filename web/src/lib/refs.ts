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
      return `/loops/${id}`
    case 'arrival':
      return `/arrivals/${id}`
    case 'appeal':
      return `/appeals?open=${id}`
    case 'help':
      return `/help?open=${id}`
    case 'trip':
      return `/trips/${id}`
    case 'site':
      return `/gates/${id}`
    case 'service_area':
      return `/service-areas?open=${id}`
    case 'lot':
      return `/lots/${id}`
    case 'point':
      return `/goods?view=points&open=${id}`
    case 'device':
      return `/devices?open=${id}`
    case 'conflict':
      return `/conflicts?open=${id}`
    case 'import':
      return `/import?run=${id}`
    case 'area':
      return `/areas?open=${id}`
    case 'principal':
      return `/accounts?open=${id}`
  }
  return ''
}

/** The page of a rule file; arrival matrices have one of their own. */
export function pageOfRegime(id: string): string {
  return /-ARR-/.test(id) ? `/arrivals/matrix?id=${encodeURIComponent(id)}` : `/regimes?id=${encodeURIComponent(id)}`
}
