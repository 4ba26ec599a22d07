// The list of keys, believed only when the pinned root signed it (the twin of certificates/keyset/document.py).

import { fromBase64, signatureHolds } from './verifier.js'

const DOMAIN = 'VNKEYSET1\0'

/** A list of keys that must not be used; `code` is "signature", "form" or "rollback". */
export class Untrusted extends Error {
  constructor(code) {
    super(code)
    this.code = code
  }
}

/**
 * @param {{document: string, signature: string}} signed   as published
 * @param {string} pin   the pinned root, "Ed25519:<base64>"
 * @param {{atLeast?: number, now?: number, loadNoble: Function}} options   highest version seen before; milliseconds
 * @returns {Promise<{keys: Map<string, object>, statusKeys: Map<string, object>, version: number, stale: boolean}>}
 */
export async function readKeySet(signed, pin, { atLeast = 0, now = Date.now(), loadNoble }) {
  const [alg, pub] = pin.split(':')
  const message = new TextEncoder().encode(DOMAIN + signed.document)
  if (!(await signatureHolds({ alg, pub }, fromBase64(signed.signature), message, loadNoble))) throw new Untrusted('signature')
  const said = JSON.parse(signed.document)
  if (said.v !== 1 || !Number.isInteger(said.version)) throw new Untrusted('form')
  if (said.version < atLeast) throw new Untrusted('rollback')
  const byId = (list) => new Map(list.map((key) => [key.kid, key]))
  return {
    keys: byId(said.keys),
    statusKeys: byId(said.status_keys),
    version: said.version,
    root: said.root_kind,
    until: Date.parse(said.next_update),
    stale: now > Date.parse(said.next_update),
  }
}
