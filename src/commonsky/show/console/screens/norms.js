// @ts-check
// The rules: what each asks, of whom, how it is tested, where that was read; by how they bind.

import { ask } from "../api.js";
import { change, link } from "../address.js";
import { fill, h } from "../dom.js";
import { onKeys } from "../keys.js";
import { conductHead, wordOr } from "../panels/events.js";
import { bindingMark, BINDINGS, bindingSays } from "../panels/norm_cards.js";
import { shown, whole } from "../text.js";
import { t } from "../words.js";

const LONGEST = 2000;
const TOLD = new Set(["asks", "of whom", "test", "issuer", "binding"]); // stand above the lines

class Norms extends HTMLElement {
  constructor() {
    super();
    /** @type {any[] | null} */ this.rules = null;
    this.id_ = "";
    this.filters = { text: "", binding: "" };
    this.search = h("input", { type: "search", maxlength: 100, "aria-label": t("norms.search"), placeholder: t("norms.search"), oninput: () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => change({ text: this.search.value.trim() }), 200);
    } });
    this.binding = h("select", { "aria-label": t("norms.by_binding"), onchange: () => change({ binding: this.binding.value }) },
      h("option", { value: "" }, t("norms.every_binding")), BINDINGS.map((one) => h("option", { value: one }, t(`norms.binding.${one.replaceAll(" ", "_")}`))));
    this.count = h("span", { class: "quiet", role: "status" });
    this.place = h("div", { class: "norm-list" });
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    const before = this.id_;
    this.id_ = view.id;
    this.filters = { text: view.params.get("text") ?? "", binding: view.params.get("binding") ?? "" };
    if (document.activeElement !== this.search) this.search.value = this.filters.text;
    this.binding.value = this.filters.binding;
    this.draw(before !== view.id);
  }

  connectedCallback() {
    fill(this, conductHead("norms"), h("div", { class: "queue-bar" }, this.search, this.binding, this.count), this.place);
    this.off = onKeys(this, t("norms.title"), [{ keys: ["/"], say: t("norms.help.search"), run: () => this.search.focus() }]);
    fill(this.place, h("p", { class: "empty", role: "status" }, t("norms.waiting")));
    ask("norms").then((answer) => {
      this.rules = answer.data;
      this.draw(true);
    }).catch((error) => fill(this.place, h("p", { class: "empty", role: "alert" }, shown(error.message, 300))));
  }

  disconnectedCallback() {
    this.off?.();
    clearTimeout(this.typing);
  }

  /** @param {boolean} anew whether another rule is asked for */
  draw(anew) {
    if (!this.rules) return;
    const words = this.filters.text.toUpperCase().split(/\s+/);
    const fitting = this.rules.filter((one) => (this.filters.binding === "" || one.binding === this.filters.binding || one.id === this.id_)
      && (one.id === this.id_ || words.every((word) => [one.id, one.title, one.issuer, one.asks, ...one.lines].join(" ").toUpperCase().includes(word))));
    fill(this.count, t("norms.count", { shown: whole(fitting.length), count: whole(this.rules.length) }));
    const open = new Set([...this.place.querySelectorAll("details.rule[open]")].map((one) => /** @type {HTMLElement} */ (one).dataset.rule));
    const bindings = [...BINDINGS, ...fitting.map((one) => one.binding).filter((one) => !BINDINGS.includes(one))];
    fill(this.place, fitting.length ? [...new Set(bindings)].map((binding) => {
      const of = fitting.filter((one) => one.binding === binding);
      return of.length ? h("section", { class: "panel" }, h("h2", null, bindingMark(binding), " ", h("span", { class: "event-count" }, of.length)), h("p", { class: "quiet" }, bindingSays(binding)),
        of.map((one) => rule(one, one.id === this.id_ || open.has(one.id)))) : null;
    }) : h("p", { class: "empty" }, t("norms.none")));
    if (!anew || !this.id_) return;
    const here = [...this.place.querySelectorAll("details.rule")].find((one) => /** @type {HTMLElement} */ (one).dataset.rule === this.id_);
    here?.scrollIntoView({ block: "start" });
    /** @type {HTMLElement | null | undefined} */ (here?.querySelector("summary"))?.focus({ preventScroll: true });
  }
}

/**
 * @param {any} one
 * @param {boolean} open
 */
function rule(one, open) {
  return h("details", { class: "rule", open, "data-rule": one.id },
    h("summary", null, h("span", { class: "mono rule-id" }, shown(one.id, 60)), " ", h("span", { lang: "en" }, shown(one.title, 200))),
    h("dl", { class: "rule-lines", lang: "en" },
      row("asks", one.asks), row("of_whom", one.of_whom), row("test", one.test), row("issuer", `${one.issuer} (${t("norms.version", { version: one.version })})`), one.lines.slice(1).map(parsed)),
    h("p", null, h("a", { href: link("norms", one.id) }, t("norms.link"))));
}

/** @param {string} line */
function parsed(line) {
  const [, name, rest] = /^\s*([a-z][a-z ]*): (.*)$/s.exec(line) ?? ["", "", line.trim()];
  return TOLD.has(name) ? null : row(name, rest);
}

/**
 * @param {string} name
 * @param {string} text
 */
function row(name, text) {
  return h("div", null, h("dt", null, wordOr(`norms.line.${name}`, name)), h("dd", null, shown(text, LONGEST)));
}

customElements.define("cs-norms", Norms);
