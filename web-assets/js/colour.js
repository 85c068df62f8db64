// <colour-field data-usual="#007051"> puts the browser's colour picker before the text field in it. The
// picker has no name: the text is what is sent.
const WHOLE = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i;

/** "#0B7", "0bb775" → "#00bb77"; null for anything that is no colour. */
function six(text) {
  const digits = WHOLE.exec(text.trim())?.[1].toLowerCase();
  if (!digits) return null;
  return `#${digits.length === 3 ? digits.replace(/./g, "$&$&") : digits}`;
}

customElements.define("colour-field", class extends HTMLElement {
  connectedCallback() {
    const text = this.querySelector("input");
    if (!text || this.querySelector('input[type="color"]')) return;
    const picker = document.createElement("input");
    picker.type = "color";
    picker.className = "colour-picker";
    picker.setAttribute("aria-label", "Pick a colour");
    const follow = () => { picker.value = six(text.value) ?? this.dataset.usual; };
    follow();
    text.addEventListener("input", follow);
    // The event goes on to the form, whose preview listens.
    picker.addEventListener("input", () => { text.value = picker.value; });
    text.before(picker);
  }
});
