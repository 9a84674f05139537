// The live channel in the browser: alerts, the bell, progress of jobs. See docs/live.md.
// One tab of a browser holds the stream and tells the others, because a browser opens only a few connections to a
// host. Without a stream the page asks every twenty seconds. Messages carry ids; words come from the server.
(() => {
  "use strict";

  const POLL = 20_000, RETRY = 60_000, GATHER = 80, MOST_TOASTS = 3, REMEMBERED = 100;
  const NAMES = ["notification", "read", "job"];
  const address = document.body.dataset.live;
  if (!address) return;
  const start = new URL(address, location.origin);
  const pages = document.body.dataset.notifications || "/notifications/";
  let after = start.searchParams.get("after") || "";
  let source = null, live = false, over = false, quietUntil = 0;

  // -- what is done with what comes in ---------------------------------------------------------------------

  const toasts = document.createElement("div");
  toasts.id = "toasts";
  toasts.className = "toasts";
  toasts.setAttribute("role", "status");
  toasts.setAttribute("aria-live", "polite");
  document.body.append(toasts);

  const seen = recall();
  let fresh = [], gathering = null;

  function recall() {
    try {
      return new Set(JSON.parse(sessionStorage.getItem("dnm-live-seen") || "[]"));
    } catch {
      return new Set();
    }
  }

  function remember(id) {
    seen.add(id);
    if (id > after) after = id;
    try {
      sessionStorage.setItem("dnm-live-seen", JSON.stringify([...seen].slice(-REMEMBERED)));
    } catch {
      // private windows may keep nothing
    }
  }

  const trigger = (element, name, detail) =>
    element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: detail || {} }));

  function notified(id) {
    if (seen.has(id)) return;
    remember(id);
    fresh.push(id);
    clearTimeout(gathering);
    gathering = setTimeout(announce, GATHER);
  }

  function announce() {
    const ids = fresh;
    fresh = [];
    trigger(document.body, "notification", { ids });
    const query = new URLSearchParams(ids.map((id) => ["id", id]));
    fetch(`${pages}toasts/?${query}`, { headers: { "X-Requested-With": "live" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
      .then(showToasts)
      .catch(() => {});
    if (document.hidden && !document.title.startsWith("● ")) document.title = `● ${document.title}`;
  }

  function showToasts(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    toasts.append(made.content);
    if (window.htmx) window.htmx.process(toasts);
    while (toasts.childElementCount > MOST_TOASTS + 1) toasts.firstElementChild.remove();
  }

  function progressed(job) {
    for (const shown of document.querySelectorAll(`[data-job="${CSS.escape(job.id)}"]`)) {
      const bar = shown.querySelector("progress");
      if (bar && job.total) {
        bar.max = job.total;
        bar.value = job.done;
      }
      trigger(shown, "job", job);
    }
  }

  function take({ name, id, data }) {
    if (name === "notification") notified(id);
    if (name === "job") progressed(data);
    if (name === "read" && Date.now() > quietUntil) trigger(document.body, "read", { live: true });
  }

  // A mark that this page set itself has already been shown by it.
  document.body.addEventListener("read", (event) => {
    if (!event.detail || !event.detail.live) quietUntil = Date.now() + 1000;
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.title = document.title.replace(/^● /, "");
  });

  // -- where it comes from ---------------------------------------------------------------------------------

  const tabs = window.BroadcastChannel ? new BroadcastChannel("dnm-live") : null;
  if (tabs) tabs.onmessage = (event) => take(event.data);

  function spread(message) {
    take(message);
    if (tabs) tabs.postMessage(message);
  }

  function listen() {
    return new Promise((ended) => {
      source = new EventSource(`${start.pathname}?${new URLSearchParams({ after })}`);
      source.onopen = () => (live = true);
      source.onerror = () => {
        live = false;
        if (source.readyState === EventSource.CLOSED) ended("refused");
      };
      for (const name of NAMES) {
        source.addEventListener(name, (event) =>
          spread({ name, id: name === "notification" ? event.lastEventId : "", data: JSON.parse(event.data) }));
      }
      source.addEventListener("close", (event) => {
        live = false;
        source.close();
        ended(JSON.parse(event.data).reason);
      });
    });
  }

  async function poll() {
    if (live || over) return;
    for (const job of document.querySelectorAll("[data-job]")) trigger(job, "job");
    try {
      const answer = await fetch(`${pages}news/?${new URLSearchParams({ after })}`);
      if (answer.status === 401 || answer.redirected) over = true;
      if (!answer.ok || over) return;
      const { news } = await answer.json();
      for (const { id, kind } of news) spread({ name: "notification", id, data: { kind } });
    } catch {
      // the network is away; the next turn tries again
    }
  }

  async function lead() {
    const polling = setInterval(poll, POLL);
    while (!over) {
      const why = window.EventSource ? await listen() : "refused";
      if (why === "ended") over = true;
      if (!over) {
        poll();
        await new Promise((again) => setTimeout(again, RETRY));
      }
    }
    clearInterval(polling);
  }

  addEventListener("pagehide", () => source && source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  if (navigator.locks) navigator.locks.request("dnm-live", lead).catch(() => {});
  else lead();
})();
