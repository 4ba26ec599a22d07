// Passkeys: make one, or show one. Buttons carry data-passkey="create" or "get"; without WebAuthn they stay hidden.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function post(url, token, body) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body ?? {}),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error?.message ?? "");
  return told;
}

function readable(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials]) {
    for (const one of list ?? []) one.id = bytes(one.id);
  }
  return { publicKey: options };
}

function sendable(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
}

for (const box of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  box.hidden = false;
  const button = box.querySelector("button");
  const said = box.querySelector("[data-said]");
  button.addEventListener("click", async () => {
    said.hidden = true;
    button.setAttribute("aria-busy", "true");
    try {
      const options = readable(await post(box.dataset.options, box.dataset.token));
      const credential = await navigator.credentials[box.dataset.passkey](options);
      const name = box.querySelector("input")?.value ?? "";
      location.assign((await post(box.dataset.url, box.dataset.token, { credential: sendable(credential), name })).next);
    } catch (problem) {
      // The browser's own words (NotAllowedError …) are for developers; ours are for people.
      said.querySelector("p").textContent = (problem instanceof DOMException ? "" : problem.message) || said.dataset.default;
      said.hidden = false;
      button.removeAttribute("aria-busy");
    }
  });
}
