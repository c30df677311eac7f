// @ts-check
// One object: every field with who says so, since when and how it is marked; where nations differ.

import { address, ask } from "../api.js";
import { link } from "../address.js";
import { Plane } from "../chart.js";
import { fill, h, s } from "../dom.js";
import * as holdings from "../holdings.js";
import { BreakUp } from "../panels/breakup.js";
import { ObjectEvents } from "../panels/event_detail.js";
import { table } from "../panels/lists.js";
import { nationMark, nationShape } from "../panels/nations.js";
import { ObjectNorms } from "../panels/norm_cards.js";
import { age, brief, countdown, decimal, km, ms, probability, shortHandle, shown, utc, whole } from "../text.js";
import { now } from "../moment.js";
import { t } from "../words.js";

const PARTS = ["events", "norms", "breakup"]; // that an address may ask for
const CHARTS = /** @type {const} */ (["perigee_km", "apogee_km", "inclination_deg"]);

class ObjectScreen extends HTMLElement {
  constructor() {
    super();
    this.number = "";
    this.wanted = "";
    /** @type {{number: number, breakUp: BreakUp, events: ObjectEvents, norms: ObjectNorms} | undefined} */ this.kept = undefined;
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    const part = view.params.get("part") ?? "";
    const same = view.id === this.number;
    if (same && part === this.wanted) return;
    this.number = view.id;
    this.wanted = part;
    (same ? Promise.resolve() : this.draw()).then(() => this.show());
  }

  connectedCallback() {
    this.off = holdings.changed((what) => {
      if (!what.has("objects")) return;
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.draw(), 3000);
    });
  }

  disconnectedCallback() {
    this.off?.();
    clearTimeout(this.waiting);
  }

  async draw() {
    try {
      const [told, past] = await Promise.all([ask(`objects/${this.number}`), ask(`objects/${this.number}/history`)]);
      // What somebody has asked of a break-up or of rules stays when the rest is drawn anew.
      const { number } = told.data.object;
      const before = this.kept?.number === number ? this.kept : null;
      before?.events.renew();
      this.kept = before ?? { number, breakUp: new BreakUp(number), events: new ObjectEvents(number), norms: new ObjectNorms(number) };
      fill(this, content(told.data, past.data, this.kept));
    } catch (error) {
      fill(this, h("p", { class: "empty" }, /** @type {Error} */ (error).message));
    }
  }

  /** Bring the part that was asked for before the eyes. */
  show() {
    const part = PARTS.includes(this.wanted) ? /** @type {HTMLElement | null} */ (this.querySelector(`#${this.wanted}`)) : null;
    part?.scrollIntoView({ block: "start" });
    part?.querySelector("h2")?.focus({ preventScroll: true });
  }
}

/**
 * @param {any} told
 * @param {any} past
 * @param {{breakUp: HTMLElement, events: HTMLElement, norms: HTMLElement}} kept
 */
function content(told, past, kept) {
  const { object } = told;
  const number = object.number;
  const hours = (/** @type {number} */ more) => new Date(now() + more * 3600e3).toISOString().slice(0, 19) + "Z";
  return [
    h("div", { class: "nation-head" }, h("h1", null, shown(object.name, 80) || t("object.unnamed"), " ", h("span", { class: "quiet mono" }, number)),
      verdict(object), h("span", { class: "nation-marks" }, object.nations.map((/** @type {string} */ nation) => nationMark(nation))),
      h("a", { class: "button", href: link("globe", "", { select: number }) }, t("object.to_globe")),
      h("a", { class: "button", download: "", href: address(`export/object/${number}.oem`, { from: hours(0), until: hours(24), step: 60 }).href }, "OEM"),
      h("a", { class: "button", download: "", href: address("export/czml", { objects: number }).href }, "CZML")),
    h("div", { class: "columns" },
      h("section", { class: "panel" }, h("h2", null, t("object.fields")), h("p", { class: "quiet" }, t("object.fields.say")), fields(past.fields)),
      h("section", { class: "panel" }, h("h2", null, t("object.head.nation")), sources(past.fields))),
    h("div", { class: "columns" },
      h("section", { class: "panel" }, h("h2", null, t("object.statements")), h("p", { class: "quiet" }, t("object.statements.say", { time: utc(told.compared_at) })), statements(told)),
      h("section", { class: "panel" }, h("h2", null, t("object.history")), history(past))),
    h("section", { class: "panel" }, h("h2", null, t("object.conjunctions", { count: told.conjunctions_in_all })), conjunctions(told, number)),
    h("section", { class: "panel", id: "events" }, h("h2", { tabindex: "-1" }, t("events.title")), kept.events),
    h("section", { class: "panel", id: "norms" }, h("h2", { tabindex: "-1" }, t("object.norms")), h("p", { class: "quiet" }, t("object.norms.say")), kept.norms),
    h("section", { class: "panel", id: "breakup" }, h("h2", { tabindex: "-1" }, t("object.breakup.title")), h("p", { class: "quiet" }, t("object.breakup.say")), kept.breakUp),
  ];
}

/** @param {any} object */
function verdict(object) {
  const kind = object.verdict === "dissent" ? "chip severe" : object.verdict === "agree" ? "chip good" : "chip warn";
  const mark = object.verdict === "dissent" ? "≠ " : object.verdict === "agree" ? "= " : "△ ";
  return h("span", { class: kind, title: object.sigmas === null ? null : `${decimal(object.sigmas, 1)} σ, ${km(object.apart_km)}` }, mark + t(`nation.verdict.${object.verdict}`));
}

