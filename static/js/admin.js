/* Names for the fields that find a row by typing: the widget makes elements of its own and does not name them. */
"use strict";

{
  const labelOf = (select) => (select.labels[0] ? select.labels[0].textContent.replace(/:\s*$/, "").trim() : select.name);

  const nameAll = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const made = select.nextElementSibling;
      if (!made) continue;
      for (const part of made.querySelectorAll("[role='combobox'], [role='textbox']")) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", labelOf(select));
      }
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      new MutationObserver(nameAll).observe(select.parentElement, { childList: true });
    }
    nameAll();
  });
  document.addEventListener("focusin", (event) => {
    if (!event.target.matches(".select2-search__field")) return;
    const open = document.querySelector(".select2-container--open");
    const select = open && open.previousElementSibling;
    if (!select || !select.labels) return;
    event.target.setAttribute("aria-label", labelOf(select));
    open.querySelector("[role='combobox']").setAttribute("aria-controls", `select2-${select.id}-results`);
  });
}
