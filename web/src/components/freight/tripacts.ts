/** What can be done with a trip, by its state and by who asks. */
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { cases } from '@/api'
import { trips, type TripView } from '@/api/freight'
import { useSession } from '@/stores/session'
import type { Act } from '@/lib/acts'
import { MOVES, ROLES, running } from '@/lib/freight'
import { unset } from '@/lib/instant'
import { useWords } from '@/lib/words'

export function useTripActs(view: () => TripView): ComputedRef<Act[]> {
  const { t } = useI18n()
  const session = useSession()
  const word = useWords()
  const may = { move: session.can('trip.move'), permit: session.can('trip.permit'), record: session.can('trip.record'), positive: session.can('trip.positive') }
  const options = (family: string, keys: readonly string[]) => keys.map((value) => ({ value, label: word(family, value) }))
  const note = () => ({ key: 'note', label: t('follow.note'), optional: true })

  function custody(v: TripView): Act[] {
    const { id, version } = v.trip
    const offered = (v.legs ?? []).find((l) => unset(l.accepted) && unset(l.ended))
    const out: Act[] = []
    if (offered) out.push({ key: 'accept', label: t('tripDo.accept'), effect: t('tripDo.acceptEffect', { from: offered.giver, to: offered.receiver }), tone: 'strong', fields: [note()], send: (f) => trips.act(id, 'accept', { version, leg: offered.id, by: offered.receiver, note: f.note || undefined }), done: t('tripDo.accepted') })
    out.push({
      key: 'hand-over',
      label: t('tripDo.handOver'),
      effect: t('tripDo.handOverEffect'),
      fields: [
        { key: 'role', label: t('trip.role'), kind: 'choice', options: options('tripRole', ROLES) },
        { key: 'receiver', label: t('trip.receiver'), hint: t('trip.receiverHint') },
        { key: 'place', label: t('trip.place'), value: v.trip.seenPlace },
        { key: 'area', label: t('col.area'), kind: 'area', optional: true },
        note(),
      ],
      send: (f) => trips.act(id, 'hand-over', { version, role: f.role, receiver: f.receiver, place: f.place, area: f.area || undefined, note: f.note || undefined }),
      done: t('tripDo.offered'),
    })
    return out
  }
  function move(v: TripView): Act {
    const { id, version } = v.trip
    return {
      key: 'move',
      label: t('tripDo.move'),
      fields: [
        { key: 'kind', label: t('trip.moveKind'), kind: 'choice', options: options('tripMove', MOVES), value: v.trip.state === 'at_gate' ? 'in' : v.trip.state === 'inside' ? 'unload_start' : v.trip.state === 'unloading' ? 'unload_end' : 'gate' },
        { key: 'place', label: t('trip.place'), value: v.next?.name ?? v.trip.seenPlace },
        { key: 'at', label: t('trip.at'), kind: 'time', optional: t('check.sinceNow') },
        { key: 'area', label: t('col.area'), kind: 'area', optional: true },
        note(),
      ],
      send: (f) => trips.act(id, 'moves', { version, kind: f.kind, place: f.place, at: f.at || undefined, area: f.area || undefined, note: f.note || undefined }),
      done: t('tripDo.moved'),
    }
  }
  function permit(v: TripView): Act {
    const { id, version } = v.trip
    if (v.permitNow === 'valid' || v.permitNow === 'early')
      return { key: 'revoke', label: t('tripDo.revoke'), effect: t('tripDo.revokeEffect'), tone: 'harm', fields: [{ key: 'reason', label: t('common.reason'), kind: 'long' }], send: (f) => trips.act(id, 'revoke', { version, reason: f.reason }), done: t('tripDo.revoked') }
    return {
      key: 'permit',
      label: t('tripDo.permit'),
      effect: t('tripDo.permitEffect'),
      tone: v.trip.state === 'declared' ? 'strong' : undefined,
      fields: [
        { key: 'from', label: t('permit.from'), kind: 'time', optional: t('check.sinceNow') },
        { key: 'until', label: t('permit.until'), kind: 'time', optional: t('permit.untilElse') },
      ],
      send: (f) => trips.act(id, 'permit', { version, from: f.from || undefined, until: f.until || undefined }),
      done: t('tripDo.permitted'),
    }
  }
  /** The case is named by its number, as the letter does. */
  async function positive(id: string, version: number, f: Record<string, string>): Promise<void> {
    const found = (await cases.list({ q: f.case, limit: 2 })).items.filter((c) => c.no === f.case || c.id === f.case)
    await trips.act(id, 'positive', { version, case: found[0]?.id ?? f.case, found: f.found || undefined, letter: f.letter || undefined })
  }
  return computed(() => {
    const v = view()
    const { id, version } = v.trip
    const out: Act[] = []
    if (running(v.trip)) {
      if (may.move.value) out.push(...custody(v), move(v))
      if (may.permit.value) out.splice(may.move.value ? out.length - 1 : 0, 0, permit(v))
    }
    if (may.positive.value && !v.trip.positive && v.trip.state !== 'retracted')
      out.push({
        key: 'positive',
        label: t('tripDo.positive'),
        effect: t('tripDo.positiveEffect'),
        tone: 'harm',
        fields: [
          { key: 'case', label: t('trip.case'), hint: t('trip.caseHint') },
          { key: 'found', label: t('trip.found'), kind: 'time', optional: t('check.sinceNow') },
          { key: 'letter', label: t('arrival.letter'), optional: true },
        ],
        send: (f) => positive(id, version, f),
        done: t('tripDo.positiveDone'),
      })
    if (may.record.value && running(v.trip))
      out.push({
        key: 'cancel',
        label: t('tripDo.cancel'),
        tone: 'harm',
        fields: [
          { key: 'reason', label: t('common.reason'), kind: 'long' },
          { key: 'mistake', label: t('tripDo.mistake'), kind: 'tick' },
        ],
        send: (f) => trips.act(id, 'cancel', { version, reason: f.reason, mistake: f.mistake === '1' }),
        done: t('tripDo.cancelled'),
      })
    return out
  })
}
