/** How goods and sampled places are told. */

import type { Tone } from './tones'

const LOT: Record<string, Tone> = { expected: 'none', held: 'watch', sealed: 'late', released: 'done', disposed: 'none' }
export const lotTone = (s: string): Tone => LOT[s] ?? 'none'
export const LOT_STATES = ['expected', 'held', 'sealed', 'released', 'disposed']
export const PARTS = ['outer', 'inner', 'vehicle', 'surface', 'air', 'water']
export const LOT_PARTS = ['outer', 'inner', 'vehicle']
export const POINT_PARTS = ['surface', 'air', 'water']
export const POINT_KINDS = ['cold_store', 'market', 'parcel_hub', 'port', 'quarantine_hotel', 'waste_water']
const SAMPLE: Record<string, Tone> = { negative: 'done', positive: 'late', invalid: 'watch' }
export const sampleTone = (s: string | undefined): Tone => SAMPLE[s ?? ''] ?? 'none'
