// The check of one paper. What stands after "#" is read here, verified here, and sent nowhere.

import { verifyFragment, verifyRecord } from './verifier.js'

const script = document.getElementById('verifier')
const signed = JSON.parse(document.getElementById('signed').textContent)
const digits = location.hash.slice(1)
const band = document.getElementById('verdict')

const loadNoble = () => import(script.dataset.noble)
// A key is what the page brought; one it does not know is asked for once, so that "unknown" is the key set's word.
let keys = new Map(signed.keys.map((key) => [key.kid, key]))

async function allKeys() {
  const answer = await fetch(script.dataset.keys, { credentials: 'omit', cache: 'no-cache' })
  const set = await answer.json()
  return new Map(set.keys.map((key) => [key.kid, key]))
}

async function check() {
  let outcome = await verifyFragment(signed.id, digits, keys, loadNoble)
  if (outcome.code === 'unknown_key') {
    keys = await allKeys()
    outcome = await verifyFragment(signed.id, digits, keys, loadNoble)
  }
  if (outcome.code === 'unknown_version' || outcome.code === 'unknown_algorithm') return say('later')
  if (outcome.code === 'unsupported') return say('unable')
  if (outcome.code === 'key_withdrawn') return say('unconfirmed')
  if (outcome.code !== 'genuine') return say('forged')
  const record = await verifyRecord(signed.id, signed.record, signed.signature, signed.kid, keys, loadNoble)
  if (!record || !fits(record, outcome.body)) return say('altered')
  print(record, outcome.body)
  // Revoked, replaced, suspended and expired papers keep their band: the signature is genuine, the paper is not good.
  document.documentElement.dataset.checked = signed.status
  if (signed.status === 'genuine') say('genuine', true)
}

function fits(record, body) {
  return (
    record.serial === body.serial &&
    record.programme === body.programme &&
    record.issuer === body.issuer &&
    record.issued_on === body.issuedOn
  )
}

function print(record, body) {
  const values = { ...record, name: body.name, birth: body.birth }
  for (const place of document.querySelectorAll('[data-f]')) {
    const value = values[place.dataset.f]
    if (value !== undefined && value !== null) place.textContent = shown(String(value))
  }
}

function shown(text) {
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  return day ? `${day[3]}/${day[2]}/${day[1]}` : text
}

function say(what, keepLines = false) {
  band.replaceChildren(document.getElementById(`say-${what}`).content.cloneNode(true))
  document.documentElement.dataset.checked = what
  if (!keepLines) document.getElementById('lines').remove()
}

if (digits) {
  history.replaceState(null, '', location.pathname + location.search)
  // The address bar no longer has it; the language switch must still carry it.
  for (const link of document.querySelectorAll('a[data-keep-hash]')) link.hash = digits
  check().catch(() => say('later'))
}

const posts = document.querySelector('[data-counts]')
posts?.addEventListener('toggle', async () => {
  const place = document.getElementById('counts')
  if (!posts.open || place.dataset.read) return
  place.dataset.read = '1'
  try {
    const answer = await fetch(posts.dataset.counts, { credentials: 'omit' })
    if (!answer.ok) throw new Error(String(answer.status))
    place.replaceChildren(...new DOMParser().parseFromString(await answer.text(), 'text/html').body.childNodes)
  } catch {
    delete place.dataset.read
  }
})

// The same page opened with other digits must be judged anew.
addEventListener('hashchange', () => location.reload())
