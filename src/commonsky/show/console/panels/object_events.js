// @ts-check
// What happened to one object, on its page.

import { ask } from "../api.js";
import { link } from "../address.js";
import { fill, h } from "../dom.js";
import { shown, whole } from "../text.js";
import { t } from "../words.js";
import { eventTable } from "./events.js";

const MOST = 50;

/** The events of one object, asked for when its page is shown. */
export class ObjectEvents extends HTMLElement {
  /** @param {number} number */
  constructor(number) {
    super();
    this.number = number;
  }

  connectedCallback() {
    if (this.firstChild) return;
    fill(this, h("p", { class: "quiet", role: "status" }, t("events.waiting")));
    this.renew();
  }

  async renew() {
    try {
      const told = (await ask("events", { object: this.number, most: MOST })).data;
      fill(this, told.events.length ? eventTable(told.events, { name: t("events.title"), params: { object: String(this.number) } }) : h("p", { class: "quiet" }, t("events.none"), " ", t("events.none.say")),
        told.whole ? null : h("p", null, h("a", { href: link("events", "", { object: this.number }) }, t("events.part", { count: whole(MOST) }))));
    } catch (error) {
      fill(this, h("p", { class: "policy-problem" }, shown(/** @type {Error} */ (error).message, 300)));
    }
  }
}

customElements.define("cs-object-events", ObjectEvents);
