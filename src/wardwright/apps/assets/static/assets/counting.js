// Counting: the box is empty and ready again after every scan.
"use strict";
(() => {
  const box = document.querySelector("[data-scan-box]");
  if (!box) return;
  const typed = () => matchMedia("(hover: hover) and (pointer: fine)").matches;
  if (typed()) box.focus();
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.elt.matches("[data-scan-form]") || !event.detail.successful) return;
    box.value = "";
    if (typed()) box.focus();
  });
})();
