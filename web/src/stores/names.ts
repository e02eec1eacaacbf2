import { defineStore } from 'pinia'
import { reactive } from 'vue'
import { areas, type Area, type Text } from '@/api'
import { useSession } from './session'

/** Names of areas by id, fetched by sisterhood: one question per parent. */
export const useNames = defineStore('names', () => {
  const byId = reactive(new Map<string, Text>())
  const asked = new Set<string>()

  function learn(list: Area[]): void {
    for (const a of list) byId.set(a.id, a.name)
  }

  async function ask(parent: string): Promise<void> {
    if (asked.has(parent)) return
    asked.add(parent)
    try {
      learn(await areas.children(parent))
    } catch {
      asked.delete(parent)
    }
  }

  /** The ids of a path, root first. */
  const ids = (path: string) => path.split('/').filter(Boolean)

  /** Gives names for the last `depth` areas of a path and asks for those that
   * are not known yet; unknown ones are left out until they are. */
  function of(path: string | undefined, depth = 2): Text[] {
    if (!path) return []
    const chain = ids(path)
    const above = ids(useSession().city?.path ?? '').length
    const out: Text[] = []
    // The city itself is understood wherever something below it is named.
    const first = chain.length > above ? Math.max(above, chain.length - depth) : chain.length - 1
    for (let i = Math.max(0, first); i < chain.length; i++) {
      const name = byId.get(chain[i])
      if (name) out.push(name)
      else void ask(i === 0 ? '' : chain[i - 1])
    }
    return out
  }

  return { byId, learn, of, ids }
})
