// @ts-check
// Who says so, by colour and by shape: the same in every drawing.

import { h, s } from "../dom.js";
import { shown } from "../text.js";

const NATIONS = ["AUS", "CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "NOR", "NZL", "USA"];
const SHAPES = [
  "M0-5.5 5.5 0 0 5.5-5.5 0Z",
  "M-4.5-4.5h9v9h-9Z",
  "M0-5.5 5.2 4.2h-10.4Z",
  "M0 5.5 5.2-4.2h-10.4Z",
  "M5 0A5 5 0 1 1-5 0 5 5 0 0 1 5 0Z",
  "M-1.8-5.4h3.6v3.6h3.6v3.6H1.8v3.6h-3.6V1.8h-3.6v-3.6h3.6Z",
  "M0-6 1.6-1.8 6-1.8 2.4.9 3.8 5.2 0 2.6-3.8 5.2-2.4.9-6-1.8-1.6-1.8Z",
  "M-3-5.2h6l3 5.2-3 5.2h-6l-3-5.2Z",
  "M-5.5-2.6h11v5.2h-11Z",
  "M-2.6-5.5h5.2v11h-5.2Z",
];

/** @param {string} nation */
export function nationPlace(nation) {
  const place = NATIONS.indexOf(nation);
  return place >= 0
    ? place
    : [...nation].reduce((sum, one) => sum + (one.codePointAt(0) ?? 0), 0) % SHAPES.length;
}

/**
 * The mark of a nation about (0, 0); hollow for what does not stand any more.
 * @param {string} nation
 * @param {boolean} [hollow]
 */
export function nationShape(nation, hollow = false) {
  const place = nationPlace(nation);
  return s("path", {
    d: SHAPES[place],
    class: `nation nation-${place}${hollow ? " hollow" : ""}`,
  });
}

/**
 * Mark and letters, for a line of text.
 * @param {string} nation
 */
export function nationMark(nation) {
  return h(
    "span",
    { class: "nation-mark" },
    s(
      "svg",
      { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true" },
      nationShape(nation),
    ),
    h("span", null, shown(nation, 24)),
  );
}
