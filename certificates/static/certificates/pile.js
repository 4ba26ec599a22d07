// The verify desk: a hand scanner types into the field and ends with Enter; what it types is sent at once, one request
// after the other, and the field stays free for the next paper. Good and bad sound different.
import { take, say } from "./pile-page.js";
import { watch } from "./pile-camera.js";
import "./pile-files.js";

const form = document.querySelector("[data-pile-form]");
const waiting = [];
let busy = false;

async function send(text) {
  waiting.push(text);
  if (busy) return;
  busy = true;
  while (waiting.length) {
    const batch = waiting.splice(0).join("\n");
    const body = new FormData(form);
    body.set("text", batch);
    body.set("fragment", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 401) return location.reload();
      if (answer.status >= 500) throw new Error(answer.status);
      take(await answer.text());
    } catch {
      // The line is down: keep what was read, and try again.
      waiting.unshift(batch);
      say(form.dataset.offline, "warn");
      await new Promise((go) => setTimeout(go, 2000));
    }
  }
  busy = false;
}

if (form) {
  watch(send);
  const field = form.elements.text;
  // On a phone the camera is the scanner; the keyboard stays away until it is wanted.
  if (matchMedia("(pointer: coarse)").matches) field.blur();
  const submit = () => {
    const text = field.value.trim();
    field.value = "";
    if (!matchMedia("(pointer: coarse)").matches) field.focus();
    if (text) send(text);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  // A pasted list needs no further press.
  field.addEventListener("paste", () => setTimeout(submit));
  // A scanner types wherever the focus is: what is typed outside of a field goes to ours.
  document.addEventListener("keydown", (event) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, button, a, summary, [contenteditable]")) return;
    field.focus();
  });
}
