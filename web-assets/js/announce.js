/** Says `text` to people who listen to the page (the layout's aria-live region). */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}
