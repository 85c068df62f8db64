// A row of tabs that is wider than the window begins at the tab one is on. The row alone is moved, never
// the page; and once the letters have their widths.
function begin(tab) {
  const row = tab.parentElement;
  const [at, seen] = [tab, row].map((part) => part.getBoundingClientRect());
  row.scrollLeft += at.left + at.width / 2 - (seen.left + seen.width / 2);
}

document.fonts.ready.then(() => document.querySelectorAll("nav > .tab-link[aria-current]").forEach(begin));
