import { shallowRef } from 'vue'
import type { Lang } from './instant'

const books = shallowRef<Record<Lang, Record<string, string>> | null>(null)
let asked = false

/** The server's sentence for a code and its values; the code itself until the
 * catalogue is here. */
export function useServerText() {
  if (!asked) {
    asked = true
    void import('virtual:server-messages').then((m) => {
      books.value = { zh: m.zh, en: m.en }
    })
  }
  return (lang: Lang, code: string, args?: Record<string, string>): string => {
    const text = books.value?.[lang][code]
    if (!text) return code
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => args?.[`${name}.${lang}`] ?? args?.[name] ?? whole)
  }
}
