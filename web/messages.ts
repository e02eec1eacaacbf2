import { readFileSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import type { Plugin } from 'vite'

/** Reads one of the server's message catalogues: flat "key: text" lines. */
export function readCatalogue(lang: string): Record<string, string> {
  const file = fileURLToPath(new URL(`../internal/locale/${lang}.yaml`, import.meta.url))
  const out: Record<string, string> = {}
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const m = /^([a-z0-9_]+):\s+(.+?)\s*$/.exec(line)
    if (!m) continue
    const text = m[2]
    out[m[1]] = /^".*"$/.test(text) ? (JSON.parse(text) as string) : /^'.*'$/.test(text) ? text.slice(1, -1).replaceAll("''", "'") : text
  }
  return out
}

/** Gives the pages the server's own messages, so that a problem that arrives as
 * a code and its values reads the same here as in an error answer. */
export function serverMessages(): Plugin {
  const id = 'virtual:server-messages'
  return {
    name: 'seawall-server-messages',
    resolveId: (source) => (source === id ? '\0' + id : null),
    load(loaded) {
      if (loaded !== '\0' + id) return null
      return `export const zh = ${JSON.stringify(readCatalogue('zh'))}\nexport const en = ${JSON.stringify(readCatalogue('en'))}`
    },
  }
}
