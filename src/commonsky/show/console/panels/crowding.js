// @ts-check
// How crowded it is now: objects, masses and what they rest on, collisions, what matters most.

import { ask } from "../api.js";
import { link } from "../address.js";
import { Plane } from "../chart.js";
import { fill, h, s } from "../dom.js";
import { decimal, shown, whole } from "../text.js";
import { t } from "../words.js";
import { table, wide } from "./lists.js";

const KNOWN = ["measured", "catalogue", "design", "radar", "rcs class", "derived", "kind"];
const BAR = 400;

/** How crowded it is, asked for when it is shown. */
export class CrowdingNow extends HTMLElement {
  connectedCallback() {
    fill(this, h("p", { class: "empty", role: "status" }, t("places.now.waiting")));
    ask("environment")
      .then((answer) => fill(this, drawn(answer.data)))
      .catch((error) => fill(this, h("p", { class: "empty" }, error.message)));
  }
}

/** @param {any} told */
function drawn(told) {
  const now = told.environment;
  return [
    h("section", { class: "panel" }, h("h2", null, t("places.now.title", { date: told.at.slice(0, 10) })), numbers(now),
      now.left_out ? h("p", { class: "quiet" }, t("places.now.left_out", { count: whole(now.left_out) })) : null),
    h("div", { class: "columns" },
      h("section", { class: "panel" }, h("h2", null, t("places.mass.title")), h("p", { class: "quiet" }, t("places.mass.say")), now.masses.map(mass)),
      h("section", { class: "panel" }, h("h2", null, t("places.rate.title")), h("p", { class: "quiet" }, worst(now)), rates(now))),
    h("section", { class: "panel" }, h("h2", null, t("places.critical.title")), h("p", { class: "quiet" }, t("places.critical.say")), critical(now, told.names)),
    h("p", { class: "quiet" }, t("places.now.basis", { marking: shown(told.marking.text, 200) })),
  ];
}

/** @param {any} now */
function numbers(now) {
  const pairs = [
    ["objects", whole(now.below_2000_km), t("places.now.kinds", { payloads: whole(now.payloads), stages: whole(now.rocket_bodies), debris: whole(now.debris) })],
    ["active", whole(now.active), ""],
    ["collisions", often(now.collisions_per_year), ""],
    ["catastrophic", often(now.catastrophic_per_year), ""],
    ["mass", t("places.tonnes", { tonnes: whole(now.masses[1].tonnes) }), ""],
  ];
  return h("dl", { class: "case-numbers" }, pairs.map(([name, value, more]) => h("div", null,
    h("dt", null, t(`places.now.${name}`)), h("dd", null, h("b", null, value), more ? h("span", { class: "quiet" }, more) : null))));
}

/** @param {any} one a mass beside a published one */
function mass(one) {
  const most = Math.max(one.tonnes, one.published_tonnes) * 1.04 || 1;
  const wide = (/** @type {number} */ tonnes) => (tonnes / most) * BAR;
  const shares = KNOWN.filter((name) => one.provenance[name] > 0);
  let left = 0;
  const parts = shares.map((name) => {
    const x = left;
    left += wide(one.tonnes * one.provenance[name]);
    return s("rect", { x, y: 6, width: Math.max(left - x - 1, 0.5), height: 16, class: `known known-${KNOWN.indexOf(name)}` }, s("title", null, known(name, one.provenance[name])));
  });
  const mark = wide(one.published_tonnes);
  const said = t(`places.mass.${one.verdict.replaceAll(" ", "_")}`);
  return h("div", { class: "mass" },
    h("h3", null, t(`places.mass.of.${one.name.replaceAll(" ", "_")}`)),
    s("svg", { viewBox: `0 0 ${BAR} 28`, class: "mass-bar", "aria-hidden": "true", preserveAspectRatio: "none" }, parts,
      s("path", { d: `M${mark} 0V28`, class: "mass-published" })),
    h("p", null, h("b", null, t("places.tonnes", { tonnes: whole(one.tonnes) })), " ",
      t("places.mass.published", { tonnes: whole(one.published_tonnes), date: one.date }), " ",
      h("span", { class: one.verdict.startsWith("within") ? "word word-agree" : "word word-differ" }, said)),
    h("ul", { class: "mass-known" }, shares.map((name) => h("li", null, swatch(`known known-${KNOWN.indexOf(name)}`), known(name, one.provenance[name])))));
}

