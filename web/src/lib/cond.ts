/** The part of CEL that the conditions of a form need, for showing a field at
 * once: the server checks the same condition again with the whole language.
 * What cannot be read here shows the field, so that nothing is asked too little. */

export type Values = Record<string, unknown>

type Token = { kind: 'op' | 'name' | 'text' | 'number' | 'end'; text: string }

const OPS = ['&&', '||', '==', '!=', '<=', '>=', '<', '>', '!', '(', ')', '[', ']', ',', '.', '?', ':']

function tokens(source: string): Token[] {
  const out: Token[] = []
  let i = 0
  const add = (kind: Token['kind'], text: string, length: number) => {
    out.push({ kind, text })
    i += length
  }
  while (i < source.length) {
    const rest = source.slice(i)
    const blank = /^\s+/.exec(rest)
    const name = /^[A-Za-z_]\w*/.exec(rest)
    const number = /^-?\d+(\.\d+)?/.exec(rest)
    const text = /^"([^"\\]*)"|^'([^'\\]*)'/.exec(rest)
    const op = OPS.find((o) => rest.startsWith(o))
    if (blank) i += blank[0].length
    else if (text) add('text', text[1] ?? text[2] ?? '', text[0].length)
    else if (number) add('number', number[0], number[0].length)
    else if (name) add('name', name[0], name[0].length)
    else if (op) add('op', op, op.length)
    else throw new SyntaxError(`cond: ${rest[0]}`)
  }
  out.push({ kind: 'end', text: '' })
  return out
}

const empty = (v: unknown) => v === undefined || v === null || v === '' || (Array.isArray(v) && v.length === 0)

/** Reads one condition and gives its value for the form's values. */
class Reader {
  private at = 0
  private readonly list: Token[]
  constructor(
    source: string,
    private readonly values: Values,
  ) {
    this.list = tokens(source)
  }

  value(): unknown {
    const v = this.either()
    if (this.peek().kind !== 'end') throw new SyntaxError('cond: more than one condition')
    return v
  }

  private peek(): Token {
    return this.list[this.at]
  }
  private take(op: string): boolean {
    if (this.peek().kind !== 'op' || this.peek().text !== op) return false
    this.at++
    return true
  }
  private need(op: string): void {
    if (!this.take(op)) throw new SyntaxError(`cond: ${op}`)
  }

  private either(): unknown {
    let v = this.both()
    while (this.take('||')) {
      const w = this.both()
      v = Boolean(v) || Boolean(w)
    }
    if (!this.take('?')) return v
    const yes = this.either()
    this.need(':')
    const no = this.either()
    return v ? yes : no
  }
  private both(): unknown {
    let v = this.compare()
    while (this.take('&&')) {
      const w = this.compare()
      v = Boolean(v) && Boolean(w)
    }
    return v
  }
  private compare(): unknown {
    const a = this.not()
    const t = this.peek()
    if (t.kind === 'name' && t.text === 'in') {
      this.at++
      const list = this.not()
      return Array.isArray(list) && list.includes(a)
    }
    if (t.kind !== 'op' || !['==', '!=', '<', '<=', '>', '>='].includes(t.text)) return a
    this.at++
    const b = this.not()
    if (t.text === '==') return a === b
    if (t.text === '!=') return a !== b
    if (empty(a) || empty(b) || typeof a !== typeof b) return false
    const [x, y] = [a as number, b as number]
    return t.text === '<' ? x < y : t.text === '<=' ? x <= y : t.text === '>' ? x > y : x >= y
  }
  private not(): unknown {
    return this.take('!') ? !this.not() : this.member()
  }
  private member(): unknown {
    let v = this.primary()
    while (this.take('.')) v = this.method(v)
    return v
  }
  private method(v: unknown): unknown {
    const name = this.word()
    if (!this.take('(')) return v !== null && typeof v === 'object' ? ((v as Values)[name] ?? null) : null
    const arg = this.take(')') ? undefined : this.either()
    if (arg !== undefined) this.need(')')
    if (name === 'size') return this.size(v)
    if (name === 'contains') return String(v ?? '').includes(String(arg))
    if (name === 'startsWith') return String(v ?? '').startsWith(String(arg))
    if (name === 'endsWith') return String(v ?? '').endsWith(String(arg))
    throw new SyntaxError(`cond: ${name}()`)
  }
  private word(): string {
    const t = this.peek()
    if (t.kind !== 'name') throw new SyntaxError('cond: a name')
    this.at++
    return t.text
  }
  private size(v: unknown): number {
    return Array.isArray(v) || typeof v === 'string' ? v.length : 0
  }
  private primary(): unknown {
    const t = this.peek()
    if (this.take('(')) {
      const v = this.either()
      this.need(')')
      return v
    }
    if (this.take('[')) return this.items()
    this.at++
    if (t.kind === 'text') return t.text
    if (t.kind === 'number') return Number(t.text)
    if (t.kind !== 'name') throw new SyntaxError(`cond: ${t.text}`)
    return this.named(t.text)
  }
  private items(): unknown[] {
    const out: unknown[] = []
    while (!this.take(']')) {
      out.push(this.either())
      if (!this.take(',') && this.peek().text !== ']') throw new SyntaxError('cond: ]')
    }
    return out
  }
  private named(name: string): unknown {
    if (name === 'true' || name === 'false') return name === 'true'
    if (name === 'null') return null
    if (this.take('(')) {
      const arg = this.either()
      this.need(')')
      if (name === 'has') return !empty(arg)
      if (name === 'size') return this.size(arg)
      if (name === 'int' || name === 'double') return Number(arg)
      throw new SyntaxError(`cond: ${name}()`)
    }
    if (name === 'form') return this.values
    if (name in this.values) return this.values[name] ?? null
    return null
  }
}

/** Whether the condition holds for these values; an empty one and one that this
 * page cannot read do. */
export function holds(when: string | undefined, values: Values): boolean {
  if (!when?.trim()) return true
  try {
    return Boolean(new Reader(when, values).value())
  } catch {
    return true
  }
}
