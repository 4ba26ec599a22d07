// Small comforts for every page. Nothing here is needed to do the work: pages stand without it.

const folds = "details.menu, details.confirm";

function closeOthers(target) {
  for (const fold of document.querySelectorAll(`:is(${folds})[open]`)) {
    if (!fold.contains(target)) fold.open = false;
  }
}

for (const button of document.querySelectorAll("[data-close]")) button.hidden = false;

for (const button of document.querySelectorAll("[data-reveal]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.reveal);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    field.focus();
  });
}

document.addEventListener("click", (event) => {
  closeOthers(event.target);
  const close = event.target.closest("[data-close]");
  if (close) {
    const fold = close.closest("details");
    fold.open = false;
    fold.querySelector("summary").focus();
  }
  // The fragment never reaches the server; carry it through the language switch.
  const link = event.target.closest("a[data-keep-hash]");
  if (link && location.hash) link.hash = location.hash;
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const fold = event.target.closest(`:is(${folds})[open]`) ?? document.querySelector(`:is(${folds})[open]`);
  if (!fold) return;
  fold.open = false;
  fold.querySelector("summary").focus();
});

// Rows to choose: the head's box ticks the page, and how many are chosen is said.
for (const foot of document.querySelectorAll(".bulk-foot")) {
  const form = foot.closest("form");
  const rows = [...form.querySelectorAll('input[name="id"]')];
  const page = form.querySelector("[data-bulk-page]");
  const all = foot.querySelector("[data-bulk-all]");
  const said = foot.querySelector("[data-bulk-count]");
  const tell = () => {
    const count = rows.filter((box) => box.checked).length;
    if (page) {
      page.checked = count > 0 && count === rows.length;
      page.indeterminate = count > 0 && count < rows.length;
    }
    said.textContent = all.checked || !count ? "" : count === 1 ? said.dataset.one : said.dataset.many.replace("{n}", count);
  };
  if (page) {
    page.hidden = !rows.length;
    page.addEventListener("change", () => {
      for (const box of rows) box.checked = page.checked;
      tell();
    });
  }
  form.addEventListener("change", tell);
  tell();
}

// One press, one deed: a second press while the first is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || form.target) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(release, 5000);
});
function release() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

addEventListener("pageshow", release);
