// Compares a file with the hash on the page, on this device.

import { sha256 } from '../sha256.js'

const field = document.querySelector('[data-hash]')
const said = document.querySelector('[data-hash-said]')

field.addEventListener('change', async () => {
  if (!field.files.length) return
  const content = await field.files[0].arrayBuffer()
  const digest = globalThis.crypto?.subtle ? await crypto.subtle.digest('SHA-256', content) : sha256(new Uint8Array(content))
  const hex = Array.from(new Uint8Array(digest), (one) => one.toString(16).padStart(2, '0')).join('')
  const same = field.dataset.hash === hex
  said.textContent = same ? `✔ ${field.dataset.same}` : `✖ ${field.dataset.other}`
  said.className = same ? 'strong text-good' : 'strong text-bad'
})
