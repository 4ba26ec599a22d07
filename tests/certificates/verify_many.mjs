// node verify_many.mjs CODE_FOLDER NOBLE_OR_- < {"keys": [...], "cases": [[id, digits], ...]}  → one JSON answer per line
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [folder, noble] = process.argv.slice(2)
const given = JSON.parse(readFileSync(0, 'utf8'))
if (noble !== '-') Object.defineProperty(globalThis, 'crypto', { value: undefined })

const { verifyFragment } = await import(pathToFileURL(`${folder}/verifier.js`).href)
const { toDigits } = await import(pathToFileURL(`${folder}/codec.js`).href)
const { readCode } = await import(pathToFileURL(`${folder}/typed.js`).href)
const loadNoble = () => {
  if (noble === '-') throw new Error('the fallback was taken although this runtime has Ed25519')
  return import(pathToFileURL(noble).href)
}
const keys = new Map(given.keys.map((key) => [key.kid, key]))
const hex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))
const out = []
for (const text of given.digits ?? []) out.push(toDigits(hex(text)))
for (const text of given.typed ?? []) out.push(readCode(text))
for (const [id, digits] of given.cases ?? []) {
  const { code, detail, body } = await verifyFragment(id, digits, keys, loadNoble)
  if (body) delete body.id
  out.push({ code, detail, body: body ?? undefined })
}
if (given.keysets) {
  const { Untrusted, readKeySet } = await import(pathToFileURL(`${folder}/keyset.js`).href)
  for (const one of given.keysets) {
    try {
      const read = await readKeySet(one, given.pin, { atLeast: given.seen, now: Date.parse(given.now), loadNoble })
      out.push({ outcome: read.stale ? 'stale' : 'trusted', kids: [...read.keys.keys()], version: read.version })
    } catch (wrong) {
      if (!(wrong instanceof Untrusted)) throw wrong
      out.push({ outcome: 'refused' })
    }
  }
}
if (given.lists) {
  const { Unreadable, readStatusList } = await import(pathToFileURL(`${folder}/status.js`).href)
  const { Unsupported } = await import(pathToFileURL(`${folder}/es256.js`).href)
  const statusKeys = new Map(given.status_keys.map((key) => [key.kid, key]))
  for (const one of given.lists) {
    try {
      const options = { number: given.number, atLeast: given.seen, now: Date.parse(given.now), loadNoble }
      const read = await readStatusList(one, statusKeys, options)
      let outside = ''
      try {
        read.state(131072)
      } catch (wrong) {
        outside = wrong.code
      }
      const states = Object.keys(given.states).map((index) => read.state(Number(index)))
      out.push({ outcome: read.stale ? 'stale' : 'read', states, outside })
    } catch (wrong) {
      if (wrong instanceof Unsupported) out.push({ outcome: 'unsupported' })
      else if (wrong instanceof Unreadable) out.push({ outcome: wrong.code })
      else throw wrong
    }
  }
}
process.stdout.write(out.map((one) => JSON.stringify(one)).join('\n'))
