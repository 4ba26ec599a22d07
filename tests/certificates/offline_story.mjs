// node offline_story.mjs CODE_FOLDER NOBLE_OR_- < {pin, origin, steps: [...]} → one JSON answer per step
// A step is {take: text, now, proof?}, {judge: text, now}, {address: text} or {continues: [before, now, proof]}.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [folder, noble] = process.argv.slice(2)
const given = JSON.parse(readFileSync(0, 'utf8'))
if (noble !== '-') Object.defineProperty(globalThis, 'crypto', { value: undefined })

const load = (name) => import(pathToFileURL(`${folder}/${name}`).href)
const { device } = await load('offline/device.js')
const { reach, ruleChange } = await load('offline/data.js')
const { readAddress } = await load('offline/addresses.js')
const { Alarm, continues } = await load('offline/log.js')

let proof = null
const askProof = async () => {
  if (proof === 'refused') throw new Alarm('no-proof')
  return proof
}
const mine = device({ pin: given.pin, origin: given.origin, loadNoble: () => import(pathToFileURL(noble).href), askProof })
for (const step of given.steps) {
  const now = Date.parse(step.now)
  let answer
  if (step.take) {
    proof = step.proof ?? null
    answer = await mine.take(step.take, now)
    answer.reach = mine.data && reach(mine.data, now)
  } else if (step.judge) {
    const { code, tone, body, place } = await mine.judge(step.judge, now)
    answer = { code, tone, name: body?.name ?? null, place, change: body ? ruleChange(mine.data, body) : null }
  } else if (step.continues) {
    answer = continues(...step.continues)
  } else {
    answer = readAddress(step.address, [given.origin])
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
