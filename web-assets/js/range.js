// <range-picker calendar="/assets/calendar-….js">: the form with two date fields works alone;
// when the picker is first opened, the two-month calendar is loaded and writes into the fields.
class RangePicker extends HTMLElement {
  connectedCallback() {
    const details = this.closest("details");
    details?.addEventListener("toggle", () => details.open && this.#load(), { once: true });
  }

  async #load() {
    const source = this.getAttribute("calendar");
    if (!source) return;
    await import(source);
    const [from, to] = ["from", "to"].map((name) => this.querySelector(`input[name=${name}]`));
    const range = document.createElement("calendar-range");
    range.setAttribute("months", "2");
    range.setAttribute("aria-label", "Range");
    if (to.max) range.setAttribute("max", to.max);
    if (from.value && to.value) range.setAttribute("value", `${from.value}/${to.value}`);
    const months = document.createElement("div");
    months.className = "months";
    months.append(document.createElement("calendar-month"), document.createElement("calendar-month"));
    months.lastChild.setAttribute("offset", "1");
    range.append(months);
    range.addEventListener("change", () => {
      [from.value, to.value] = range.value.split("/");
    });
    for (const field of [from, to]) {
      field.addEventListener("change", () => {
        if (from.value && to.value && from.value <= to.value) range.value = `${from.value}/${to.value}`;
      });
    }
    this.querySelector("[data-calendar]").replaceChildren(range);
  }
}
customElements.define("range-picker", RangePicker);
