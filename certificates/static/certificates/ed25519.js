// Ed25519: the browser's own where it has it, otherwise @noble/ed25519.
// The fallback is taken only on "not supported", never because a signature did not hold.

import { sha512 } from './sha512.js'

// RFC 8032, test 1: an empty message. Shows whether this browser's Ed25519 exists and works.
const KNOWN_KEY = hex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
const KNOWN_SIGNATURE = hex(
  'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
)

let chosen

/** Whether the signature over the message is this key's. `loadNoble` brings the fallback when it is needed. */
export async function verifyEd25519(signature, message, publicKey, loadNoble) {
  chosen ??= (await nativeWorks()) ? native : await fallback(loadNoble)
  return chosen(signature, message, publicKey)
}

async function native(signature, message, publicKey) {
  const key = await crypto.subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify'])
  return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message)
}

async function nativeWorks() {
  if (!globalThis.crypto?.subtle) return false
  try {
    return await native(KNOWN_SIGNATURE, new Uint8Array(), KNOWN_KEY)
  } catch {
    return false
  }
}

async function fallback(loadNoble) {
  const noble = await loadNoble()
  noble.hashes.sha512 = sha512
  return (signature, message, publicKey) => {
    try {
      return noble.verify(signature, message, publicKey, { zip215: false })
    } catch {
      return false
    }
  }
}

function hex(text) {
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16))
}
