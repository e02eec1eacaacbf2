import { addDays } from './instant'

/** How far ahead of today a date without a year may lie before the year before
 * is meant: people enter onsets, not plans. */
const AHEAD_DAYS = 31

function valid(y: number, m: number, d: number): string | null {
  const t = new Date(Date.UTC(y, m - 1, d))
  if (t.getUTCFullYear() !== y || t.getUTCMonth() !== m - 1 || t.getUTCDate() !== d) return null
  return t.toISOString().slice(0, 10)
}

function withoutYear(m: number, d: number, today: string): string | null {
  const year = Number(today.slice(0, 4))
  const here = valid(year, m, d)
  if (here && here > addDays(today, AHEAD_DAYS)) return valid(year - 1, m, d)
  return here ?? valid(year - 1, m, d)
}

/** Reads a date as people type it, against today: "t" or 今 is today, "y" or 昨
 * yesterday, "-1" and "+2" count days, "28" is the latest 28th, "3/28",
 * "3-28", "3.28" and "0328" lack the year, "2022-3-28" and "20220328" do not.
 * "" gives "", anything unreadable null. */
export function parseDayInput(input: string, today: string): string | null {
  const s = input.trim().toLowerCase()
  if (s === '') return ''
  if (s === 't' || s === '今' || s === '今天') return today
  if (s === 'y' || s === '昨' || s === '昨天') return addDays(today, -1)
  let m = /^([+-])(\d{1,3})$/.exec(s)
  if (m) return addDays(today, (m[1] === '-' ? -1 : 1) * Number(m[2]))
  m = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(s) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(s)
  if (m) return valid(Number(m[1]), Number(m[2]), Number(m[3]))
  m = /^(\d{1,2})[-/.月](\d{1,2})日?$/.exec(s) ?? /^(\d{2})(\d{2})$/.exec(s)
  if (m) return withoutYear(Number(m[1]), Number(m[2]), today)
  m = /^(\d{1,2})日?$/.exec(s)
  if (m) return latest(Number(m[1]), today)
  return null
}

/** The latest day with this number in the month, today included. */
function latest(d: number, today: string): string | null {
  let [y, m] = today.split('-').map(Number)
  for (let i = 0; i < 12; i++) {
    const day = valid(y, m, d)
    if (day && day <= today) return day
    m -= 1
    if (m === 0) {
      m = 12
      y -= 1
    }
  }
  return null
}
