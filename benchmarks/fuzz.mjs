// node fuzz.mjs CODE_FOLDER: a batch of cases a line on stdin, their answers a line on stdout, until stdin ends.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const folder = process.argv[2]
const { Malformed, fromFragment, idBytes, toDigits } = await import(pathToFileURL(`${folder}/codec.js`).href)
const { verifyFragment } = await import(pathToFileURL(`${folder}/verifier.js`).href)
const { readCode } = await import(pathToFileURL(`${folder}/typed.js`).href)

let keys = new Map()
const loadNoble = () => {
  throw new Error('this runtime has no Ed25519')
}
const shown = (body) => {
  if (!body) return null
  const { id: _id, ...rest } = body
  return rest
}
const answers = {
  keys: (given) => {
    keys = new Map(given.map((key) => [key.kid, key]))
    return keys.size
  },
  token: (id, digits) => {
    try {
      return { body: shown(fromFragment(idBytes(id), digits).body) }
    } catch (wrong) {
      if (!(wrong instanceof Malformed)) throw wrong
      return { malformed: wrong.code }
    }
  },
  verify: async (id, digits) => {
    const { code, detail, body } = await verifyFragment(id, digits, keys, loadNoble)
    return { code, detail: detail ?? '', body: shown(body) }
  },
  typed: (text) => readCode(text),
  digits: (hex) => toDigits(Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))),
}

for await (const line of createInterface({ input: process.stdin })) {
  const out = []
  for (const [kind, ...given] of JSON.parse(line)) out.push(await answers[kind](...given))
  process.stdout.write(`${JSON.stringify(out)}\n`)
}
