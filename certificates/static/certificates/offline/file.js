// The same as one file opened from a disk or a stick: everything stands in it, and it may not talk to anybody.

import { begin } from './page.js'
import { opener } from './pdf.js'
import { day, text } from './texts.js'

const block = (id) => document.getElementById(id).textContent
const bytes = (id) => Uint8Array.from(atob(block(id)), (symbol) => symbol.charCodeAt(0))

// A script of others runs when it is needed; the file's policy knows it by its hash.
const run = (id, type) => new Promise((done) => {
  const script = document.createElement('script')
  script.type = type
  script.textContent = block(id)
  if (type === 'module') script.addEventListener('load', done)
  document.body.append(script)
  if (type !== 'module') done()
})

const parts = {
  noble: async () => {
    if (!globalThis.nobleEd25519) await run('noble', 'text/javascript')
    return globalThis.nobleEd25519
  },
  zxing: async () => {
    await run('zxing', 'text/javascript')
    await globalThis.ZXingWASM.prepareZXingModule({ overrides: { wasmBinary: bytes('zxing-wasm').buffer }, fireImmediately: true })
    return globalThis.ZXingWASM
  },
  jsqr: async () => {
    await run('jsqr', 'text/javascript')
    return globalThis.jsQR
  },
  pdf: async () => {
    if (!globalThis.pdfjsLib) {
      await run('pdf-worker', 'module')
      await run('pdf', 'module')
    }
    return opener(globalThis.pdfjsLib, async (name) => bytes(name))
  },
}

// Without network no proof can be asked for; a smaller log, or another of the same size, is noticed all the same.
begin({ parts, isFile: true, askProof: async () => null, given: block('bundle') })

const made = document.querySelector('[data-file-made]')
made.textContent = text('file_made', { date: day(Date.parse(document.documentElement.dataset.made)) })
