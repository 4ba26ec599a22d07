// The verdict on one scanned or pasted text, from signed data alone. Pure: data and time in, an answer out.

import { SIZE } from '../status.js'
import { readCode } from '../typed.js'
import { verifyFragment } from '../verifier.js'
import { readAddress } from './addresses.js'
import { reach } from './data.js'

const STATES = [null, 'revoked', 'superseded', 'suspended']
const FORGED = ['malformed', 'bad_signature', 'wrong_issuer', 'outside_validity', 'unknown_key']

/** Tones of the verdicts: good, warn (amber) or bad (red). */
export const TONES = {
  genuine: 'good',
  stale: 'warn', clock: 'warn', unknown_status: 'warn', alarm: 'warn', expired: 'warn', withdrawn: 'warn',
  newer: 'warn', unable: 'warn', unsigned: 'warn', mistyped: 'warn', no_address: 'warn',
  revoked: 'bad', superseded: 'bad', suspended: 'bad', forged: 'bad',
  foreign: 'bad', look_alike: 'bad', damaged: 'bad', no_code: 'bad', unreadable: 'bad',
  too_old: 'bad', no_data: 'bad',
}

/**
 * @param {string} text   what a code or a person said
 * @param {{data: object|null, origins: string[], now: number, alarm: boolean, loadNoble: Function}} known
 * @returns {Promise<{code: string, tone: string, id?: string, kid?: string, body?: object, place?: string, asOf?: number}>}
 */
export async function judge(text, known) {
  const read = readAddress(text, known.data?.origins ?? known.origins, known.data?.former)
  const answer = (code, more = {}) => ({ code, tone: TONES[code], ...more })
  if (read.kind === 'none') return typed(text, answer)
  if (read.kind !== 'paper') return answer(read.kind, { place: read.place })
  if (!read.digits) return answer('unsigned', { id: read.id })
  const { code, ...more } = await ofPaper(read, known)
  return answer(code, { id: read.id, ...more })
}

function typed(text, answer) {
  const said = readCode(text)
  if (said.id) return answer('unsigned', { id: said.id })
  return answer(said.wrong === 'check' ? 'mistyped' : 'no_address')
}

async function ofPaper(read, { data, now, alarm, loadNoble }) {
  if (!data) return { code: 'no_data' }
  const far = reach(data, now)
  if (far === 'old' || far === 'clock-old') return { code: 'too_old' }
  const { code, body, kid } = await verifyFragment(read.id, read.digits, data.keys, loadNoble)
  if (FORGED.includes(code)) return { code: 'forged' }
  if (code === 'unknown_version' || code === 'unknown_algorithm') return { code: 'newer' }
  if (code === 'unsupported') return { code: 'unable' }
  if (isOutsideItsDays(read, body)) return { code: 'foreign', place: read.place }
  const list = data.lists.get(Math.floor(body.statusIndex / SIZE))
  const shown = { body, kid, asOf: list ? Date.parse(list.issuedAt) : data.issuedAt }
  const state = list ? STATES[list.state(body.statusIndex)] : null
  // Revoked, replaced and suspended count whatever the age of the list.
  if (state) return { code: state, ...shown }
  if (code === 'key_withdrawn') return { code: 'withdrawn', ...shown }
  if (code !== 'genuine') return { code: 'forged' }
  if (body.validUntil && body.validUntil < today(now)) return { code: 'expired', ...shown }
  if (alarm) return { code: 'alarm', ...shown }
  if (!list) return { code: 'unknown_status', ...shown }
  if (far === 'clock') return { code: 'clock', ...shown }
  return { code: far === 'fresh' ? 'genuine' : 'stale', ...shown }
}

// A former address on a paper issued when it was not ours: whoever has the name now could print it.
function isOutsideItsDays({ former }, { issuedOn }) {
  return former.length > 0 && !former.some((one) => one.first <= issuedOn && issuedOn <= one.last)
}

// The day in Việt Nam, seven hours ahead of UTC the whole year.
function today(now) {
  return new Date(now + 7 * 3600000).toISOString().slice(0, 10)
}