/** @param {string} kind */
function swatch(kind) {
  return s("svg", { width: 10, height: 10, "aria-hidden": "true" }, s("rect", { width: 10, height: 10, class: kind }));
}

/**
 * @param {string} name
 * @param {number} share
 */
function known(name, share) {
  return `${t(`places.known.${name.replaceAll(" ", "_")}`)} ${percent(share)}`;
}

/** @param {any} now */
function worst(now) {
  const [first] = [...now.shells].sort((a, b) => b.collisions_per_year - a.collisions_per_year);
  return t("places.rate.say", { height: whole(first.height_km), often: often(first.collisions_per_year) });
}

/** @param {any} now */
function rates(now) {
  const shells = now.shells;
  const peak = Math.max(...shells.map((/** @type {any} */ one) => one.collisions_per_year), 1e-30);
  const step = shells[1].height_km - shells[0].height_km;
  const [low, high] = [shells[0].height_km - step / 2, shells[shells.length - 1].height_km + step / 2];
  // Per thousand or million years where one a year would be all zeros.
  const power = Math.min(3 * Math.ceil(Math.max(0, -Math.log10(peak) - 0.5) / 3), 12);
  const plane = new Plane(560, 330, { from: low, until: high, label: t("places.height") }, { from: 0, until: peak * 10 ** power * 1.05, label: t("places.rate.axis", { years: whole(10 ** power) }) });
  return [plane.drawing(worst(now), plane.frame(), shells.map((/** @type {any} */ one) => {
    const y = plane.y(one.collisions_per_year * 10 ** power);
    const x = plane.x(one.height_km - step / 2);
    return s("rect", { x: x + 0.4, y, width: Math.max(plane.x(one.height_km + step / 2) - x - 0.8, 1), height: plane.inner.bottom - y, class: "shell-rate" },
      s("title", null, `${whole(one.height_km)} km · ${often(one.collisions_per_year)} · ${t("places.rate.objects", { count: whole(one.objects) })}`));
  })),
  h("details", null, h("summary", null, t("places.table")), table(t("places.rate.title"), [t("places.height") + " #", t("places.per_km3") + " #", t("places.now.collisions") + " #"],
    shells.filter((/** @type {any} */ one) => one.objects > 0).map((/** @type {any} */ one) => [whole(one.height_km), one.density_per_km3.toExponential(2), often(one.collisions_per_year)])))];
}

/**
 * @param {any} now
 * @param {Record<string, string>} names
 */
function critical(now, names) {
  const most = Math.max(...now.critical.map((/** @type {any} */ one) => one.criticality), 1e-30);
  return wide(t("places.critical.title"), table(t("places.critical.title"), [t("places.object"), t("places.critical.mass") + " #", t("places.critical.heights") + " #", t("places.now.collisions") + " #", t("places.critical.index")],
      now.critical.map((/** @type {any} */ one) => [
        h("a", { href: link("object", one.norad_cat_id) }, shown(names[one.norad_cat_id] ?? "", 40) || one.norad_cat_id),
        `${whole(one.mass_kg)} kg`, `${whole(one.perigee_km)} × ${whole(one.apogee_km)} km`, often(one.collisions_per_year),
        h("span", { class: "index-cell" }, s("svg", { viewBox: "0 0 100 8", class: "index-bar", "aria-hidden": "true", preserveAspectRatio: "none" },
          s("rect", { width: (100 * one.criticality) / most, height: 8, class: "shell-rate" })), one.criticality.toPrecision(2)),
      ])));
}

/**
 * A rate as people say it.
 * @param {number} perYear
 */
export function often(perYear) {
  if (!(perYear > 0)) return t("places.often.never");
  if (perYear >= 1) return t("places.often.a_year", { rate: decimal(perYear, perYear < 10 ? 1 : 0) });
  const years = 1 / perYear;
  const digits = 10 ** Math.max(Math.floor(Math.log10(years)) - 1, 0);
  return t("places.often.one_in", { years: years < 10 ? decimal(years, Math.abs(years - Math.round(years)) < 0.05 ? 0 : 1) : whole(Math.round(years / digits) * digits) });
}

/** @param {number} share */
export function percent(share) {
  return `${decimal(100 * share, share > 0 && share < 0.1 ? 1 : 0)}\u2009%`;
}

customElements.define("cs-crowding-now", CrowdingNow);
