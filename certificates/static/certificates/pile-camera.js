// The camera of the verify desk. The browser's own reader is used where there is one, else the WebAssembly one of the site.
import { camera, frames, zxingReader } from './camera.js'
import { say } from './pile-page.js'
import { sound } from './pile-sound.js'

const card = document.querySelector('[data-pile-camera]')
const desk = document.querySelector('.pile-desk')

async function reader() {
  if ('BarcodeDetector' in globalThis) {
    const formats = await BarcodeDetector.getSupportedFormats().catch(() => [])
    if (formats.includes('qr_code')) {
      const detector = new BarcodeDetector({ formats: ['qr_code'] })
      return async (video) => (await detector.detect(video)).map((one) => one.rawValue)
    }
  }
  const zxing = await import(card.dataset.reader)
  await zxing.prepareZXingModule({ overrides: { locateFile: () => card.dataset.wasm }, fireImmediately: true })
  return frames(zxingReader(zxing))
}

export function watch(send) {
  if (!card) return
  card.hidden = false
  card.querySelector('[data-camera-start]').addEventListener('click', () => sound('wake'))
  camera(card, {
    reader,
    caught: send,
    again: () => say(card.dataset.again, 'again'),
    failed: (why) => say(card.dataset[why], 'warn'),
    filming: (on) => desk.classList.toggle('filming', on),
  })
}
