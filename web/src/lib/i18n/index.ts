import { createI18n } from 'vue-i18n'
import type { Text } from '@/api/types'
import type { Lang } from '@/lib/instant'
import zh from './zh.json'
import en from './en.json'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh',
  fallbackLocale: false,
  flatJson: true,
  messages: { zh, en },
  missingWarn: import.meta.env.DEV,
})

/** Switches every text of the page. */
export function setLang(lang: Lang): void {
  i18n.global.locale.value = lang
}

/** A server text in the reader's language; an empty half falls back. */
export function say(text: Text | undefined | null, lang: string): string {
  if (!text) return ''
  return (lang === 'en' ? text.en || text.zh : text.zh || text.en) ?? ''
}
