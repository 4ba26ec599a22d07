// Comforts of the anonymous form: progress, answers kept on this device until sent, no sending into a dead network.
// The form works without any of it. What is kept here never leaves the device except by "send".

const PREFIX = "ballot:";
const DAYS_KEPT = 7;

function stored(work) {
  try { return work(); } catch { return null; } // private windows may refuse storage
}

function forgetOld() {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
    if (!(Date.now() - kept.at < DAYS_KEPT * 86400e3)) localStorage.removeItem(key);
  }
}

// The page after sending: the form has arrived, so the copy on the device goes.
if (document.querySelector("[data-form-received]")) {
  stored(() => {
    const key = sessionStorage.getItem("ballot-sent");
    if (key) localStorage.removeItem(key);
    sessionStorage.removeItem("ballot-sent");
  });
}

const form = document.getElementById("ballot");
if (form) {
  const key = PREFIX + form.elements.code.value;
  const questions = [...form.querySelectorAll(".q")];
  const progress = form.querySelector(".done progress");
  const doneText = document.getElementById("done-text");
  const blanks = document.getElementById("blanks");
  const allowed = Number(form.dataset.allowed);

  const keep = () => stored(() => {
    const marks = Object.fromEntries([...form.querySelectorAll("input:checked")].map((one) => [one.name, one.value]));
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), marks, comment: form.elements.comment.value }));
  });

  const restore = () => stored(() => {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    if (!kept) return;
    for (const [name, value] of Object.entries(kept.marks)) {
      const mark = [...form.querySelectorAll("input[type=radio]")].find((one) => one.name === name && one.value === value);
      if (mark) mark.checked = true;
    }
    form.elements.comment.value ||= kept.comment;
  });

  const show = () => {
    const done = questions.filter((one) => one.querySelector("input:checked")).length;
    const blank = questions.length - done;
    progress.value = done;
    doneText.textContent = doneText.dataset.text.replace("{done}", done).replace("{total}", questions.length);
    blanks.textContent = (blank ? blanks.dataset.some : blanks.dataset.none).replace("{blank}", blank).replace("{allowed}", allowed);
    blanks.classList.toggle("fits", blank <= allowed);
  };

  const changed = () => { keep(); show(); };

  stored(forgetOld);
  if (!("kept" in form.dataset)) restore();
  form.querySelector(".done").hidden = false;
  blanks.hidden = false;
  form.querySelector(".blanks.muted").hidden = true;
  show();
  document.getElementById("what-to-do")?.focus();

  // A second tap on the chosen mark takes it back: a line may be left blank on purpose.
  let before = null;
  form.addEventListener("pointerdown", (event) => {
    const mark = event.target.closest(".marks label")?.querySelector("input");
    before = mark?.checked ? mark : null;
  });
  form.addEventListener("click", (event) => {
    if (event.target !== before) return;
    before.checked = false;
    before = null;
    changed();
  });
  form.addEventListener("change", (event) => {
    const question = event.target.closest(".q.wrong");
    question?.classList.remove("wrong");
    question?.querySelector(".field-error")?.remove();
    changed();
  });
  form.addEventListener("input", keep);

  // Capturing: before the page's own guard against double sending marks the form as sent.
  form.addEventListener("submit", (event) => {
    const offline = document.getElementById("offline");
    offline.hidden = navigator.onLine;
    if (!navigator.onLine) { event.preventDefault(); return; }
    keep();
    stored(() => sessionStorage.setItem("ballot-sent", key));
  }, true);
}
