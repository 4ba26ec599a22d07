// The same as one file opened from a disk or a stick: everything stands in it, and it may not talk to anybody.

import { begin } from './page.js'
import { opener } from './pdf.js'

const block = (id) => document.getElementById(id).textContent
const bytes = (id) => Uint8Array.from(atob(block(id)), (symbol) => symbol.charCodeAt(0))

// A script of others runs when it is needed; the file's policy knows it by its hash. It tells that it is there by its name
// alone: scripts inside a page fire no event.
async function run(id, type, name) {
  if (!globalThis[name]) {
    const script = document.createElement('script')
    script.type = type
    script.textContent = block(id)
    document.body.append(script)
  }
  for (let tries = 0; !globalThis[name]; tries++) {
    if (tries > 1000) throw new Error(`${id} does not run`)
    await new Promise((go) => setTimeout(go, 10))
  }
  return globalThis[name]
}

const parts = {
  noble: () => run('noble', 'text/javascript', 'nobleEd25519'),
  zxing: async () => {
    const zxing = await run('zxing', 'text/javascript', 'ZXingWASM')
    await zxing.prepareZXingModule({ overrides: { wasmBinary: bytes('zxing-wasm').buffer }, fireImmediately: true })
    return zxing
  },
  jsqr: () => run('jsqr', 'text/javascript', 'jsQR'),
  pdf: async () => {
    // With its other half there it starts no worker, which a file from a disk could not have.
    await run('pdf-worker', 'module', 'pdfjsWorker')
    return opener(await run('pdf', 'module', 'pdfjsLib'), async (name) => bytes(name))
  },
}

// Without network no proof can be asked for; a smaller log, or another of the same size, is noticed all the same.
begin({ parts, isFile: true, askProof: async () => null, given: block('bundle') })
