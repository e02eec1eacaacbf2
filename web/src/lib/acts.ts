/** Things that can be done with a record, one question each: what ActBar draws. */

export type ActOption = { value: string; label: string }
export type ActField = {
  key: string
  label: string
  /** text (default), long, number, time, area, choice, many (comma list), tick. */
  kind?: 'text' | 'long' | 'number' | 'time' | 'area' | 'choice' | 'many' | 'tick'
  options?: ActOption[]
  /** May stay empty; the word beside the label says what that means. */
  optional?: boolean | string
  hint?: string
  /** What stands there at first. */
  value?: string
}
export type Act = {
  key: string
  label: string
  /** What it does, in a sentence. */
  effect?: string
  fields: ActField[]
  tone?: 'strong' | 'harm' | 'plain'
  /** Times arrive as instants, ticks as "1", all else as typed, trimmed. */
  send: (v: Record<string, string>) => Promise<unknown>
  /** Said when it is done; an empty text says nothing. */
  done: string
}

/** Whether all that is needed was given. */
export function complete(act: Act, v: Record<string, string>): boolean {
  return act.fields.every((f) => f.optional || f.kind === 'tick' || f.kind === 'many' || !!v[f.key]?.trim())
}

/** The empty form of an act. */
export function blankAct(act: Act): Record<string, string> {
  return Object.fromEntries(act.fields.map((f) => [f.key, f.value ?? (f.kind === 'choice' && !f.optional ? (f.options?.[0]?.value ?? '') : '')]))
}
