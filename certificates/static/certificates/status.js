// A reader of status lists (the twin of certificates/status/reading.py): bounded, signed, of the right kind, not older than seen.

import { fromBase64, signatureHolds } from './verifier.js'

export const SIZE = 131072
const DOMAIN = 'VNSTATUS1\0'
const BYTES = SIZE / 4
const MAX_TEXT = 200000

/** A list that says nothing; `code` is "key", "signature", "form", "size", "purpose", "rollback" or "unsupported". */
export class Unreadable extends Error {
  constructor(code) {
    super(code)
    this.code = code
  }
}

/**
 * @param {{document: string, kid: string, signature: string}} signed   as published under /c/status/<number>
 * @param {Map<string, object>} statusKeys   of the list of keys (keyset.js)
 * @param {{number: number, atLeast?: number, now?: number, loadNoble: Function}} options
 * @returns {Promise<{state: (index: number) => number, sequence: number, stale: boolean, issuedAt: string}>}
 *   state: 0 stands, 1 revoked, 2 superseded, 3 suspended; of a stale list it may have changed since
 */
export async function readStatusList(signed, statusKeys, { number, atLeast = 0, now = Date.now(), loadNoble }) {
  if (signed.document.length > MAX_TEXT) throw new Unreadable('size')
  const key = statusKeys.get(signed.kid)
  if (!key || key.status === 'withdrawn') throw new Unreadable('key')
  if (!(await signatureHolds(key, fromBase64(signed.signature), signedBytes(signed), loadNoble))) throw new Unreadable('signature')
  const said = read(signed.document)
  const day = said.issued_at.slice(0, 10)
  if (day < key.not_before || day > key.not_after) throw new Unreadable('key')
  if (said.list !== number) throw new Unreadable('purpose')
  if (said.sequence < atLeast) throw new Unreadable('rollback')
  const bits = await expand(fromBase64(said.encoded), BYTES)
  return {
    sequence: said.sequence,
    issuedAt: said.issued_at,
    nextUpdate: said.next_update,
    stale: now > Date.parse(said.next_update),
    state(index) {
      const place = index - number * SIZE
      if (!(place >= 0 && place < SIZE)) throw new Unreadable('purpose')
      return (bits[place >> 2] >> (6 - 2 * (place & 3))) & 3
    },
  }
}

function read(text) {
  let said
  try {
    said = JSON.parse(text)
  } catch {
    throw new Unreadable('form')
  }
  const whole = said.v === 1 && said.bits === 2 && said.size === SIZE && Number.isInteger(said.sequence)
  if (!whole || Number.isNaN(Date.parse(said.issued_at)) || Number.isNaN(Date.parse(said.next_update))) throw new Unreadable('form')
  return said
}

function signedBytes({ kid, document }) {
  const text = new TextEncoder().encode(document)
  const domain = new TextEncoder().encode(DOMAIN)
  const message = new Uint8Array(domain.length + 4 + text.length)
  message.set(domain)
  message.set(kid.match(/../g).map((pair) => parseInt(pair, 16)), domain.length)
  message.set(text, domain.length + 4)
  return message
}

/** Gunzip to exactly `size` bytes; stops at the first byte too many, so that a bomb never goes off. */
async function expand(packed, size) {
  if (!globalThis.DecompressionStream) throw new Unreadable('unsupported')
  const bits = new Uint8Array(size)
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  let filled = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      if (filled + value.length > size) throw new Unreadable('size')
      bits.set(value, filled)
      filled += value.length
    }
  } catch {
    reader.cancel().catch(() => {})
    throw new Unreadable('size')
  }
  if (filled !== size) throw new Unreadable('size')
  return bits
}
