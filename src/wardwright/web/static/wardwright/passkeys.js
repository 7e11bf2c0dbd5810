// Passkeys: the browser's own ceremony (WebAuthn), between two requests. Without it every page works with a password.
"use strict";
(() => {
  const can = window.PublicKeyCredential && navigator.credentials && PublicKeyCredential.parseRequestOptionsFromJSON;
  if (!can) return;
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value
    || document.querySelector("meta[name=csrf-token]")?.content || "";

  async function post(url, body) {
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(said.message || String(answer.status));
    return said;
  }

  const get = async (options) => (await navigator.credentials.get(
    { publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) })).toJSON();
  const create = async (options) => (await navigator.credentials.create(
    { publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) })).toJSON();

  // One button, one ceremony; what goes wrong is said beside it (cancelling is not an error to shout about).
  function wire(box, run) {
    const button = box.querySelector("button"), wrong = box.querySelector(".wrong");
    box.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      wrong.textContent = "";
      try { await run(); } catch (error) {
        wrong.textContent = error.name === "NotAllowedError" ? box.dataset.cancelled || "" : error.message;
      }
      button.disabled = false;
    });
  }

  for (const box of document.querySelectorAll("[data-passkey-login]")) {
    const second = box.dataset.passkeyLogin === "second";
    wire(box, async () => {
      const response = await get(await post(box.dataset.options, { second }));
      const next = document.querySelector("[name=next]")?.value || "";
      location.assign((await post(box.dataset.answer, { second, response, next })).go);
    });
  }

  for (const box of document.querySelectorAll("[data-passkey-add]")) {
    wire(box, async () => {
      const form = box.closest("form");
      const response = await create(await post(box.dataset.options, {}));
      form.elements.response.value = JSON.stringify(response);
      form.requestSubmit();
    });
  }

  // Beside a password that confirms a step: the passkey's ticket takes its place.
  const confirm = document.documentElement.dataset.confirm;
  if (confirm) {
    for (const field of document.querySelectorAll("main input[autocomplete=current-password]")) {
      const box = document.createElement("p");
      box.className = "passkey-line";
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: document.documentElement.dataset.confirmWords });
      const wrong = Object.assign(document.createElement("span"), { className: "wrong" });
      wrong.setAttribute("role", "alert");
      box.append(button, wrong);
      field.after(box);
      wire(box, async () => {
        const response = await get(await post(confirm, {}));
        field.value = (await post(confirm, { response })).ticket;
      });
    }
  }
})();
