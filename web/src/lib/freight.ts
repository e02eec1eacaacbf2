/** How freight, gates and waits are told: tones, marks, minutes. */

import type { FreightBoard, Four, Trip } from '@/api/freight'
import { span } from './left'
import type { Tone } from './tones'

const TRIP: Record<string, Tone> = { declared: 'none', permitted: 'act', travelling: 'act', at_gate: 'watch', inside: 'act', unloading: 'act', left: 'done', handed_on: 'done', cancelled: 'none', retracted: 'none' }
const DECISION: Record<string, Tone> = { pass: 'done', sample_go: 'act', hold: 'watch', refer: 'late' }
const PERMIT: Record<string, Tone> = { valid: 'done', early: 'watch', expired: 'watch', revoked: 'late' }

export const tripTone = (s: string): Tone => TRIP[s] ?? 'none'
export const decisionTone = (s: string): Tone => DECISION[s] ?? 'none'
export const permitTone = (s: string): Tone => PERMIT[s] ?? 'none'

/** Trips that go on, by their state. */
export const RUNNING = ['declared', 'permitted', 'travelling', 'at_gate', 'inside', 'unloading']
export const running = (t: Pick<Trip, 'state'>) => RUNNING.includes(t.state)
export const TRIP_STATES = [...RUNNING, 'left', 'handed_on', 'cancelled', 'retracted']
export const FLAGS = ['stranded', 'orphan', 'positive', 'transit', 'short']
export const CARGO = ['food', 'medicine', 'energy', 'fertiliser', 'parts', 'parcels', 'cold_chain', 'other', 'empty']
export const MOVES = ['gate', 'in', 'unload_start', 'unload_end', 'exit', 'seen', 'serve']
export const ROLES = ['gate', 'escort', 'service_area', 'consignee', 'community', 'carrier', 'city']
export const SITE_KINDS = ['port', 'wharf', 'rail', 'airport', 'coach', 'checkpoint', 'shoreline']
export const SERVICES = ['fuel', 'toilet', 'water', 'shop', 'dine_in', 'rest', 'doctor']
export const FOUR = ['people', 'service', 'area', 'community'] as const

/** Seconds as people say them: "51 min", "1 h 20 min"; nothing is "–". */
export const wait = (seconds: number, timed = true) => (timed ? span(Math.round(seconds / 60)) : '–')
/** A share as a whole percentage, never 100 before all is met. */
export const percent = (v: number) => `${v >= 1 ? 100 : Math.min(99, Math.round(v * 100))}%`
/** The least of the four guarantees, and whether all are met. */
export const allMet = (f: Four) => FOUR.every((k) => f[k].value >= 1)
/** Trips of a board that go on. */
export const onTheWay = (b: FreightBoard) => RUNNING.reduce((n, s) => n + (b.counts[s] ?? 0), 0)
