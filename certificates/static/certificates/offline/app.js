// The installed page: its parts and data come over the network while there is one, and from this device otherwise.

import { Alarm } from './log.js'
import { begin } from './page.js'
import { opener } from './pdf.js'
import { say } from './reach.js'
import { text } from './texts.js'

const { dataset } = document.documentElement
const EVERY = 10 * 60000

const parts = {
  noble: () => import(dataset.noble),
  zxing: async () => {
    const zxing = await import(dataset.zxing)
    await zxing.prepareZXingModule({ overrides: { locateFile: () => dataset.zxingWasm }, fireImmediately: true })
    return zxing
  },
  jsqr: async () => {
    await import(dataset.jsqr)
    return globalThis.jsQR
  },
  pdf: async () => {
    const pdf = await import(dataset.pdf)
    pdf.GlobalWorkerOptions.workerSrc = dataset.pdfWorker
    const fetched = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer())
    return opener(pdf, (name) => fetched(dataset[name]))
  },
}

async function askProof(first, second) {
  let answer
  try {
    answer = await fetch(`/log/proof/consistency?first=${first}&second=${second}`, { credentials: 'omit', cache: 'no-store' })
  } catch {
    return null
  }
  if (answer.status === 429 || answer.status >= 500) return null
  if (!answer.ok) throw new Alarm('no-proof')
  const proof = await answer.json().catch(() => ({}))
  return Array.isArray(proof.hashes) ? proof.hashes : ['']
}

let busy = false

async function update({ take, look }, isWanted) {
  if (busy) return
  busy = true
  if (isWanted) say(text('updating'))
  try {
    const answer = await fetch(dataset.bundle, { credentials: 'omit', cache: 'no-cache' })
    if (!answer.ok) throw new Error(String(answer.status))
    const words = await answer.text()
    dataset.updated = (await take(words)) ? 'yes' : 'refused'
    if (dataset.updated === 'yes') say(isWanted ? text('updated') : '')
  } catch {
    dataset.updated = 'no'
    if (isWanted) say(text('no_network'), 'warn')
  }
  busy = false
  look()
}

begin({ parts, isFile: false, askProof }).then((page) => {
  document.querySelector('[data-update]').addEventListener('click', () => update(page, true))
  addEventListener('online', () => update(page, false))
  document.addEventListener('visibilitychange', () => document.hidden || update(page, false))
  setInterval(() => update(page, false), EVERY)
  update(page, false)
})

// The page itself is kept by its own worker; the data never are, so that no copy hides a revocation.
const had = Boolean(navigator.serviceWorker?.controller)
navigator.serviceWorker?.register(dataset.worker, { scope: dataset.scope }).then(async (one) => {
  await navigator.serviceWorker.ready
  dataset.installed = 'yes'
  navigator.storage?.persist?.()
  one.update().catch(() => {})
}, () => { dataset.installed = 'no' })
navigator.serviceWorker?.addEventListener('controllerchange', () => {
  document.querySelector('[data-new-version]').hidden = !had
})
document.querySelector('[data-reload]').addEventListener('click', () => location.reload())
