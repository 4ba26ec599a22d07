// The strip that always says of which day the data are, and how far they reach; and what is wrong with log or root.

import { recall, remember } from '../memory.js'
import { reach } from './data.js'
import { day, moment, text } from './texts.js'

const strip = document.querySelector('[data-reach]')
const said = document.querySelector('[data-said]')
const page = document.documentElement
const TONES = { fresh: 'good', stale: 'warn', clock: 'warn', old: 'bad', 'clock-old': 'bad' }
const ICONS = { good: 'circle-check', warn: 'triangle-alert', bad: 'circle-x' }

/** Show the state of the data. `data` null: none. */
export function showReach(data, { now, isKept, isFile, isAlarmed }) {
  const far = data && reach(data, now)
  // While the log contradicts itself nothing is green.
  const tone = !data || isAlarmed ? 'bad' : TONES[far]
  strip.className = `reach ${tone}`
  page.dataset.far = far ?? 'none'
  strip.querySelector('use').setAttribute('href', `${page.dataset.icons}#${ICONS[tone]}`)
  const title = strip.querySelector('[data-reach-title]')
  const more = strip.querySelector('[data-reach-text]')
  if (!data) {
    title.textContent = text('data_none')
    more.textContent = text(isFile ? 'data_none_file' : 'data_none_text')
    return
  }
  title.textContent = text('data', { date: moment(data.issuedAt) })
  const values = { now: moment(now), until: moment(data.nextUpdate) }
  more.textContent = [
    text(`data_${far.replace('-', '_')}`, values),
    data.trial && text('data_trial'),
    !isKept && !isFile && text('data_unkept'),
  ].filter(Boolean).join(' ')
  document.querySelector('[data-versions]').textContent = text('versions', { keys: data.version, log: data.state?.size ?? 0 })
}

/** Say what became of an update, below the strip. */
export function say(words, tone = '') {
  said.textContent = words
  said.className = `reach-said ${tone}`
  said.hidden = !words
}

/** The alarm of the log, loud and never taken back by itself; `evidence` null: none. */
export function showAlarm(evidence) {
  const band = document.querySelector('[data-alarm]')
  band.hidden = !evidence
  if (!evidence) return
  const { kind, before, now } = evidence
  band.querySelector('[data-alarm-kind]').textContent = text(`alarm_${kind}`, { before: before?.size ?? 0, now: now.size })
}

/** Offer the evidence as a file. */
export function offerEvidence(evidence) {
  document.querySelector('[data-alarm-save]').addEventListener('click', () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([JSON.stringify(evidence(), null, 1)], { type: 'application/json' }))
    link.download = `bang-chung-so-cong-khai-${day(Date.now()).split('/').reverse().join('')}.json`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10000)
  })
}

/** Whether this device knew another root for this site; the reader may trust the new one. */
export function rootChanged(origin, pin, trusted) {
  const known = recall(`root ${origin}`)
  if (!known) remember(`root ${origin}`, pin)
  const isOther = Boolean(known) && known !== pin
  const band = document.querySelector('[data-root-changed]')
  band.hidden = !isOther
  band.querySelector('[data-root-trust]').addEventListener('click', () => {
    remember(`root ${origin}`, pin)
    band.hidden = true
    trusted()
  })
  return isOther
}
