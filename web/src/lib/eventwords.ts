import { useI18n } from 'vue-i18n'
import type { LogEvent } from '@/api/types'

/** Keys of an event's data that say something to a reader, in this order. */
const TOLD = ['reason', 'note', 'purpose', 'count', 'n', 'people', 'level', 'key', 'class', 'outcome', 'source', 'file']

/** Words for entries of the log. */
export function useEventWords() {
  const { t, te } = useI18n()

  function title(e: Pick<LogEvent, 'type'>): string {
    const k = `event.${e.type}`
    if (te(k)) return t(k)
    const [thing, verb] = e.type.split('.')
    const noun = te(`kind.${thing}`) ? t(`kind.${thing}`) : thing
    return te(`verb.${verb}`) ? t('events.generic', { noun, verb: t(`verb.${verb}`) }) : e.type
  }
  function detail(e: LogEvent): string {
    if (e.forgotten) return t('events.forgotten')
    const d = e.data ?? {}
    return TOLD.filter((k) => d[k]).map((k) => (te(`data.${k}`) ? t(`data.${k}`, { v: d[k] }) : d[k])).join(' · ')
  }
  function actor(e: LogEvent): string {
    if (e.actor?.kind === 'user') return e.actor.name ?? ''
    return te(`actor.${e.actor?.kind}`) ? t(`actor.${e.actor.kind}`) : (e.actor?.name ?? '')
  }
  return { title, detail, actor }
}
