import { computed } from 'vue'
import { useSession } from '@/stores/session'

/** A place of the navigation. The first ones stand in the bar, the others in its
 * "more", under the heading of their group. */
export type PlaceItem = { to: string; label: string; needs: string; group?: 'desk' | 'freight' | 'rules' | 'system' }

const PLACES: PlaceItem[] = [
  { to: '/tonight', label: 'nav.tonight', needs: 'tonight.read' },
  { to: '/cases', label: 'nav.cases', needs: 'case.read' },
  { to: '/contacts', label: 'nav.contacts', needs: 'contact.read' },
  { to: '/arrivals', label: 'nav.arrivals', needs: 'arrival.read' },
  { to: '/duties', label: 'nav.duties', needs: 'step.read' },
  { to: '/boards', label: 'nav.boards', needs: 'step.read' },
  { to: '/freight', label: 'nav.freight', needs: 'trip.read' },
  { to: '/gates', label: 'nav.gates', needs: 'gate.read', group: 'freight' },
  { to: '/waits', label: 'nav.waits', needs: 'gate.read', group: 'freight' },
  { to: '/service-areas', label: 'nav.serviceAreas', needs: 'service_area.read', group: 'freight' },
  { to: '/goods', label: 'nav.goods', needs: 'lot.read', group: 'freight' },
  { to: '/help', label: 'nav.help', needs: 'help.read', group: 'desk' },
  { to: '/appeals', label: 'nav.appeals', needs: 'appeal.read', group: 'desk' },
  { to: '/import', label: 'nav.import', needs: 'import.read', group: 'desk' },
  { to: '/areas', label: 'nav.areas', needs: 'area.read', group: 'desk' },
  { to: '/conflicts', label: 'nav.conflicts', needs: 'step.read', group: 'desk' },
  { to: '/regimes', label: 'nav.regimes', needs: 'regime.read', group: 'rules' },
  { to: '/arrivals/matrix', label: 'nav.matrix', needs: 'regime.read', group: 'rules' },
  { to: '/protocols', label: 'nav.protocols', needs: 'step.read', group: 'rules' },
  { to: '/waivers', label: 'nav.waivers', needs: 'regime.read', group: 'rules' },
  { to: '/journal', label: 'nav.log', needs: 'log.read', group: 'system' },
  { to: '/devices', label: 'nav.devices', needs: 'device.manage', group: 'system' },
  { to: '/accounts', label: 'nav.accounts', needs: 'account.read', group: 'system' },
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
