// A camera that reads paper after paper without a tap: what was seen once is not given again, and a code that stays in
// view is silent. Who reads the pictures, and what becomes of a text, is the caller's.

// A code is still the same visit when it was in view so many milliseconds ago.
const VISIT = 2500
const EVERY = 120
const WIDEST = 1280

/** A reader of pictures (ImageData → texts) as one of the video's present frame. */
export function frames(read) {
  const canvas = document.createElement('canvas')
  const brush = canvas.getContext('2d', { willReadFrequently: true })
  return (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth)
    canvas.width = Math.round(video.videoWidth * scale)
    canvas.height = Math.round(video.videoHeight * scale)
    brush.drawImage(video, 0, 0, canvas.width, canvas.height)
    return read(brush.getImageData(0, 0, canvas.width, canvas.height))
  }
}

/** zxing in WebAssembly as a reader of pictures. */
export function zxingReader(zxing) {
  return async (picture) => {
    const found = await zxing.readBarcodes(picture, { formats: ['QRCode'], maxNumberOfSymbols: 8 })
    return found.filter((one) => one.isValid).map((one) => one.text)
  }
}

/**
 * @param {HTMLElement} card   holds data-camera-start, -stop, -view and a video
 * @param {{reader: () => Promise<(video: HTMLVideoElement) => Promise<string[]>>, caught: (text: string) => void,
 *   again: () => void, failed: (why: "insecure"|"refused"|"none") => void, filming: (on: boolean) => void}} calls
 * @returns {{forget: () => void}}   forget what was seen, so that it is given anew
 */
export function camera(card, calls) {
  const begin = card.querySelector('[data-camera-start]')
  const view = card.querySelector('[data-camera-view]')
  const video = card.querySelector('video')
  const seen = new Map()
  let stream
  let light

  const meet = (text) => {
    const before = seen.get(text)
    seen.set(text, Date.now())
    if (before === undefined) {
      view.classList.add('caught')
      setTimeout(() => view.classList.remove('caught'), 250)
      calls.caught(text)
    } else if (Date.now() - before > VISIT) {
      calls.again()
    }
  }

  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop()
    stream = undefined
    light?.release?.()
    view.hidden = true
    begin.hidden = false
    calls.filming(false)
  }

  const look = async (read) => {
    while (stream) {
      if (!document.hidden && video.readyState >= 2 && video.videoWidth) {
        const texts = await read(video).catch(() => [])
        texts.filter(Boolean).forEach(meet)
      }
      await new Promise((go) => setTimeout(go, EVERY))
    }
  }

  begin.addEventListener('click', async () => {
    if (!navigator.mediaDevices) return calls.failed('insecure')
    begin.setAttribute('aria-busy', 'true')
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } },
      })
      video.srcObject = stream
      view.hidden = false
      begin.hidden = true
      calls.filming(true)
      await video.play()
      light = await navigator.wakeLock?.request('screen').catch(() => undefined)
      look(await calls.reader())
    } catch (problem) {
      stop()
      calls.failed(problem.name === 'NotAllowedError' ? 'refused' : 'none')
    } finally {
      begin.removeAttribute('aria-busy')
    }
  })
  card.querySelector('[data-camera-stop]').addEventListener('click', stop)
  return { forget: () => seen.clear() }
}
