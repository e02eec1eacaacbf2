import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Writes .gz and .br beside every text file of a folder, so the server never compresses. */
export function precompress(out: string): Plugin {
  const walk = (dir: string): string[] =>
    readdirSync(dir).flatMap((n) => {
      const p = join(dir, n)
      return statSync(p).isDirectory() ? walk(p) : [p]
    })
  return {
    name: 'seawall-precompress',
    apply: 'build',
    closeBundle() {
      for (const file of walk(out)) {
        if (!/\.(js|css|html|svg|json|wasm|webmanifest)$/.test(file) || (existsSync(file + '.br') && /assets/.test(file))) continue
        const body = readFileSync(file)
        if (body.length < 1024) continue
        writeFileSync(file + '.gz', gzipSync(body, { level: 9 }))
        writeFileSync(file + '.br', brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
      }
    },
  }
}
