/**
 * QR codes with and without a network: drawn and read by zxing-cpp, whose code
 * is part of these pages. Nothing is loaded from anywhere else.
 */
import type { ReaderOptions } from 'zxing-wasm/reader'
import readerFile from 'zxing-wasm/reader/zxing_reader.wasm?url'
import writerFile from 'zxing-wasm/writer/zxing_writer.wasm?url'

const FORMATS: ReaderOptions = { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 1 }

/** A QR code of a text as an SVG document, black on white with its quiet zone. */
export async function drawQR(text: string): Promise<string> {
  const { prepareZXingModule, writeBarcode } = await import('zxing-wasm/writer')
  prepareZXingModule({ overrides: { locateFile: () => writerFile } })
  const made = await writeBarcode(text, { format: 'QRCode', options: 'EcLevel=M', addQuietZones: true } as never)
  if (made.error || !made.svg) throw new Error(made.error || 'no code was drawn')
  return made.svg
}

/** The text of the first QR code in a picture, undefined where there is none. */
export async function readQR(picture: Blob | ImageData): Promise<string | undefined> {
  const { prepareZXingModule, readBarcodes } = await import('zxing-wasm/reader')
  prepareZXingModule({ overrides: { locateFile: () => readerFile } })
  return (await readBarcodes(picture, FORMATS)).find((r) => r.text)?.text
}

/** A running camera. */
export interface Camera {
  stop(): void
}

/**
 * Reads codes from the camera until one is found or it is stopped. Throws where
 * there is no camera or its use is refused: the page then offers typing and a
 * picture instead.
 */
export async function watch(video: HTMLVideoElement, found: (text: string) => void): Promise<Camera> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  let on = true
  const stop = () => {
    on = false
    for (const t of stream.getTracks()) t.stop()
    video.srcObject = null
  }
  video.srcObject = stream
  video.setAttribute('playsinline', '')
  await video.play()
  const canvas = document.createElement('canvas')
  const look = async () => {
    while (on) {
      if (video.videoWidth) {
        canvas.width = video.videoWidth
        canvas.height = video.videoHeight
        const g = canvas.getContext('2d', { willReadFrequently: true })
        if (!g) return
        g.drawImage(video, 0, 0)
        const text = await readQR(g.getImageData(0, 0, canvas.width, canvas.height)).catch(() => undefined)
        if (text && on) {
          stop()
          found(text)
          return
        }
      }
      await new Promise((next) => requestAnimationFrame(next))
    }
  }
  void look()
  return { stop }
}
