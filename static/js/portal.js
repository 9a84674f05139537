// Small things that make a page that works without scripts pleasanter: clocks that tick, keys, forms.
(() => {
  "use strict";

  const language = document.documentElement.lang || "en";
  const words = () => document.body.dataset;

  // -- clocks ---------------------------------------------------------------------------------------------

  const unit = (value, name) =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" }).format(value);

  function span(seconds, precise) {
    const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
    if (days >= 2) return unit(days, "day");
    if (days === 1) return [unit(1, "day"), hours > 24 ? unit(hours - 24, "hour") : ""].join(" ").trim();
    if (hours) return [unit(hours, "hour"), minutes % 60 ? unit(minutes % 60, "minute") : ""].join(" ").trim();
    if (precise) return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
    return unit(minutes, "minute");
  }

  function tone(seconds) {
    if (seconds <= 3600) return "bad";
    if (seconds < 86400) return "good";
    return seconds <= 604800 ? "warn" : "neutral";
  }

  function tick() {
    for (const clock of document.querySelectorAll("[data-clock]")) {
      const left = (Date.parse(clock.dateTime) - Date.now()) / 1000;
      const text = left <= 0
        ? words().clockOver
        : words().clockLeft.replace("{time}", span(left, "precise" in clock.dataset));
      if (clock.textContent !== text) clock.textContent = text;
      clock.className = `state clock state-${tone(left)}`;
    }
  }

  // -- keys and focus -------------------------------------------------------------------------------------

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    const box = document.getElementById("search");
    const wanted = (event.key === "/" && !isTyping(event.target)) || (event.key === "k" && (event.ctrlKey || event.metaKey));
    if (wanted && box && box.offsetParent) {
      event.preventDefault();
      box.focus();
      box.select();
      return;
    }
    const area = event.target.closest(".topbar-search");
    if (!area) return;
    if (event.key === "Escape") {
      document.getElementById("search-results").replaceChildren();
      box.value = "";
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const stops = [box, ...area.querySelectorAll(".search-hit")];
      const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      if (stops[next]) {
        event.preventDefault();
        stops[next].focus();
      }
    }
  });

  document.addEventListener("click", (event) => {
    const off = event.target.closest("[aria-disabled=true]");
    if (off) event.preventDefault();
    const close = event.target.closest("[data-dismiss]");
    if (close) close.closest(".notice").remove();
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) navigator.clipboard.writeText(copy.dataset.copy);
  });

  // -- forms ----------------------------------------------------------------------------------------------

  // An address without what was left empty: shorter to share, and the same page.
  function tidy(form) {
    const boxes = [...form.querySelectorAll("[name=columns]")];
    const all = boxes.every((box) => box.checked);
    const idle = [...form.elements].filter((field) => field.name && (!field.value || (all && boxes.includes(field))));
    for (const field of idle) field.disabled = true;
    setTimeout(() => idle.forEach((field) => (field.disabled = false)));
  }

  document.addEventListener("submit", (event) => {
    if (event.target.method === "get") tidy(event.target);
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) {
      event.preventDefault();
      return;
    }
    event.target.dataset.sent = "yes";
    setTimeout(() => delete event.target.dataset.sent, 8000);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // -- htmx -----------------------------------------------------------------------------------------------

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.cookie.match(/(?:^|; )dnm_csrf=([^;]+)/);
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token[1];
  });

  document.addEventListener("htmx:sendError", () => {
    document.getElementById("errors").textContent = document.body.dataset.offline || "";
  });

  // The chosen one of a row that is wider than the screen.
  function show(chosen) {
    const row = chosen.closest("ul");
    row.scrollLeft += chosen.getBoundingClientRect().left - row.getBoundingClientRect().left
      - (row.clientWidth - chosen.offsetWidth) / 2;
  }

  function begin(root) {
    document.querySelectorAll(".quick [aria-current]").forEach(show);
    for (const button of root.querySelectorAll("[data-dismiss][hidden]")) button.hidden = false;
    tick();
  }

  document.addEventListener("htmx:afterSettle", (event) => begin(event.target));
  begin(document);
  const first = document.querySelector("[data-focus]");
  if (first) first.focus();
  setInterval(tick, 1000);
})();
