import { defineStore } from 'pinia'
import { ref, shallowReactive } from 'vue'
import { protocols, type ProtocolHead, type ProtocolView } from '@/api/work'
import type { Text } from '@/api/types'

/** The kinds of duty of the installation, and the versions that loops run by. */
export const useProtocols = defineStore('protocols', () => {
  const list = ref<ProtocolHead[]>([])
  const views = shallowReactive(new Map<string, ProtocolView>())
  let asked: Promise<void> | null = null

  /** Asks once for the kinds; a failure is asked again next time. */
  function load(): Promise<void> {
    asked ??= protocols.list().then(
      (r) => {
        list.value = r
      },
      () => {
        asked = null
      },
    )
    return asked
  }
  /** The protocol of a loop ("id@version"); undefined until it is here. */
  async function need(ref_: string): Promise<ProtocolView | undefined> {
    if (!ref_) return undefined
    const known = views.get(ref_)
    if (known) return known
    const v = await protocols.view(ref_)
    views.set(ref_, v)
    return v
  }
  const of = (ref_: string | undefined) => (ref_ ? views.get(ref_) : undefined)
  const title = (kind: string): Text | undefined => list.value.find((p) => p.id === kind)?.title
  return { list, load, need, of, title }
})
