// Is this token genuine? The JavaScript twin of certificates/token/verify.py: same outcomes, same order.

import { Malformed, fromFragment, idBytes, signedMessage } from './codec.js'
import { verifyEd25519 } from './ed25519.js'

const RECORD_DOMAIN = 'VNRECORD1\0'

/**
 * @param {string} id       sixteen symbols of the address
 * @param {string} digits   what stands after "#"
 * @param {Map<string, object>} keys   kid (hex) → {alg, pub (base64), issuer, not_before, not_after, status}
 * @returns {Promise<{code: string, detail?: string, body?: object, kid?: string}>}
 */
export async function verifyFragment(id, digits, keys, loadNoble) {
  let token
  try {
    token = fromFragment(idBytes(id), digits)
  } catch (wrong) {
    if (wrong instanceof Malformed) return { code: 'malformed', detail: wrong.code }
    throw wrong
  }
  const kid = toHex(token.kid)
  const answer = (code) => ({ code, kid, body: token.body })
  const key = keys.get(kid)
  if (!key) return answer('unknown_key')
  if (key.alg !== 'Ed25519') return answer('unknown_algorithm')
  const holds = await verifyEd25519(token.signature, signedMessage(token), fromBase64(key.pub), loadNoble)
  if (!holds) return answer('bad_signature')
  if (!token.body) return answer('unknown_version')
  if (token.body.issuer !== key.issuer) return answer('wrong_issuer')
  if (token.body.issuedOn < key.not_before || token.body.issuedOn > key.not_after) return answer('outside_validity')
  if (key.status === 'withdrawn') return answer('key_withdrawn')
  return answer('genuine')
}

/** The register extract (the printed facts that do not fit in the code): its text, when its signature holds. */
export async function verifyRecord(id, text, signature, kid, keys, loadNoble) {
  const key = keys.get(kid)
  if (!key || key.alg !== 'Ed25519') return null
  const raw = new TextEncoder().encode(RECORD_DOMAIN)
  const record = new TextEncoder().encode(text)
  const message = new Uint8Array(raw.length + 4 + record.length)
  message.set(raw, 0)
  message.set(fromHex(kid), raw.length)
  message.set(record, raw.length + 4)
  const holds = await verifyEd25519(fromBase64(signature), message, fromBase64(key.pub), loadNoble)
  if (!holds) return null
  const read = JSON.parse(text)
  return read.id === id ? read : null
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (symbol) => symbol.charCodeAt(0))
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16))
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
