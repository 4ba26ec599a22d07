// The search box of every desk page: Ctrl-K or the search link opens it; without script the link leads to the page.

const box = document.querySelector("dialog.search-box");
const field = box?.querySelector("input[type=search]");
const found = box?.querySelector(".found");
let asked = 0;
let waiting;

function open() {
  if (box.open) return;
  box.showModal();
  field.select();
  if (!found.textContent.trim()) ask();
}

async function ask() {
  const number = ++asked;
  const answer = await fetch(`${field.form.action}?part=1&q=${encodeURIComponent(field.value)}`).catch(() => null);
  if (number !== asked || !answer?.ok) return; // a later question has its answer, or the network is away
  found.innerHTML = await answer.text();
}

function links() {
  return [...found.querySelectorAll("a")];
}

// Arrows walk from the field through what was found and back.
function walk(step) {
  const stops = [field, ...links()];
  const next = stops.indexOf(document.activeElement) + step;
  stops[Math.min(Math.max(next, 0), stops.length - 1)].focus();
}

if (box?.showModal) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a.search-open") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open();
    }
    if (event.target === box) box.close();
  });
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    walk(step);
  });
  field.form.addEventListener("submit", (event) => {
    const first = links()[0];
    if (!first) return;
    event.preventDefault();
    location.assign(first.href);
  });
}
