// Every page works without this file; it makes pages quick and live.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph/htmx";
import "./bulk.js";
import "./colour.js";
import "./confirm.js";
import "./copy.js";
import "./drop.js";
import "./keys.js";
import "./live.js";
import "./pass-key.js";
import "./preview.js";
import "./range.js";
import "./read-mark.js";
import "./tabs.js";
import "./theme.js";
import "./time.js";
import "./time-chart.js";
import "./toast.js";
import "./zone.js";

// What a person is typing in stays as it is while the page around it changes.
Idiomorph.defaults.ignoreActiveValue = true;

// Empty fields of a filter form stay out of the address.
document.addEventListener("htmx:configRequest", (event) => {
  const { verb, formData } = event.detail;
  if (verb !== "get") return;
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

// A form that the server refuses comes back with its errors: show it, as a browser would.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) event.detail.shouldSwap = true;
});

export { htmx };
