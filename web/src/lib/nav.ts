import { computed } from 'vue'
import { useSession } from '@/stores/session'

const PLACES = [
  { to: '/tonight', label: 'nav.tonight', needs: 'tonight.read' },
  { to: '/cases', label: 'nav.cases', needs: 'case.read' },
  { to: '/contacts', label: 'nav.contacts', needs: 'contact.read' },
  { to: '/duties', label: 'nav.duties', needs: 'step.read' },
  { to: '/import', label: 'nav.import', needs: 'import.read' },
  { to: '/areas', label: 'nav.areas', needs: 'area.read' },
  { to: '/regimes', label: 'nav.regimes', needs: 'regime.read' },
  { to: '/journal', label: 'nav.log', needs: 'log.read' },
  { to: '/accounts', label: 'nav.accounts', needs: 'account.read' },
]

/** Where somebody with these rights begins. */
export function firstPlace(actions: string[]): string {
  const first = PLACES.find((p) => p.label === 'nav.accounts' && actions.includes('account.manage') && !actions.includes('case.read')) ?? PLACES.find((p) => actions.includes(p.needs))
  return first?.to ?? '/password'
}

/** The places this account may see, in the order of the work. */
export function useNav() {
  const session = useSession()
  return computed(() => PLACES.filter((p) => !session.actions.length || session.actions.includes(p.needs)))
}
