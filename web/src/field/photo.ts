/** Pictures: made small, taken apart, sent in parts that may come twice. */
import { requestId } from '@/api'
import { client, run } from '@/api/client'
import type { Self } from '@/device/door'
import type { Vault } from '@/device/vault'
import { sha256 } from './hash'
import type { Photo } from './types'

/** The longest side of a picture in pixels, and the quality of its JPEG. */
const SIDE = 1600
const QUALITY = 0.8
/** Bytes of one part: some seconds of a weak line, so that little is sent again. */
const PART = 128 << 10

/** Makes a picture of the camera small. What the camera wrote beside it (where it
 * was taken, with what) is gone with the redrawing. */
export async function shrink(file: Blob): Promise<Blob> {
  const image = await createImageBitmap(file)
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(image.width * scale))
  canvas.height = Math.max(1, Math.round(image.height * scale))
  const g = canvas.getContext('2d')
  if (!g) throw new Error('no canvas')
  g.drawImage(image, 0, 0, canvas.width, canvas.height)
  image.close()
  return blobOf(canvas, 'image/jpeg')
}

/** A canvas as a file. */
export function blobOf(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
  return new Promise((ok, fail) => canvas.toBlob((b) => (b ? ok(b) : fail(new Error('no picture'))), type, QUALITY))
}

/** Seals a picture and gives its id. */
export async function keep(vault: Vault, step: string, blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const photo: Photo = { id: requestId(), step, type: blob.type, hash: await sha256(bytes), size: bytes.length, taken: new Date().toISOString(), data: base64(bytes) }
  await vault.put('photo/' + photo.id, photo, 'large')
  return photo.id
}

/** A sealed picture for showing; the caller revokes the address. */
export async function show(vault: Vault, id: string): Promise<string | undefined> {
  const p = await vault.get<Photo>('photo/' + id, 'large')
  return p && URL.createObjectURL(new Blob([bytesOf(p.data)], { type: p.type }))
}

export const forget = (vault: Vault, id: string) => vault.remove('photo/' + id, 'large')

/** Sends a picture: what the server has already is not sent again. */
export async function send(vault: Vault, self: Self, id: string): Promise<void> {
  const p = await vault.get<Photo>('photo/' + id, 'large')
  if (!p) return // it was sent before and forgotten; the server knows it
  const bytes = bytesOf(p.data)
  const parts = Math.max(1, Math.ceil(bytes.length / PART))
  const body = { id: p.id, device: self.device, step: p.step, hash: p.hash, type: p.type as 'image/jpeg', size: p.size, parts, taken: p.taken }
  let has = await run(client.POST('/api/v1/field/photos', { body }))
  for (let n = 0; n < parts && has.state === 'coming'; n++) {
    if (has.got?.includes(n)) continue
    const part = bytes.subarray(n * PART, (n + 1) * PART)
    has = await run(client.PUT('/api/v1/field/photos/{id}/parts/{n}', { params: { path: { id: p.id, n } }, body: { device: self.device, hash: await sha256(part), data: base64(part) } }))
  }
}

function base64(b: Uint8Array): string {
  let s = ''
  for (let i = 0; i < b.length; i += 0x8000) s += String.fromCharCode(...b.subarray(i, i + 0x8000))
  return btoa(s)
}

function bytesOf(s: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(s), (c) => c.charCodeAt(0))
}
