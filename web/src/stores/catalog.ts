import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { regimes, type RegimeSummary, type Text } from '@/api'

/** The diseases and rules of the installation. */
export const useCatalog = defineStore('catalog', () => {
  const list = ref<RegimeSummary[]>([])
  let asked: Promise<void> | null = null

  function load(): Promise<void> {
    asked ??= regimes.list().then(
      (r) => {
        list.value = r
      },
      () => {
        asked = null
      },
    )
    return asked
  }

  const diseases = computed(() => {
    const seen = new Map<string, Text>()
    for (const r of list.value) seen.set(r.disease.id, r.disease.name)
    return [...seen].map(([id, name]) => ({ id, name }))
  })
  const disease = (id: string): Text => diseases.value.find((d) => d.id === id)?.name ?? { zh: id, en: id }
  /** The contact classes of a regime ("id" or "id@version"); those in force for
   * a disease when the record names none. */
  function classes(regime: string | undefined, diseaseId: string): { id: string; name: Text }[] {
    const id = (regime ?? '').split('@')[0]
    const r = list.value.find((x) => x.id === id) ?? list.value.find((x) => x.disease.id === diseaseId && x.inForce) ?? list.value.find((x) => x.disease.id === diseaseId)
    return r?.classes ?? []
  }
  return { list, diseases, classes, disease, load }
})
