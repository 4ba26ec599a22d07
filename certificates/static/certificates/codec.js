// The token's codec: the same rules as certificates/token/*.py, kept equal by tests/vectors/certificates.json.
// No dependencies, no page: it runs in any browser and in node.

export class Malformed extends Error {
  constructor(code) {
    super(code)
    this.code = code
  }
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const DOMAIN = [...'VNCERT1'].map((c) => c.charCodeAt(0)).concat(0)
const GROUP_DIGITS = [0, 3, 5, 8, 10, 13, 15, 17]
const NAME = /^[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff'\u2019\u02bc.-]+(?: [A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff'\u2019\u02bc.-]+)*$/
const SERIAL = /^[0-9A-Za-z\u0110./-]+$/
const MAX_POSTS = 32

export const VERSION = 1
export const FIELDS = 12

/** Sixteen symbols of an address (small letters only) as ten bytes. */
export function idBytes(text) {
  if (text.length !== 16) throw new Malformed('address')
  let number = 0n
  for (const symbol of text) {
    const value = ALPHABET.indexOf(symbol)
    if (value < 0) throw new Malformed('address')
    number = (number << 5n) | BigInt(value)
  }
  return bigToBytes(number, 10)
}

/** Decimal digits as bytes: groups of 17 digits are 7 bytes, the last group is shorter. */
export function fromDigits(text) {
  if (!/^[0-9]*$/.test(text)) throw new Malformed('digits')
  if (text.length > 600) throw new Malformed('length')
  const pieces = []
  for (let at = 0; at < text.length; at += 17) {
    const group = text.slice(at, at + 17)
    const size = GROUP_DIGITS.indexOf(group.length)
    if (size < 0 || BigInt(group) >= 1n << BigInt(8 * size)) throw new Malformed('digits')
    pieces.push(...bigToBytes(BigInt(group), size))
  }
  return Uint8Array.from(pieces)
}

export function toDigits(bytes) {
  let text = ''
  for (let at = 0; at < bytes.length; at += 7) {
    const group = bytes.subarray(at, at + 7)
    let number = 0n
    for (const byte of group) number = (number << 8n) | BigInt(byte)
    text += number.toString().padStart(GROUP_DIGITS[group.length], '0')
  }
  return text
}

/** Rebuild the token from the id in the path and the digits after "#". Throws Malformed. */
export function fromFragment(id, digits) {
  const short = fromDigits(digits)
  if (short.length < 6 + 64) throw new Malformed('length')
  const raw = new Uint8Array(short.length + 11)
  raw.set(short.subarray(0, 6), 0)
  raw[6] = 0x4a
  raw.set(id, 7)
  raw.set(short.subarray(6), 17)
  return split(raw)
}

/** Take a token apart, strictly. `body` is null when the format is a later one. Throws Malformed. */
export function split(raw) {
  if (raw.length < 95 || raw.length > 220) throw new Malformed('length')
  const kid = raw.subarray(0, 4)
  const rawBody = raw.subarray(4, raw.length - 64)
  const signature = raw.subarray(raw.length - 64)
  return { kid, rawBody, signature, body: decodeBody(rawBody) }
}

/** What the signature signs: domain separator, key id, body. */
export function signedMessage(token) {
  const message = new Uint8Array(DOMAIN.length + 4 + token.rawBody.length)
  message.set(DOMAIN, 0)
  message.set(token.kid, DOMAIN.length)
  message.set(token.rawBody, DOMAIN.length + 4)
  return message
}

/** Read the twelve fields; null for a later version; throws Malformed for everything that is not canonical. */
export function decodeBody(raw) {
  const read = new Reader(raw)
  const length = read.array()
  if (read.unsigned() !== VERSION) return null
  if (length !== FIELDS) throw new Malformed('fields')
  const body = {
    id: read.bytes(),
    name: read.text(),
    birth: birth(read.integer()),
    programme: read.unsigned(),
    issuer: read.unsigned(),
    issuedOn: day(read.unsigned()),
    validUntil: dayOrNone(read.unsigned()),
    posts: posts(read),
    statusIndex: read.unsigned(),
    serial: read.text(),
    rules: read.unsigned(),
  }
  read.end()
  check(body)
  return body
}

