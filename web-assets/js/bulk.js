// <bulk-selection> surrounds a list whose rows have a checkbox:
//   [data-row]        a row's checkbox
//   [data-row-all]    ticks the rows of this page
//   [data-bulk-count] the number in the bar; CSS shows the bar when a row is ticked
//   [data-bulk-every] "select all 248", beyond this page; data-total is that number
import { announce } from "./announce.js";

class BulkSelection extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => this.#changed(event.target));
    this.#show();
  }

  #rows() {
    return [...this.querySelectorAll("[data-row]")];
  }

  #changed(box) {
    if (box.matches("[data-row-all]")) {
      for (const row of this.#rows()) row.checked = box.checked;
    } else if (!box.matches("[data-row], [data-bulk-every]")) {
      return;
    }
    this.#show();
  }

  #show() {
    const rows = this.#rows();
    const ticked = rows.filter((row) => row.checked).length;
    const head = this.querySelector("[data-row-all]");
    if (head) {
      head.checked = ticked > 0 && ticked === rows.length;
      head.indeterminate = ticked > 0 && ticked < rows.length;
    }
    const number = this.querySelector("[data-bulk-count]");
    if (!number) return;
    const every = this.querySelector("[data-bulk-every]");
    if (every && ticked === 0) every.checked = false;
    const count = every?.checked ? every.dataset.total : String(ticked);
    if (ticked > 0 && number.textContent !== count) announce(`${count} selected`);
    number.textContent = count;
  }
}
customElements.define("bulk-selection", BulkSelection);
