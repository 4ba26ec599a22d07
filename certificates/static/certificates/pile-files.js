// Files dropped anywhere on the desk are sent in portions the server takes; the pile is looked at again while they are read.
import { take, say } from "./pile-page.js";

const form = document.querySelector("[data-pile-files]");

async function send(files) {
  const most = Number(form.dataset.most) * 0.95;
  const small = files.filter((file) => file.size < most);
  if (small.length < files.length) say(form.dataset.large, "bad");
  while (small.length) {
    const body = new FormData();
    for (const name of ["csrf_token"]) body.set(name, form.elements[name].value);
    body.set("fragment", "1");
    for (let size = 0, count = 0; small.length && size + small[0].size < most && count < 100; count += 1) {
      size += small[0].size;
      body.append("files", small.shift());
    }
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 401) return location.reload();
    take(await answer.text());
  }
}

if (form) {
  const field = form.elements.files;
  form.querySelector("[data-without-script]").hidden = true;
  field.addEventListener("change", () => {
    if (field.files.length) send([...field.files]);
    field.value = "";
  });
  const zone = form.querySelector("[data-pile-drop]");
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) document.addEventListener(kind, () => zone.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) send([...event.dataTransfer.files]);
  });
}