function check(body) {
  if (body.id.length !== 10) throw new Malformed('id')
  if (!isName(body.name)) throw new Malformed('name')
  if (body.programme < 1 || body.programme > 65535) throw new Malformed('programme')
  if (body.issuer < 1 || body.issuer > 65535) throw new Malformed('issuer')
  if (body.validUntil && body.validUntil < body.issuedOn) throw new Malformed('valid_until')
  let before = 0
  for (const post of body.posts) {
    if (post <= before || post > 65535) throw new Malformed('posts')
    before = post
  }
  if (body.statusIndex >= 4294967296) throw new Malformed('status_index')
  if (!SERIAL.test(body.serial) || utf8(body.serial).length > 24) throw new Malformed('serial')
  if (body.rules > 65535) throw new Malformed('rules')
}

export function isName(text) {
  return NAME.test(text) && utf8(text).length <= 80 && text.normalize('NFC') === text
}

function posts(read) {
  const count = read.array()
  if (count > MAX_POSTS) throw new Malformed('posts')
  const list = []
  for (let at = 0; at < count; at++) list.push(read.unsigned())
  return list
}

// Dates are ISO texts ("1971-12-30"), a year alone is four digits ("1971").
function birth(number) {
  if (number >= 0 && number <= 65535) return isoDay(number, Date.UTC(1900, 0, 1))
  if (number <= -1900 && number >= -2079) return String(-number)
  throw new Malformed('birth')
}

function day(number) {
  if (number < 1 || number > 65535) throw new Malformed('date')
  return isoDay(number, 0)
}

function dayOrNone(number) {
  return number === 0 ? null : day(number)
}

function isoDay(days, epoch) {
  return new Date(epoch + days * 86400000).toISOString().slice(0, 10)
}

class Reader {
  constructor(raw) {
    this.raw = raw
    this.at = 0
  }

  integer() {
    const [kind, value] = this.head()
    if (kind === 0) return value
    if (kind === 1) return -1 - value
    throw new Malformed('type')
  }

  unsigned() {
    return this.expect(0)
  }

  bytes() {
    return this.take(this.expect(2))
  }

  text() {
    const raw = this.take(this.expect(3))
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw)
    } catch {
      throw new Malformed('utf8')
    }
  }

  array() {
    return this.expect(4)
  }

  end() {
    if (this.at !== this.raw.length) throw new Malformed('trailing')
  }

  expect(kind) {
    const [found, value] = this.head()
    if (found !== kind) throw new Malformed('type')
    return value
  }

  head() {
    const first = this.take(1)[0]
    const kind = first >> 5
    const short = first & 31
    if (short < 24) return [kind, short]
    if (short > 27) throw new Malformed('type')
    const size = 1 << (short - 24)
    let value = 0n
    for (const byte of this.take(size)) value = (value << 8n) | BigInt(byte)
    if (value < (size === 1 ? 24n : 1n << BigInt(4 * size))) throw new Malformed('canonical')
    // Beyond 2^53 no field has a meaning; clamping keeps the comparison with every limit right.
    return [kind, value > 9007199254740000n ? 9007199254740000 : Number(value)]
  }

  take(size) {
    const end = this.at + size
    if (end > this.raw.length) throw new Malformed('truncated')
    const piece = this.raw.subarray(this.at, end)
    this.at = end
    return piece
  }
}

function bigToBytes(number, size) {
  const bytes = new Uint8Array(size)
  for (let at = size - 1; at >= 0; at--) {
    bytes[at] = Number(number & 255n)
    number >>= 8n
  }
  return bytes
}

function utf8(text) {
  return new TextEncoder().encode(text)
}
