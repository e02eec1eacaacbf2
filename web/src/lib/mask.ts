import type { Lang } from './instant'

/** The mask of somebody who came with a group and whom nobody has named. */
const UNNAMED = '\u672a\u767b\u8bb0\u540c\u884c\u4eba'

/** A stored mask in the reader's language: 「张*·男·45」, "张*·M·45". */
export function showMask(mask: string | undefined, lang: Lang): string {
  if (!mask) return '–'
  if (lang === 'en' && mask === UNNAMED) return 'unregistered companion'
  return lang === 'zh' ? mask : mask.replace('\u00b7\u7537', '\u00b7M').replace('\u00b7\u5973', '\u00b7F')
}
