import { useI18n } from 'vue-i18n'
import type { Protocol, ProtocolStep } from '@/api/types'
import { usePrefs } from '@/stores/prefs'
import { say } from './i18n'
import { useWords } from './words'

/** A title as a heading: what is filled in for each duty is left out. */
export function titleOf(text: string): string {
  return text.replace(/[（(]?\{\w+\}[)）]?/g, '…').replace(/…(\s*…)+/g, '…').trim()
}

/** Clocks, conditions and repetition of a protocol in words, with the figures
 * that the regime in force gives. */
export function useProtocolWords(p: () => Protocol, figures: () => Record<string, number>) {
  const { t, te } = useI18n()
  const prefs = usePrefs()
  const word = useWords()

  /** A title as it stands in the file, without the braces of what is filled in. */
  const plain = (text: string) => text.replace(/\{(\w+)\}/g, (_, k: string) => (te(`due.hole.${k}`) ? t(`due.hole.${k}`) : '…'))

  /** The title of a step or form field that an event names. */
  function event(after: string): string {
    const [kind, key] = after.includes('.') ? after.split(/\.(.*)/) : ['', after]
    if (kind === 'step' && key.includes('.')) return t('due.afterField', { field: fieldLabel(key.split('.')[1]) })
    if (kind === 'step') return t('due.afterStep', { step: stepTitle(key) })
    if (kind === 'form') return t('due.afterField', { field: fieldLabel(key) })
    return word('due.event', after)
  }
  function stepTitle(key: string): string {
    const s = p().steps?.find((x) => x.key === key)
    return s ? plain(say(s.title, prefs.lang)) : word('stepKey', key)
  }
  function fieldLabel(key: string): string {
    for (const f of p().forms ?? []) {
      const found = f.fields?.find((x) => x.key === key || `${f.key}.${x.key}` === key)
      if (found) return say(found.label, prefs.lang)
    }
    return key
  }
  /** "within 12 h of discovery", "by the end of that day", … */
  function due(s: ProtocolStep): string {
    const d = s.due
    if (!d) return s.daily ? '' : t('due.none')
    const from = event(d.after)
    const figure = d.figure ? figures()[d.figure] : undefined
    const hours = d.hours ?? (d.figure && !d.figure.endsWith('days') ? figure : undefined)
    if (d.minutes) return t('due.minutes', { n: d.minutes, from })
    const days = d.days ?? (d.figure?.endsWith('days') ? figure : undefined)
    let text = t('due.at', { from })
    if (hours !== undefined && hours !== null) text = t('due.hours', { n: hours, from })
    else if (days === 0) text = t('due.sameDay', { from })
    else if (days !== undefined && days !== null) text = t('due.days', { n: days, from })
    else if (d.figure) text = t('due.figure', { figure: figureName(d.figure), from })
    return d.endOfDay ? t('due.endOfDay', { text }) : text
  }
  /** Where the number of a clock comes from, "" where the file itself gives it. */
  function figure(s: ProtocolStep): string {
    if (!s.due?.figure) return ''
    const known = figures()[s.due.figure] !== undefined
    if (known) return t('due.byRegime', { figure: figureName(s.due.figure) })
    return s.due.elseHours ? t('due.else', { n: s.due.elseHours }) : ''
  }
  function figureName(key: string): string {
    return te(`figure.${key}`) ? t(`figure.${key}`) : key
  }
  function repeats(s: ProtocolStep): string {
    if (s.daily) return t('due.daily', { from: bound(s.daily.from), to: bound(s.daily.to), n: word('due.perDay', s.daily.perDay), hour: s.daily.hour })
    return s.each ? (te(`due.each.${s.each.replace('.', '_')}`) ? t(`due.each.${s.each.replace('.', '_')}`) : t('due.eachOf', { list: s.each })) : ''
  }
  function bound(key: string): string {
    const later = /^(.+)\+(\d+)$/.exec(key)
    if (later) return t('due.later', { from: bound(later[1]), n: later[2] })
    return te(`due.bound.${key.replace('.', '_')}`) ? t(`due.bound.${key.replace('.', '_')}`) : event(key)
  }
  function needs(s: ProtocolStep): string {
    if (s.child) return ''
    return s.needs ? word('due.needs', s.needs) : t('due.needs.any')
  }
  return { due, figure, repeats, needs, stepTitle, event, plain }
}
