/** What can be done with a lot or a sampled place, by its state and by who asks. */
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { requestId } from '@/api'
import { lots, points, type GoodsSample, type LotView, type PointView } from '@/api/goods'
import { useSession } from '@/stores/session'
import type { Act } from '@/lib/acts'
import { LOT_PARTS, POINT_PARTS } from '@/lib/goods'
import { unset } from '@/lib/instant'
import { useWords } from '@/lib/words'

type Send = (what: string, body: Record<string, unknown>) => Promise<unknown>

/** What lots and places share: samples, results, disinfection, who worked there. */
function useShared() {
  const { t } = useI18n()
  const session = useSession()
  const word = useWords()
  const may = { record: session.can('lot.record'), sample: session.can('lot.sample'), result: session.can('lot.result'), release: session.can('lot.release') }
  const options = (family: string, keys: readonly string[]) => keys.map((value) => ({ value, label: word(family, value) }))
  const open = (samples: GoodsSample[] | null) => (samples ?? []).filter((s) => unset(s.resulted) && s.state !== 'retracted')

  const sample = (parts: string[], send: Send): Act => ({
    key: 'sample',
    label: t('goodsDo.sample'),
    fields: [
      { key: 'accession', label: t('result.accession') },
      { key: 'what', label: t('goods.what'), kind: 'choice', options: options('goodsPart', parts) },
      { key: 'spots', label: t('goods.spots'), kind: 'number', value: '3' },
      { key: 'collected', label: t('trip.at'), kind: 'time', optional: t('check.sinceNow') },
    ],
    send: (f) => send('samples', { accession: f.accession, what: f.what, spots: Number(f.spots) || 1, collected: f.collected || undefined }),
    done: t('goodsDo.sampled'),
  })
  const result = (samples: GoodsSample[], send: Send): Act => ({
    key: 'result',
    label: t('goodsDo.result'),
    effect: t('goodsDo.resultEffect'),
    fields: [
      { key: 'accession', label: t('result.accession'), kind: 'choice', options: samples.map((s) => ({ value: s.accession, label: `${s.accession} · ${word('goodsPart', s.what)}` })) },
      { key: 'outcome', label: t('result.outcome'), kind: 'choice', options: options('resultOutcome', ['negative', 'positive', 'invalid']) },
      { key: 'value', label: t('goods.value'), optional: true },
      { key: 'lab', label: t('result.lab'), optional: true },
    ],
    send: (f) => send('results', { accession: f.accession, outcome: f.outcome, value: f.value || undefined, lab: f.lab || undefined }),
    done: t('result.saved'),
  })
  const disinfect = (parts: string[], send: Send): Act => ({
    key: 'disinfect',
    label: t('goodsDo.disinfect'),
    fields: [
      { key: 'what', label: t('goods.what'), kind: 'choice', options: options('goodsPart', parts) },
      { key: 'agent', label: t('goods.agent'), value: t('goods.agentUsual') },
      { key: 'strength', label: t('goods.strength'), kind: 'number', value: '1000' },
      { key: 'minutes', label: t('goods.minutes'), kind: 'number', value: '30' },
      { key: 'at', label: t('trip.at'), kind: 'time', optional: t('check.sinceNow') },
      { key: 'note', label: t('follow.note'), optional: true },
    ],
    send: (f) => send('disinfect', { what: f.what, agent: f.agent, strength: Number(f.strength) || undefined, minutes: Number(f.minutes) || 0, at: f.at || undefined, note: f.note || undefined }),
    done: t('goodsDo.disinfected'),
  })
  const worker = (send: Send): Act => ({
    key: 'workers',
    label: t('goodsDo.worker'),
    effect: t('goodsDo.workerEffect'),
    fields: [
      { key: 'name', label: t('identity.name') },
      { key: 'doc', label: t('identity.document'), optional: true },
      { key: 'phone', label: t('identity.phone'), optional: true },
      { key: 'work', label: t('goods.work') },
      { key: 'unit', label: t('goods.unit'), optional: true },
      { key: 'at', label: t('trip.at'), kind: 'time', optional: t('check.sinceNow') },
    ],
    send: (f) => send('workers', { request: requestId(), workers: [{ identity: { name: f.name, docType: f.doc ? 'cn-id' : '', docNumber: f.doc, phone: f.phone }, work: f.work, unit: f.unit || undefined, at: f.at || undefined }] }),
    done: t('goodsDo.workerDone'),
  })
  return { t, may, open, sample, result, disinfect, worker }
}

