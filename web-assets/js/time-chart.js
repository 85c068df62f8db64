// <time-chart> reads out the chart that it holds: by pointer, by arrow keys, Home and End.
// The texts come from the chart's data table, the places from its line: nothing is sent twice.
class TimeChart extends HTMLElement {
  #rows = [];
  #places = [];
  #at = null;

  connectedCallback() {
    this.addEventListener("pointermove", (event) => this.#point(event));
    this.addEventListener("pointerleave", () => this.#hide());
    this.addEventListener("blur", () => this.#hide());
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  // Read at each use: a live refresh may have changed the figures.
  #read() {
    this.#rows = [...this.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
    const line = this.querySelector(".chart-line");
    const top = Number(line.ownerSVGElement.getAttribute("y"));
    this.#places = [...line.points].map((place) => top + place.y);
    return this.#rows.length - 1;
  }

  #point(event) {
    const last = this.#read();
    const box = this.getBoundingClientRect();
    this.#show(Math.round(((event.clientX - box.left) / box.width) * last), last);
  }

  #key(event) {
    const last = this.#read();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) this.#show(Math.max(0, Math.min(last, (this.#at ?? last - step) + step)), last);
    else if (event.key === "Home") this.#show(0, last);
    else if (event.key === "End") this.#show(last, last);
    else if (event.key === "Escape") return this.#hide();
    else return;
    event.preventDefault();
  }

  #mark(name) {
    const found = this.querySelector(`.${name}`);
    if (found) return found;
    const made = Object.assign(document.createElement("div"), { className: name });
    if (name === "chart-tip") made.setAttribute("role", "status");
    this.append(made);
    return made;
  }

  #show(at, last) {
    if (at < 0 || at > last) return;
    this.#at = at;
    const [label, value, ...previous] = this.#rows[at];
    const width = this.clientWidth;
    const x = last === 0 ? 0 : (at / last) * width;
    const [tip, rule, dot] = ["chart-tip", "chart-rule", "chart-dot"].map((name) => this.#mark(name));
    for (const mark of [tip, rule, dot]) mark.hidden = false;
    const line = this.querySelector(".chart-line").ownerSVGElement;
    rule.style.left = `${x}px`;
    rule.style.height = `${line.getAttribute("height")}px`;
    dot.style.left = `${x}px`;
    dot.style.top = `${this.#places[at]}px`;
    const strong = Object.assign(document.createElement("b"), { textContent: value });
    tip.replaceChildren(`${label}  `, strong);
    if (previous.length) tip.append(document.createElement("br"), previous.join("  "));
    const beside = x + 12 + tip.offsetWidth > width ? x - 12 - tip.offsetWidth : x + 12;
    tip.style.left = `${Math.max(0, beside)}px`;
  }

  #hide() {
    this.#at = null;
    for (const mark of this.querySelectorAll(".chart-tip, .chart-rule, .chart-dot")) mark.hidden = true;
  }
}
customElements.define("time-chart", TimeChart);