/** @param {any[]} found */
function fields(found) {
  return table(t("object.fields"), ["field", "value", "nation"].map((name) => t(`object.head.${name}`)), found.flatMap((field) => {
    // Nations that say the same share a line; others stand below each other, marked.
    /** @type {Map<string, any[]>} */
    const values = new Map();
    for (const one of field.sources) values.set(one.value, [...(values.get(one.value) ?? []), one]);
    return [...values.entries()].map(([value, sources], place) => [
      place === 0 ? [h("b", null, t(`object.field.${field.name}`)), field.differ ? h("span", { class: "chip severe" }, "≠ " + t("object.differ")) : null] : "",
      h("span", { class: "mono" }, shown(value, 120)),
      h("span", { class: "nation-marks" }, sources.map((one) => h("a", { href: link("record", one.handle), title: `${brief(one.said)} · ${shown(one.marking.text, 60)}` }, nationMark(one.nation)))),
    ]);
  }));
}

/**
 * The records that the fields are taken from: by whom, since when, how marked.
 * @param {any[]} found
 */
function sources(found) {
  const records = new Map(found.flatMap((field) => field.sources).map((one) => [one.handle, one]));
  return table(t("object.head.nation"), ["nation", "said", "marking", "record"].map((name) => t(`object.head.${name}`)), [...records.values()].map((one) => [
    nationMark(one.nation), brief(one.said), h("span", { class: "wraps" }, shown(one.marking.text, 120)), h("a", { class: "mono", href: link("record", one.handle) }, shortHandle(one.handle)),
  ]));
}

/** @param {any} told */
function statements(told) {
  return table(t("object.statements"), [t("object.head.nation"), t("object.head.epoch"), t("object.head.age") + " #", t("object.head.side"), t("object.head.sigmas") + " #", t("object.head.apart"), t("object.head.record")],
    told.statements.map((/** @type {any} */ one) => [nationMark(one.nation), brief(one.epoch), age(one.age_days), one.usable ? (one.side >= 0 ? String.fromCharCode(65 + Math.min(one.side, 25)) : "–") : t("object.unusable"), decimal(one.sigmas, 1),
      one.across_km === null ? "–" : [km(one.across_km), " / ", km(one.along_km), " / ", km(one.normal_km)], h("a", { class: "mono", href: link("record", one.handle) }, shortHandle(one.handle))]));
}

/** @param {any} past */
function history(past) {
  const good = past.statements.filter((/** @type {any} */ one) => one.perigee_km !== null);
  const times = good.map((/** @type {any} */ one) => ms(one.epoch));
  const charts = new Set(times).size < 2 ? null : CHARTS.map((name) => {
    const values = good.map((/** @type {any} */ one) => one[name]);
    const room = Math.max((Math.max(...values) - Math.min(...values)) * 0.15, 0.01);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const plane = new Plane(520, 130, { from: (first - last) / 86400e3 - 0.05, until: 0.05, label: t("object.days") }, { from: Math.min(...values) - room, until: Math.max(...values) + room, label: t(`object.field.${name}`) });
    return plane.drawing(t(`object.field.${name}`), plane.frame(), good.map((/** @type {any} */ one) => {
      const mark = nationShape(one.nation, one.state !== "standing");
      mark.setAttribute("transform", `translate(${plane.x((ms(one.epoch) - last) / 86400e3).toFixed(1)} ${plane.y(one[name]).toFixed(1)}) scale(.7)`);
      return s("g", null, s("title", null, `${one.nation} · ${brief(one.epoch)} · ${decimal(one[name], 2)} · ${t(`object.state.${one.state}`)}`), mark);
    }));
  });
  return [charts, h("details", { open: charts === null }, h("summary", null, t("object.history.list", { count: whole(past.statements.length) })), table(t("object.history"), ["said", "nation", "epoch", "state", "record"].map((name) => t(`object.head.${name}`)),
    past.statements.map((/** @type {any} */ one) => [brief(one.said), nationMark(one.nation), brief(one.epoch), h("span", { class: one.state === "standing" ? null : "struck" }, t(`object.state.${one.state}`), one.why ? `: ${shown(one.why, 120)}` : null), h("a", { class: "mono", href: link("record", one.handle) }, shortHandle(one.handle))]))),
  past.whole ? null : h("p", { class: "quiet" }, t("object.history.part"))];
}

/**
 * @param {any} told
 * @param {number} number
 */
function conjunctions(told, number) {
  if (!told.conjunctions.length) return h("p", { class: "quiet" }, t("object.conjunctions.none"));
  const alerts = [...holdings.alerts().values()];
  return table(t("object.conjunctions.head"), [t("object.head.tca"), t("object.head.countdown"), t("object.head.other"), t("object.head.miss") + " #", "Pc #", t("object.head.sources"), ""], told.conjunctions.slice(0, 100).map((/** @type {any} */ one) => {
    const [other, name] = one.object1 === number ? [one.object2, one.name2] : [one.object1, one.name1];
    const alert = alerts.find((two) => two.conjunction && !two.struck && two.conjunction.object1 === one.object1 && two.conjunction.object2 === one.object2 && Math.abs(ms(two.at) - ms(one.tca)) < 600e3);
    return [brief(one.tca), countdown((ms(one.tca) - now()) / 1000), h("a", { href: link("object", other) }, shown(name, 60) || other), km(one.miss_km), one.pc === null ? shown(one.pc_null_reason, 60) : probability(one.pc), shown(`${one.source1} × ${one.source2}`, 60),
      alert ? h("a", { href: link("case", alert.handle) }, t("object.to_case")) : null];
  }));
}

customElements.define("cs-object", ObjectScreen);
