/** The words of the server as the pages use them, taken from its description.
 * Days are "2006-01-02" or "", instants RFC 3339 with the year 1 for "unset",
 * areas paths "32/3209/…/". */

import type { components } from './schema'
import type { FormSpec } from '@/lib/forms'
import type { Whole } from './client'

type S = components['schemas']

export type Text = { zh: string; en: string }
export type Ref = { kind: string; id: string }
export type Page<T> = { items: T[]; next: string; total: number }
/** A role, purpose or action with its names. */
export type Named = { id: string; zh: string; en: string; abstract?: boolean }

export type Principal = Whole<S['Principal']>
export type Session = Whole<S['SessionInfo']>
export type Colleague = Whole<S['Colleague']>

export type Citation = Whole<S['Citation']>
export type Loop = Whole<S['Loop']>
export type Step = Whole<S['Step']>
export type Tonight = Whole<S['TonightView']>
export type LoopView = Whole<S['LoopView']>

export type Case = Whole<S['Case']>
export type CaseView = Whole<S['CaseView']>
export type CaseClock = Whole<S['CaseClock']>
export type TimelineItem = Whole<S['TimelineItem']>
export type Chain = Whole<S['ChainView']>
export type ChainNode = Whole<S['ChainNode']>
export type ChainEdge = Whole<S['ChainEdge']>
export type Retracted = Whole<S['Retracted']>
export type DayCount = Whole<S['DayCount']>

export type Contact = Whole<S['Contact']>
export type ContactView = Whole<S['ContactView']>
export type ConfirmPreview = Whole<S['Preview']>
export type BulkResult = Whole<S['BulkResult']>
export type FollowUp = Whole<S['FollowUp']>
export type Plan = Whole<S['Plan']>

export type PersonView = Whole<S['PersonView']>
export type PersonCandidate = Whole<S['Candidate']>
export type Identity = Whole<S['Identity']>

export type LogEvent = Whole<S['Event']>
export type LogState = Whole<S['LogState']>
export type Verification = Whole<S['Verification']>
export type Notice = Whole<S['Notice']>
export type Hit = Whole<S['SearchHit']>

export type Area = Whole<S['Area']>
export type AreaDetail = Whole<S['Detail']>
export type CapacityTaken = Whole<S['CapacityTaken']>
export type DutyRow = Whole<S['DutyRow']>
export type Capacity = Whole<S['Capacity']>

export type RegimeSummary = Whole<S['RegimeHead']>
export type RegimeView = Whole<S['Description']>
export type RegimeChange = Whole<S['DiffRow']>

export type ImportRun = Whole<S['Import']>
export type ImportPreview = Whole<S['ImportPreview']>
export type ImportReport = Whole<S['ImportReport']>

/** What is sent; every field may be left out. */
export type Mapping = S['Mapping'] & { columns: Record<string, string> }
export type NewCase = S['NewCase']
export type CaseChange = S['CaseChange']
export type NewContact = S['NewContact']
export type NewResult = S['NewResult']
export type NewStay = S['NewStay']
export type NewFollowUp = S['NewFollowUp']
export type ContactFilter = S['ContactFilter']
export type Selection = { ids?: string[]; query?: ContactFilter }
export type Bulk = S['Bulk']

/** A protocol: the file that says how a kind of duty runs. */
export type Due = { after: string; minutes?: number | null; hours?: number | null; days?: number | null; figure?: string; elseHours?: number | null; endOfDay?: boolean; dayShift?: number }
export type Daily = { from: string; to: string; perDay: string; hour: number }
export type ProtocolStep = {
  key: string
  title: Text
  help?: Text
  each?: string
  daily?: Daily | null
  due?: Due | null
  after?: string[] | null
  when?: string
  needs?: string
  form?: string
  child?: string
  inTurn?: boolean
  titleIf?: { when: string; title: Text }[] | null
  restrict?: { plan?: boolean; kind?: string; after?: string; maxDays?: number; reason?: Text; appealHours: number } | null
}
export type Protocol = {
  id: string
  version: string
  file: string
  title: Text
  name: Text
  subject: string
  theme: string
  disease?: string
  places: string[]
  parties: { department: Text; unit?: Text; individual?: Text }
  entry?: string
  forms: FormSpec[]
  steps: ProtocolStep[]
  close: { rule: string; outcome: string; needs?: string[] | null }
  custody?: { acceptWithinHours: number; text: Text } | null
  reopen?: { withinDays: number } | null
  cancel?: { reasons?: { key: string; text: Text }[] } | null
  notices: { on: string; to: string; text: Text }[]
  source: Text
  notes?: Text
}
