// @ts-check
// What colour and shape an object of the sky has, by what one wants to know; and the key to it.

import { age, km } from "./text.js";
import { has, t } from "./words.js";

/** @typedef {{label: string, colour: string, shape: number, count: number}} Entry */

export const WAYS = ["source", "type", "owner", "age", "sigma", "alert"];

// Distinct also for those who do not see all colours (after the schemes of Paul Tol).
/** @type {Record<string, string>} */
const NATIONS = {
  AUS: "#4f8fd6", CAN: "#ee6677", DEU: "#3fae5a", FRA: "#d9c83f", GBR: "#66ccee",
  ITA: "#c15ca0", JPN: "#ff9d76", NOR: "#b3a2ff", NZL: "#44bb99", USA: "#99ddff",
};
const SEVERAL = "#ffffff";
const NOBODY = "#8796ad";
const DOT = 0;
const TRIANGLE = 1;
const DIAMOND = 2;
const RING = 3;
const SQUARE = 4;
/** Shapes by kind: unknown, payload, rocket body, debris. */
const KINDS = /** @type {const} */ ([
  ["unknown", "#b9a7ff", RING], ["payload", "#6cb6ff", DOT], ["rocket_body", "#ffc24b", SQUARE], ["debris", "#a3b2c9", DIAMOND],
]);
const ALERTS = /** @type {const} */ ([
  ["none", "#5d7191", DOT], ["low", "#7fd1ae", DOT], ["attention", "#ffc24b", DIAMOND], ["high", "#ff7a66", TRIANGLE], ["unknown", "#c3b3ff", RING],
]);
const AGES = [1, 3, 7, 30]; // days
const SIGMAS = [0.3, 1, 3, 10, 100]; // km
const RAMP = ["#7fd1ae", "#6cb6ff", "#d9c83f", "#ff9d76", "#ff5f5f", "#b48cff"];
export const STALE_DAYS = 30;

/**
 * Colours (n × 4 bytes) and shapes (n) of a picture, and what they mean, the most frequent first.
 * @param {Record<string, any[]>} columns
 * @param {string} by one of WAYS
 * @returns {{colours: Uint8Array, shapes: Uint8Array, key: Entry[]}}
 */
export function coloured(columns, by) {
  const n = columns.number.length;
  const colours = new Uint8Array(4 * n);
  const shapes = new Uint8Array(n);
  /** @type {Map<string, Entry>} */
  const key = new Map();
  for (let row = 0; row < n; row += 1) {
    const [label, colour, shape] = look(columns, by, row);
    const entry = key.get(label) ?? { label, colour, shape, count: 0 };
    entry.count += 1;
    key.set(label, entry);
    const value = parseInt(colour.slice(1), 16);
    colours.set([value >> 16, (value >> 8) & 255, value & 255, 255], 4 * row);
    // Old elements are drawn hollow, whatever the colour says.
    shapes[row] = by !== "alert" && (columns.age_days[row] ?? Infinity) > STALE_DAYS ? RING : shape;
  }
  return { colours, shapes, key: [...key.values()].sort((a, b) => b.count - a.count) };
}

/**
 * @param {Record<string, any[]>} columns
 * @param {string} by
 * @param {number} row
 * @returns {readonly [string, string, number]}
 */
function look(columns, by, row) {
  const kind = KINDS[columns.type[row]] ?? KINDS[0];
  switch (by) {
    case "type":
      return [t(`globe.type.${kind[0]}`), kind[1], kind[2]];
    case "owner": {
      const owner = columns.owner[row];
      return owner ? [nation(owner), NATIONS[owner] ?? NOBODY, kind[2]] : [t("globe.owner.none"), NOBODY, kind[2]];
    }
    case "age":
      return step(AGES, columns.age_days[row], (value) => age(value), kind[2]);
    case "sigma":
      return step(SIGMAS, columns.sigma_km[row], (value) => km(value), kind[2]);
    case "alert": {
      const alert = ALERTS[columns.alert[row]] ?? ALERTS[0];
      return [t(`globe.alert.${alert[0]}`), alert[1], alert[2]];
    }
    default: {
      const source = String(columns.source[row]);
      if (source.includes("+")) return [t("globe.source.several"), SEVERAL, kind[2]];
      return [nation(source), NATIONS[source] ?? NOBODY, kind[2]];
    }
  }
}

/**
 * @param {number[]} bounds
 * @param {number | null} value
 * @param {(value: number) => string} said
 * @param {number} shape
 * @returns {readonly [string, string, number]}
 */
function step(bounds, value, said, shape) {
  if (value === null || value === undefined) return [t("globe.not_known"), NOBODY, RING];
  const place = bounds.findIndex((bound) => value <= bound);
  if (place === -1) return [t("globe.above", { value: said(bounds[bounds.length - 1]) }), RAMP[bounds.length], shape];
  return [t("globe.up_to", { value: said(bounds[place]) }), RAMP[place], shape];
}

/** @param {string} code */
function nation(code) {
  const key = `globe.nation.${code}`;
  return has(key) ? t(key) : code.slice(0, 12);
}

/** @param {string} code */
export function colourOfNation(code) {
  return NATIONS[code] ?? NOBODY;
}
