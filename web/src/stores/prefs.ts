import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { configure } from '@/api'
import { setLang } from '@/lib/i18n'
import type { Lang } from '@/lib/instant'

/** The reader's language and light, kept in this browser. */
export const usePrefs = defineStore('prefs', () => {
  const lang = ref<Lang>(localStorage.getItem('seawall.lang') === 'en' ? 'en' : 'zh')
  const dark = ref(document.documentElement.classList.contains('dark'))

  watch(
    lang,
    (l) => {
      localStorage.setItem('seawall.lang', l)
      document.documentElement.lang = l === 'zh' ? 'zh-CN' : 'en'
      configure({ lang: l })
      setLang(l)
    },
    { immediate: true },
  )
  watch(dark, (d) => {
    localStorage.setItem('seawall.theme', d ? 'dark' : 'light')
    document.documentElement.classList.toggle('dark', d)
  })
  return { lang, dark }
})
