// The search box while one types: what is found stands below it, chosen by arrow keys, touch or mouse. Without this
// file the box leads to the page of the search.
"use strict";
(() => {
  const box = document.getElementById("search"), found = document.getElementById("found"), form = box?.form;
  if (!found || !globalThis.htmx) return;
  const options = () => [...found.querySelectorAll('[role="option"]')];
  const chosen = () => found.querySelector('[aria-selected="true"]');

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function show(open) {
    found.hidden = !open || !found.childElementCount;
    box.setAttribute("aria-expanded", String(!found.hidden && options().length > 0));
    if (!open) choose(null);
  }

  // What stands there may belong to a text that has been changed since: then the step waits for the new.
  let waiting = 0;
  function step(by) {
    if (found.dataset.text !== box.value) { waiting = by; return; }
    const all = options(), next = all.indexOf(chosen()) + by;
    // Beyond either end stands the box itself.
    choose(next < -1 ? all.at(-1) : all[next]);
  }

  // Asked once when the box is entered, then whenever its text has changed.
  function enter() {
    if (!found.hidden) return;
    if (found.dataset.text === box.value) show(true);
    else htmx.trigger(box, "ask");
  }

  box.addEventListener("focus", enter);
  box.addEventListener("click", enter);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !found.hidden) { event.stopPropagation(); show(false); }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      // Hidden because it was closed; what is still on its way is waited for like any other change.
      if (found.hidden && found.dataset.text === box.value) enter();
      else step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) open(chosen().href, "_blank", "noopener");
      else location.assign(chosen().href);
    }
  });
  form.addEventListener("submit", () => show(false));
  found.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus while one clicks
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) show(false); });
  document.addEventListener("pointerdown", (event) => { if (!form.contains(event.target)) show(false); });
  box.addEventListener("input", () => choose(null));
  found.addEventListener("htmx:afterSwap", (event) => {
    found.dataset.text = event.detail.requestConfig.parameters.q;
    show(form.contains(document.activeElement));
    if (waiting && found.dataset.text === box.value) { step(waiting); waiting = 0; }
  });
})();
