import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Page } from '@/api/types'
import type { Column } from '@/components/list/columns'
import { useColumns } from './columns'
import { useLive } from './live'
import { useFilters, usePanel } from './panel'
import { useSelection } from './selection'
import { useWorkList } from './worklist'

/** What one question to the server carries. */
export type Ask = { filters: Record<string, string>; cursor: string; limit: number; signal: AbortSignal }

export type ListPageOptions<T extends { id: string }, V> = {
  /** Under this name the browser keeps the chosen columns and the saved views. */
  name: string
  columns: Column[]
  /** Keys of the address that are filters. */
  filters?: string[]
  /** Reads a page of rows. A page without it shows something else in #body. */
  ask?: (a: Ask) => Promise<Page<T>>
  /** False while something other than the list stands there; the list rests. */
  listed?: () => boolean
  /** What else than the filters the rows depend on; a change reads them anew. */
  depends?: () => unknown
  /** Reads the record that opens beside the list (?open=ID). */
  record?: (id: string) => Promise<V>
  /** Which record a row opens, if not the one with the row's own id, and what
   * else goes into the address with it. */
  target?: (row: T) => { id: string; more?: Record<string, string | undefined> }
  /** Flags of the address (?new=1) that put a form where the record stands. */
  forms?: string[]
  /** Rows can be marked for bulk actions. */
  selects?: boolean
  /** Kinds of events after which everything is read again; [] means every
   * kind. Without it nothing is. */
  live?: string[]
  /** What the page reads besides, at each refresh. */
  also?: () => unknown
}

/** The state of a page that is a list with a record beside it, all of it in the
 * address. ListPage.vue draws it. */
export function useListPage<T extends { id: string }, V = undefined>(o: ListPageOptions<T, V>) {
  const route = useRoute()
  const router = useRouter()
  const forms = o.forms ?? []
  const form = computed(() => forms.find((f) => route.query[f] === '1') ?? '')
  const listed = computed(() => !!o.ask && (o.listed?.() ?? true))
  const filters = useFilters(o.filters ?? [])
  const columns = useColumns(o.name, o.columns, () => !!route.query.open || !!form.value)
  const list = useWorkList<T>(
    async (cursor, limit, signal) => {
      if (!o.ask || !listed.value) return { items: [], next: '', total: 0 }
      return o.ask({ filters: filters.value.value, cursor, limit, signal })
    },
    computed(() => ({ on: listed.value, also: o.depends?.(), ...filters.value.value })),
  )
  const read = o.record ?? (async () => undefined as V)
  const panel = usePanel<V>((id) => read(id))
  const selection = o.selects ? useSelection() : undefined

  /** Changes the address: undefined and '' take a key out. */
  function go(query: Record<string, string | undefined>, replace = false): void {
    const next: Record<string, string> = {}
    for (const [k, v] of Object.entries({ ...route.query, ...query })) if (typeof v === 'string' && v) next[k] = v
    void (replace ? router.replace({ query: next }) : router.push({ query: next }))
  }
  const without = Object.fromEntries(forms.map((f) => [f, undefined]))
  /** Opens the record of a row beside the list, in place of a form. */
  function openRow(row: T): void {
    const to = o.target?.(row) ?? { id: row.id }
    panel.open(to.id, { ...without, ...to.more })
  }
  const openForm = (key: string) => go({ ...without, open: undefined, step: undefined, [key]: '1' })
  const closeForm = () => go(without)
  /** Closes whatever stands beside the list. */
  const closeBeside = () => (form.value ? closeForm() : panel.close())

  /** Reads again what is on the screen: the list, the record, the rest. */
  async function refresh(): Promise<void> {
    await Promise.all([listed.value ? list.refresh() : undefined, panel.id.value ? panel.read() : undefined, o.also?.()])
  }
  if (o.live) useLive(o.live, () => void refresh())

  return { name: o.name, all: o.columns, forms, form, listed, filters, list, panel, selection, chosen: columns.chosen, shown: columns.shown, go, openRow, openForm, closeForm, closeBeside, refresh }
}

export type ListPageState<T extends { id: string }, V> = ReturnType<typeof useListPage<T, V>>
