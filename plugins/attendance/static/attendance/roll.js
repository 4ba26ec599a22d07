// Comforts of the roll: numbers while tapping, search, keyboard, notes, and choices that outlive a dead network.
// The page stands without it: rows are radio buttons, the form is an ordinary form.

const DAYS_KEPT = 3;
const RETRY_SECONDS = [4, 8, 15, 30, 60];
const key = (session) => `kb.roll.${session}`;

/* == drafts on this device */

function read(session) {
  try {
    return JSON.parse(localStorage.getItem(key(session)));
  } catch {
    return null;
  }
}

function write(session, draft) {
  try {
    localStorage.setItem(key(session), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

function forget(session) {
  try {
    localStorage.removeItem(key(session));
  } catch { /* private windows may refuse; nothing is kept then */ }
}

function sweep() {
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith("kb.roll.")) continue;
      const draft = JSON.parse(localStorage.getItem(name));
      if (!draft || Date.now() - draft.at > DAYS_KEPT * 864e5) localStorage.removeItem(name);
    }
  } catch { /* as above */ }
}

/* == small things */

const say = (name, values = {}) => {
  const found = document.getElementById("sayings")?.content.querySelector(`[data-key="${name}"]`)?.textContent ?? "";
  return found.replace(/\{(\w+)\}/g, (_all, word) => values[word] ?? "");
};
const clockTime = (moment) => new Date(moment).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replaceAll("đ", "d");
const newNonce = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(16).padStart(2, "0")).join("");

const clock = document.querySelector("[data-clock]");
if (clock) {
  const ahead = Number(clock.dataset.clock) - Date.now();
  const tick = () => {
    clock.textContent = clockTime(Date.now() + ahead);
  };
  tick();
  setInterval(tick, 5000);
}

const confirmed = document.querySelector("[data-sent]");
if (confirmed) {
  const draft = read(confirmed.dataset.sent);
  const arrived = draft && confirmed.dataset.nonces.split(" ").includes(draft.nonce);
  if (arrived || (draft && !draft.sent && draft.at < Number(confirmed.dataset.changed))) forget(confirmed.dataset.sent);
  // Sent while there was no network and never arrived: the roll's own page sends it.
  else if (draft?.sent) location.replace(`${location.pathname}?edit=1`);
}

sweep();
const form = document.querySelector("form.roll");
if (form) start(form);

/* == the roll */

