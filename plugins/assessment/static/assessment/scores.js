// Comforts of the score grid: paste from Excel into the cells, arrows and Enter, what is typed but not saved.
// Without it the grid is an ordinary form, and the box below takes a pasted column.

const form = document.querySelector("[data-scores]");
if (form) start(form);

function start(form) {
  const inputs = [...form.querySelectorAll("td input")];
  const tally = form.querySelector("[data-tally]");
  const before = new Map(inputs.map((input) => [input, input.dataset.was]));
  const quiet = tally?.textContent;
  let sending = false;

  const columnOf = (input) => input.name.split("-")[1];
  const rows = [...form.querySelectorAll("tbody tr")];
  // In a cell with a retake the last field is the one that takes new scores.
  const field = (row, column) => [...row.querySelectorAll(`input[name^="s-${CSS.escape(column)}-"]`)].at(-1);
  const columns = [...new Set(inputs.map(columnOf))];

  function changed() {
    let count = 0;
    for (const input of inputs) {
      const touched = input.value.trim() !== before.get(input);
      input.classList.toggle("touched", touched);
      count += touched;
    }
    if (tally) tally.textContent = count ? tally.dataset.words.replace("{n}", count) : quiet;
    return count;
  }

  function judge(input) {
    const text = input.value.trim();
    const right = text === "" || text === "-" || (/^\d{1,4}([.,]\d{1,2})?$/.test(text) && Number(text.replace(",", ".")) <= Number(input.dataset.max.replace(",", ".")));
    if (right) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
  }

  form.addEventListener("input", (event) => {
    judge(event.target);
    changed();
  });

  form.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\n\t]/.test(text.trim())) return;
    event.preventDefault();
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
    const top = rows.indexOf(event.target.closest("tr"));
    const left = columns.indexOf(columnOf(event.target));
    lines.forEach((cells, down) => {
      cells.forEach((cell, right) => {
        const row = rows[top + down];
        const input = row && columns[left + right] && field(row, columns[left + right]);
        if (!input || cell.trim() === "") return;
        input.value = cell.trim().slice(0, 40);
        judge(input);
      });
    });
    changed();
  });

  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    if (!step || !event.target.matches("td input")) return;
    event.preventDefault();
    const row = rows[rows.indexOf(event.target.closest("tr")) + step];
    const next = row && field(row, columnOf(event.target));
    next?.focus();
    next?.select();
  });
  form.addEventListener("focusin", (event) => event.target.matches("td input") && event.target.select());

  form.addEventListener("submit", () => {
    sending = true;
  });
  addEventListener("beforeunload", (event) => {
    if (!sending && changed()) event.preventDefault();
  });
  changed();
}
