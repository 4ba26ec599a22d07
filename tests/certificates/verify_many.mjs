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
process.stdout.write(out.map((one) => JSON.stringify(one)).join('\n'))
