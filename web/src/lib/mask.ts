import type { Lang } from './instant'

/** A stored mask in the reader's language: 「张*·男·45」, "张*·M·45". */
export function showMask(mask: string | undefined, lang: Lang): string {
  if (!mask) return '–'
  return lang === 'zh' ? mask : mask.replace('\u00b7\u7537', '\u00b7M').replace('\u00b7\u5973', '\u00b7F')
}
