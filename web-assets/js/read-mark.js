// <read-mark> holds the form that says what was read. With scripts it is sent by itself, once the page
// is really looked at; the stream then brings the page without it.
class ReadMark extends HTMLElement {
  #send = () => {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", this.#send);
    const form = this.querySelector("form");
    const body = new URLSearchParams(new FormData(form));
    fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {}); // the next look tells again
  };

  connectedCallback() {
    document.addEventListener("visibilitychange", this.#send);
    // The form may be parsed after its element is.
    queueMicrotask(this.#send);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#send);
  }
}
customElements.define("read-mark", ReadMark);
