// What was checked: the latest paper large, all of them below it. In memory alone: names are gone with the page.

import { sound } from '../pile-sound.js'
import { ruleChange, term } from './data.js'
import { day, moment, text, titleOf, written } from './texts.js'

const ICONS = { good: 'circle-check', warn: 'triangle-alert', bad: 'circle-x' }
const latest = document.querySelector('[data-latest]')
const list = document.querySelector('[data-papers]')
const template = document.getElementById('paper')
let papers = []
let chosen = null
let checked = 0

/** Show a verdict: {code, tone, …} of judge.js, with `at`, `data` and perhaps `from` (file and page). */
export function show(paper) {
  papers = [paper, ...papers.filter((one) => one.key !== paper.key)]
  chosen = paper
  draw()
  toTop()
  document.documentElement.dataset.checked = String(++checked)
  sound(paper.tone)
}

export function clear() {
  papers = []
  chosen = null
  draw()
}

// On a phone the verdict comes into view, wherever the reader had scrolled to.
function toTop() {
  const isFilming = document.body.classList.contains('filming')
  if (!isFilming && matchMedia('(max-width: 60rem)').matches) latest.scrollIntoView({ block: 'start' })
}

/** Draw anew: another language, or other data. */
export function draw() {
  document.querySelector('[data-empty]').hidden = papers.length > 0
  document.querySelector('[data-list]').hidden = papers.length < 2
  document.body.classList.toggle('with-papers', papers.length > 0)
  latest.replaceChildren(...(chosen ? [card(chosen)] : []))
  list.replaceChildren(...papers.map(row))
  const of = (tone) => papers.filter((one) => one.tone === tone).length
  document.querySelector('[data-counts]').textContent = text('counts', {
    all: papers.length, good: of('good'), warn: of('warn'), bad: of('bad'),
  })
}

function card(paper) {
  const made = template.content.cloneNode(true)
  const band = made.querySelector('.verdict')
  band.classList.add(paper.tone)
  made.querySelector('use').setAttribute('href', icon(paper.tone))
  made.querySelector('.verdict-title').textContent = text(`v.${paper.code}`)
  made.querySelector('[data-deed]').textContent = deed(paper)
  made.querySelector('[data-at]').textContent = [
    paper.asOf && text('as_of', { date: moment(paper.asOf) }),
    paper.from && text('from_file', paper.from),
    text('checked_at', { at: moment(paper.at) }),
  ].filter(Boolean).join(' · ')
  if (paper.body) {
    made.querySelector('[data-lines]').hidden = false
    made.querySelector('dl').append(...lines(paper))
    const posts = paper.body.posts.map((number) => element('li', called(paper, 'posts', number)))
    made.querySelector('details').hidden = !posts.length
    made.querySelector('[data-posts]').textContent = text('posts', { count: posts.length })
    made.querySelector('ul').append(...posts)
    const change = paper.tone === 'bad' ? null : ruleChange(paper.data, paper.body)
    if (change) tellChange(made.querySelector('[data-changed]'), paper, change)
  }
  return made
}

// The rules are others since the day of issue: both answers, each with its day.
function tellChange(note, paper, { on, gone, come }) {
  note.hidden = false
  const titles = { gone: (number) => called(paper, 'posts', number), come: (number) => titleOf(paper.data.counts.posts[number]) }
  for (const [name, numbers] of Object.entries({ gone, come })) {
    if (!numbers.length) continue
    const items = document.createElement('ul')
    items.append(...numbers.map((number) => element('li', titles[name](number))))
    note.append(element('p', text(`posts_${name}`, { date: written(on) })), items)
  }
}

function deed(paper) {
  const said = paper.why ?? text(`d.${paper.code}`, { date: paper.asOf && day(paper.asOf) })
  return paper.place ? `${said} ${text('leads_to', { place: paper.place })}` : said
}

function called({ body, data }, kind, number) {
  const entry = term(data, kind, number, body.issuedOn)
  return entry ? titleOf(entry) : text('number', { number })
}

function lines(paper) {
  const { body, kid } = paper
  const pairs = [
    ['name', body.name],
    ['birth', written(body.birth)],
    ['programme', called(paper, 'programmes', body.programme)],
    ['serial', body.serial],
    ['issued', `${called(paper, 'issuers', body.issuer)}, ${written(body.issuedOn)}`],
    ['valid_until', body.validUntil && written(body.validUntil)],
    ['key', kid],
  ]
  return pairs.filter(([, value]) => value).map(([name, value]) => {
    const line = document.createElement('div')
    line.className = name === 'name' ? 'who' : name === 'key' ? 'code-line' : ''
    line.append(element('dt', text(name)), element('dd', value))
    return line
  })
}

function row(paper) {
  const item = document.createElement('li')
  const button = element('button', '')
  button.type = 'button'
  button.className = `paper-row ${paper.tone}`
  if (paper === chosen) button.setAttribute('aria-current', 'true')
  const mark = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  mark.setAttribute('class', `icon ${paper.tone}`)
  mark.setAttribute('aria-hidden', 'true')
  mark.append(document.createElementNS('http://www.w3.org/2000/svg', 'use'))
  mark.firstChild.setAttribute('href', icon(paper.tone))
  const who = element('span', paper.body?.name ?? paper.place ?? paper.label ?? (paper.from ? text('from_file', paper.from) : paper.id) ?? '–')
  who.className = 'strong'
  const what = element('span', text(`v.${paper.code}`))
  what.className = 'what'
  const serial = element('span', paper.body?.serial ?? '')
  serial.className = 'muted'
  button.append(mark, who, serial, what)
  button.addEventListener('click', () => {
    chosen = paper
    draw()
    toTop()
  })
  item.append(button)
  return item
}

function element(tag, content) {
  const made = document.createElement(tag)
  made.textContent = content
  return made
}

const icon = (tone) => `${document.documentElement.dataset.icons}#${ICONS[tone]}`