function start(form) {
  const session = form.dataset.roll;
  const rows = [...form.querySelectorAll(".r")];
  const [inRoom, away] = [form.querySelector("[data-in]"), form.querySelector("[data-out]")];
  const strip = form.querySelector("[data-strip]");
  const saved = form.querySelector("[data-saved]");
  const drop = form.querySelector("[data-drop]");
  const find = document.getElementById("find");
  let draft = null;
  let attempt = 0;
  let timer = 0;
  let busy = false;

  const idOf = (row) => row.querySelector("input").name.slice(1);
  const mark = (row) => row.querySelector(":scope > input:checked").value;
  const set = (row, letter) => {
    row.querySelector(`:scope > input[value="${letter}"]`).checked = true;
    addNote(row);
  };
  const shown = () => rows.filter((row) => !row.classList.contains("gone"));

  function count() {
    let absent = 0;
    for (const row of rows) absent += "ae".includes(mark(row));
    inRoom.textContent = rows.length - absent;
    away.textContent = absent;
  }

  function tell(text, tone = "", canDrop = false) {
    strip.hidden = !text;
    strip.className = `strip ${tone}`;
    strip.querySelector("[data-say]").textContent = text;
    drop.hidden = !canDrop;
  }

  function addNote(row) {
    if (row.querySelector(".note-fold") || mark(row) === "p") return row.querySelector(".note-fold");
    const note = document.getElementById("note").content.firstElementChild.cloneNode(true);
    for (const input of note.querySelectorAll("input")) input.name = input.name[0] + idOf(row);
    row.append(note);
    return note;
  }

  function keep(sent = false) {
    const body = new URLSearchParams(new FormData(form));
    body.delete("csrf_token");
    draft = { nonce: form.elements.nonce.value, at: Date.now(), sent, body: body.toString() };
    return write(session, draft);
  }

  function changed() {
    // What was sent once under a nonce must not change under it.
    if (draft?.sent) form.elements.nonce.value = newNonce();
    clearTimeout(timer);
    count();
    // Said in the foot: a line that comes and goes above the rows would move them under the finger.
    if (keep()) saved.textContent = say("saved", { time: clockTime(draft.at) });
  }

  /* == taps, long press, "all" */

  form.addEventListener("change", (event) => {
    if (event.target === find) return;
    const row = event.target.closest(".r");
    if (row && event.target.type === "radio") addNote(row);
    changed();
  });
  for (const link of form.querySelectorAll("[data-all]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      for (const row of rows) set(row, link.dataset.all);
      link.closest("details").open = false;
      changed();
    });
  }
  let pressed = 0;
  let long = false;
  form.addEventListener("pointerdown", (event) => {
    const row = event.target.closest(".next > label")?.closest(".r");
    long = false;
    clearTimeout(pressed);
    if (!row) return;
    pressed = setTimeout(() => {
      long = true;
      if (mark(row) === "p") set(row, "l");
      const note = addNote(row);
      note.open = true;
      note.querySelector("input").focus();
      changed();
    }, 550);
  });
  for (const kind of ["pointerup", "pointercancel", "pointermove"]) {
    form.addEventListener(kind, (event) => {
      if (kind !== "pointermove" || Math.abs(event.movementY) > 4) clearTimeout(pressed);
    });
  }
  form.addEventListener("click", (event) => {
    if (long && event.target.closest(".next > label")) event.preventDefault();
    long = false;
  });
  form.addEventListener("contextmenu", (event) => event.target.closest(".next > label") && event.preventDefault());

  /* == search and keyboard */

  form.querySelector("[data-script]").hidden = rows.length < 8;
  const words = new Map(rows.map((row) => [row, fold(row.querySelector(".who").textContent)]));
  function search() {
    const wanted = fold(find.value.trim());
    for (const row of rows) {
      const hit = /^\d+$/.test(wanted) ? row.querySelector(".no").textContent === wanted : words.get(row).includes(wanted);
      row.classList.toggle("gone", wanted !== "" && !hit);
    }
    form.querySelector("[data-none]").hidden = shown().length > 0;
  }
  find.addEventListener("input", search);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      const first = find.value.trim() && shown()[0];
      if (!first) return;
      first.querySelector(`#${CSS.escape([...first.querySelectorAll(".next > label")].find((label) => label.offsetParent).htmlFor)}`).click();
      find.select();
    } else if (event.key === "Escape") {
      find.value = "";
      search();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      shown()[0]?.querySelector(":scope > input:checked").focus();
    }
  });
  form.addEventListener("keydown", (event) => {
    if (event.target.type !== "radio") return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const letter = { 1: "p", 2: "a", 3: "e", 4: "l" }[event.key];
    const row = event.target.closest(".r");
    if (step) {
      event.preventDefault();
      const visible = shown();
      visible[visible.indexOf(row) + step]?.querySelector(":scope > input:checked").focus();
    } else if (letter) {
      set(row, letter);
      row.querySelector(":scope > input:checked").focus();
      changed();
    } else if (event.key === "Enter") {
      event.preventDefault();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input[type=text], input[type=search], textarea")) {
      event.preventDefault();
      find.focus();
    }
  });

  /* == sending, again and again if need be */

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep(true);
    send(draft.body);
  });

  async function send(body, fresh = false) {
    if (busy) return;
    busy = true;
    saved.textContent = say("sending");
    form.querySelector(".sticky-foot .btn").setAttribute("aria-busy", "true");
    const all = new URLSearchParams(body);
    all.set("csrf_token", form.elements.csrf_token.value);
    let answer;
    try {
      answer = await fetch(form.action, {
        method: "POST",
        body: all,
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(15000),
      });
    } catch {
      answer = null;
    }
    busy = false;
    saved.textContent = "";
    form.querySelector(".sticky-foot .btn").removeAttribute("aria-busy");
    if (!answer || answer.status >= 500) return later();
    const data = await answer.json().catch(() => ({}));
    if (answer.ok && data.url) {
      forget(session);
      location.assign(data.url);
    } else if (answer.status === 400 && !fresh && (await newToken())) {
      send(body, true);
    } else if (answer.status === 401) {
      tell(say("signin"), "warn");
    } else {
      draft.sent = false;
      form.elements.nonce.value = newNonce();
      keep();
      const message = data.error?.message ?? data.message ?? say("failed");
      tell(message, "bad");
      strip.scrollIntoView({ block: "center" });
    }
  }

  function later() {
    tell(say("waiting", { n: rows.length }), "warn");
    clearTimeout(timer);
    timer = setTimeout(() => draft?.sent && send(draft.body), 1000 * RETRY_SECONDS[Math.min(attempt, RETRY_SECONDS.length - 1)]);
    attempt += 1;
  }

  async function newToken() {
    try {
      const page = await fetch(location.href, { headers: { Accept: "text/html" } });
      const found = (await page.text()).match(/name="csrf_token"[^>]*value="([^"]+)"/);
      if (found) form.elements.csrf_token.value = found[1];
      return Boolean(found);
    } catch {
      return false;
    }
  }

  addEventListener("online", () => draft?.sent && send(draft.body));
  document.addEventListener("visibilitychange", () => !document.hidden && draft?.sent && send(draft.body));

  /* == what this device remembers */

  function restore(known) {
    const body = new URLSearchParams(known.body);
    const before = new Map((body.get("seen") ?? "").split(" ").map((one) => [one.slice(0, -1), one.slice(-1)]));
    let touched = 0;
    for (const row of rows) {
      const id = idOf(row);
      const letter = body.get(`m${id}`);
      const was = before.get(id) === "-" ? "p" : before.get(id);
      if (!letter || (letter === was && !body.get(`r${id}`) && !body.get(`t${id}`))) continue;
      set(row, letter);
      touched += 1;
      const note = row.querySelector(".note-fold");
      for (const first of ["t", "r"]) {
        const input = note?.querySelector(`[name="${first}${id}"]`);
        if (input && body.has(first + id)) input.value = body.get(first + id);
      }
    }
    return touched;
  }

  drop.addEventListener("click", () => {
    forget(session);
    location.reload();
  });

  for (const row of rows) addNote(row);
  const known = read(session);
  if (known && (known.sent || known.at > Number(form.dataset.changed))) {
    const touched = restore(known);
    draft = known;
    if (known.sent) {
      form.elements.nonce.value = known.nonce;
      send(known.body);
    } else if (touched) {
      tell(say("restored", { time: clockTime(known.at) }), "", true);
    }
  } else if (known) {
    forget(session);
  }
  form.classList.add("live");
  count();
}
