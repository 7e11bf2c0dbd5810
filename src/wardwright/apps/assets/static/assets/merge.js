"use strict";
/* The merge queue by keyboard: 1 to 5 press the button that names the key. Not while typing, not with single keys off.
   A scanner types many keys quickly: a key only counts when no other one follows it. */
let waiting = 0;
document.addEventListener("keydown", (event) => {
  clearTimeout(waiting);
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, dialog") || localStorage.getItem("ww-keys") === "off") return;
  const button = document.querySelector(`[data-merge] [aria-keyshortcuts="${CSS.escape(event.key)}"]`);
  if (button) waiting = setTimeout(() => button.click(), 350);
});
