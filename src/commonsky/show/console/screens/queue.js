// @ts-check
// The queue: everything a duty officer may have to act on, in one list.

import { address } from "../api.js";
import { change, go, link } from "../address.js";
import { toast } from "../dialog.js";
import { fill, h } from "../dom.js";
import * as holdings from "../holdings.js";
import { onKeys } from "../keys.js";
import * as moment from "../moment.js";
import { SEVERITIES, severityMark } from "../severity.js";
import { brief, countdown, km, ms, probability, shown, utc, whole } from "../text.js";
import { t } from "../words.js";
import { deed } from "./queue_deeds.js";
import { fits, LANES, rowsOf, whatOf } from "./queue_rows.js";

const STEP = 150; // rows of a lane that are drawn, and drawn more
const COLUMNS = ["severity", "when", "what", "miss", "pc", "confidence", "nations", "marking", "owner", "state"];
const CATEGORIES = ["conjunction", "event", "re_entry", "recall", "data_quality", "notice"];
const CALM_MS = 1500; // after the pointer has moved over the list, nothing in it moves

/** @typedef {import("./queue_rows.js").Row} Row */
/** @typedef {import("./queue_rows.js").Lane} Lane */

class Queue extends HTMLElement {
  constructor() {
    super();
    this.bar = h("div", { class: "queue-bar" });
    this.deeds = h("div", { class: "queue-deeds", role: "toolbar", "aria-label": t("queue.title") });
    this.body = h("div", { class: "queue-body" });
    this.live = h("p", { class: "visually-hidden", role: "status", "aria-live": "polite" });
    this.filters = { severity: "", category: "", nation: "", mine: false, text: "" };
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Row[]} rows that are drawn, in their order */
    this.drawn = [];
    /** @type {Set<string>} */
    this.selected = new Set();
    this.cursor = "";
    /** @type {Record<string, number>} */
    this.most = Object.fromEntries(LANES.map((lane) => [lane, STEP]));
    /** @type {Map<string, HTMLElement>} */
    this.counters = new Map();
    this.touchedAt = -Infinity;
    /** @type {Set<string> | null} */
    this.heard = null;
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    const get = (/** @type {string} */ name) => view.params.get(name) ?? "";
    this.filters = { severity: get("severity"), category: get("category"), nation: get("nation"), mine: get("mine") === "1", text: get("text") };
    if (this.isConnected) this.draw();
  }

  connectedCallback() {
    fill(this, h("h1", { class: "visually-hidden" }, t("queue.title")), this.bar, this.deeds, this.body, this.live);
    const act = (/** @type {import("./queue_deeds.js").State} */ state) => () => this.act(state);
    this.offs = [
      holdings.changed((what) => { if (what.has("alerts") || what.has("node")) this.renew(what); }),
      moment.changed(() => this.draw()),
      onKeys(this, t("queue.title"), [
        { keys: ["j", "k"], say: t("queue.help.move"), run: (event) => this.move(event.key === "j" ? 1 : -1) },
        { keys: ["x"], say: t("queue.help.select"), run: () => this.toggle(this.cursor) },
        { keys: ["a"], say: t("queue.help.acknowledge"), run: act("acknowledged") },
        { keys: ["s"], say: t("queue.help.shelve"), run: act("shelved") },
        { keys: ["c"], say: t("queue.help.claim"), run: act("claimed") },
        { keys: ["e"], say: t("queue.help.close"), run: act("closed") },
        { keys: ["/"], say: t("queue.help.search"), run: () => this.search?.focus() },
        { keys: ["Enter", "o"], say: t("queue.help.open"), run: () => this.open() },
        { keys: ["Escape"], say: t("queue.help.clear"), run: () => this.clear() },
      ]),
    ];
    this.body.addEventListener("pointermove", () => { this.touchedAt = performance.now(); });
    this.ticking = setInterval(() => this.tick(), 1000);
    this.draw();
  }

  disconnectedCallback() {
    this.offs?.forEach((off) => off());
    clearInterval(this.ticking);
    clearTimeout(this.waiting);
  }

  /** @param {Set<string>} what */
  renew(what) {
    if (what.has("alerts")) this.announce();
    // What a person is about to click stays where it is: new rows wait a little, or for a click.
    const calm = performance.now() - this.touchedAt > CALM_MS;
    const fresh = this.drawn.length && what.has("alerts") ? rowsOf(holdings.alerts().values()).filter((row) => !this.drawn.some((one) => one.key === row.key)).length : 0;
    if (calm || !fresh) this.draw();
    else {
      this.drawBar(fresh);
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.renew(new Set(["node"])), CALM_MS);
    }
  }

  /** Say of new grave alerts, once each, and not at the begin. */
  announce() {
    if (!holdings.loaded()) return;
    const grave = [...holdings.alerts().values()].filter((one) => one.severity === "high" && one.state === "standing" && one.stage === "new");
    const before = this.heard;
    this.heard = new Set(grave.map((one) => one.handle));
    const fresh = before ? grave.find((one) => !before.has(one.handle)) : null;
    if (fresh) fill(this.live, t("queue.said", { what: whatOf(fresh) }));
  }

  draw() {
    if (!holdings.loaded()) {
      fill(this.body, h("p", { class: "empty" }, t("queue.loading")));
      return;
    }
    const known = moment.mode() === "replay" && moment.now() < moment.nodeNow() ? moment.now() : Infinity;
    const alerts = [...holdings.alerts().values()].filter((one) => ms(one.said) <= known);
    this.rows = rowsOf(alerts);
    const home = holdings.node()?.nation ?? "";
    const fitting = this.rows.filter((row) => fits(row, this.filters, home));
    this.hiddenCount = this.rows.length - fitting.length;
    this.drawn = [];
    this.counters.clear();
    const lanes = LANES.map((lane) => this.lane(lane, fitting.filter((row) => row.lane === lane)));
    fill(this.body, this.rows.some((row) => row.lane !== "done") ? null : this.nothing(), lanes);
    this.selected = new Set([...this.selected].filter((key) => this.rows.some((row) => row.key === key)));
    this.drawBar(0);
    this.drawDeeds();
    this.mark();
  }

  /** What is said where nothing stands: never that the sky is clear. */
  nothing() {
    const told = holdings.completeness();
    const horizon = told?.horizon;
    const gaps = told?.gaps ?? [];
    return h("div", { class: "panel queue-nothing" }, h("p", null, t("queue.empty")), h("ul", null,
      h("li", null, horizon?.screened ? t("queue.empty.screened", { until: utc(horizon.stop) }) : t("queue.empty.not_screened")),
      gaps.length ? gaps.map((/** @type {string} */ gap) => h("li", null, shown(gap, 300))) : h("li", null, t("queue.empty.whole"))));
  }

  /**
   * @param {Lane} lane
   * @param {Row[]} rows
   */
  lane(lane, rows) {
    const some = rows.slice(0, this.most[lane]);
    this.drawn.push(...(lane === "done" || lane === "shelved" ? [] : some));
    const folded = lane === "done" || lane === "shelved";
    const all = () => {
      const keys = some.map((row) => row.key);
      const every = keys.every((key) => this.selected.has(key));
      for (const key of keys) if (every) this.selected.delete(key); else this.selected.add(key);
      this.mark();
      this.drawDeeds();
    };
    const table = rows.length === 0 ? h("p", { class: "quiet queue-none" }, t("queue.lane.empty")) : h("table", { class: "queue-table" },
      h("thead", null, h("tr", null,
        h("th", { scope: "col", class: "queue-check" }, h("input", { type: "checkbox", "aria-label": t("queue.select.lane"), onchange: all })),
        COLUMNS.map((name) => h("th", { scope: "col", class: `queue-${name}` }, t(`queue.column.${name}`))))),
      h("tbody", null, some.map((row) => this.row(row))));
    const more = rows.length > some.length ? h("button", { onclick: () => { this.most[lane] += 4 * STEP; this.draw(); } }, t("queue.more", { count: rows.length - some.length })) : null;
    const heading = [h("span", { class: "lane-title" }, t(`queue.lane.${lane}`)), " ", h("span", { class: "count" }, whole(rows.length))];
    const say = lane === "new" || lane === "unassessed" ? h("span", { class: "quiet" }, t(`queue.lane.${lane}.say`)) : null;
    if (!folded) return h("section", { class: `queue-lane lane-${lane}` }, h("h2", null, heading, say), table, more);
    const details = h("details", { class: `queue-lane lane-${lane}`, open: this.unfolded?.has(lane), ontoggle: () => {
      this.unfolded = this.unfolded ?? new Set();
      if (details.open) this.unfolded.add(lane); else this.unfolded.delete(lane);
    } }, h("summary", null, h("h2", null, heading)), table, more);
    if (this.unfolded?.has(lane)) this.drawn.push(...some);
    return details;
  }

  /** @param {Row} row */
  row(row) {
    const { alert } = row;
    const what = whatOf(alert);
    const told = alert.conjunction;
    const when = h("span", { class: "mono" }, Number.isFinite(row.at) ? countdown((row.at - moment.now()) / 1000) : "–");
    if (Number.isFinite(row.at) && row.lane !== "done") this.counters.set(row.key, when);
    const { claimed } = row;
    return h("tr", { "data-key": row.key, class: alert.struck ? "struck-row" : null, onclick: (/** @type {MouseEvent} */ event) => this.clicked(event, row) },
      h("td", { class: "queue-check" }, h("input", { type: "checkbox", "aria-label": t("queue.select", { what }), onclick: (/** @type {MouseEvent} */ event) => { event.stopPropagation(); this.toggle(row.key, event.shiftKey); } })),
      h("td", { class: "queue-severity" }, severityMark(row.severity)),
      h("td", { class: "queue-when" }, when, h("span", { class: "quiet brief" }, Number.isFinite(row.at) ? brief(row.at) : null)),
      h("td", { class: "queue-what" }, h("a", { href: hrefOf(alert), class: alert.struck ? "struck" : null }, what),
        alert.struck ? h("span", { class: "why" }, shown(alert.struck_why, 240)) : null,
        told?.pc_null_reason ? h("span", { class: "why" }, shown(told.pc_null_reason, 160)) : null),
      h("td", { class: "number queue-miss" }, km(told?.miss_km)),
      h("td", { class: "number queue-pc" }, told ? probability(told.pc) : "–", told?.pc_max ? h("span", { class: "quiet" }, ` (${probability(told.pc_max)})`) : null),
      h("td", { class: "queue-confidence" }, confidence(alert)),
      h("td", { class: "queue-nations" }, row.says.map((one) => says(one, row)), row.all.length > 1 ? h("span", { class: "quiet" }, " " + t("queue.messages", { count: row.all.length })) : null),
      h("td", { class: "queue-marking" }, alert.marking ? shown(alert.marking.text, 60) : null),
      h("td", { class: "queue-owner" }, claimed.length ? claimed.map((/** @type {string} */ nation) => h("span", { class: "chip" }, shown(nation, 8))) : h("span", { class: "quiet" }, t("queue.nobody")),
        claimed.length > 1 ? h("span", { class: "chip severe", title: t("queue.contested.say", { nations: claimed.join(", ") }) }, "⚑ " + t("queue.contested")) : null),
      h("td", { class: "queue-state" }, stateOf(row), alert.last_by ? h("span", { class: "quiet brief" }, t("queue.by", { name: shown(alert.last_by, 40) })) : null));
  }

  /** @param {number} fresh rows that wait to be shown */
  drawBar(fresh) {
    if (!this.search) {
      this.search = h("input", { type: "search", maxlength: 100, placeholder: t("queue.search"), "aria-label": t("queue.search"), oninput: () => change({ text: this.search?.value || null }) });
    }
    if (document.activeElement !== this.search) this.search.value = this.filters.text;
    const nations = [...new Set(this.rows.flatMap((row) => row.nations))].sort();
    const choose = (/** @type {"severity" | "category" | "nation"} */ name, /** @type {[string, string][]} */ options) => h("label", { class: "queue-filter" }, t(`queue.filter.${name}`), " ",
      h("select", { onchange: (/** @type {Event} */ event) => change({ [name]: /** @type {HTMLSelectElement} */ (event.target).value || null }) },
        h("option", { value: "" }, t("queue.all")), options.map(([code, word]) => h("option", { value: code, selected: code === this.filters[name] }, word))));
    const filters = h("div", { class: "queue-filters" },
      choose("severity", SEVERITIES.map((one) => [one, t(`severity.${one}`)])),
      choose("category", CATEGORIES.map((one) => [one, t(`queue.category.${one}`)])),
      choose("nation", nations.map((one) => [one, shown(one, 12)])),
      h("label", { class: "queue-filter" }, h("input", { type: "checkbox", checked: this.filters.mine, onchange: () => change({ mine: this.filters.mine ? null : "1" }) }), " ", t("queue.filter.mine")),
      this.hiddenCount ? h("button", { class: "chip warn", onclick: () => change({ severity: null, category: null, nation: null, mine: null, text: null }) }, t("queue.hidden", { count: this.hiddenCount }) + " · " + t("queue.clear")) : null,
      fresh ? h("button", { class: "chip good", onclick: () => this.draw() }, t("queue.new", { count: fresh })) : null,
      h("a", { class: "chip", href: address("export/alerts.csv").href, download: "" }, t("queue.export")));
    if (this.search.parentElement !== this.bar) fill(this.bar, this.search, (this.filterPlace = h("div")));
    if (this.filterPlace) fill(this.filterPlace, filters);
  }

  drawDeeds() {
    const count = this.selected.size;
    const button = (/** @type {string} */ name, /** @type {import("./queue_deeds.js").State} */ state, /** @type {string} */ key) =>
      h("button", { disabled: count === 0 && !this.cursor, onclick: () => this.act(state) }, t(`queue.deed.${name}`), " ", h("kbd", null, key));
    fill(this.deeds, button("acknowledge", "acknowledged", "a"), button("shelve", "shelved", "s"), button("claim", "claimed", "c"), button("close", "closed", "e"),
      count ? [h("span", { class: "chip" }, t("queue.selected", { count })), h("button", { class: "plain", onclick: () => this.clear() }, t("queue.deed.clear"))] : null);
  }

  tick() {
    const now = moment.now();
    for (const row of this.drawn) {
      const place = this.counters.get(row.key);
      if (place) place.textContent = countdown((row.at - now) / 1000);
    }
  }

  /** @param {number} way */
  move(way) {
    const place = this.drawn.findIndex((row) => row.key === this.cursor);
    const next = this.drawn[Math.min(Math.max(place + way, 0), this.drawn.length - 1)];
    if (!next) return;
    this.cursor = next.key;
    this.mark();
    this.drawDeeds();
    const element = this.rowElement(next.key);
    element?.scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null | undefined} */ (element?.querySelector("a"))?.focus({ preventScroll: true });
  }

  /**
   * @param {string} key
   * @param {boolean} [range] all from the cursor to it
   */
  toggle(key, range = false) {
    if (!key) return;
    const keys = this.drawn.map((row) => row.key);
    const [from, until] = [keys.indexOf(this.cursor), keys.indexOf(key)].sort((a, b) => a - b);
    if (range && from >= 0) for (const one of keys.slice(from, until + 1)) this.selected.add(one);
    else if (!this.selected.delete(key)) this.selected.add(key);
    this.cursor = key;
    this.mark();
    this.drawDeeds();
  }

  clear() {
    this.selected.clear();
    this.search?.blur();
    if (this.filters.text) change({ text: null });
    this.mark();
    this.drawDeeds();
  }

  /** Show which rows are selected, and where the cursor is. */
  mark() {
    for (const element of this.body.querySelectorAll("tr[data-key]")) {
      const key = element.getAttribute("data-key") ?? "";
      element.classList.toggle("at-cursor", key === this.cursor);
      element.classList.toggle("is-selected", this.selected.has(key));
      const box = /** @type {HTMLInputElement | null} */ (element.querySelector("input[type=checkbox]"));
      if (box) box.checked = this.selected.has(key);
    }
  }

  /** @param {string} key */
  rowElement(key) {
    return [...this.body.querySelectorAll("tr[data-key]")].find((one) => one.getAttribute("data-key") === key);
  }

  /**
   * @param {MouseEvent} event
   * @param {Row} row
   */
  clicked(event, row) {
    if (/** @type {Element} */ (event.target).closest("a, input, button")) return;
    this.cursor = row.key;
    if (event.ctrlKey || event.metaKey || event.shiftKey) this.toggle(row.key, event.shiftKey);
    this.mark();
    this.drawDeeds();
  }

  open() {
    const row = this.rows.find((one) => one.key === this.cursor);
    if (row) location.hash = hrefOf(row.alert);
    else go("queue");
  }

  /** @param {import("./queue_deeds.js").State} state */
  async act(state) {
    const keys = this.selected.size ? [...this.selected] : this.cursor ? [this.cursor] : [];
    const rows = this.rows.filter((row) => keys.includes(row.key));
    // Of each nation's message: whoever said it is told what becomes of it.
    const handles = rows.flatMap((row) => row.all.filter((one) => one.handle && (one === row.alert || one.state === "standing")).map((one) => one.handle));
    if (rows.length && !handles.length) {
      toast(t("queue.deed.not_here"));
      return;
    }
    const place = this.drawn.findIndex((row) => row.key === keys[0]);
    if (!(await deed(handles, state))) return;
    this.selected.clear();
    this.touchedAt = -Infinity;
    this.draw();
    // On to what comes next in the list.
    if (!this.drawn.some((row) => row.key === this.cursor)) this.cursor = this.drawn[Math.min(place, this.drawn.length - 1)]?.key ?? "";
    this.mark();
  }
}

