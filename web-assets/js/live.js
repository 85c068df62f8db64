// <live-stream src="/admin/live"> keeps the page's [data-live] regions (each with an id) true.
// The stream only says that something changed; the page is then fetched once and each region is
// morphed. A region with a row under the pointer, a ticked row or the focus waits, so that
// nothing moves under a hand. Hidden tabs hold no connection. `data-every` (milliseconds) is for pages on
// which little moves.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph/htmx";

// Together well under the two seconds in which a change must show.
const SOON_MS = 60;
const AT_MOST_EVERY_MS = 700;
const BUSY = "tr:hover, .row-list > li:hover, [data-row]:checked, details[open]";

const busy = (region) =>
  region.querySelector(BUSY) !== null ||
  (region.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, button, a"));

class LiveStream extends HTMLElement {
  #source = null;
  #timer = null;
  #refreshing = false;
  #missed = false;
  #last = 0;
  #stale = new Set();

  connectedCallback() {
    document.addEventListener("visibilitychange", this.#visibility);
    document.addEventListener("pointerover", this.#settled);
    document.addEventListener("focusout", this.#settled);
    this.#visibility();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#visibility);
    document.removeEventListener("pointerover", this.#settled);
    document.removeEventListener("focusout", this.#settled);
    this.#close();
  }

  #visibility = () => {
    if (document.hidden) this.#close();
    else if (!this.#source) this.#open();
  };

  #open() {
    // What the page was read with: the stream begins with what changed since, before anybody listened.
    this.#source = new EventSource(`${this.getAttribute("src")}?told=${this.dataset.told}`);
    this.#source.addEventListener("open", () => {
      this.#dot("on");
      if (this.#missed) this.#changed(); // figures may have moved while nobody listened
      this.#missed = false;
    });
    this.#source.addEventListener("error", () => {
      this.#dot("off"); // the browser reconnects by itself
      this.#missed = true;
    });
    this.#source.addEventListener("message", this.#changed);
    this.#source.addEventListener("change", this.#changed);
    this.#source.addEventListener("end", () => location.reload()); // the session is over
  }

  #close() {
    this.#source?.close();
    this.#source = null;
    this.#missed = true;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #dot(state) {
    for (const dot of document.querySelectorAll(".live-dot")) dot.dataset.state = state;
  }

  #changed = () => {
    const every = Number(this.dataset.every ?? AT_MOST_EVERY_MS);
    const wait = Math.max(SOON_MS, this.#last + every - Date.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#refresh();
    }, wait);
  };

  // Regions that waited are fetched again once the hand has left them.
  #settled = () => {
    for (const id of this.#stale) {
      const region = document.getElementById(id);
      if (!region || busy(region)) continue;
      this.#stale.delete(id);
      this.#changed();
    }
  };

  async #refresh() {
    if (this.#refreshing) return this.#changed();
    this.#refreshing = true;
    this.#last = Date.now();
    try {
      const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
      if (answer.redirected && new URL(answer.url).pathname !== location.pathname) return location.reload();
      // 204: what answered a form has no address to fetch it from again.
      if (answer.status !== 200) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of document.querySelectorAll("[data-live][id]")) this.#morph(region, page);
      this.dataset.told = page.querySelector("live-stream")?.dataset.told ?? this.dataset.told;
    } catch {
      this.#dot("off"); // the next event tries again
    } finally {
      this.#refreshing = false;
    }
  }

  #morph(region, page) {
    const next = page.getElementById(region.id);
    if (!next || next.outerHTML === region.outerHTML) return;
    if (busy(region)) return void this.#stale.add(region.id);
    Idiomorph.morph(region, next, { morphStyle: "outerHTML" });
    const shown = document.getElementById(region.id);
    if (shown) htmx.process(shown);
  }
}
customElements.define("live-stream", LiveStream);
