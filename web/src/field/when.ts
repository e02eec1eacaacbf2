/**
 * The condition under which a question is asked, as the protocol files write it:
 * `form.x == 'a' && !form.y`. A small part of CEL: comparison, &&, ||, !, in,
 * brackets, texts, numbers, true and false. As on the server, what hangs on an
 * answer that is not there yet does not hold. What cannot be read here is asked:
 * the server checks again.
 */
import type { Values } from './types'

const TOKEN = /\s*(&&|\|\||==|!=|<=|>=|[<>!()[\],]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?|[A-Za-z_][\w.]*)/y

/** Not known: an answer that was not given. */
const UNKNOWN = Symbol('unknown')
class Unreadable extends Error {}

/** Whether a question with this condition is asked. */
export function asked(when: string | undefined, values: Values): boolean {
  if (!when) return true
  try {
    const p = new Parser(tokens(when), values)
    const v = p.or()
    if (!p.end) throw new Unreadable()
    return v === true
  } catch (e) {
    if (e instanceof Unreadable) return true
    throw e
  }
}

function tokens(s: string): string[] {
  const out: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < s.trimEnd().length) {
    const m = TOKEN.exec(s)
    if (!m) throw new Unreadable()
    out.push(m[1])
  }
  return out
}

class Parser {
  private at = 0
  constructor(
    private readonly t: string[],
    private readonly values: Values,
  ) {}

  get end(): boolean {
    return this.at === this.t.length
  }

  private take(...any: string[]): string | undefined {
    return any.includes(this.t[this.at]) ? this.t[this.at++] : undefined
  }

  /** true || unknown is true, as in CEL. */
  or(): unknown {
    let a = this.and()
    while (this.take('||')) {
      const b = this.and()
      a = a === true || b === true ? true : a === UNKNOWN || b === UNKNOWN ? UNKNOWN : false
    }
    return a
  }

  private and(): unknown {
    let a = this.not()
    while (this.take('&&')) {
      const b = this.not()
      a = a === false || b === false ? false : a === UNKNOWN || b === UNKNOWN ? UNKNOWN : a === true && b === true
    }
    return a
  }

  private not(): unknown {
    if (!this.take('!')) return this.compare()
    const v = this.not()
    return v === UNKNOWN ? v : v !== true
  }

  private compare(): unknown {
    const a = this.one()
    const op = this.take('==', '!=', '<=', '>=', '<', '>', 'in')
    if (!op) return a
    const b = this.one()
    if (a === UNKNOWN || b === UNKNOWN) return UNKNOWN
    switch (op) {
      case '==':
        return a === b
      case '!=':
        return a !== b
      case 'in':
        return Array.isArray(b) && b.includes(a)
    }
    const [x, y] = [a as number, b as number]
    return op === '<' ? x < y : op === '<=' ? x <= y : op === '>' ? x > y : x >= y
  }

  private one(): unknown {
    if (this.take('(')) {
      const v = this.or()
      if (!this.take(')')) throw new Unreadable()
      return v
    }
    if (this.take('[')) {
      const list: unknown[] = []
      while (!this.take(']')) {
        list.push(this.one())
        if (!this.take(',') && this.t[this.at] !== ']') throw new Unreadable()
      }
      return list
    }
    const t = this.t[this.at++]
    if (t === undefined) throw new Unreadable()
    if (/^['"]/.test(t)) return t.slice(1, -1).replace(/\\(.)/g, '$1')
    if (/^\d/.test(t)) return Number(t)
    if (t === 'true' || t === 'false') return t === 'true'
    const m = /^form\.(\w+)$/.exec(t)
    if (!m) throw new Unreadable()
    const v = this.values[m[1]]
    return v === undefined || v === '' ? UNKNOWN : v
  }
}
