// @ts-check
// What happened, told in the reader's language: a mark, a sentence, when, how much.

import { link } from "../address.js";
import { h, s } from "../dom.js";
import { decimal, km, ms, NONE, shown, whole } from "../text.js";
import { has, t } from "../words.js";

export const KINDS = /** @type {const} */ (["manoeuvre", "relocation", "proximity", "fragmentation"]);

/** @typedef {{kind: string, words: string, marking: any, found: any}} Told */

const SHAPES = {
  manoeuvre: "M0-6 5.5 5H-5.5Z",
  relocation: "M-6-1.6H1.5V-5L6.5 0 1.5 5V1.6H-6Z",
  proximity: "M-2.6-3.8a3.8 3.8 0 1 0 .01 0ZM2.6-3.8a3.8 3.8 0 1 1-.01 0Z",
  fragmentation: "M0-6.5 1.3-1.9 5.6-3.8 2.6 0 5.6 3.8 1.3 1.9 0 6.5-1.3 1.9-5.6 3.8-2.6 0-5.6-3.8-1.3-1.9Z",
};

/**
 * The kind of an event, by shape and by word.
 * @param {string} kind
 */
export function kindMark(kind) {
  return h("span", { class: "event-kind" }, kindShape(kind), kindWord(kind));
}

/** @param {string} kind */
export function kindShape(kind) {
  const shape = SHAPES[/** @type {keyof typeof SHAPES} */ (kind)] ?? "M-4-4h8v8h-8Z";
  return s("svg", { width: 15, height: 15, viewBox: "-7.5 -7.5 15 15", "aria-hidden": "true", class: `event-shape of-${kind}` }, s("path", { d: shape }));
}

/** @param {string} kind */
export function kindWord(kind) {
  return wordOr(`events.kind.${kind}`, kind);
}

/**
 * The words for what a node names, or its own name for it.
 * @param {string} key
 * @param {string} name
 */
export function wordOr(key, name) {
  const slug = key.replaceAll(" ", "_");
  return has(slug) ? t(slug) : shown(name, 80);
}

/**
 * The objects of an event, with what they are called.
 * @param {any} found
 * @returns {[number, string][]}
 */
export function objectsOf(found) {
  if (found.kind === "proximity") return [[found.object1, found.name1], [found.object2, found.name2]];
  if (found.kind === "fragmentation") return found.parent ? [[found.parent, found.parent_name]] : [];
  return [[found.object, found.name]];
}

/**
 * Every object that a dossier on an event would be about, of pieces the first.
 * @param {any} found
 * @returns {number[]}
 */
export function subjects(found) {
  const named = objectsOf(found).map(([number]) => number);
  return found.kind === "fragmentation" ? [...named, ...found.members].slice(0, 20) : named;
}

/** @param {any} found */
export function began(found) {
  return found.left_not_before ?? found.not_before;
}

/** @param {any} found */
export function ended(found) {
  return found.arrived_not_after ?? found.not_after;
}

/**
 * What tells an event from others, in an address.
 * @param {any} found
 */
export function keyOf(found) {
  const who = found.kind === "fragmentation" ? [found.parent || found.members[0] || 0] : objectsOf(found).map(([number]) => number);
  return [found.kind, ...who, began(found)].join("~");
}

/**
 * @param {number} number
 * @param {string} name
 */
export function called(number, name) {
  return shown(name, 48) || String(number);
}

/**
 * One sentence; the node's own where the kind is new to this page.
 * @param {any} found
 * @param {string} [words]
 */
export function sentence(found, words = "") {
  const names = objectsOf(found).map(([number, name]) => called(number, name));
  if (found.kind === "manoeuvre") return t("events.say.manoeuvre", { object: names[0], type: typeWord(found.type) });
  if (found.kind === "relocation") {
    return t(found.status === "under way" ? "events.say.under_way" : "events.say.relocation", { object: names[0], from: east(found.longitude_from_deg), to: east(found.longitude_to_deg) });
  }
  if (found.kind === "proximity") {
    const say = found.separation_km === null ? "events.say.slot" : found.habitual ? "events.say.habitual" : "events.say.proximity";
    return t(say, { first: names[0], second: names[1] });
  }
  if (found.kind === "fragmentation") {
    return t(found.parent ? "events.say.fragmentation" : "events.say.pieces", { count: whole(found.fragments), object: names[0] ?? "", type: typeWord(found.type) });
  }
  return shown(words, 300);
}

/** @param {string} type */
export function typeWord(type) {
  return wordOr(`events.type.${type}`, type);
}

/** @param {string} status */
export function statusWord(status) {
  return wordOr(`events.status.${status}`, status);
}

/**
 * How much, with how far that may be off.
 * @param {any} found
 */
