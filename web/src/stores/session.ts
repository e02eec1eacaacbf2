import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { configure, session as api, ApiError, type Named, type Principal, type Session } from '@/api'
import { useClock } from './clock'

/** Who is signed in. */
export const useSession = defineStore('session', () => {
  const principal = ref<Principal | null>(null)
  const purposes = ref<Named[]>([])
  const actions = ref<string[]>([])
  const city = ref<Session['city'] | null>(null)
  const known = ref(false)

  function take(s: Session): void {
    principal.value = s.principal
    purposes.value = s.purposes ?? []
    actions.value = s.actions ?? []
    city.value = s.city ?? null
    useClock().demo = !!s.demo
    configure({ csrf: s.csrf })
    useClock().set(s.now)
  }

  /** Asks once who we are; a missing session is an answer, no connection is not. */
  async function load(): Promise<void> {
    try {
      take(await api.current())
      known.value = true
    } catch (err) {
      if (err instanceof ApiError && err.status === 401) {
        principal.value = null
        known.value = true
        return
      }
      throw err
    }
  }

  async function signIn(login: string, password: string): Promise<void> {
    take(await api.signIn(login, password))
    known.value = true
  }

  async function signOut(): Promise<void> {
    await api.signOut()
    forget()
  }

  function forget(): void {
    principal.value = null
    configure({ csrf: '' })
  }

  /** Whether the account may do this somewhere; the server decides each time. */
  const can = (action: string) => computed(() => actions.value.includes(action))
  return { principal, purposes, actions, city, known, take, load, signIn, signOut, forget, can }
})
