/** Which of the five tones a state speaks in. */
export type Tone = 'late' | 'watch' | 'done' | 'act' | 'none'

const CASE: Record<string, Tone> = { suspected: 'watch', probable: 'watch', confirmed: 'late', asymptomatic: 'late', discarded: 'none' }
const CONTACT: Record<string, Tone> = {
  candidate: 'watch',
  following: 'act',
  completed: 'done',
  became_case: 'late',
  lost: 'late',
  dismissed: 'none',
  withdrawn: 'none',
  history: 'none',
}
const STEP: Record<string, Tone> = { open: 'act', done: 'done', cancelled: 'none', withdrawn: 'none', waiting: 'none' }
const RESULT: Record<string, Tone> = { positive: 'late', negative: 'done', grey: 'watch', invalid: 'watch', pending: 'none' }

export const caseTone = (c: string): Tone => CASE[c] ?? 'none'
export const contactTone = (c: string): Tone => CONTACT[c] ?? 'none'
export const stepTone = (s: string): Tone => STEP[s] ?? 'none'
export const resultTone = (s: string): Tone => RESULT[s] ?? 'none'
export const followTone = (s: string): Tone => (s === 'well' ? 'done' : s === 'symptoms' ? 'late' : 'watch')
