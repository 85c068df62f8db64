// [data-copy="text"]: copies, says so on the button and to listeners.
import { announce } from "./announce.js";

const SHOWN_FOR_MS = 1600;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const label = button.querySelector("[data-label]");
  const words = document.getElementById("announcer").dataset;
  let said = words.copied;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // No clipboard (plain http, or refused): select the text, so that one key press copies it.
    button.parentElement.querySelector("input")?.select();
    said = words.pressCopy;
  }
  announce(said);
  if (!label || button.dataset.copying) return;
  button.dataset.copying = "true";
  const before = label.textContent;
  label.textContent = said;
  setTimeout(() => {
    label.textContent = before;
    delete button.dataset.copying;
  }, SHOWN_FOR_MS);
});
