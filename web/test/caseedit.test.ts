import { describe, expect, it } from 'vitest'
import type { Case } from '@/api/types'
import { changeOf, factsOf, rebase } from '@/lib/caseedit'

const record = { class: 'confirmed', onset: '2022-03-20', home: '32/3209/320924/', version: 4 } as Case
const read = factsOf(record)

describe('correcting a case', () => {
  it('reads areas as ids and what is missing as empty', () => {
    expect(read.home).toBe('320924')
    expect(read.stay).toBe('')
    expect(read.setting).toBe('')
  })
  it('sends the version and the changed fields alone', () => {
    expect(changeOf({ ...read }, read, 4)).toEqual({ version: 4 })
    expect(changeOf({ ...read, onset: '2022-03-21', facility: ' 一院 ' }, read, 4)).toEqual({ version: 4, onset: '2022-03-21', facility: '一院' })
  })
  it('sends an emptied field as empty', () => {
    expect(changeOf({ ...read, onset: '', home: '' }, read, 4)).toEqual({ version: 4, onset: '', home: '' })
  })
  it('keeps what was typed over what somebody else wrote, and says so', () => {
    const typed = { ...read, onset: '2022-03-21', sampled: '2022-03-22' }
    const fresh = { ...read, onset: '2022-03-19', sampled: '2022-03-22', channel: 'clinic' }
    const r = rebase(typed, read, fresh)
    expect(r.typed.onset).toBe('2022-03-21')
    expect(r.typed.channel).toBe('clinic')
    expect(r.both).toEqual(['onset'])
    expect(changeOf(r.typed, fresh, 5)).toEqual({ version: 5, onset: '2022-03-21' })
  })
})
