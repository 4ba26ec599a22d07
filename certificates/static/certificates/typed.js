// The typed code: sixteen Crockford symbols and a check symbol over GF(32). Tells a slip before anything is sent.

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const SLIPS = { O: '0', I: '1', L: '1' }
const IGNORED = ' -\t\n\r\u00a0\u2010\u2011\u2013'

/** {id} when the code is whole and its check symbol fits, otherwise {wrong: "symbol" | "length" | "check", symbol?}. */
export function readCode(text) {
  const values = []
  for (const symbol of text) {
    if (IGNORED.includes(symbol)) continue
    // Capitals of ASCII alone: "ı" and "ſ" of other alphabets have capitals here that are symbols of ours.
    const capital = symbol <= 'z' ? symbol.toUpperCase() : symbol
    const value = ALPHABET.indexOf(SLIPS[capital] ?? capital)
    if (value < 0) return { wrong: 'symbol', symbol }
    values.push(value)
  }
  if (values.length !== 17) return { wrong: 'length' }
  let weight = 1
  let sum = 0
  for (const value of values.slice(0, 16)) {
    weight = times(weight, 2)
    sum ^= times(weight, value)
  }
  if (sum !== values[16]) return { wrong: 'check' }
  return { id: values.slice(0, 16).map((value) => ALPHABET[value]).join('').toLowerCase() }
}

function times(left, right) {
  let product = 0
  for (; right; right >>= 1) {
    if (right & 1) product ^= left
    left = left & 16 ? (left << 1) ^ 0b100101 : left << 1
  }
  return product
}
