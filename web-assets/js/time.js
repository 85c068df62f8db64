// <time datetime="…" data-relative>: "3 minutes ago", the server's full text stays as the hint.
const STEPS = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];
const EVERY_MS = 30_000;

function phrase(then, language) {
  let amount = (then - Date.now()) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) {
      return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(amount), unit);
    }
    amount /= size;
  }
}

function update() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    if (!time.title) time.title = time.textContent.trim();
    time.textContent = phrase(Date.parse(time.dateTime), document.documentElement.lang || "en");
  }
}

update();
setInterval(() => document.hidden || update(), EVERY_MS);
document.addEventListener("htmx:afterSettle", update);
