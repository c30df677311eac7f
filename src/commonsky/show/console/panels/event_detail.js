// @ts-check
// One event: what is known of it, what it rests on, how it looks, and what can be made of it.

import { ask } from "../api.js";
import { link } from "../address.js";
import { fill, h } from "../dom.js";
import { age, decimal, km, shortHandle, shown, utc, whole } from "../text.js";
import { t } from "../words.js";
import { percent } from "./crowding.js";
import { beltFigure, geometryFigure, neighbours, separationFigure, speedFigure } from "./event_figures.js";
import { began, called, ended, eventTable, figures, keyOf, kindMark, objectsOf, sentence, sizeOf, span, statusWord, subjects, typeWord } from "./events.js";
import { facts, table, wide } from "./lists.js";

const MOST_LINKS = 60;
const MOST_EVENTS = 50; // of one object

/**
 * @param {import("./events.js").Told} told
 * @returns {HTMLElement}
 */
export function eventDetail(told) {
  const { found } = told;
  const words = sentence(found, told.words);
  const figures = h("div", { class: "event-figures" });
  drawn(found, figures);
  return h("article", { class: "event-detail", "aria-labelledby": "event-title" },
    h("section", { class: "panel" },
      h("p", { class: "event-head" }, kindMark(told.kind), h("span", { class: "quiet" }, shown(told.marking?.text, 160))),
      h("h2", { id: "event-title", tabindex: "-1" }, words),
      facts(known(found)),
      h("div", { class: "event-deeds no-print", role: "group", "aria-label": t("events.deeds") },
        objectsOf(found).map(([number, name]) => [
          h("a", { class: "button", href: link("object", number) }, called(number, name)),
          h("a", { class: "button", href: link("object", number, { part: "norms" }) }, t("events.to_norms", { name: called(number, name) })),
        ]),
        objectsOf(found).length ? h("a", { class: "button", href: link("globe", "", { select: objectsOf(found)[0][0] }) }, t("object.to_globe")) : null,
        h("a", { class: "button", href: link("dossiers", "new", { objects: subjects(found).join(","), title: words.slice(0, 200) }) }, t("dossiers.make_of")))),
    figures,
    found.kind === "fragmentation" ? pieces(found) : null,
    h("section", { class: "panel" }, h("h3", null, t("events.records", { count: found.records.length })), h("p", { class: "quiet" }, t("events.records.say")), recordLinks(found.records)));
}

/**
 * @param {any} found
 * @param {HTMLElement} place
 */
function drawn(found, place) {
  if (found.kind === "manoeuvre") fill(place, speedFigure(found));
  else if (found.kind === "proximity") fill(place, separationFigure(found), geometryFigure(found));
  else if (found.kind === "relocation") {
    fill(place, beltFigure(found, []));
    ask("picture/belt").then((answer) => fill(place, beltFigure(found, answer.data), beside(found, answer.data))).catch(() => {});
  }
}

/**
 * @param {any} found
 * @returns {[string, import("../dom.js").Child][]}
 */
