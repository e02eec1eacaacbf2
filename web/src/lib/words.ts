import { useI18n } from 'vue-i18n'

/** Words for the keys of the server; an unknown key stands for itself. */
export function useWords() {
  const { t, te } = useI18n()
  return (family: string, key: string | undefined): string => {
    if (!key) return '–'
    const k = `${family}.${key}`
    return te(k) ? t(k) : key
  }
}
