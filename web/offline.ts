import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import type { Plugin, Rollup } from 'vite'

/**
 * Writes offline.js, the service worker of the pages that work without a network:
 * it keeps exactly the files that these pages can load (their chunks with what
 * those import, styles and code readers), under a version that changes with them.
 */
export function offline(pages: string[]): Plugin {
  return {
    name: 'seawall-offline',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const files = new Set<string>(pages.map((p) => `/${p}/`))
      for (const out of Object.values(bundle)) {
        if (out.type === 'chunk' && out.isEntry && pages.includes(out.name)) reach(out, bundle, files)
      }
      const list = [...files, '/boot.js', '/mark.svg', ...pages.map((p) => `/${p}.webmanifest`)].sort()
      const version = createHash('sha256').update(list.join('\n'))
      for (const name of files) {
        const out = bundle[name.slice(1)]
        if (out) version.update(out.type === 'chunk' ? out.code : out.source)
      }
      for (const p of pages) version.update(readFileSync(fileURLToPath(new URL(`./${p}.html`, import.meta.url))))
      const source = readFileSync(fileURLToPath(new URL('./offline-worker.js', import.meta.url)), 'utf8')
        .replace("['__FILES__']", JSON.stringify(list))
        .replace('__VERSION__', version.digest('hex').slice(0, 12))
        .replace("['__PAGES__']", JSON.stringify(pages))
      this.emitFile({ type: 'asset', fileName: 'offline.js', source })
    },
  }
}

/** All files that a chunk can ask for. */
function reach(chunk: Rollup.OutputChunk, bundle: Rollup.OutputBundle, files: Set<string>): void {
  const name = '/' + chunk.fileName
  if (files.has(name)) return
  files.add(name)
  for (const css of chunk.viteMetadata?.importedCss ?? []) files.add('/' + css)
  for (const asset of chunk.viteMetadata?.importedAssets ?? []) files.add('/' + asset)
  for (const next of [...chunk.imports, ...chunk.dynamicImports]) {
    const out = bundle[next]
    if (out?.type === 'chunk') reach(out, bundle, files)
  }
}
