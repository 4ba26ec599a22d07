// Renew the moving part of a progress page each second until the work is finished.

const place = document.querySelector("[data-watch]");
const calm = 1000;
let wait = calm;

async function renew() {
  try {
    const answer = await fetch(place.dataset.watch, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (answer.redirected || answer.status === 401 || answer.status === 404) return location.reload();
    if (!answer.ok) throw new Error(answer.status);
    const html = await answer.text();
    if (html !== place.dataset.shown) {
      place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      place.dataset.shown = html;
    }
    if (["done", "failed", "stopped"].includes(answer.headers.get("X-Job-State"))) return;
    wait = calm;
  } catch {
    // The line is down or the server restarts: keep asking, less and less often.
    wait = Math.min(wait * 2, 15000);
  }
  setTimeout(renew, wait);
}

if (place) setTimeout(renew, calm);
