/**
 * Sorts and filters the table of models, and opens the model that a link leads to. Without it the table stands as it
 * is, reds first, and its controls are hidden. It writes no text and no markup of its own.
 */
export const TABLE_SCRIPT = `
"use strict";
(() => {
  const openTarget = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    const card = target && target.closest("details");
    if (!card) return;
    card.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", openTarget);
  openTarget();

  const table = document.getElementById("models");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const controls = document.getElementById("controls");
  const text = document.getElementById("filter-text");
  const answer = document.getElementById("filter-answer");
  const shown = document.getElementById("shown");
  controls.hidden = false;

  const filter = () => {
    const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const content = row.textContent.toLowerCase();
      const fits =
        words.every((word) => content.includes(word)) &&
        (answer.value === "" || row.dataset.answer === answer.value);
      row.hidden = !fits;
      if (fits) count += 1;
    }
    shown.textContent = String(count);
  };
  text.addEventListener("input", filter);
  answer.addEventListener("change", filter);

  const valueOf = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent;
  const compare = (a, b) => {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    const [x, y] = [Number(a), Number(b)];
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, "en", { numeric: true }) : x - y;
  };
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descends = head.ariaSort === "ascending";
      for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
      head.ariaSort = descends ? "descending" : "ascending";
      const sign = descends ? -1 : 1;
      const empty = (row) => valueOf(row, column) === "";
      rows.sort((a, b) =>
        empty(a) || empty(b)
          ? compare(valueOf(a, column), valueOf(b, column))
          : sign * compare(valueOf(a, column), valueOf(b, column)));
      body.append(...rows);
    });
  }
})();
`;
