// Dropping a card on a day is a short cut for its menu: it sends the same form. Every ticked card goes along.
"use strict";
(() => {
  let card = null;
  const days = () => document.querySelectorAll("[data-day]");
  const dayOf = (event) => event.target.closest?.("[data-day]");
  const today = () => document.querySelector("[data-today]").dataset.today;
  const may = (day) => card && day && day.dataset.day >= today();
  const outside = (day) => (card.dataset.opens && day.dataset.day < card.dataset.opens) || (card.dataset.ends && day.dataset.day > card.dataset.ends);
  const clear = (...names) => { for (const one of days()) one.classList.remove(...names); };

  document.addEventListener("dragstart", (event) => {
    card = event.target.closest?.("[data-card]") || null;
    if (!card) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.querySelector(".row-link").textContent);
    card.classList.add("is-dragged");
    for (const day of days()) if (may(day)) day.classList.add(outside(day) ? "is-outside" : "may-drop");
  });
  document.addEventListener("dragover", (event) => {
    const day = dayOf(event);
    clear("is-over-now");
    if (!may(day)) return;
    day.classList.add("is-over-now");
    event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const day = dayOf(event);
    if (!may(day)) return;
    event.preventDefault();
    send(card, day);
  });
  document.addEventListener("dragend", () => {
    card?.classList.remove("is-dragged");
    card = null;
    clear("may-drop", "is-outside", "is-over-now");
  });

  function send(moved, day) {
    const form = document.getElementById("calendar-go");
    const add = (name, value) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    const ticked = [...document.querySelectorAll('[data-card] input[name="selected"]:checked')].map((box) => box.value);
    const numbers = ticked.includes(moved.dataset.card) ? ticked : [moved.dataset.card];
    for (const number of numbers) add("selected", number);
    if (numbers.length === 1) add("expected_version", moved.dataset.version);
    add("planned_on", day.dataset.day);
    const from = moved.closest("[data-day]");
    if (day.dataset.person && from?.dataset.person !== day.dataset.person) add("person", day.dataset.person);
    form.submit();
  }
})();
