// Codes in files: pictures, and all pages of a PDF. A seal over a code or a grey copy is read through fixed thresholds.

import { frames, zxingReader } from '../camera.js'

const MOST_BYTES = 60 * 1024 * 1024
const MOST_PIXELS = 60e6
const MOST_PAGES = 300
// A page is drawn at this many pixels an inch; twice as many when nothing was found.
const RESOLUTIONS = [150, 300]
const THRESHOLDS = [128, 96, 160, 75, 55, 144, 112]
const WIDEST = 4200

/** A file that is not read; `code` is "too_large", "too_many_pages", "locked" or "unreadable". */
export class NotRead extends Error {
  constructor(code) {
    super(code)
    this.code = code
  }
}

/**
 * Readers of pictures; zxing where WebAssembly runs, else jsQR (one code a picture).
 * @param {{zxing: () => Promise<object>, jsqr: () => Promise<Function>, pdf: () => Promise<object>}} parts   loaders
 */
export function pictureReader(parts) {
  let chosen
  const choose = async () => {
    try {
      if (globalThis.WebAssembly) return zxingReader(await parts.zxing())
    } catch {
      // It is forbidden here, or too old: the other one needs nothing.
    }
    const jsqr = await parts.jsqr()
    return async (picture) => [jsqr(picture.data, picture.width, picture.height)?.data].filter(Boolean)
  }
  return (picture) => (chosen ??= choose()).then((read) => read(picture))
}

/** The reader for the camera. */
export const videoReader = async (read) => frames(read)

/**
 * Everything that codes in a file say, page after page.
 * @yields {{page: number, pages: number, texts: string[]}}
 * @throws {NotRead}
 */
export async function* codesOf(file, read, parts) {
  if (file.size > MOST_BYTES) throw new NotRead('too_large')
  const start = new Uint8Array(await file.slice(0, 1024).arrayBuffer())
  if (!String.fromCharCode(...start).includes('%PDF-')) {
    yield { page: 1, pages: 1, texts: await inPicture(await drawn(file), read) }
    return
  }
  yield* inPdf(await file.arrayBuffer(), read, await parts.pdf())
}

async function* inPdf(content, read, pdf) {
  const opened = await pdf.open(content).catch((wrong) => {
    throw new NotRead(wrong?.name === 'PasswordException' ? 'locked' : 'unreadable')
  })
  try {
    const pages = opened.numPages
    if (pages > MOST_PAGES) throw new NotRead('too_many_pages')
    for (let number = 1; number <= pages; number++) {
      yield { page: number, pages, texts: await onPage(await opened.getPage(number), read) }
    }
  } finally {
    opened.loadingTask.destroy()
  }
}

async function onPage(page, read) {
  const inches = page.getViewport({ scale: 1 / 72 })
  let texts = []
  for (const dpi of RESOLUTIONS) {
    const scale = Math.min(dpi / 72, WIDEST / 72 / Math.max(inches.width, inches.height))
    const viewport = page.getViewport({ scale })
    const canvas = sheet(viewport.width, viewport.height)
    await page.render({ canvas, viewport, background: '#fff' }).promise
    const last = dpi === RESOLUTIONS.at(-1)
    const picture = pixels(canvas)
    texts = last ? await inPicture(picture, read) : await read(picture)
    if (texts.length) break
  }
  page.cleanup()
  return texts
}

async function drawn(file) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new NotRead('unreadable')
  })
  if (bitmap.width * bitmap.height > MOST_PIXELS) throw new NotRead('too_large')
  const scale = Math.min(1, WIDEST / Math.max(bitmap.width, bitmap.height))
  const canvas = sheet(bitmap.width * scale, bitmap.height * scale)
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return pixels(canvas)
}

function sheet(width, height) {
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width))
  canvas.height = Math.max(1, Math.round(height))
  return canvas
}

const pixels = (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)

async function inPicture(picture, read) {
  const plain = await read(picture)
  if (plain.length) return plain
  // A red seal is as white as the paper in the red light.
  for (const threshold of [null, ...THRESHOLDS]) {
    const texts = await read(inRedLight(picture, threshold))
    if (texts.length) return texts
  }
  return []
}

function inRedLight({ data, width, height }, threshold) {
  const grey = new Uint8ClampedArray(data.length)
  for (let at = 0; at < data.length; at += 4) {
    const tone = threshold === null ? data[at] : data[at] < threshold ? 0 : 255
    grey[at] = grey[at + 1] = grey[at + 2] = tone
    grey[at + 3] = 255
  }
  return new ImageData(grey, width, height)
}