/** @param {any} alert */
function confidence(alert) {
  const { word, reasons } = alert.confidence;
  return h("span", { class: `confidence-${word}`, title: reasons.map((/** @type {string} */ one) => t(`queue.reason.${one}`)).join("; ") || null }, t(`queue.confidence.${word}`));
}

/**
 * What a nation says of an approach: its own Pc where several have one, struck where it took that
 * back.
 * @param {any} alert
 * @param {Row} row
 */
function says(alert, row) {
  const several = row.says.filter((one) => one.conjunction).length > 1;
  const own = several && alert.conjunction ? ` ${probability(alert.conjunction.pc)}` : "";
  return h("span", { class: alert.struck ? "chip struck" : "chip", title: alert.struck ? shown(alert.struck_why, 240) : null }, shown(alert.nation, 8), own);
}

/** @param {Row} row */
function stateOf({ alert, stage }) {
  if (alert.state !== "standing") return t(`queue.state.${alert.state}`);
  const ours = alert.claims.find((/** @type {any} */ one) => one.nation === holdings.node()?.nation);
  return t(`queue.stage.${stage}`, { until: brief(ours?.until) });
}

/** @param {any} alert */
function hrefOf(alert) {
  if (["conjunction", "event", "warning"].includes(alert.kind)) return link("case", alert.handle);
  return alert.handle ? link("record", alert.handle) : link("nation", alert.nation, { side: "quarantine" });
}

customElements.define("cs-queue", Queue);
