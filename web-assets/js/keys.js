// `/` goes to the page's search box, ⌘K or Ctrl+K opens the palette, `?` lists the keys.
// All are off while one types.
import { announce } from "./announce.js";

const SEARCH_AFTER_MS = 150;

const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    palette().showModal();
    return;
  }
  if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("main input[type=search]");
    event.preventDefault();
    if (search) search.focus();
    else palette().showModal();
  } else if (event.key === "?") {
    event.preventDefault();
    help().showModal();
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-palette]")) return;
  event.preventDefault();
  palette().showModal();
});

function dialog(id, html) {
  const found = document.getElementById(id);
  if (found) return found;
  const made = document.createElement("dialog");
  made.id = id;
  made.className = "confirm";
  made.innerHTML = html; // constant text of this file, nothing from a person
  made.addEventListener("click", (event) => event.target === made && made.close());
  document.body.append(made);
  return made;
}

function help() {
  return dialog("keys-help", `
    <h2 class="mb-3 text-base font-semibold">Keys</h2>
    <dl class="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
      <dt><kbd class="kbd kbd-sm">/</kbd></dt><dd>Search this list</dd>
      <dt><kbd class="kbd kbd-sm">⌘K</kbd> <kbd class="kbd kbd-sm">Ctrl K</kbd></dt><dd>Go to a page, person or campaign</dd>
      <dt><kbd class="kbd kbd-sm">←</kbd> <kbd class="kbd kbd-sm">→</kbd></dt><dd>Read a chart day by day</dd>
      <dt><kbd class="kbd kbd-sm">Esc</kbd></dt><dd>Close</dd>
      <dt><kbd class="kbd kbd-sm">?</kbd></dt><dd>This list</dd>
    </dl>
    <form method="dialog" class="mt-4 text-end"><button class="btn btn-sm btn-plain">Close</button></form>`);
}

function palette() {
  const known = document.getElementById("palette");
  if (known) {
    known.querySelector("input").select();
    return known;
  }
  const made = dialog("palette", `
    <input type="search" class="input w-full" placeholder="Go to a page, person or campaign" aria-label="Go to a page, person or campaign" autocomplete="off">
    <ul class="mt-2 max-h-80 overflow-y-auto" aria-label="Results"></ul>`);
  const input = made.querySelector("input");
  const list = made.querySelector("ul");
  const pages = [...document.querySelectorAll("[data-palette-source] a[href]")];
  let timer;

  const item = (href, text, hint) => {
    const row = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href, className: "drop-item" });
    link.append(text);
    if (hint) link.append(Object.assign(document.createElement("span"), { className: "ms-auto text-xs muted", textContent: hint }));
    row.append(link);
    return row;
  };
  const label = (link) => link.querySelector("[data-label]")?.textContent.trim() ?? link.textContent.trim();

  // The server answers with a list of links; what it marks up is read as text only.
  const fromServer = async (query) => {
    const source = document.querySelector("[data-palette-search]")?.dataset.paletteSearch;
    if (!source || query.length < 2) return [];
    const answer = await fetch(`${source}?q=${encodeURIComponent(query)}`).catch(() => null);
    if (!answer?.ok) return [];
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return [...page.querySelectorAll("a[href]")]
      .filter((link) => link.getAttribute("href").startsWith("/"))
      .map((link) => item(link.getAttribute("href"), label(link), link.dataset.kind));
  };

  const fill = (found) => {
    const query = input.value.trim().toLowerCase();
    const own = pages.filter((link) => label(link).toLowerCase().includes(query))
      .map((link) => item(link.getAttribute("href"), label(link), "Page"));
    list.replaceChildren(...own, ...found);
    if (query) announce(`${list.children.length} results`);
  };
  input.addEventListener("input", () => {
    fill([]);
    clearTimeout(timer);
    const query = input.value.trim();
    timer = setTimeout(async () => {
      const found = await fromServer(query);
      if (query === input.value.trim()) fill(found);
    }, SEARCH_AFTER_MS);
  });
  made.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? links[at - 1] : input).focus();
    else if (event.key === "Enter" && at < 0) links[0]?.click();
    else if (event.key === "Escape") made.close(); // a search box would only empty itself
    else return;
    event.preventDefault();
  });
  fill([]);
  return made;
}