function known(found) {
  /** @type {[string, import("../dom.js").Child][]} */
  const rows = [];
  if (found.kind === "relocation") {
    rows.push([t("events.left"), span(found.left_not_before, found.left_not_after)],
      [t("events.arrived"), found.status === "under way" ? t("events.not_yet") : span(found.arrived_not_before, found.arrived_not_after)]);
  } else {
    rows.push([t("events.head.window"), span(began(found), ended(found))],
      [found.kind === "proximity" ? t("events.closest") : t("events.estimate"), utc(found.closest ?? found.epoch_estimate)]);
  }
  rows.push([t("events.head.size"), h("b", null, sizeOf(found))]);
  if (found.kind === "manoeuvre") rows.push([t("events.head.type"), typeWord(found.type)], [t("events.floor"), found.detectable_m_s === null ? "" : `${figures(found.detectable_m_s)}\u2009m/s`]);
  if (found.kind === "proximity") {
    rows.push([t("events.relative_speed"), found.relative_speed_m_s === null ? "" : `${figures(found.relative_speed_m_s)}\u2009m/s`],
      [t("events.dwell"), found.dwell_h === null ? "" : age(found.dwell_h / 24)],
      [t("events.bears"), statusWord(found.status)],
      [t("events.habit"), t(found.habitual ? "events.habit.yes" : "events.habit.no")],
      [t("events.passive"), statusWord(found.passive_safe)]);
  }
  if (found.kind === "fragmentation") {
    rows.push([t("events.head.type"), typeWord(found.type)], [t("events.height"), found.height_km === null ? "" : km(found.height_km)],
      [t("events.parent"), found.parent ? called(found.parent, found.parent_name) : t("events.parent.none")],
      [t("events.parent.probability"), found.parent_probability === null ? "" : percent(found.parent_probability)]);
  }
  if (found.score !== undefined) rows.push([t("events.score"), decimal(found.score, 2)]);
  return rows;
}

/**
 * Who is where it went.
 * @param {any} found
 * @param {any[]} belt
 */
function beside(found, belt) {
  const near = neighbours(found, belt);
  const title = t("events.beside.title");
  return h("section", { class: "panel" }, h("h3", null, title), h("p", { class: "quiet" }, t(near.length ? "events.beside.say" : "events.beside.none")),
    near.length ? table(title, [t("places.object"), t("events.beside.apart") + " #", t("places.drift") + " #", t("places.age") + " #"], near.slice(0, 20).map((one) => [
      h("a", { href: link("object", one.number) }, shown(one.name, 40) || one.number), `${decimal(one.apart, 2)}°`, decimal(one.drift_deg_day, 3), age(one.age_days),
    ])) : null);
}

/** @param {any} found */
function pieces(found) {
  return h("section", { class: "panel" }, h("h3", null, t("events.pieces.title", { count: whole(found.members.length) })),
    h("p", null, h("a", { class: "button", href: link("places", "gabbard", { text: found.parent ? found.parent_name : "", event: keyOf(found) }) }, t("events.to_gabbard"))),
    found.alternatives.length ? table(t("events.parent.others"), [t("events.parent.others"), t("events.parent.probability") + " #"], found.alternatives.map((/** @type {[number, number]} */ [number, share]) => [
      h("a", { href: link("object", number) }, number), percent(share),
    ])) : null,
    h("details", null, h("summary", null, t("events.members")), h("p", { class: "event-members" },
      found.members.slice(0, 400).map((/** @type {number} */ number) => [h("a", { href: link("object", number) }, number), " "]),
      found.members.length > 400 ? t("events.and_more", { count: whole(found.members.length - 400) }) : null)));
}

/**
 * Links to records, of many the first.
 * @param {string[]} handles
 */
export function recordLinks(handles) {
  if (!handles.length) return h("p", { class: "quiet" }, t("events.records.none"));
  return h("p", { class: "event-records" }, handles.slice(0, MOST_LINKS).map((handle) => [h("a", { class: "mono", href: link("record", handle) }, shortHandle(handle)), " "]),
    handles.length > MOST_LINKS ? t("events.and_more", { count: whole(handles.length - MOST_LINKS) }) : null);
}

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
      const told = (await ask("events", { object: this.number, most: MOST_EVENTS })).data;
      fill(this, told.events.length ? wide(t("events.title"), eventTable(told.events, { name: t("events.title"), params: { object: String(this.number) } })) : h("p", { class: "quiet" }, t("events.none"), " ", t("events.none.say")),
        told.whole ? null : h("p", null, h("a", { href: link("events", "", { object: this.number }) }, t("events.part", { count: whole(MOST_EVENTS) }))));
    } catch (error) {
      fill(this, h("p", { class: "policy-problem" }, shown(/** @type {Error} */ (error).message, 300)));
    }
  }
}

customElements.define("cs-object-events", ObjectEvents);
