import { createRouter, createWebHistory } from 'vue-router'
import { firstPlace } from '@/lib/nav'
import { useSession } from '@/stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown without a session. */
    open?: boolean
    /** Shown to anybody, and inside the frame to those who are signed in. */
    shared?: boolean
    /** Message key of the page's name, for the window title. */
    name?: string
    /** The page fills the window and scrolls inside. */
    fill?: boolean
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: () => import('@/pages/NotFound.vue') },
    { path: '/sign-in', component: () => import('@/pages/SignIn.vue'), meta: { open: true, name: 'signin.title' } },
    { path: '/password', component: () => import('@/pages/ChangePassword.vue'), meta: { name: 'password.title' } },
    { path: '/tonight', component: () => import('@/pages/Tonight.vue'), meta: { name: 'nav.tonight', fill: true } },
    { path: '/duties', component: () => import('@/pages/Duties.vue'), meta: { name: 'nav.duties', fill: true } },
    { path: '/cases', component: () => import('@/pages/Cases.vue'), meta: { name: 'nav.cases', fill: true } },
    { path: '/cases/new', component: () => import('@/pages/NewCase.vue'), meta: { name: 'newcase.title' } },
    { path: '/cases/:id', component: () => import('@/pages/CasePage.vue'), meta: { name: 'nav.cases' } },
    { path: '/contacts', component: () => import('@/pages/Contacts.vue'), meta: { name: 'nav.contacts', fill: true } },
    { path: '/contacts/:id', component: () => import('@/pages/ContactPage.vue'), meta: { name: 'nav.contacts' } },
    { path: '/persons/:no', component: () => import('@/pages/PersonPage.vue'), meta: { name: 'person.title' } },
    { path: '/arrivals', component: () => import('@/pages/Arrivals.vue'), meta: { name: 'nav.arrivals', fill: true } },
    { path: '/arrivals/matrix', component: () => import('@/pages/ArrivalMatrix.vue'), meta: { name: 'nav.matrix' } },
    { path: '/arrivals/new', component: () => import('@/pages/ArrivalNew.vue'), meta: { name: 'arrival.declare' } },
    { path: '/arrivals/:id', component: () => import('@/pages/ArrivalPage.vue'), meta: { name: 'nav.arrivals' } },
    { path: '/freight', component: () => import('@/pages/Freight.vue'), meta: { name: 'nav.freight', fill: true } },
    { path: '/trips/:id', component: () => import('@/pages/TripPage.vue'), meta: { name: 'nav.trip' } },
    { path: '/gates', component: () => import('@/pages/Gates.vue'), meta: { name: 'nav.gates', fill: true } },
    { path: '/gates/:id', component: () => import('@/pages/GatePage.vue'), meta: { name: 'nav.gates' } },
    { path: '/gates/:id/waits', component: () => import('@/pages/GateWaits.vue'), meta: { name: 'nav.waits' } },
    { path: '/waits', component: () => import('@/pages/Waits.vue'), meta: { name: 'nav.waits', fill: true } },
    { path: '/service-areas', component: () => import('@/pages/ServiceAreas.vue'), meta: { name: 'nav.serviceAreas', fill: true } },
    { path: '/goods', component: () => import('@/pages/Goods.vue'), meta: { name: 'nav.goods', fill: true } },
    { path: '/lots/:id', component: () => import('@/pages/LotPage.vue'), meta: { name: 'nav.goods' } },
    { path: '/devices', component: () => import('@/pages/Devices.vue'), meta: { name: 'nav.devices', fill: true } },
    { path: '/conflicts', component: () => import('@/pages/Conflicts.vue'), meta: { name: 'nav.conflicts', fill: true } },
    { path: '/boards/:kind?', component: () => import('@/pages/BoardPage.vue'), meta: { name: 'nav.boards', fill: true } },
    { path: '/loops/:id', component: () => import('@/pages/LoopPage.vue'), meta: { name: 'nav.loop' } },
    { path: '/protocols/:id?', component: () => import('@/pages/Protocols.vue'), meta: { name: 'nav.protocols' } },
    { path: '/waivers', component: () => import('@/pages/Waivers.vue'), meta: { open: true, shared: true, name: 'nav.waivers' } },
    { path: '/appeals', component: () => import('@/pages/Appeals.vue'), meta: { name: 'nav.appeals', fill: true } },
    { path: '/help', component: () => import('@/pages/HelpDesk.vue'), meta: { name: 'nav.help', fill: true } },
    { path: '/import', component: () => import('@/pages/ImportPage.vue'), meta: { name: 'nav.import' } },
    { path: '/areas', component: () => import('@/pages/Areas.vue'), meta: { name: 'nav.areas', fill: true } },
    { path: '/regimes', component: () => import('@/pages/Regimes.vue'), meta: { name: 'nav.regimes' } },
    { path: '/journal', component: () => import('@/pages/LogPage.vue'), meta: { name: 'nav.log', fill: true } },
    { path: '/accounts', component: () => import('@/pages/Accounts.vue'), meta: { name: 'nav.accounts', fill: true } },
    { path: '/:rest(.*)*', component: () => import('@/pages/NotFound.vue'), meta: { name: 'missing.title' } },
  ],
})

router.beforeEach(async (to) => {
  const session = useSession()
  if (!session.known) {
    try {
      await session.load()
    } catch {
      return true // no connection: the shell says so and tries again
    }
  }
  if (to.meta.open) return session.principal && to.path === '/sign-in' ? '/' : true
  if (!session.principal && session.known) return { path: '/sign-in', query: to.path === '/' || to.path === '/tonight' ? {} : { to: to.fullPath } }
  if (session.principal?.mustChange && to.path !== '/password') return '/password'
  if (to.path === '/' && session.principal) return firstPlace(session.actions)
  return true
})
