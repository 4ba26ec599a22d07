// SHA-256 (FIPS 180-4), at once and without WebCrypto: for the few hashes of a proof.

import { constants } from './sha512.js'

export function sha256(message) {
  const { start, round } = constants()
  const hash = start.map((word) => Number(word >> 32n))
  const table = round.slice(0, 64).map((word) => Number(word >> 32n))
  const view = new DataView(padded(message).buffer)
  for (let at = 0; at < view.byteLength; at += 64) {
    compress(hash, Array.from({ length: 16 }, (_, i) => view.getUint32(at + 4 * i)), table)
  }
  const out = new DataView(new ArrayBuffer(32))
  hash.forEach((word, place) => out.setUint32(4 * place, word))
  return new Uint8Array(out.buffer)
}

function padded(message) {
  const bytes = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  bytes.set(message)
  bytes[message.length] = 128
  new DataView(bytes.buffer).setUint32(bytes.length - 4, message.length * 8)
  return bytes
}

const turn = (word, by) => (word >>> by) | (word << (32 - by))

function compress(hash, words, table) {
  for (let t = 16; t < 64; t++) {
    const [x, y] = [words[t - 15], words[t - 2]]
    const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
    const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)
    words.push((words[t - 16] + s0 + words[t - 7] + s1) | 0)
  }
  let [a, b, c, d, e, f, g, h] = hash
  for (let t = 0; t < 64; t++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + table[t] + words[t]) | 0
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g; g = f; f = e; e = (d + one) | 0
    d = c; c = b; b = a; a = (one + two) | 0
  }
  ;[a, b, c, d, e, f, g, h].forEach((value, i) => { hash[i] = (hash[i] + value) | 0 })
}
