// <live-preview> surrounds a form and a frame: what is typed is shown there a moment later, by the form's
// button [data-preview], whose answer goes into the frame. Each answer gets a frame of its own, because
// one that loads again and again would fill the browser's history.
const AFTER_MS = 400;

class LivePreview extends HTMLElement {
  #timer;
  #number = 0;
  #next;

  connectedCallback() {
    this.addEventListener("input", () => this.#soon());
    if (this.hasAttribute("data-unsaved")) this.#refresh();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), AFTER_MS);
  }

  #refresh() {
    const button = this.querySelector("[data-preview]");
    this.#next?.remove();
    const shown = this.querySelector("iframe");
    const next = shown.cloneNode();
    next.removeAttribute("src");
    next.name = `preview-${(this.#number += 1)}`;
    next.hidden = true;
    shown.after(next);
    this.#next = next;
    // Only now: the empty frame has told already that it is loaded.
    next.addEventListener("load", () => {
      shown.remove();
      next.hidden = false;
      this.#next = undefined;
    }, { once: true });
    button.formTarget = next.name;
    button.form.requestSubmit(button);
  }
}
customElements.define("live-preview", LivePreview);
