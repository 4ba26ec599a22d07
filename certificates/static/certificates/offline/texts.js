// The page's texts in the reader's language; all languages stand in the page, so that the switch needs no network.

import { recall, remember } from '../memory.js'

const all = JSON.parse(document.getElementById('words').textContent)
const LOCALE = { vi: 'vi-VN', en: 'en-GB' }
let language = recall('language') in all ? recall('language') : 'vi'

// What the page itself says of a place, where the caller does not: the official site, and the day a file was made.
const { origin, made } = document.documentElement.dataset
const fixed = { host: origin.replace(/^.*:\/\//, ''), date: made && day(Date.parse(made)) }

/** A text with its places filled in. */
export function text(name, values = {}) {
  return (all[language][name] ?? name).replace(/\{(\w+)\}/g, (whole, place) => values[place] ?? fixed[place] ?? whole)
}

/** Which title of a dictionary's entry to show. */
export const titleOf = (entry) => (language === 'en' && entry.title_en) || entry.title

export const moment = (time) => day(time) + ' ' + new Date(time).toLocaleTimeString(LOCALE[language], { hour: '2-digit', minute: '2-digit', hour12: false })

/** dd/mm/yyyy of a moment, by this device's time zone. */
export function day(time) {
  const date = new Date(time)
  const two = (number) => String(number).padStart(2, '0')
  return `${two(date.getDate())}/${two(date.getMonth() + 1)}/${date.getFullYear()}`
}

/** dd/mm/yyyy of an ISO date; a year alone stays one. */
export const written = (iso) => iso.split('-').reverse().join('/')

/** Put every fixed text of the page into the reader's language, and again whenever another one is chosen. */
export function speak(changed) {
  const fill = (root) => {
    for (const place of root.querySelectorAll('[data-t]')) place.textContent = text(place.dataset.t)
    for (const place of root.querySelectorAll('[data-t-label]')) place.setAttribute('aria-label', text(place.dataset.tLabel))
  }
  const apply = () => {
    document.documentElement.lang = language
    fill(document)
    for (const template of document.querySelectorAll('template')) fill(template.content)
    for (const button of document.querySelectorAll('[data-language]')) {
      button.setAttribute('aria-pressed', String(button.dataset.language === language))
    }
  }
  for (const button of document.querySelectorAll('[data-language]')) {
    button.addEventListener('click', () => {
      language = button.dataset.language
      remember('language', language)
      apply()
      changed()
    })
  }
  apply()
}
