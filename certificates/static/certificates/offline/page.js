// The offline check: what comes in (camera, files, links), against the data this device holds.

import { camera } from '../camera.js'
import { sound } from '../pile-sound.js'
import { device } from './device.js'
import { TONES } from './judge.js'
import { NotRead, codesOf, pictureReader, videoReader } from './pictures.js'
import { offerEvidence, rootChanged, say, showAlarm, showReach } from './reach.js'
import { clear, draw, show } from './results.js'
import { day, speak, text } from './texts.js'

const { dataset } = document.documentElement

/**
 * Begin. `parts` load what is large: noble, zxing, jsqr, pdf. `askProof` asks the log for a proof of consistency;
 * `given` are data that came along with the page.
 * @returns {Promise<{take: (text: string) => Promise<boolean>, look: () => void}>}
 */
export async function begin({ parts, isFile, askProof, given }) {
  const { root: pin, origin } = dataset
  const mine = device({ pin, origin, loadNoble: parts.noble, askProof })
  let isTrusted = false
  const look = () => {
    showReach(mine.data, { now: Date.now(), isKept: mine.isKept, isFile, isAlarmed: Boolean(mine.alarm) })
    showAlarm(mine.alarm)
  }

  const take = async (words) => {
    if (!isTrusted) return false
    const said = await mine.take(words, Date.now())
    if (said.refused) say(text('refused', { why: text(`refused_${said.refused}`) }), 'bad')
    if (said.alarm) {
      say('')
      sound('bad')
    }
    look()
    return Boolean(said.taken)
  }

  const check = async (words, from) => {
    const at = Date.now()
    show({ ...(await mine.judge(words, at)), key: words.trim(), at, data: mine.data, from })
  }

  const wake = async () => {
    isTrusted = true
    await mine.wake(Date.now())
    if (given) await mine.take(given, Date.now())
    look()
  }

  offerEvidence(() => mine.alarm)
  speak(() => {
    say('')
    look()
    draw()
  })
  if (rootChanged(origin, pin, wake)) look()
  else await wake()
  setInterval(look, 60000)
  input(check, parts, async (file) => {
    if (await take(await file.text())) say(text('data_taken', { date: day(mine.data.issuedAt) }))
  })
  dataset.ready = 'yes'
  return { take, look }
}

function input(check, parts, newData) {
  const read = pictureReader(parts)
  let queue = Promise.resolve()
  const next = (work) => (queue = queue.then(work).catch((wrong) => console.error(wrong)))
  const card = document.querySelector('[data-camera]')
  const film = camera(card, {
    reader: () => videoReader(read),
    caught: (code) => next(() => check(code)),
    again: () => working(text('again'), 'again'),
    failed: (why) => working(text(`camera_${why}`), 'warn'),
    filming: (on) => document.body.classList.toggle('filming', on),
  })
  card.querySelector('[data-camera-start]').addEventListener('click', () => sound('wake'))
  document.querySelector('[data-clear]').addEventListener('click', () => {
    clear()
    film.forget()
  })

  const links = document.getElementById('links')
  const submit = () => {
    const lines = links.value.split('\n').map((line) => line.trim().slice(0, 2000)).filter(Boolean).slice(0, 1000)
    links.value = ''
    for (const line of lines) next(() => check(line))
  }
  document.querySelector('[data-paste]').addEventListener('submit', (event) => {
    event.preventDefault()
    submit()
  })
  // A hand scanner ends with Enter; a pasted list needs no further press.
  links.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    submit()
  })
  links.addEventListener('paste', () => setTimeout(submit))
  // A scanner types wherever the focus is: what is typed outside of a field goes to ours.
  document.addEventListener('keydown', (event) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return
    if (!event.target.closest('input, textarea, button, a, summary')) links.focus()
  })

  const open = (files) => {
    for (const file of files) next(() => file.name.endsWith('.json') ? newData(file) : inFile(file, read, parts, check))
  }
  const field = document.querySelector('[data-files]')
  field.addEventListener('change', () => {
    open([...field.files])
    field.value = ''
  })
  const zone = document.querySelector('[data-drop]')
  for (const kind of ['dragenter', 'dragover']) {
    document.addEventListener(kind, (event) => {
      event.preventDefault()
      zone.classList.add('over')
    })
  }
  for (const kind of ['dragleave', 'drop']) document.addEventListener(kind, () => zone.classList.remove('over'))
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    open([...event.dataTransfer.files])
  })
}

async function inFile(file, read, parts, check) {
  const name = file.name
  try {
    for await (const { page: number, pages, texts } of codesOf(file, read, parts)) {
      working(text('reading', { name, page: number, pages }))
      const from = { name, page: number }
      for (const code of texts) await check(code, from)
      if (!texts.length) show({ code: 'no_code', tone: TONES.no_code, key: `${name} ${number}`, at: Date.now(), from })
    }
  } catch (wrong) {
    if (!(wrong instanceof NotRead)) console.error(wrong)
    const why = text(`file_${wrong instanceof NotRead ? wrong.code : 'unreadable'}`, { name })
    show({ code: 'unreadable', tone: TONES.unreadable, key: name, label: name, at: Date.now(), why })
  }
  working('')
}

function working(words, tone) {
  const place = document.querySelector('[data-working]')
  place.textContent = words
  place.hidden = !words
  if (tone) sound(tone)
}
