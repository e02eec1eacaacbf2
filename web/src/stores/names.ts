import { defineStore } from 'pinia'
import { reactive } from 'vue'
import { areas, type Area, type Text } from '@/api'

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
    const out: Text[] = []
    for (let i = Math.max(0, chain.length - depth); i < chain.length; i++) {
      const name = byId.get(chain[i])
      if (name) out.push(name)
      else void ask(i === 0 ? '' : chain[i - 1])
    }
    return out
  }

  return { byId, learn, of, ids }
})
