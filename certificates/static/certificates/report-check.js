// Compares a report's file with the hashes on record, on this device. Without WebCrypto it is sent to be compared.
const field = document.querySelector("[data-hash]");
const said = document.querySelector("[data-hash-said]");
if (globalThis.crypto?.subtle) {
  document.querySelector("[data-send]").hidden = true;
  field.addEventListener("change", async () => {
    const digest = await crypto.subtle.digest("SHA-256", await field.files[0].arrayBuffer());
    const hex = [...new Uint8Array(digest)].map((one) => one.toString(16).padStart(2, "0")).join("");
    const same = field.dataset.hash.split(" ").includes(hex);
    said.textContent = same ? `✔ ${field.dataset.same}` : `✖ ${field.dataset.other}`;
    said.className = same ? "strong text-good" : "strong text-bad";
  });
}
