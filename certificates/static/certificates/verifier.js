// Is this token genuine? The JavaScript twin of certificates/token/verify.py: same outcomes, same order;
// one more, "unsupported": this device cannot check the key's algorithm.

import { Malformed, fromFragment, idBytes, signedMessage } from './codec.js'
import { verifyEd25519 } from './ed25519.js'
import { Unsupported, verifyES256 } from './es256.js'

const RECORD_DOMAIN = 'VNRECORD1\0'
const ALGORITHMS = new Map([['Ed25519', verifyEd25519], ['ES256', verifyES256]])

/** Whether a signature is this key's, by the key's own algorithm. Throws Unsupported when this device cannot tell. */
export async function signatureHolds(key, signature, message, loadNoble) {
  const verify = ALGORITHMS.get(key.alg)
  return verify ? verify(signature, message, fromBase64(key.pub), loadNoble) : false
}

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
  if (!ALGORITHMS.has(key.alg)) return answer('unknown_algorithm')
  try {
    if (!(await signatureHolds(key, token.signature, signedMessage(token), loadNoble))) return answer('bad_signature')
  } catch (wrong) {
    if (wrong instanceof Unsupported) return answer('unsupported')
    throw wrong
  }
  if (!token.body) return answer('unknown_version')
  if (token.body.issuer !== key.issuer) return answer('wrong_issuer')
  if (token.body.issuedOn < key.not_before || token.body.issuedOn > key.not_after) return answer('outside_validity')
  if (key.status === 'withdrawn') return answer('key_withdrawn')
  return answer('genuine')
}

/** The register extract (the printed facts that do not fit in the code): its text, when its signature holds. */
export async function verifyRecord(id, text, signature, kid, keys, loadNoble) {
  const key = keys.get(kid)
  if (!key) return null
  const raw = new TextEncoder().encode(RECORD_DOMAIN)
  const record = new TextEncoder().encode(text)
  const message = new Uint8Array(raw.length + 4 + record.length)
  message.set(raw, 0)
  message.set(fromHex(kid), raw.length)
  message.set(record, raw.length + 4)
  if (!(await signatureHolds(key, fromBase64(signature), message, loadNoble))) return null
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
