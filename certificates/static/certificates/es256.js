// ECDSA on P-256 with SHA-256 (ES256): the browser's own. Signatures are r ‖ s, 64 bytes, with the low s alone.

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** This device cannot check the signature (plain http, or an old browser): it says nothing about genuineness. */
export class Unsupported extends Error {}

/** Whether the signature over the message is this key's (65 bytes, uncompressed point). Throws Unsupported. */
export async function verifyES256(signature, message, publicKey) {
  if (signature.length !== 64 || publicKey.length !== 65) return false
  const r = number(signature.subarray(0, 32))
  const s = number(signature.subarray(32))
  if (r === 0n || r >= ORDER || s === 0n || s > ORDER / 2n) return false
  if (!globalThis.crypto?.subtle) throw new Unsupported('no WebCrypto')
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
    return await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, message)
  } catch (wrong) {
    if (wrong.name === 'NotSupportedError') throw new Unsupported(wrong.message)
    return false
  }
}

function number(bytes) {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}
