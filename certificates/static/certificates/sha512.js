// SHA-512 (FIPS 180-4) for pages without WebCrypto (plain http, old phones): slow and short, for one message.

const MASK = (1n << 64n) - 1n

let computed

/** The first 64 bits of the fractional parts of the roots of primes; computed, not copied. SHA-256 takes 32 of them. */
export function constants() {
  computed ??= compute()
  return computed
}

function compute() {
  const primes = []
  for (let n = 2; primes.length < 80; n++) if (primes.every((p) => n % p)) primes.push(n)
  return {
    start: primes.slice(0, 8).map((p) => root(BigInt(p) << 128n, 2n) & MASK),
    round: primes.map((p) => root(BigInt(p) << 192n, 3n) & MASK),
  }
}

function root(value, degree) {
  let low = 0n
  let high = 1n << 70n
  while (low < high) {
    const middle = (low + high + 1n) >> 1n
    if (middle ** degree <= value) low = middle
    else high = middle - 1n
  }
  return low
}

const rotate = (x, by) => ((x >> by) | (x << (64n - by))) & MASK

export function sha512(message) {
  const { start, round } = constants()
  const hash = [...start]
  const blocks = pad(message)
  for (let at = 0; at < blocks.length; at += 16) compress(hash, blocks.slice(at, at + 16), round)
  const out = new Uint8Array(64)
  hash.forEach((word, index) => {
    for (let byte = 7; byte >= 0; byte--, word >>= 8n) out[index * 8 + byte] = Number(word & 255n)
  })
  return out
}

function pad(message) {
  const size = Math.ceil((message.length + 17) / 128) * 128
  const bytes = new Uint8Array(size)
  bytes.set(message)
  bytes[message.length] = 128
  new DataView(bytes.buffer).setUint32(size - 4, message.length * 8)
  const view = new DataView(bytes.buffer)
  return Array.from({ length: size / 8 }, (_, i) => (BigInt(view.getUint32(i * 8)) << 32n) | BigInt(view.getUint32(i * 8 + 4)))
}

function compress(hash, words, round) {
  for (let t = 16; t < 80; t++) {
    const x = words[t - 15]
    const y = words[t - 2]
    const s0 = rotate(x, 1n) ^ rotate(x, 8n) ^ (x >> 7n)
    const s1 = rotate(y, 19n) ^ rotate(y, 61n) ^ (y >> 6n)
    words.push((words[t - 16] + s0 + words[t - 7] + s1) & MASK)
  }
  let [a, b, c, d, e, f, g, h] = hash
  for (let t = 0; t < 80; t++) {
    const s1 = rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n)
    const one = (h + s1 + ((e & f) ^ (~e & MASK & g)) + round[t] + words[t]) & MASK
    const s0 = rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n)
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) & MASK
    h = g; g = f; f = e; e = (d + one) & MASK
    d = c; c = b; b = a; a = (one + two) & MASK
  }
  ;[a, b, c, d, e, f, g, h].forEach((value, i) => { hash[i] = (hash[i] + value) & MASK })
}