export function sizeOf(found) {
  if (found.kind === "manoeuvre") {
    if (found.delta_v_m_s === null) return t("events.size.untold");
    return `${figures(found.delta_v_m_s)}${found.delta_v_sigma_m_s === null ? "" : `\u2009±\u2009${figures(found.delta_v_sigma_m_s, 2)}`}\u2009m/s`;
  }
  if (found.kind === "relocation") return t("events.size.drift", { degrees: figures(moved(found)), drift: figures(Math.abs(found.drift_deg_day)) });
  if (found.kind === "proximity") {
    if (found.separation_km === null) return t("events.size.untold");
    return t("events.size.between", { size: km(found.separation_km), low: km(found.separation_low_km), high: km(found.separation_high_km) });
  }
  if (found.kind === "fragmentation") return t("events.size.pieces", { count: found.fragments });
  return NONE;
}

/**
 * By how many degrees an object moved along the belt; east is positive.
 * @param {any} found
 */
export function moved(found) {
  const least = ((((found.longitude_to_deg - found.longitude_from_deg + 180) % 360) + 360) % 360) - 180;
  if (!found.drift_deg_day || Math.sign(least) === Math.sign(found.drift_deg_day) || Math.abs(least) < 90) return least;
  return least > 0 ? least - 360 : least + 360; // the long way round, as it drifted
}

/** @param {number} degrees */
export function east(degrees) {
  const size = `${decimal(Math.abs(degrees), 2)}°`;
  return t(degrees >= 0 ? "events.east" : "events.west", { degrees: size });
}

/**
 * A few figures, without a power of ten where that can be.
 * @param {number | null | undefined} value
 * @param {number} [count]
 */
export function figures(value, count = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-3) return value.toExponential(1).replaceAll("-", "−");
  return decimal(value, Math.min(Math.max(count - 1 - Math.floor(Math.log10(size)), 0), 5));
}

/**
 * From when to when, the second day only where it is another.
 * @param {string} from
 * @param {string} until
 */
export function span(from, until) {
  if (!from) return NONE;
  const [a, b] = [minute(from), minute(until)];
  if (a === b) return `${a}Z`;
  return h("span", { class: "event-span" }, h("span", null, `${a}Z –`), " ", h("span", null, `${a.slice(0, 10) === b.slice(0, 10) ? b.slice(11) : b}Z`));
}

/** @param {string} time */
function minute(time) {
  const at = ms(time);
  return Number.isFinite(at) ? new Date(at).toISOString().slice(0, 16).replace("T", " ") : NONE;
}

const PARTS = {
  events: ["events.title", "events.choice", "events.say"],
  norms: ["norms.title", "norms.choice", "norms.say"],
  dossiers: ["dossiers.title", "dossiers.choice", "dossiers.say"],
};

/**
 * The head that events, rules and dossiers share.
 * @param {keyof typeof PARTS} here
 */
export function conductHead(here) {
  const [title, , say] = PARTS[here];
  return [
    h("div", { class: "places-head" }, h("h1", null, t(title)),
      h("nav", { class: "choices", "aria-label": t("events.parts") }, Object.entries(PARTS).map(([name, [, choice]]) => h("a", {
        class: "button", href: link(name), "aria-current": name === here ? "page" : false,
      }, t(choice))))),
    h("p", { class: "quiet conduct-say" }, t(say)),
  ];
}

/**
 * Events as a table; a sentence leads to all of it.
 * @param {Told[]} events
 * @param {{name: string, chosen?: string, params?: Record<string, string | null>, marked?: boolean}} how
 */
export function eventTable(events, { name, chosen = "", params = {}, marked = true }) {
  const heads = ["kind", "what", "window", "size", "score", ...(marked ? ["marking"] : [])];
  return h("table", { class: "plain-table event-table" }, h("caption", { class: "visually-hidden" }, name),
    h("thead", null, h("tr", null, heads.map((head) => h("th", { scope: "col", class: `head-${head}` }, t(`events.head.${head}`))))),
    h("tbody", null, events.map(({ kind, words, found, marking }) => {
      const key = keyOf(found);
      return h("tr", { class: key === chosen ? "is-chosen" : null, "data-key": key },
        h("td", { class: "event-kind-cell" }, kindMark(kind)),
        h("td", { class: "event-what" }, h("a", { href: link("events", key, params), "aria-current": key === chosen ? "true" : false }, sentence(found, words))),
        h("td", { class: "event-window" }, span(began(found), ended(found))),
        h("td", { class: "event-size" }, sizeOf(found)),
        h("td", { class: "event-score" }, found.score === undefined ? NONE : decimal(found.score, 1)),
        marked ? h("td", { class: "event-marking" }, shown(marking?.text, 120)) : null);
    })));
}
