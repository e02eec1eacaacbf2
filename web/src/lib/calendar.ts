/** Weeks of days for the calendar of a board. Weeks begin on Monday. */

import { addDays } from './instant'

/** 0 for Monday … 6 for Sunday. */
export function weekday(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
}

/** The Monday of the week of a day. */
export function monday(day: string): string {
  return addDays(day, -weekday(day))
}

/** Whole weeks from the week of `from` to the week of `to`, at most `most`. */
export function weeks(from: string, to: string, most = 6): string[][] {
  const out: string[][] = []
  for (let m = monday(from); m <= to && out.length < most; m = addDays(m, 7)) out.push(Array.from({ length: 7 }, (_, i) => addDays(m, i)))
  return out
}
