// The public log as this device remembers it (the twin of certificates/log/witness.py): a new state must continue the old.

import { verifyEd25519 } from '../ed25519.js'
import { sha256 } from '../sha256.js'
import { fromBase64 } from '../verifier.js'

/** The log is not what it was; `kind` is "signature", "missing", "rollback", "fork" or "no-proof". */
export class Alarm extends Error {
  constructor(kind, proof = null) {
    super(kind)
    this.kind = kind
    this.proof = proof
  }
}

/**
 * Size and root of a checkpoint signed by `vkey` (C2SP signed-note). Throws Alarm("signature").
 * @returns {Promise<{size: number, root: string, note: string}>} root in base64
 */
export async function openNote(note, vkey, loadNoble) {
  const [name, hash, encoded] = parts(vkey)
  const key = decoded(encoded)
  const [text, signatures] = note.split('\n\n')
  const lines = text.split('\n')
  const size = Number(lines[1])
  if (key?.length !== 33 || key[0] !== 1 || lines[0] !== name || String(size) !== lines[1]) throw new Alarm('signature')
  if (!Number.isSafeInteger(size) || decoded(lines[2] ?? '')?.length !== 32) throw new Alarm('signature')
  for (const line of (signatures ?? '').split('\n')) {
    const raw = line.startsWith(`— ${name} `) ? decoded(line.slice(line.lastIndexOf(' ') + 1)) : null
    if (raw?.length !== 68 || hex(raw.subarray(0, 4)) !== hash) continue
    const message = new TextEncoder().encode(`${text}\n`)
    if (await verifyEd25519(raw.subarray(4), message, key.subarray(1), loadNoble)) return { size, root: lines[2], note }
  }
  throw new Alarm('signature')
}

// Base64 may hold a "+" too: name and hash end at the first two.
function parts(vkey) {
  const [name, hash, ...rest] = vkey.split('+')
  return [name, hash, rest.join('+')]
}

/**
 * Compare a state with the one remembered.
 * @param {{size: number, root: string}|null} before
 * @param {{size: number, root: string}} now
 * @param {(first: number, second: number) => Promise<string[]|null>} askProof   null: cannot be had now; throws Alarm when refused
 * @returns {Promise<"first"|"same"|"continues"|"open">} "open": nothing can be said without a proof. Throws Alarm.
 */
export async function compare(before, now, askProof) {
  if (!before) return 'first'
  if (now.size < before.size) throw new Alarm('rollback')
  if (now.size === before.size) {
    if (now.root !== before.root) throw new Alarm('fork')
    return 'same'
  }
  const proof = await askProof(before.size, now.size)
  if (proof === null) return 'open'
  if (!continues(before, now, proof)) throw new Alarm('fork', proof)
  return 'continues'
}

/** Whether the proof (hashes in base64) shows that the later tree continues the earlier one (RFC 6962). */
export function continues(before, now, proof) {
  const hashes = proof.map(decoded)
  if (!(before.size > 0 && before.size < now.size) || hashes.some((one) => one?.length !== 32)) return false
  const [first, second] = [decoded(before.root), decoded(now.root)]
  const isPower = (BigInt(before.size) & (BigInt(before.size) - 1n)) === 0n
  const path = isPower ? [first, ...hashes] : hashes
  if (!path.length) return false
  let [here, last] = [before.size - 1, now.size - 1]
  const half = (number) => Math.floor(number / 2)
  while (here % 2) [here, last] = [half(here), half(last)]
  let [old, fresh] = [path[0], path[0]]
  for (const one of path.slice(1)) {
    if (last === 0) return false
    if (here % 2 || here === last) {
      ;[old, fresh] = [pair(one, old), pair(one, fresh)]
      while (here && here % 2 === 0) [here, last] = [half(here), half(last)]
    } else {
      fresh = pair(fresh, one)
    }
    ;[here, last] = [half(here), half(last)]
  }
  return last === 0 && hex(old) === hex(first) && hex(fresh) === hex(second)
}

function pair(left, right) {
  const both = new Uint8Array(65)
  both[0] = 1
  both.set(left, 1)
  both.set(right, 33)
  return sha256(both)
}

function decoded(text) {
  try {
    return fromBase64(text)
  } catch {
    return null
  }
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
