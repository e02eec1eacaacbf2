import { useI18n } from 'vue-i18n'
import type { LogEvent } from '@/api/types'
import { useSession } from '@/stores/session'
import { say } from '@/lib/i18n'

/** Keys of an event's data that say something to a reader, in this order, and
 * the family of words that their values are taken from ("" for free text). */
const TOLD: [string, string][] = [
  ['no', ''],
  ['place', ''],
  ['key', 'stepKey'],
  ['status', 'followStatus'],
  ['kind', 'testKind'],
  ['outcome', 'resultOutcome'],
  ['state', 'contactState'],
  ['class', 'class'],
  ['day', ''],
  ['level', 'level'],
  ['purpose', 'purpose'],
  ['reason', ''],
  ['note', ''],
  ['file', ''],
  ['source', 'checkSource'],
  ['check', 'check'],
  ['fate', 'reportWhy'],
  ['channel', 'arrivalChannel'],
  ['count', ''],
  ['people', ''],
  ['areas', ''],
  ['remote', ''],
]
/** Keys whose value follows a word of its own ("reason: …"). */
const LED = new Set(['reason', 'purpose', 'areas', 'remote', 'people', 'count'])

/** Words for entries of the log. */
export function useEventWords() {
  const { t, te, locale } = useI18n()
  const session = useSession()

  function title(e: Pick<LogEvent, 'type'>): string {
    const k = `event.${e.type}`
    if (te(k)) return t(k)
    const [thing, verb] = e.type.split('.')
    const noun = te(`kind.${thing}`) ? t(`kind.${thing}`) : thing
    return te(`verb.${verb}`) ? t('events.generic', { noun, verb: t(`verb.${verb}`) }) : e.type
  }
  /** The word for a value; "" where there is none, a key says nothing to people. */
  function name(family: string, key: string): string {
    if (te(`${family}.${key}`)) return t(`${family}.${key}`)
    if (family === 'class') return te(`cclass.${key}`) ? t(`cclass.${key}`) : ''
    if (family === 'checkSource') return key
    if (family === 'testKind' || family === 'resultOutcome' || family === 'check' || family === 'reportWhy' || family === 'arrivalChannel') return ''
    if (family === 'purpose') {
      const p = session.purposes.find((x) => x.id === key)
      return p ? say(p, locale.value) : key
    }
    const day = /^test-(\d+)$/.exec(key)
    return day ? t('stepKey.test', { n: day[1] }) : ''
  }
  function detail(e: LogEvent): string {
    if (e.forgotten) return t('events.forgotten')
    const d = e.data ?? {}
    const said = TOLD.filter(([k]) => d[k]).map(([k, family]) => {
      const v = family ? name(family, d[k]) : d[k]
      return LED.has(k) && v ? t(`data.${k}`, { v }) : v
    })
    return said.filter(Boolean).join(' · ')
  }
  function actor(e: LogEvent): string {
    if (e.actor?.kind === 'user') return e.actor.name ?? ''
    return te(`actor.${e.actor?.kind}`) ? t(`actor.${e.actor.kind}`) : (e.actor?.name ?? '')
  }
  return { title, detail, actor }
}
