// Is this address ours? What is not letter for letter one of ours is foreign and named (the twin of certificates/desk/addresses.py).

const OURS = /^\/c\/([0-9a-hjkmnp-tv-z]{16})(?:#([0-9]{1,600}))?$/
const SCHEME = /^([a-z][a-z0-9+.-]*):/i
const A_HOST = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+\p{L}{2,}$/u
// Letters that look like others in many typefaces; pairs first.
const LIKE = [['vv', 'w'], ['rn', 'm'], ['cl', 'd'], ['0', 'o'], ['1', 'l'], ['i', 'l'], ['-', ''], ['_', '']]
const FROM = 'авсԁеһіјкӏмнорԛгѕтухѵԝαβνορτυχικ'
const TO = 'abcdehijklmhopqrstyxvwabvoptuxlk'

/**
 * @param {string} given
 * @param {string[]} origins   what addresses of ours begin with today
 * @param {{origin: string, first: string, last: string}[]} former   what they began with before: only for papers of those days
 * @returns {{kind: "paper"|"damaged"|"foreign"|"look_alike"|"none", id?: string, digits?: string, former?: object[], place?: string}}
 */
export function readAddress(given, origins, former = []) {
  let text = given.trim()
  const ours = [...origins, ...former.map((one) => one.origin)]
  for (const origin of ours) {
    // As it is printed under the code, for typing.
    const bare = origin.slice(origin.indexOf('://') + 3)
    if (text.startsWith(`${bare}/c/`)) text = origin.slice(0, origin.length - bare.length) + text
    if (!text.startsWith(`${origin}/`)) continue
    const found = OURS.exec(text.slice(origin.length))
    if (!found) return { kind: 'damaged' }
    const days = origins.includes(origin) ? [] : former.filter((one) => one.origin === origin)
    return { kind: 'paper', id: found[1], digits: found[2] ?? '', former: days, place: bare }
  }
  const host = hostOf(text)
  if (host === null) return { kind: 'none' }
  const alike = ours.some((origin) => imitates(text, host, origin))
  return { kind: alike ? 'look_alike' : 'foreign', place: host.slice(0, 200) }
}

// Where a browser would go, other alphabets as punycode; null for a text that is no address.
function hostOf(text) {
  const scheme = SCHEME.exec(text)
  const web = scheme && /^https?$/i.test(scheme[1])
  if (scheme && !web && !A_HOST.test(scheme[1])) return `${scheme[1].toLowerCase()}:`
  const rest = text.slice(web ? scheme[0].length : 0).replace(/^[/\\]*/, '')
  const named = /^[^/\\?#]*/.exec(rest)[0]
  if (!web && !A_HOST.test(named.slice(named.lastIndexOf('@') + 1).replace(/:\d*$/, ''))) return null
  try {
    return new URL(`https://${named}`).host || named
  } catch {
    return named || scheme[0]
  }
}

function imitates(text, host, origin) {
  const ours = origin.slice(origin.indexOf('://') + 3).replace(/:\d+$/, '').toLowerCase()
  const seen = [text, host, decodedUri(text)].map((one) => one.toLowerCase())
  if (seen.some((one) => one.includes(ours))) return true
  const authority = /^(?:[a-z][a-z0-9+.-]*:)?[/\\]*([^/\\?#]*)/i.exec(text)[1]
  const mine = skeleton(ours)
  if (inOtherLetters(host.replace(/:\d+$/, '').split('.'), ours.split('.'))) return true
  for (const their of [host.replace(/:\d+$/, ''), authority].map(skeleton)) {
    if (their.includes(mine) || distance(their, mine) <= 2) return true
    const first = mine.split('.')[0]
    if (first.length >= 4 && their.split('.').some((label) => label.includes(first))) return true
  }
  return false
}

// Our name but for a label in other letters, which only a browser writes as xn--….
function inOtherLetters(theirs, ours) {
  const isOther = (label) => label.startsWith('xn--')
  return theirs.some(isOther) && theirs.length === ours.length && theirs.every((label, at) => isOther(label) || label === ours[at])
}

function decodedUri(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

// A host as the eye reads it: accents off, look-alike letters as one.
function skeleton(host) {
  let text = host.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/\.$/, '')
  text = Array.from(text, (sign) => [...TO][[...FROM].indexOf(sign)] ?? sign).join('')
  for (const [written, read] of LIKE) text = text.split(written).join(read)
  return text
}

// Edit distance, enough of it to tell 0, 1, 2 from more.
function distance(left, right) {
  if (Math.abs(left.length - right.length) > 2) return 3
  let row = Array.from({ length: right.length + 1 }, (_, place) => place)
  for (const [place, one] of [...left].entries()) {
    const next = [place + 1]
    for (const [other, sign] of [...right].entries()) {
      next.push(Math.min(row[other + 1] + 1, next[other] + 1, row[other] + (one === sign ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1)
}
