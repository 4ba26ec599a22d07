// What this device believes: the data it took last, the state of the log it saw, and an alarm once raised. No page in here.

import { Unsupported } from '../es256.js'
import { recall, remember } from '../memory.js'
import { keepData, keptText, readData } from './data.js'
import { judge } from './judge.js'
import { Alarm, compare } from './log.js'

/**
 * @param {{pin: string, origin: string, loadNoble: Function, askProof: (first: number, second: number) => Promise<string[]|null>}} given
 */
export function device({ pin, origin, loadNoble, askProof }) {
  const self = {
    data: null,
    /** Whether data outlive a closing of the page. */
    isKept: true,
    /** Evidence against the log; once there, nothing is green any more. */
    alarm: JSON.parse(recall(`alarm ${pin}`)),

    /**
     * Take new data when everything about them holds; the old ones stay otherwise.
     * @returns {Promise<{taken: true}|{refused: "signature"|"rollback"|"form"|"unable"}|{alarm: object}>}
     */
    async take(text, now) {
      try {
        const fresh = await readData(text, pin, { now, loadNoble })
        await follow(fresh.state)
        self.isKept = keepData(fresh)
        self.data = fresh
        return { taken: true }
      } catch (wrong) {
        if (!(wrong instanceof Alarm)) return { refused: reason(wrong) }
        self.alarm = evidence(wrong, text, now)
        remember(`alarm ${pin}`, JSON.stringify(self.alarm))
        return { alarm: self.alarm }
      }
    },

    /** The data of the last visit, if any. */
    async wake(now) {
      const kept = keptText(pin)
      return kept ? self.take(kept, now) : null
    },

    judge: (text, now) => judge(text, { data: self.data, origins: [origin], now, alarm: Boolean(self.alarm), loadNoble }),
  }

  async function follow(state) {
    if (!state) return
    const before = JSON.parse(recall(`log ${pin}`))
    const outcome = await compare(before, state, askProof)
    if (outcome !== 'open') remember(`log ${pin}`, JSON.stringify(state))
  }

  function evidence(wrong, text, now) {
    const bundle = JSON.parse(text)
    return {
      kind: wrong.kind,
      at: new Date(now).toISOString(),
      origin,
      root: pin,
      before: JSON.parse(recall(`log ${pin}`)),
      now: { size: Number(bundle.checkpoint.split('\n')[1]) || 0, note: bundle.checkpoint },
      about: bundle.about,
      proof: wrong.proof,
    }
  }

  return self
}

function reason(wrong) {
  if (wrong instanceof Unsupported) return 'unable'
  if (wrong.code === 'rollback') return 'rollback'
  return wrong.code === 'signature' || wrong.code === 'key' ? 'signature' : 'form'
}
