// The perform page: answers are saved as they are given, photos are sent at once, a failed step asks for the result.
// Works without this file too: the form sends everything when it is saved or closed.
"use strict";
(() => {
  const form = document.getElementById("perform");
  if (!form) return;
  const status = form.querySelector("[data-saved]");
  const csrf = form.elements.csrfmiddlewaretoken.value;
  const PAUSE_MS = 700, RETRY_MS = 10000;
  const steps = () => [...form.querySelectorAll("[data-step][data-key]")];
  const keyOf = (target) => target.closest("[data-step][data-key]")?.dataset.key;
  const waiting = new Set();
  let timer = 0, running = null;

  function say(words, unsaved = false) {
    status.textContent = words;
    status.classList.toggle("is-unsaved", unsaved);
  }

  function mark(key, words) {
    const step = form.querySelector(`[data-key="${CSS.escape(key)}"]`);
    step?.querySelectorAll("[data-wrong]").forEach((old) => old.remove());
    if (!step || !words) return;
    const note = Object.assign(document.createElement("p"), { className: "wrong", textContent: words });
    note.dataset.wrong = "";
    note.setAttribute("role", "alert");
    step.firstElementChild.append(note);
  }

  // What the reading comes to besides pass and fail: near its limit and rising, within the uncertainty of the limit.
  function noted(key, words) {
    const place = form.querySelector(`[data-key="${CSS.escape(key)}"] [data-noted]`);
    if (place) place.replaceChildren(...words.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
  }

  function payload(keys) {
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "instrument", "mains_volts", "mains_seen"]) if (form.elements[name]) data.set(name, form.elements[name].value);
    for (const [name, value] of new FormData(form)) if (name === "also" || keys.has(name.slice(2)) && "anwpv".includes(name[0]) && name[1] === "-") data.append(name, value);
    return data;
  }

  async function send() {
    const keys = new Set(waiting);
    waiting.clear();
    let answer;
    try {
      const response = await fetch(form.dataset.save, { method: "POST", body: payload(keys), headers: { "X-CSRFToken": csrf, Accept: "application/json" } });
      answer = await response.json();
      if (!response.ok) return say(answer.words, true);
    } catch {
      keys.forEach((key) => waiting.add(key));
      say(form.dataset.unsaved, true);
      timer = setTimeout(flush, RETRY_MS);
      return;
    }
    for (const [key, token] of Object.entries(answer.saved)) {
      form.elements[`w-${key}`].value = token;
      mark(key, "");
    }
    for (const [key, words] of Object.entries({ ...answer.wrong, ...answer.conflict })) mark(key, words);
    for (const [key, words] of Object.entries(answer.notes)) noted(key, words);
    const trouble = Object.keys(answer.wrong).length + Object.keys(answer.conflict).length;
    say(trouble ? "" : answer.words);
    if (!waiting.size && !trouble && !form.elements.work_done.value) settled();
  }

  // Everything is on the server: leaving needs no question, and the copy kept in this tab is not needed any more.
  function settled() {
    form.dirty = false;
    try { sessionStorage.removeItem(`ww-draft:${document.documentElement.dataset.user}:${location.pathname}${location.search}#perform`); } catch { /* storage is off */ }
  }

  // What was typed here before and never sent stands beside what was recorded meanwhile: say so, let the person decide.
  function compareDraft() {
    for (const input of form.querySelectorAll(".reading input")) {
      if (input.defaultValue && input.value !== input.defaultValue && !("bound" in form.dataset)) mark(keyOf(input), form.dataset.twoAnswers.replace("%s", input.defaultValue));
    }
  }

  function flush() {
    clearTimeout(timer);
    if (running) { timer = setTimeout(flush, PAUSE_MS); return; }
    if (waiting.size) running = send().finally(() => { running = null; });
  }

  function later(key) {
    waiting.add(key);
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE_MS);
  }

  // ---- the result follows the steps ----
  const failed = () => steps().some((step) => step.classList.contains("is-beyond") || step.querySelector('input[value="fail"]:checked, input[data-fails]:checked'));

  function followSteps() {
    const words = form.querySelector("[data-failed-words]"), pass = form.querySelector('input[name="verdict"][value="pass"]');
    if (!pass) return;
    const any = failed();
    words.hidden = !any;
    if (any && pass.checked) pass.checked = false;
    else if (!any && !form.querySelector('input[name="verdict"]:checked')) pass.checked = true;
    pass.disabled = any;
  }

  // ---- photos ----
  async function upload(input) {
    const key = keyOf(input), file = input.files[0];
    if (!file) return;
    const data = new FormData();
    data.set("csrfmiddlewaretoken", csrf);
    data.set("photo", file);
    say(form.dataset.uploading);
    try {
      const response = await fetch(input.dataset.upload, { method: "POST", body: data, headers: { "X-CSRFToken": csrf, Accept: "application/json" } });
      const answer = await response.json();
      if (!response.ok) { input.value = ""; mark(key, answer.words); say(""); return; }
      form.elements[`p-${key}`].value = answer.id;
      input.removeAttribute("name");
      const picture = Object.assign(new Image(96, 72), { src: answer.url, alt: form.dataset.photoWords });
      input.closest(".photo-step").querySelector("[data-photo]").replaceChildren(picture);
      mark(key, "");
      later(key);
    } catch {
      say(form.dataset.unsaved, true);
      setTimeout(() => upload(input), RETRY_MS);
    }
  }

  // ---- a value straight from an instrument of this sitting ----
  // Only steps of the chosen instruments offer it. As plain buttons: Enter in a field must not read an instrument.
  function offerReading() {
    const chosen = new FormData(form), ids = new Set([chosen.get("instrument"), ...chosen.getAll("also")]);
    const reads = [...form.querySelectorAll("[data-reads]")].filter((one) => ids.has(one.value)).flatMap((one) => JSON.parse(one.dataset.reads));
    form.querySelectorAll("[data-read]").forEach((button) => {
      button.type = "button";
      button.hidden = !reads.includes(keyOf(button));
    });
  }

  async function readInstrument(button) {
    const key = keyOf(button), field = form.elements[`a-${key}`];
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    mark(key, "");
    say(form.dataset.reading);
    try {
      const response = await fetch(button.dataset.read, { method: "POST", body: payload(new Set()), headers: { "X-CSRFToken": csrf, Accept: "application/json" } });
      const answer = await response.json();
      say(response.ok ? answer.words : "");
      if (!response.ok) return mark(key, answer.words);
      field.value = answer.typed;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      form.elements[`v-${key}`].value = answer.mark;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    } catch {
      say("");
      mark(key, form.dataset.readFailed);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  // What a person changes was not read from the instrument.
  form.addEventListener("input", (event) => {
    const sealed = event.target.matches(".reading input") && form.elements[`v-${keyOf(event.target)}`];
    if (sealed) sealed.value = "";
  });
  form.addEventListener("change", (event) => {
    const key = keyOf(event.target);
    if (event.target.type === "file") return void upload(event.target);
    if (event.target.name === "instrument" || event.target.name === "also") offerReading();
    if (event.target.name === "instrument" || event.target.name === "also") steps().filter((step) => step.querySelector(".reading input")?.value).forEach((step) => later(step.dataset.key));
    if (event.target.name === "mains_volts") steps().filter((step) => step.querySelector("[data-mains]")?.value).forEach((step) => later(step.dataset.key));
    if (key) later(key);
    followSteps();
  });
  // On the document, so that the reading has been judged by then.
  document.addEventListener("input", (event) => { if (event.target.form === form && (keyOf(event.target) || "nominal" in event.target.dataset)) followSteps(); });
  form.addEventListener("click", (event) => {
    const reading = event.target.closest("[data-read]");
    if (reading) return void readInstrument(reading);
    if (!event.target.closest("[data-pass-every]")) return;
    form.querySelectorAll("[data-pass-all]").forEach((button) => { if (!button.undo) button.click(); });
  });
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") flush(); });
  compareDraft();
  offerReading();
  followSteps();
})();
