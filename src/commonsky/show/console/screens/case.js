// @ts-check
// A place: this screen is being built.

import { h, fill } from "../dom.js";

class Place extends HTMLElement {
  /** @param {import("../address.js").View} view */
  set view(view) {
    fill(this, h("p", { class: "empty" }, view.screen));
  }
}

customElements.define("cs-case", Place);
