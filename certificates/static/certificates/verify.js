// The check of one paper. What stands after "#" is read here, verified here, and sent nowhere.

import { Untrusted, readKeySet } from './keyset.js'
import { noteVersion, versionSeen } from './memory.js'
import { verifyFragment, verifyRecord } from './verifier.js'

const script = document.getElementById('verifier')
const signed = JSON.parse(document.getElementById('signed').textContent)
const digits = location.hash.slice(1)
const band = document.getElementById('verdict')

const loadNoble = () => import(script.dataset.noble)
// The root is a constant of this installation: it stands in the page, and every list of keys must be signed by it.
const root = script.dataset.root

async function trusted(set) {
  // An installation from before there was a root names the key alone.
  if (!root) return new Map(set.keys.map((key) => [key.kid, key]))
  const read = await readKeySet(set.keyset, root, { atLeast: versionSeen(root), loadNoble })
  // Its time is not looked at: this page and its list came from the server just now, and clocks of phones are often wrong.
  noteVersion(root, read.version)
  return read.keys
}

async function askAgain() {
  const answer = await fetch(script.dataset.keys, { credentials: 'omit', cache: 'no-cache' })
  return trusted(await answer.json())
}

async function check() {
  let keys = await trusted(signed)
  let outcome = await verifyFragment(signed.id, digits, keys, loadNoble)
  if (outcome.code === 'unknown_key') {
    keys = await askAgain()
    outcome = await verifyFragment(signed.id, digits, keys, loadNoble)
  }
  if (outcome.code === 'unknown_version' || outcome.code === 'unknown_algorithm') return say('later')
  if (outcome.code === 'unsupported') return say('unable')
  // What a withdrawn key signed stands when the public log held it before; without that nothing is confirmed.
  const vouched = outcome.code === 'key_withdrawn' && signed.by_log
  if (outcome.code === 'key_withdrawn' && !vouched) return say('unconfirmed')
  if (outcome.code !== 'genuine' && !vouched) return say('forged')
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
  check().catch((wrong) => say(wrong instanceof Untrusted ? 'distrusted' : 'later'))
}

// The holder learns that the paper was checked, and not by whom.
navigator.sendBeacon?.(script.dataset.seen, new URLSearchParams({ code: signed.id }))

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
