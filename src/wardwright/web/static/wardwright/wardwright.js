// Wardwright's small behaviours. Every page works without this file; with it, work is faster and nothing typed is lost.
// No framework, no eval, no inline handlers: the content-security policy allows none.
"use strict";
(() => {
  const root = document.documentElement;
  const wordsBlock = document.getElementById("ww-words");
  const words = wordsBlock ? JSON.parse(wordsBlock.textContent) : {};
  const say = (key, value = "") => (words[key] || "").replace("%s", value);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
  const stored = (store, key) => { try { return store.getItem(key); } catch { return null; } };
  const keep = (store, key, value) => { try { store.setItem(key, value); } catch { /* full or switched off: carry on */ } };
  const forget = (store, key) => { try { store.removeItem(key); } catch { /* as above */ } };

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${root.dataset.sprite}#${name}`);
    svg.append(use);
    return svg;
  }

  // ---- messages ----
  function tell(meaning, text) {
    const alert = make("div", `alert alert-${meaning}`);
    const close = make("button", "alert-close");
    close.type = "button";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", say("dismiss"));
    close.append(icon("x"));
    if (meaning === "late") alert.setAttribute("role", "alert");
    alert.append(icon(meaning === "late" ? "alert-triangle" : "info-circle"), make("p", "", text), close);
    showMessage(alert);
  }

  function showMessage(alert) {
    const box = document.getElementById("messages");
    box?.replaceChildren(alert);
    box?.scrollIntoView({ block: "nearest" });
  }

  // ---- light and dark ----
  function toggleTheme() {
    const dark = root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.bsTheme = dark ? "light" : "dark";
    keep(localStorage, "ww-theme", root.dataset.bsTheme);
  }

  // ---- rows: move, select, open ----
  const rows = () => all("[data-row]").filter((row) => row.offsetParent !== null);
  const currentRow = () => document.querySelector("[data-row].at");

  function moveRow(step) {
    const list = rows();
    if (!list.length) return;
    const old = currentRow();
    const next = list[Math.min(list.length - 1, Math.max(0, old ? list.indexOf(old) + step : 0))];
    old?.classList.remove("at");
    next.classList.add("at");
    (next.querySelector(".row-link") || next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function selectRow() {
    const box = (currentRow() || document.activeElement.closest?.("[data-row]"))?.querySelector('input[name="selected"]');
    if (box) box.click();
  }

  function showSelection() {
    const bar = document.querySelector("[data-selection]");
    if (!bar) return;
    const boxes = all('input[name="selected"]');
    const count = boxes.filter((box) => box.checked).length;
    bar.hidden = count === 0;
    bar.querySelector("[data-selected-words]").textContent = count === 1 ? say("selected_one") : say("selected", count);
    const every = document.querySelector("[data-select-all]");
    if (every) Object.assign(every, { checked: count > 0 && count === boxes.length, indeterminate: count > 0 && count < boxes.length });
  }

  function markFiltered() {
    const form = document.getElementById("filters");
    form?.classList.toggle("is-filtered", all("input:not([type=hidden]), select", form).some((field) => field.value));
  }

  function setAllRows(checked) {
    for (const box of all('input[name="selected"]')) box.checked = checked;
    showSelection();
  }

  function openRow(event) {
    const row = event.target.closest("[data-href]");
    if (!row || event.target.closest("a, button, input, label, select, summary, .cell-check") || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey || event.button === 1) open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  }

  // ---- keyboard, and scanners, which type like very fast hands ----
  const SCAN_GAP_MS = 90, ACT_AFTER_MS = 50, SHORTEST_SCAN = 4;
  let typed = "", last = 0, timer = 0, afterG = 0;
  const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const focusSearch = () => { const box = document.getElementById("search"); box?.focus(); box?.select(); };
  const keysOn = () => stored(localStorage, "ww-keys") !== "off";

  function act(key) {
    if (afterG && Date.now() - afterG < 1500) {
      afterG = 0;
      return (all("[data-go-page]").find((link) => link.dataset.goPage === key) || all("[data-go]").find((link) => link.dataset.go === key))?.click();
    }
    if (key === "/") focusSearch();
    else if (key === "g") afterG = Date.now();
    else if (key === "j") moveRow(1);
    else if (key === "k") moveRow(-1);
    else if (key === "x") selectRow();
    else if (key === "?") openDialog("help-keys");
  }

  // A page that takes scans itself says so; elsewhere they go to the search.
  const scanBox = () => document.querySelector("[data-scan-box]") || document.getElementById("search");
  const isScan = (text) => text.length >= SHORTEST_SCAN && new Set(text).size > 1;

  function finishScan(event) {
    const box = scanBox();
    event.preventDefault();
    clearTimeout(timer);
    box.value = typed;
    typed = "";
    box.form.requestSubmit();
  }

  function onKey(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); return focusSearch(); }
    if (event.key === "Escape") return leaveMenu();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    // The browser's own clock tells a scan from typing even when this page is busy.
    const quick = event.timeStamp - last < SCAN_GAP_MS;
    last = event.timeStamp;
    if (!quick) typed = "";
    if (event.key === "Enter" && isScan(typed) && scanBox()) return finishScan(event);
    if (event.key.length !== 1 || (event.key === " " && !typed)) return;
    if (event.key === "/" || typed) event.preventDefault();
    clearTimeout(timer);
    typed = event.repeat ? "" : typed + event.key;
    if (!keysOn()) return;
    if (event.repeat) act(event.key);
    else if (new Set(typed).size === 1 || !isScan(typed)) timer = setTimeout(act, ACT_AFTER_MS, event.key);
  }

  // ---- menus and dialogs ----
  const closeMenus = (except) => all("details.menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  function leaveMenu() {
    document.activeElement.closest?.("details.menu[open]")?.querySelector("summary").focus();
    closeMenus();
  }
  const openDialog = (id) => { const dialog = document.getElementById(id); if (dialog && !dialog.open) dialog.showModal(); };

  // ---- forms: sent once, and nothing typed is lost ----
  const draftKey = (form) => `ww-draft:${root.dataset.user || ""}:${location.pathname}${location.search}#${form.getAttribute("id") || all("form[data-draft]").indexOf(form)}`;
  const draftable = (field) => field.name && !["password", "file", "hidden", "submit", "button"].includes(field.type) && !("noDraft" in field.dataset);

  const valuesOf = (form) => [...form.elements].filter(draftable).map((field) =>
    ["checkbox", "radio"].includes(field.type) ? [field.name, field.value, field.checked] : [field.name, field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value]);

  function fill(form, values) {
    for (const [name, value, checked] of values) {
      for (const field of [...form.elements].filter((one) => draftable(one) && one.name === name)) {
        if (["checkbox", "radio"].includes(field.type)) { if (field.value === value) field.checked = checked; }
        else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
        else field.value = value;
      }
    }
  }

  function keepDraft(form) {
    form.dirty = true;
    keep(sessionStorage, draftKey(form), JSON.stringify(valuesOf(form)));
  }

  function offerDraft(form, untouched) {
    const note = make("div", "draft-note");
    note.setAttribute("role", "status");
    const empty = make("button", "btn btn-quiet", say("draft_discard"));
    empty.type = "button";
    empty.addEventListener("click", () => { forget(sessionStorage, draftKey(form)); form.dirty = false; fill(form, untouched); note.remove(); judgeAll(); });
    note.append(make("span", "", say("draft_kept")), empty);
    form.prepend(note);
  }

  function restoreDrafts() {
    const sent = stored(sessionStorage, "ww-sent");
    const moved = performance.getEntriesByType("navigation")[0]?.type;
    if (sent && moved !== "reload" && moved !== "back_forward") {
      const refused = all("form[data-draft][data-bound]").some((form) => draftKey(form) === sent);
      if (!refused && !document.querySelector(".error-words, #login-form")) forget(sessionStorage, sent);
      forget(sessionStorage, "ww-sent");
    }
    for (const form of all("form[data-draft]")) {
      if (form.draftReady) continue;
      form.draftReady = true;
      const draft = stored(sessionStorage, draftKey(form)), untouched = valuesOf(form);
      if (!draft || "bound" in form.dataset || draft === JSON.stringify(untouched)) continue;
      fill(form, JSON.parse(draft));
      form.dirty = true;
      offerDraft(form, untouched);
    }
  }

  function onSubmit(event) {
    const form = event.target, button = event.submitter;
    if (form.dataset.sending) return event.preventDefault();
    if ("forgetDrafts" in form.dataset) for (const key of Object.keys(sessionStorage)) if (key.startsWith("ww-draft:")) forget(sessionStorage, key);
    if (event.defaultPrevented || form.method === "get" || form.method === "dialog" || form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
    form.dataset.sending = "1";
    form.dirty = false;
    if ("draft" in form.dataset) { keepDraft(form); form.dirty = false; keep(sessionStorage, "ww-sent", draftKey(form)); }
    // Disabled only after the browser has read the form, or the button's own name and value would be missing.
    setTimeout(() => { if (button) { button.disabled = true; button.setAttribute("aria-busy", "true"); } });
  }

  function wake() {
    for (const form of all("form[data-sending]")) delete form.dataset.sending;
    for (const button of all('button[aria-busy="true"]')) { button.disabled = false; button.removeAttribute("aria-busy"); }
  }

  // ---- the perform page: readings, steps, what is missing ----
  const readNumber = (text) => (/^[-+]?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(",", ".")) : NaN);

  function judgement(input) {
    const text = input.value.trim(), read = readNumber(text);
    // A leakage is judged as it would be at nominal mains voltage, where that of the test is entered.
    const mains = input.dataset.mains && input.form.elements[input.dataset.mains], volts = mains && readNumber(mains.value.trim());
    const number = volts ? read * Number(mains.dataset.nominal) / volts : read;
    const [low, high] = [input.dataset.low, input.dataset.high].map((limit) => (limit ? readNumber(limit) : null));
    const unit = input.dataset.unit ? `\u00a0${input.dataset.unit}` : "";
    // "> 999" is a reading beyond the instrument's range: the server judges it.
    if (!text || /^[<>≤≥]\s*[-+]?\d+([.,]\d+)?/.test(text)) return ["", ""];
    if (Number.isNaN(number)) return ["is-unread", say("not_a_number")];
    const heard = text.includes(",") ? `, ${say("read_as", read + unit)}` : "";
    // Without a limit, or with one that cannot be read, nothing is called good: the server judges.
    if ((low === null && high === null) || Number.isNaN(low) || Number.isNaN(high)) return ["", ""];
    if (high !== null && (number > high || (number === high && "exclusive" in input.dataset))) return ["is-beyond", say("above", high + unit) + heard];
    if (low !== null && number < low) return ["is-beyond", say("below", low + unit) + heard];
    return ["is-within", say("within") + heard];
  }

  function judge(input) {
    const step = input.closest("[data-step]") || input.parentElement;
    const [verdict, text] = judgement(input);
    step.classList.remove("is-within", "is-beyond", "is-unread");
    if (verdict) step.classList.add(verdict);
    const place = step.querySelector(".verdict");
    if (place) place.replaceChildren(...(verdict ? [icon(verdict === "is-within" ? "circle-check" : "alert-triangle"), ` ${text}`] : []));
  }

  const answered = (step) => !step.classList.contains("is-unread")
    && all("input, select, textarea", step).some((field) => !field.closest(".step-note") && (["radio", "checkbox"].includes(field.type) ? field.checked : field.type !== "hidden" && field.value.trim()));
  const missingSteps = (form) => all("[data-step]", form).filter((step) => "required" in step.dataset && !answered(step));

  function showMissing() {
    for (const bar of all("[data-closing]")) {
      const form = document.getElementById(bar.dataset.closing), place = bar.querySelector("[data-missing]");
      if (!form || !place) continue;
      const missing = missingSteps(form);
      bar.classList.toggle("is-complete", missing.length === 0);
      if (!missing.length) { place.textContent = say("nothing_missing"); continue; }
      const shown = missing.slice(0, 3).map((step) => step.dataset.name).join(", ");
      const more = missing.length > 3 ? ` ${say("and_more", missing.length - 3)}` : "";
      place.textContent = (missing.length === 1 ? say("one_missing") : say("missing", missing.length)) + shown + more;
    }
  }

  function jumpToMissing(event) {
    const button = event.target.closest("[data-closing] [data-close]");
    const form = button && document.getElementById(button.closest("[data-closing]").dataset.closing);
    const first = form && missingSteps(form)[0];
    if (!first) return;
    event.preventDefault();
    all(".is-missing-now").forEach((step) => step.classList.remove("is-missing-now"));
    first.classList.add("is-missing-now");
    first.scrollIntoView({ block: "center" });
    first.querySelector("input, select, textarea")?.focus({ preventScroll: true });
  }

  function passAll(button) {
    if (button.undo) {
      for (const box of button.undo) { box.checked = false; box.dispatchEvent(new Event("change", { bubbles: true })); }
      button.replaceChildren(...button.before);
      button.undo = null;
      return;
    }
    const open = all(`[data-step][data-group="${button.dataset.passAll}"]`).filter((step) => !answered(step));
    button.undo = open.map((step) => step.querySelector('input[value="pass"]')).filter(Boolean);
    for (const box of button.undo) { box.checked = true; box.dispatchEvent(new Event("change", { bubbles: true })); }
    button.before = [...button.childNodes];
    button.replaceChildren(icon("checks"), say("passed", button.undo.length));
  }

  function tick() {
    for (const clock of all("[data-elapsed-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.elapsedSince)) / 1000));
      const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part, i) => (i ? String(part).padStart(2, "0") : part));
      clock.textContent = parts.join(":");
    }
  }

  // A table that fits keeps its heading in sight. One that does not scrolls sideways in its own box, or, on a tablet,
  // shows each row as a card; on a phone all rows are cards.
  function fitTables() {
    const phone = matchMedia("(max-width: 639px)").matches;
    for (const wrap of all(".table-wrap")) {
      wrap.classList.remove("is-wide");
      wrap.classList.toggle("fits", !phone);
      const wide = !phone && wrap.scrollWidth > wrap.clientWidth + 1;
      wrap.classList.toggle("fits", !wide && !phone);
      wrap.classList.toggle("is-wide", wide);
    }
  }

  // Tabs that do not fit scroll sideways: the one that is open is in sight.
  function showTab() {
    for (const tab of all(".tabs [aria-current]")) {
      const tabs = tab.closest(".tabs"), box = tab.getBoundingClientRect(), frame = tabs.getBoundingClientRect();
      tabs.scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
    }
  }

  function judgeAll() {
    all("input[data-low], input[data-high]").forEach(judge);
    showMissing();
  }

  // ---- HTMX: our token, our errors, focus kept ----
  function htmxError(event) {
    const { xhr } = event.detail, status = xhr.status;
    if (xhr.responseText?.includes('id="login-form"')) { event.detail.shouldSwap = false; return tell("late", say("signed_out")); }
    if (event.detail.target?.id === "found") { event.detail.shouldSwap = status < 400; return; } // nothing was lost
    if (status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; return; }
    if (status < 400) return;
    event.detail.shouldSwap = false;
    const page = new DOMParser().parseFromString(xhr.responseText || "", "text/html");
    const own = page.querySelector("[data-error-message]");
    if (own) return showMessage(document.importNode(own, true));
    tell("late", say({ 401: "signed_out", 403: "forbidden", 409: "conflict" }[status] || "failed", status));
  }

  // The new heading of a filtered list is read out; a swapped heading would not be.
  let heard = document.getElementById("page-title")?.textContent.trim();
  function announce() {
    const title = document.getElementById("page-title")?.textContent.trim(), place = document.getElementById("announce");
    if (place && title !== heard) place.textContent = heard = title;
  }

  function wireHtmx() {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    const body = document.body;
    body.addEventListener("htmx:configRequest", (event) => { if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token; });
    body.addEventListener("htmx:beforeSwap", htmxError);
    const unanswered = (event) => { if (event.detail.target?.id !== "found") tell("late", say("no_answer")); };
    body.addEventListener("htmx:sendError", unanswered);
    body.addEventListener("htmx:timeout", unanswered);
    body.addEventListener("htmx:beforeRequest", () => body.classList.add("is-loading"));
    body.addEventListener("htmx:afterRequest", () => body.classList.remove("is-loading"));
    body.addEventListener("htmx:afterSettle", () => { announce(); showSelection(); judgeAll(); fitTables(); restoreDrafts(); });
  }

  // ---- one listener of each kind for the whole page ----
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    closeMenus(on("details.menu"));
    if (on("[data-theme-toggle]")) toggleTheme();
    else if (on("[data-dialog]")) openDialog(on("[data-dialog]").dataset.dialog);
    else if (on("[data-dismiss]")) on(".alert")?.remove();
    else if (on("[data-select-none]")) setAllRows(false);
    else if (on("[data-pass-all]")) passAll(on("[data-pass-all]"));
    else if (on("[data-discard]")) all("form[data-draft]").forEach((form) => { form.dirty = false; forget(sessionStorage, draftKey(form)); });
    else if (event.target.matches(".cell-check")) event.target.querySelector("input").click();
    else { jumpToMissing(event); openRow(event); }
  });
  document.addEventListener("auxclick", (event) => { if (event.button === 1) openRow(event); });
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && "draft" in form.dataset) keepDraft(form);
    if (event.target.matches("input[data-low], input[data-high]")) judge(event.target);
    if (event.target.matches("input[data-nominal]")) all(`input[data-mains="${event.target.name}"]`, form).forEach(judge);
    if (event.target.closest("[data-step]")) showMissing();
    markFiltered();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) setAllRows(event.target.checked);
    else if (event.target.matches('input[name="selected"]')) showSelection();
    else if (event.target.closest("#filters")) markFiltered();
    else if (event.target.matches("[data-all]")) for (const one of all(".choices input", event.target.closest("fieldset"))) one.checked = event.target.checked;
    else if (event.target.matches("[data-keys-on]")) keep(localStorage, "ww-keys", event.target.checked ? "on" : "off");
    const form = event.target.form;
    if (form && "draft" in form.dataset) keepDraft(form);
    if (event.target.closest("[data-step]")) { event.target.closest("[data-step]").classList.remove("is-missing-now"); showMissing(); }
  });
  addEventListener("pageshow", wake);
  addEventListener("resize", fitTables);
  addEventListener("beforeunload", (event) => { if (all("form[data-draft]").some((form) => form.dirty)) event.preventDefault(); });
  const connection = () => { const note = document.getElementById("offline"); if (note) Object.assign(note, { hidden: navigator.onLine, textContent: say("offline") }); };
  addEventListener("online", connection);
  addEventListener("offline", connection);

  const keysBox = document.querySelector("[data-keys-on]");
  if (keysBox) keysBox.checked = keysOn();
  connection();
  restoreDrafts();
  judgeAll();
  fitTables();
  showTab();
  showSelection();
  wireHtmx();
  document.querySelector("[data-error-summary]")?.focus();
  if (document.querySelector("[data-elapsed-since]")) { tick(); setInterval(tick, 1000); }
})();
