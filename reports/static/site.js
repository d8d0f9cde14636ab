// What the pages do beyond links: filters of the front page, arrow keys through slides and claims,
// tables that sort. Every page is complete without it.
(() => {
  "use strict";
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const finder = document.querySelector(".finder");
  if (finder) {
    const entries = [...document.querySelectorAll(".entry")];
    const texts = new Map(entries.map((entry) => [entry, plain(entry.textContent)]));
    const found = finder.querySelector(".found");
    const show = () => {
      const asked = Object.fromEntries(new FormData(finder));
      const verdict = document.querySelector('input[name="show"]:checked').value;
      const wanted = plain(asked.search).split(/\s+/).filter(Boolean);
      let count = 0;
      for (const entry of entries) {
        const { chapter, deck, data, fashion } = entry.dataset;
        const fits =
          (!verdict || entry.dataset.verdict === verdict) &&
          (!asked.chapter || chapter === asked.chapter) &&
          (!asked.deck || deck === asked.deck) &&
          (!asked.data || data.split(" ").includes(asked.data)) &&
          (!asked.fashion || fashion === asked.fashion) &&
          wanted.every((word) => texts.get(entry).includes(word));
        entry.hidden = !fits;
        count += fits;
      }
      for (const group of document.querySelectorAll(".group"))
        group.hidden = !group.querySelector(".entry:not([hidden])");
      found.textContent = count === 1 ? found.dataset.one : found.dataset.many.replace("{n}", count);
    };
    finder.hidden = false;
    finder.addEventListener("input", show);
    finder.addEventListener("submit", (event) => event.preventDefault());
    document.querySelector("#verdicts").addEventListener("change", show);
    show();
  }

  const screens = [...document.querySelectorAll("[data-screens] > section")];
  if (screens.length) {
    const typing = "input, select, textarea, summary, [contenteditable]";
    const forwards = ["ArrowRight", "PageDown"], backwards = ["ArrowLeft", "PageUp"];
    const focused = () => screens.indexOf(document.activeElement.closest("[data-screens] > section"));
    const here = () => {
      if (focused() >= 0) return focused();
      const named = screens.findIndex((each) => `#${each.id}` === location.hash);
      const seen = screens.findIndex((each) => each.getBoundingClientRect().bottom > 60);
      const near = named >= 0 && Math.abs(screens[named].getBoundingClientRect().top) < innerHeight;
      return near ? named : seen - (screens[seen].getBoundingClientRect().top > 60 ? 1 : 0);
    };
    const scrolled = () => focused() >= 0 && document.activeElement.blur();
    for (const kind of ["wheel", "touchmove"]) addEventListener(kind, scrolled, { passive: true });
    addEventListener("keydown", (event) => {
      const step = forwards.includes(event.key) - backwards.includes(event.key);
      const scrolls = event.target.scrollWidth > event.target.clientWidth && event.target.tabIndex === 0;
      if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.target.matches?.(typing) || (scrolls && event.key.startsWith("Arrow"))) return;
      const next = screens[Math.min(Math.max(here() + step, 0), screens.length - 1)];
      event.preventDefault();
      history.replaceState(null, "", `#${next.id}`);
      next.tabIndex = -1;
      next.focus({ preventScroll: true });
      next.scrollIntoView();
    });
  }

  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const body = table.tBodies[0];
    table.querySelectorAll("thead th").forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        table.querySelectorAll("th[aria-sort]").forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
        const order = (a, b) => {
          const [x, y] = [value(a), value(b)];
          const numbers = x !== "" && y !== "" && !isNaN(x) && !isNaN(y);
          return numbers ? x - y : x.localeCompare(y, document.documentElement.lang, { numeric: true });
        };
        body.append(...[...body.rows].sort((a, b) => (down ? order(b, a) : order(a, b))));
      });
    });
  }
})();