export function useLotActs(view: () => LotView): ComputedRef<Act[]> {
  const { t, may, open, sample, result, disinfect, worker } = useShared()

  function custody(v: LotView, send: Send): Act {
    const version = v.lot.version
    const offered = (v.legs ?? []).find((l) => unset(l.accepted) && unset(l.ended))
    if (offered) return { key: 'accept', label: t('tripDo.accept'), effect: t('tripDo.acceptEffect', { from: offered.giver, to: offered.receiver }), fields: [], send: () => send('accept', { version, leg: offered.id, by: offered.receiver }), done: t('tripDo.accepted') }
    return {
      key: 'hand-over',
      label: t('tripDo.handOver'),
      fields: [
        { key: 'receiver', label: t('trip.receiver'), hint: t('trip.receiverHint') },
        { key: 'place', label: t('trip.place'), value: v.lot.place },
        { key: 'area', label: t('col.area'), kind: 'area', optional: true },
      ],
      send: (f) => send('hand-over', { version, receiver: f.receiver, place: f.place, area: f.area || undefined }),
      done: t('tripDo.offered'),
    }
  }
  function decide(v: LotView, send: Send): Act[] {
    const version = v.lot.version
    const reason = { key: 'reason', label: t('common.reason'), kind: 'long' as const }
    const out: Act[] = [{ key: 'release', label: t('goodsDo.release'), effect: v.canRelease ? t('goodsDo.releaseReady') : t('goodsDo.releaseLacks', { n: v.lacks }), tone: v.canRelease ? 'strong' : undefined, fields: [], send: () => send('release', { version }), done: t('goodsDo.released') }]
    if (v.lot.state === 'held') out.push({ key: 'seal', label: t('goodsDo.seal'), tone: 'harm', fields: [reason], send: (f) => send('seal', { version, reason: f.reason }), done: t('goodsDo.sealed') })
    if (v.lot.state === 'sealed') out.push({ key: 'dispose', label: t('goodsDo.dispose'), tone: 'harm', fields: [reason], send: (f) => send('dispose', { version, reason: f.reason }), done: t('goodsDo.disposed') })
    return out
  }
  return computed(() => {
    const v = view()
    const send: Send = (what, body) => lots.act(v.lot.id, what, body)
    const out: Act[] = []
    if (v.lot.state === 'expected' && may.record.value)
      out.push({
        key: 'arrive',
        label: t('goodsDo.arrive'),
        tone: 'strong',
        fields: [
          { key: 'place', label: t('trip.place'), value: v.lot.place },
          { key: 'by', label: t('goods.keeper'), hint: t('trip.receiverHint') },
          { key: 'at', label: t('trip.at'), kind: 'time', optional: t('check.sinceNow') },
        ],
        send: (f) => send('arrive', { version: v.lot.version, place: f.place, by: f.by, at: f.at || undefined }),
        done: t('goodsDo.arrived'),
      })
    if (['held', 'sealed'].includes(v.lot.state)) {
      if (may.sample.value) out.push(sample(LOT_PARTS, send))
      if (may.result.value && open(v.samples).length) out.push(result(open(v.samples), send))
      if (may.record.value) out.push(disinfect(LOT_PARTS, send), custody(v, send))
      if (may.release.value) out.push(...decide(v, send))
    }
    if (may.record.value && v.lot.state !== 'expected') out.push(worker(send))
    return out
  })
}

export function usePointActs(view: () => PointView): ComputedRef<Act[]> {
  const { may, open, sample, result, disinfect, worker } = useShared()
  return computed(() => {
    const v = view()
    const send: Send = (what, body) => points.act(v.id, what, body)
    const out: Act[] = []
    if (may.sample.value) out.push({ ...sample(POINT_PARTS, send), tone: 'strong' })
    if (may.result.value && open(v.samples).length) out.push(result(open(v.samples), send))
    if (may.record.value) out.push(disinfect(POINT_PARTS, send), worker(send))
    return out
  })
}
