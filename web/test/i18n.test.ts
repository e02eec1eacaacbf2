import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import zh from '@/lib/i18n/zh.json'
import en from '@/lib/i18n/en.json'
import { texts } from '@/followup/texts'
import { readCatalogue } from '../messages'

const src = join(__dirname, '../src')
const walk = (dir: string): string[] =>
  readdirSync(dir).flatMap((f) => {
    const p = join(dir, f)
    return statSync(p).isDirectory() ? walk(p) : [p]
  })
const files = walk(src).filter((f) => /\.(vue|ts)$/.test(f) && !f.endsWith('.d.ts'))
const code = (text: string) => text.replace(/<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
const HAN = /[\u4e00-\u9fff]/
const zhBook = zh as Record<string, string>
const enBook = en as Record<string, string>

describe('the words of the pages', () => {
  it('exist in both languages', () => {
    expect(Object.keys(zhBook).sort()).toEqual(Object.keys(enBook).sort())
  })
  it('are not empty, and take the same values in both', () => {
    const names = (s: string) => [...new Set([...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort()
    for (const key of Object.keys(zhBook)) {
      expect(zhBook[key], key).toBeTruthy()
      expect(enBook[key], key).toBeTruthy()
      expect(names(zhBook[key]), key).toEqual(names(enBook[key]))
    }
  })
  it('are Chinese in Chinese and not in English', () => {
    for (const [key, text] of Object.entries(enBook)) if (key !== 'shell.language') expect(HAN.test(text), key).toBe(false)
    const same = Object.keys(zhBook).filter((k) => zhBook[k] === enBook[k] && /[a-z]{3}/i.test(zhBook[k].replace(/\{\w+\}/g, '')))
    expect(same).toEqual([])
  })
  it('carry Chinese punctuation in Chinese', () => {
    const wrong = Object.entries(zhBook).filter(([, v]) => /[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]/.test(v))
    expect(wrong).toEqual([])
  })
  it('are there for every key that the code names', () => {
    const missing = new Set<string>()
    for (const file of files) {
      const text = readFileSync(file, 'utf8')
      const named = [...text.matchAll(/\b(?:t|te)\(\s*'([\w.-]+)'/g), ...text.matchAll(/(?:keypath|label|name): '([a-z]+\.[\w.]+)'/g), ...text.matchAll(/keypath="([\w.]+)"/g)]
      for (const m of named) if (!(m[1] in zhBook)) missing.add(`${m[1]} (${file.slice(src.length)})`)
      for (const m of text.matchAll(/\bt\(`([\w.]+)\.\$\{/g)) {
        if (!Object.keys(zhBook).some((k) => k.startsWith(m[1] + '.'))) missing.add(`${m[1]}.* (${file.slice(src.length)})`)
      }
    }
    expect([...missing]).toEqual([])
  })
  it('stand in the language files and nowhere else', () => {
    const allowed = new Set(['lib/dayinput.ts', 'lib/instant.ts', 'lib/left.ts', 'followup/texts.ts', 'device/texts.ts', 'field/texts.ts', 'gate/texts.ts', 'followup/FollowUp.vue'])
    const found = files.filter((f) => !f.startsWith(join(src, 'resident')) && HAN.test(code(readFileSync(f, 'utf8'))) && !allowed.has(f.slice(src.length + 1).replaceAll('\\', '/')))
    expect(found).toEqual([])
  })
  it('leave no bare English in a template', () => {
    const bare: string[] = []
    for (const file of files.filter((f) => f.endsWith('.vue'))) {
      const template = /<template>([\s\S]*)<\/template>/.exec(code(readFileSync(file, 'utf8')))?.[1] ?? ''
      const plain = template.replace(/\{\{[\s\S]*?\}\}/g, '').replace(/<kbd>.*?<\/kbd>/g, '')
      for (const m of plain.matchAll(/>([^<>]*[A-Za-z]{4,}[^<>]*)</g)) if (!/[=&|"]/.test(m[1])) bare.push(`${file.slice(src.length)}: ${m[1].trim()}`)
      for (const m of plain.matchAll(/\s(?:aria-label|title|placeholder)="([^"]*[A-Za-z\u4e00-\u9fff]{3,}[^"]*)"/g)) bare.push(`${file.slice(src.length)}: ${m[1]}`)
    }
    expect(bare).toEqual([])
  })
})

describe('the public page', () => {
  it('has the same words in both languages', () => {
    expect(Object.keys(texts.zh).sort()).toEqual(Object.keys(texts.en).sort())
    for (const family of ['status', 'step', 'stay', 'restriction'] as const) {
      expect(Object.keys(texts.zh[family]).sort()).toEqual(Object.keys(texts.en[family]).sort())
    }
    expect(texts.zh.symptoms).toHaveLength(texts.en.symptoms.length)
  })
})

describe('the server’s messages', () => {
  it('reach the pages whole, in both languages', () => {
    const a = readCatalogue('zh')
    expect(Object.keys(a).sort()).toEqual(Object.keys(readCatalogue('en')).sort())
    expect(a.kind_invalid).toBeTruthy()
    expect(Object.values(a).some((v) => v.startsWith('"'))).toBe(false)
  })
})
