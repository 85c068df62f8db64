// form[data-theme-form] posts the next mode; here the page changes at once and the cookie follows.
import { announce } from "./announce.js";

const MODES = ["system", "light", "dark"];

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const field = form.elements.mode;
  const mode = field.value;
  document.documentElement.dataset.mode = mode;
  for (const other of document.querySelectorAll("form[data-theme-form]")) {
    other.elements.mode.value = MODES[(MODES.indexOf(mode) + 1) % MODES.length];
    other.dataset.shown = mode;
    other.querySelector("button").setAttribute("aria-label", form.dataset[mode]);
  }
  announce(form.dataset[mode].split(".")[0]);
  const body = new URLSearchParams(new FormData(form));
  body.set("mode", mode);
  await fetch(form.action, { method: "POST", body, redirect: "manual" });
});
