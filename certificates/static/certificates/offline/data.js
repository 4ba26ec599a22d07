// The data the offline page works from: believed only as far as signatures reach, never older than seen, fresh for a day.

import { readKeySet } from '../keyset.js'
import { noteVersion, recall, remember, versionSeen } from '../memory.js'
import { Unreadable, readStatusList } from '../status.js'
import { fromBase64, signatureHolds } from '../verifier.js'
import { openNote } from './log.js'

const DOMAIN = 'VNOFFLINE1\0'
const HOUR = 3600000
const DAY = 24 * HOUR
/** After so many days nothing is judged any more. */
export const REFUSE_DAYS = 30
const WRONG_YEAR = 730 * DAY
const MAX_TEXT = 4000000

/** Data that must not be used; `code` is "form", "key", "signature", "rollback" or "parts". */
export class Refused extends Error {
  constructor(code) {
    super(code)
    this.code = code
  }
}

/**
 * Read data as published under /offline/bundle.json. Nothing is remembered yet.
 * @param {string} text
 * @param {string} pin   the root this page believes, "Ed25519:<base64>"
 * @throws {Refused|Untrusted|Unreadable|Alarm|Unsupported}
 */
export async function readData(text, pin, { now = Date.now(), loadNoble }) {
  const bundle = parsed(text)
  const keys = await readKeySet(bundle.keyset, pin, { atLeast: versionSeen(pin), now, loadNoble })
  const about = await readAbout(bundle.about, keys.statusKeys, loadNoble)
  const issued = Date.parse(about.issued_at)
  if (issued < (Number(recall(`offline ${pin}`)) || 0)) throw new Refused('rollback')
  if (keys.version < about.keyset) throw new Refused('parts')
  const lists = await readLists(bundle.lists, about.lists, keys.statusKeys, pin, { now, loadNoble })
  // What is called missing here was there when the data were signed.
  if (about.log_size > 0 && !bundle.checkpoint) throw new Refused('parts')
  const state = bundle.checkpoint ? await openNote(bundle.checkpoint, about.log, loadNoble) : null
  if (state && state.size < about.log_size) throw new Refused('parts')
  const dated = [...lists.values()].filter(Boolean)
  return {
    text,
    pin,
    keys: keys.keys,
    version: keys.version,
    trial: keys.root === 'development',
    lists,
    terms: about.terms,
    origins: about.origins,
    former: about.former ?? [],
    counts: about.counts ?? { on: '', programmes: {}, posts: {} },
    state,
    newest: issued,
    issuedAt: Math.min(issued, ...dated.map((list) => Date.parse(list.issuedAt))),
    nextUpdate: Math.min(Date.parse(about.next_update), ...dated.map((list) => Date.parse(list.nextUpdate))),
    keysUntil: keys.until,
  }
}

/** From now on nothing older than these data is believed. Returns whether they will be here after the page is closed. */
export function keepData(data) {
  noteVersion(data.pin, data.version)
  remember(`offline ${data.pin}`, String(data.newest))
  for (const [number, list] of data.lists) if (list) remember(`list ${number} ${data.pin}`, String(list.sequence))
  return remember(`bundle ${data.pin}`, data.text)
}

/** The data of the last visit as text; null before the first. */
export function keptText(pin) {
  return recall(`bundle ${pin}`)
}

/**
 * How far the data reach at a moment.
 * @returns {"fresh"|"stale"|"old"|"clock"|"clock-old"} "clock": this device's clock stands before the data's day;
 *   "clock-old": it stands more than two years after it, so that it is wrong or the data are
 */
export function reach(data, now) {
  if (now < data.newest - HOUR) return 'clock'
  if (now - data.issuedAt > WRONG_YEAR) return 'clock-old'
  if (now - data.issuedAt > REFUSE_DAYS * DAY) return 'old'
  return now > data.nextUpdate || now > data.keysUntil ? 'stale' : 'fresh'
}

/** What a number of the dictionary meant on a day: the newest entry not younger than that day. */
export function term(data, kind, number, on) {
  const fitting = data.terms[kind].filter((one) => one.number === number && one.from <= on)
  return fitting.sort((left, right) => (left.from < right.from ? 1 : -1))[0] ?? null
}

/**
 * What a certificate counts for by the rules of the day of the data, where that differs from what was signed.
 * @returns {{on: string, gone: number[], come: number[]}|null} numbers of posts; null when nothing differs or is known
 */
export function ruleChange({ counts }, body) {
  const today = counts.programmes[body.programme]
  if (!today) return null
  const gone = body.posts.filter((number) => !today.includes(number))
  const come = today.filter((number) => !body.posts.includes(number))
  return gone.length || come.length ? { on: counts.on, gone, come } : null
}

function parsed(text) {
  if (text.length > MAX_TEXT) throw new Refused('form')
  try {
    const bundle = JSON.parse(text)
    const whole = bundle.v === 1 && Array.isArray(bundle.lists) && typeof bundle.about.document === 'string'
    if (whole && typeof bundle.keyset.document === 'string' && typeof bundle.checkpoint === 'string') return bundle
  } catch {
    // Said below.
  }
  throw new Refused('form')
}

async function readAbout(signed, statusKeys, loadNoble) {
  const key = statusKeys.get(signed.kid)
  if (!key || key.status === 'withdrawn') throw new Refused('key')
  const text = new TextEncoder().encode(DOMAIN + '\0\0\0\0' + signed.document)
  text.set(signed.kid.match(/../g).map((pair) => parseInt(pair, 16)), DOMAIN.length)
  if (!(await signatureHolds(key, fromBase64(signed.signature), text, loadNoble))) throw new Refused('signature')
  const said = JSON.parse(signed.document)
  if (said.v !== 1 || Number.isNaN(Date.parse(said.issued_at)) || Number.isNaN(Date.parse(said.next_update))) throw new Refused('form')
  const day = said.issued_at.slice(0, 10)
  if (day < key.not_before || day > key.not_after) throw new Refused('key')
  return said
}

// A list that this device cannot unpack is unknown (null): its papers are amber. One that is wrong spoils the whole.
async function readLists(signed, wanted, statusKeys, pin, { now, loadNoble }) {
  const lists = new Map()
  const numbers = Object.keys(wanted)
  if (signed.length !== numbers.length) throw new Refused('parts')
  for (const [place, number] of numbers.entries()) {
    const seen = Number(recall(`list ${number} ${pin}`)) || 0
    const options = { number: Number(number), atLeast: Math.max(seen, wanted[number]), now, loadNoble }
    const list = await readStatusList(signed[place], statusKeys, options).catch((wrong) => {
      if (wrong instanceof Unreadable && wrong.code === 'unsupported') return null
      throw wrong
    })
    lists.set(Number(number), list)
  }
  return lists
}
