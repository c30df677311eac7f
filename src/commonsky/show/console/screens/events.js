// @ts-check
// What happened: manoeuvres, relocations, approaches, fragmentations, the newest first.

import { ask } from "../api.js";
import { change, go, link } from "../address.js";
import { fill, h } from "../dom.js";
import * as holdings from "../holdings.js";
import { onKeys } from "../keys.js";
import * as moment from "../moment.js";
import { eventDetail } from "../panels/event_detail.js";
import { began, conductHead, eventTable, keyOf, kindShape, KINDS, kindWord, sentence } from "../panels/events.js";
import { ms, shown, utc, whole } from "../text.js";
import { t } from "../words.js";

const STEP = 200;
const MOST = 1000;
const FRESH_MS = 15000; // news of orbits come often, events do not

class Events extends HTMLElement {
  constructor() {
    super();
    this.asked = "";
    this.most = STEP;
    this.chosen = "";
    /** @type {Record<string, string>} */ this.params = {};
    this.filters = { kind: "", object: "", text: "" };
    /** @type {any} */ this.told = null;
    /** @type {any[]} */ this.gaps = [];
    this.text = "";
    this.shownMs = 0;
    this.bar = h("div", { class: "queue-bar event-filters", role: "group", "aria-label": t("events.filter") });
    this.list = h("section", { class: "event-list", "aria-label": t("events.title") });
    this.detail = h("div", { class: "event-place" });
    const later = (/** @type {HTMLInputElement} */ field, /** @type {string} */ name) => () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => change({ [name]: field.value.trim() }), 250);
    };
    this.search = h("input", { type: "search", maxlength: 100, "aria-label": t("events.search"), placeholder: t("events.search") });
    this.search.addEventListener("input", later(this.search, "text"));
    this.object = h("input", { type: "text", inputmode: "numeric", pattern: "[0-9]*", maxlength: 9, "aria-label": t("events.object"), placeholder: t("events.object"), class: "event-object" });
    this.object.addEventListener("input", later(this.object, "object"));
    this.kinds = h("div", { class: "choices", role: "group", "aria-label": t("events.head.kind") });
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    const get = (/** @type {string} */ name) => view.params.get(name) ?? "";
    const kind = KINDS.some((one) => one === get("kind")) ? get("kind") : "";
    this.filters = { kind, object: /^\d{1,9}$/.test(get("object")) ? get("object") : "", text: get("text") };
    const chosen = view.id;
    const same = chosen === this.chosen;
    this.chosen = chosen;
    this.params = Object.fromEntries(view.params);
    if (document.activeElement !== this.search) this.search.value = this.filters.text;
    if (document.activeElement !== this.object) this.object.value = this.filters.object;
    if (this.isConnected) {
      if (this.asked !== this.question()) this.renew();
      else this.draw(!same);
      if (!same && chosen && this.told) this.read();
    }
  }

  connectedCallback() {
    fill(this.bar, this.kinds, this.search, this.object);
    fill(this, conductHead("events"), this.bar, h("div", { class: "event-panes" }, this.list, this.detail));
    this.offs = [
      holdings.changed((what) => {
        if (!what.has("objects") || this.waiting) return;
        this.waiting = setTimeout(() => { this.waiting = undefined; this.renew(); }, Math.max(FRESH_MS - (performance.now() - this.shownMs), 1000));
      }),
      moment.changed(() => this.draw(false)),
      onKeys(this, t("events.title"), [
        { keys: ["j", "k"], say: t("events.help.move"), run: (event) => this.move(event.key === "j" ? 1 : -1) },
        { keys: ["/"], say: t("events.help.search"), run: () => this.search.focus() },
        { keys: ["Escape"], say: t("events.help.clear"), run: () => this.clear() },
      ]),
    ];
    this.renew();
  }

  disconnectedCallback() {
    this.offs?.forEach((off) => off());
    clearTimeout(this.waiting);
    clearTimeout(this.typing);
  }

  question() {
    return `${this.filters.kind} ${this.filters.object} ${this.most}`;
  }

  async renew() {
    const asked = (this.asked = this.question());
    if (!this.told) fill(this.list, h("p", { class: "empty", role: "status" }, t("events.waiting")));
    try {
      const answer = await ask("events", { kind: this.filters.kind, object: this.filters.object || 0, most: this.most });
      if (asked !== this.question()) return;
      this.shownMs = performance.now();
      const text = JSON.stringify(answer.data);
      if (text === this.text) return this.draw(false);
      this.text = text;
      this.told = answer.data;
      this.gaps = answer.completeness.gaps;
      this.draw(true);
    } catch (error) {
      fill(this.list, h("p", { class: "empty", role: "alert" }, shown(/** @type {Error} */ (error).message, 300)));
    }
  }

  /** Events that fit and, in a replay, had begun by then. */
  fitting() {
    const until = moment.mode() === "replay" ? moment.now() : Infinity;
    const words = this.filters.text.toUpperCase().split(/\s+/);
    return this.told.events.filter((/** @type {any} */ one) => {
      if (ms(began(one.found)) > until) return false;
      const text = `${sentence(one.found, one.words)} ${one.words} ${(one.found.members ?? []).join(" ")}`.toUpperCase();
      return words.every((word) => text.includes(word));
    });
  }

  /** @param {boolean} anew whether another event may be chosen */
  draw(anew) {
    const told = this.told;
    if (!told) return;
    this.drawKinds();
    const events = this.fitting();
    const hidden = told.events.length - events.length;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.closest?.(".event-table tr")?.getAttribute("data-key");
    fill(this.list,
      moment.mode() === "replay" ? h("p", { class: "chip warn" }, t("events.replay", { time: utc(moment.now()) })) : null,
      events.length ? h("div", { class: "panel event-scroll" }, eventTable(events, { name: t("events.title"), chosen: this.chosen, params: this.params }))
        : h("div", { class: "panel event-none" }, h("p", { class: "strong" }, t(hidden || this.filters.kind || this.filters.object ? "events.none_fit" : "events.none")), h("p", { class: "quiet" }, t("events.none.say")),
          this.gaps.length ? h("ul", null, this.gaps.map((gap) => h("li", null, shown(gap, 200)))) : null),
      told.whole ? null : h("p", { class: "quiet" }, t("events.part", { count: whole(told.events.length) }), " ",
        this.most < MOST ? h("button", { onclick: () => { this.most = MOST; this.renew(); } }, t("events.more")) : null));
    if (focused) this.row(focused)?.querySelector("a")?.focus({ preventScroll: true });
    if (anew) this.drawDetail();
  }

  drawKinds() {
    const counts = this.told.counts;
    const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
    const within = this.kinds.contains(document.activeElement) ? document.activeElement?.getAttribute("data-kind") : null;
    fill(this.kinds, ["", ...KINDS].map((kind) => h("button", {
      "aria-pressed": kind === this.filters.kind, "data-kind": kind, onclick: () => change({ kind }),
    }, kind ? kindShape(kind) : null, kind ? kindWord(kind) : t("events.all"), " ", h("span", { class: "event-count" }, whole(kind ? counts[kind] ?? 0 : all)))));
    if (within !== null) /** @type {HTMLElement | null} */ (this.kinds.querySelector(`[data-kind="${within}"]`))?.focus();
  }

  drawDetail() {
    const one = this.told.events.find((/** @type {any} */ event) => keyOf(event.found) === this.chosen);
    if (one) fill(this.detail, eventDetail(one));
    else fill(this.detail, this.chosen ? h("p", { class: "panel empty" }, t("events.gone")) : this.told.events.length ? h("p", { class: "panel empty event-hint" }, t("events.choose")) : null);
  }

  /** @param {string} key */
  row(key) {
    return [...this.list.querySelectorAll("tr")].find((row) => row.dataset.key === key);
  }

  /** @param {number} by */
  move(by) {
    const rows = [...this.list.querySelectorAll("tbody tr")];
    if (!rows.length) return;
    const here = rows.findIndex((row) => /** @type {HTMLElement} */ (row).dataset.key === this.chosen);
    const next = /** @type {HTMLElement} */ (rows[Math.min(Math.max(here + by, 0), rows.length - 1)]);
    const key = next.dataset.key ?? "";
    history.replaceState(null, "", link("events", key, this.params));
    this.chosen = key;
    this.draw(true);
    const found = this.row(key);
    found?.querySelector("a")?.focus({ preventScroll: true });
    found?.scrollIntoView({ block: "nearest" });
  }

  /** Whoever has chosen an event reads it: the eye and the keyboard go there. */
  read() {
    this.detail.scrollTop = 0;
    this.detail.querySelector("h2")?.focus({ preventScroll: true });
    if (this.detail.getBoundingClientRect().top > innerHeight / 2) this.detail.scrollIntoView({ block: "start" });
  }

  clear() {
    if (this.filters.text || this.filters.object || this.filters.kind) go("events", this.chosen);
    else go("events");
  }
}

customElements.define("cs-events", Events);
