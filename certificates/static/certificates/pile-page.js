// The moving part of the desk: what an answer says is shown, heard, and looked at again while files are being read.
import { sound } from "./pile-sound.js";

const place = document.querySelector("[data-pile]");
const said = document.querySelector("[data-pile-said]");
let asking;

export function say(words, tone) {
  said.textContent = words;
  said.className = `pile-said ${tone}`;
  sound(tone);
}

export function take(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const answer = page.querySelector("[data-answer]").dataset;
  if (answer.refused) return say(answer.refused, "bad");
  if (answer.said) say(answer.said, answer.tone);
  place.replaceChildren(...page.body.childNodes);
  look();
  if (!answer.pileId || location.pathname === answer.here) return;
  for (const [name, address] of Object.entries({ form: answer.lines, files: answer.files, post: answer.post })) {
    for (const form of document.querySelectorAll(`[data-pile-${name}]`)) {
      form.action = address;
      form.hidden = false;
    }
  }
  history.replaceState(null, "", answer.here);
}

// While files are read the pile grows by itself.
function look() {
  clearTimeout(asking);
  if (place.querySelector("[data-running]")) asking = setTimeout(renew, 1200);
}

async function renew() {
  try {
    const answer = await fetch(place.querySelector("[data-answer]").dataset.lines + location.search, { credentials: "same-origin" });
    if (answer.redirected) return location.reload();
    if (answer.ok) return take(await answer.text());
  } catch {
    // The line is down: ask again.
  }
  asking = setTimeout(renew, 4000);
}

if (place) look();
