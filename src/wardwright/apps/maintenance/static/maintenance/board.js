// Dragging a card is a short cut for its menu: it presses the entry that leads to the column it was dropped on.
"use strict";
(() => {
  let card = null;
  const columns = () => document.querySelectorAll("[data-state]");
  const way = (column) => column && card?.querySelector(`[data-to="${column.dataset.state}"]`);
  const columnOf = (event) => event.target.closest?.("[data-state]");
  const over = (column) => { for (const one of columns()) one.classList.toggle("is-over", one === column); };

  document.addEventListener("dragstart", (event) => {
    card = event.target.closest?.("[data-card]") || null;
    if (!card) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.querySelector(".row-link").textContent);
    card.classList.add("is-dragged");
    for (const column of columns()) column.classList.toggle("may-drop", Boolean(way(column)));
  });
  document.addEventListener("dragover", (event) => {
    const column = way(columnOf(event)) ? columnOf(event) : null;
    if (card) over(column);
    if (column) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const found = way(columnOf(event));
    if (!found) return;
    event.preventDefault();
    found.click();
  });
  document.addEventListener("dragend", () => {
    card?.classList.remove("is-dragged");
    card = null;
    for (const column of columns()) column.classList.remove("may-drop", "is-over");
  });

  // The board is not drawn anew under the hand of whoever uses it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const board = document.getElementById("rows");
    if (event.target === board && (card || board.contains(document.activeElement))) event.preventDefault();
  });
})();
