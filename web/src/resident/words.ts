/** The page's words in both languages, and which one is read. */
import { get, kiosk, put } from './keep'
import { zh } from './zh'
import { en } from './en'
import type { Text } from './api'

export type Words = typeof zh

let chosen: 'zh' | 'en' = get<'zh' | 'en'>('lang') || (!kiosk && !/^zh/i.test(navigator.language || 'zh') ? 'en' : 'zh')
export const lang = (): 'zh' | 'en' => chosen
export function speak(l: 'zh' | 'en'): void {
  chosen = l
  put('lang', l)
}
export const w = (): Words => (chosen === 'zh' ? zh : en)
/** A text of the server in the reader's language; an empty half falls back. */
export const say = (t?: Text | null): string => (!t ? '' : chosen === 'en' ? t.en || t.zh : t.zh || t.en)
/** A mask in the reader's language. */
export const mask = (m: string): string => (chosen === 'zh' ? m : m.replace('·男', '·M').replace('·女', '·F'))
