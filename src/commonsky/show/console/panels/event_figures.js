// @ts-check
// Drawings of events: a change of speed by its parts, a move along the belt, two objects by R, I, C.

import { Plane } from "../chart.js";
import { h, s } from "../dom.js";
import { decimal, km, shown, whole } from "../text.js";
import { t } from "../words.js";
import { east, figures, moved } from "./events.js";
import { figure } from "./figure.js";

const WIDE = 560;
const NEAR_DEG = 1;
const PARTS = /** @type {const} */ (["radial", "along", "across"]);

/**
 * A change of speed by its three parts, with one sigma of the whole and what could be seen at all.
 * @param {any} found
 */
export function speedFigure(found) {
  const title = t("events.speed.title");
  const parts = found.delta_v_rtn_m_s;
  if (!parts) return figure(title, "", h("p", { class: "empty" }, t("events.speed.none")));
  const sigma = found.delta_v_sigma_m_s ?? 0;
  const floor = found.detectable_m_s ?? 0;
  const most = 1.12 * (Math.max(...parts.map(Math.abs), floor) + sigma) || 1;
  const left = 108;
  const x = (/** @type {number} */ value) => left + ((value + most) / (2 * most)) * (WIDE - left - 76);
  const say = t("events.speed.say", { size: figures(found.delta_v_m_s), floor: figures(found.detectable_m_s) });
  const rows = PARTS.map((name, place) => {
    const y = 22 + 36 * place;
    const value = parts[place];
    const [low, high] = [Math.min(x(0), x(value)), Math.max(x(0), x(value))];
    return s("g", null,
      s("text", { x: left - 8, y: y + 5, "text-anchor": "end", class: "strong" }, t(`events.part.${name}`)),
      s("rect", { x: low.toFixed(1), y: y - 8, width: Math.max(high - low, 1).toFixed(1), height: 16, class: "event-bar" }),
      sigma ? s("path", { class: "event-whisker", d: `M${x(value - sigma).toFixed(1)} ${y}H${x(value + sigma).toFixed(1)}m0-5v10M${x(value - sigma).toFixed(1)} ${y - 5}v10` }) : null,
      s("text", { x: WIDE - 4, y: y + 5, "text-anchor": "end" }, figures(value, 2)));
  });
  const drawing = s("svg", { viewBox: `0 0 ${WIDE} 142`, class: "chart", role: "img", "aria-label": say },
    floor ? s("rect", { x: x(-floor).toFixed(1), y: 4, width: (x(floor) - x(-floor)).toFixed(1), height: 106, class: "event-unseen" }) : null,
    s("path", { d: `M${x(0).toFixed(1)} 4V110`, class: "zero" }), rows,
    [-0.9, 0, 0.9].map((share) => s("text", { x: x(share * most).toFixed(1), y: 130, "text-anchor": "middle" }, figures(share * most, 2))),
    s("text", { x: WIDE - 4, y: 130, "text-anchor": "end" }, "m/s"));
  return figure(title, say, drawing, { head: [t("events.head.part"), "m/s"], rows: PARTS.map((name, place) => [t(`events.part.${name}`), figures(parts[place])]) }, "event-figure");
}

/**
 * Before and after on the whole belt, which never moves under the eye.
 * @param {any} found
 * @param {any[]} belt who is there now
 */
export function beltFigure(found, belt) {
  const title = t("events.belt.title");
  const [left, right] = [64, WIDE - 20];
  const x = (/** @type {number} */ degrees) => left + ((turned(degrees) + 180) / 360) * (right - left);
  const way = moved(found);
  const say = t(way >= 0 ? "events.belt.east" : "events.belt.west", { degrees: figures(Math.abs(way)), from: east(found.longitude_from_deg), to: east(found.longitude_to_deg), drift: figures(Math.abs(found.drift_deg_day)) });
  const [from, to] = [x(found.longitude_from_deg), x(found.longitude_to_deg)];
  const still = found.status === "under way";
  const row = (/** @type {string} */ name, /** @type {number} */ y) => [s("text", { x: left - 8, y: y + 4, "text-anchor": "end", class: "strong" }, name), s("path", { d: `M${left} ${y}H${right}`, class: "grid" })];
  const label = (/** @type {number} */ at, /** @type {number} */ y, /** @type {number} */ degrees) => s("text", { x: at > WIDE - 120 ? at - 10 : at + 10, y, "text-anchor": at > WIDE - 120 ? "end" : "start", class: "strong" }, east(degrees));
  const drawing = s("svg", { viewBox: `0 0 ${WIDE} 168`, class: "chart", role: "img", "aria-label": say },
    row(t("events.belt.before"), 30), row(t(still ? "events.belt.now" : "events.belt.after"), 92),
    belt.map((one) => s("path", { class: "event-neighbour", d: `M${x(one.longitude_deg).toFixed(1)} 120v8` })),
    belt.length ? s("text", { x: left - 8, y: 128, "text-anchor": "end" }, t("events.belt.others")) : null,
    s("path", { class: "event-move", d: course(from, to, way, left, right) }),
    s("circle", { cx: from.toFixed(1), cy: 30, r: 6, class: "event-before" }), label(from, 20, found.longitude_from_deg),
    s("path", { d: `M${to.toFixed(1)} 84l8 8-8 8-8-8Z`, class: still ? "event-after is-still" : "event-after" }), label(to, 112, found.longitude_to_deg),
    [-180, -90, 0, 90, 180].map((degrees) => s("text", { x: x(degrees === 180 ? 179.999 : degrees).toFixed(1), y: 156, "text-anchor": "middle" }, degrees === 0 ? "0°" : `${Math.abs(degrees)}°${Math.abs(degrees) === 180 ? "" : degrees > 0 ? t("events.e") : t("events.w")}`)));
  return figure(title, say, drawing, undefined, "event-figure");
}

/**
 * Who else is at a longitude.
 * @param {any} found
 * @param {any[]} belt
 */
export function neighbours(found, belt) {
  return belt.filter((one) => one.number !== found.object)
    .map((one) => ({ ...one, apart: turned(one.longitude_deg - found.longitude_to_deg) }))
    .filter((one) => Math.abs(one.apart) <= NEAR_DEG)
    .sort((a, b) => Math.abs(a.apart) - Math.abs(b.apart));
}

/**
 * From row to row in the sense of the drift, off one edge and in at the other where it must be.
 * @param {number} from
 * @param {number} to
 * @param {number} way degrees
 * @param {number} left
 * @param {number} right
 */
function course(from, to, way, left, right) {
  const over = way >= 0 ? to < from - 1 : to > from + 1;
  const [out, back] = over ? (way >= 0 ? [right, left] : [left, right]) : [to, from];
  const before = Math.abs(out - from);
  const share = over ? before / (before + Math.abs(to - back) || 1) : 0;
  const y = 37 + 43 * share;
  const angle = Math.atan2(80 - y, to - back);
  const tip = [2.6, -2.6].map((turn) => `M${to.toFixed(1)} 80l${(8 * Math.cos(angle + turn)).toFixed(1)} ${(8 * Math.sin(angle + turn)).toFixed(1)}`).join("");
  return `${over ? `M${from.toFixed(1)} 37L${out} ${y.toFixed(1)}` : ""}M${back.toFixed(1)} ${y.toFixed(1)}L${to.toFixed(1)} 80${tip}`;
}

/** @param {number} degrees */
function turned(degrees) {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}

/**
 * How far apart two objects were: the estimate and its interval, by powers of ten.
 * @param {any} found
 */
export function separationFigure(found) {
  const title = t("events.apart.title");
  if (found.separation_km === null) return figure(title, "", h("p", { class: "event-cannot" }, "? ", t("events.apart.none")), undefined, "event-figure");
  const [low, high] = [found.separation_low_km ?? found.separation_km, found.separation_high_km ?? found.separation_km];
  const first = 10 ** Math.floor(Math.log10(Math.max(low, found.separation_km / 1e3, 1e-3)));
  const last = Math.max(10 ** Math.ceil(Math.log10(Math.max(high, found.separation_km))), first * 10);
  const plane = new Plane(WIDE, 96, { from: first, until: last, log: true, label: "" }, { from: 0, until: 1, label: "" });
  const x = (/** @type {number} */ value) => plane.x(Math.max(value, first)).toFixed(1);
  const say = t("events.apart.say", { size: km(found.separation_km), low: km(low), high: km(high) });
  const { top, bottom, left, right } = plane.inner;
  const y = (top + bottom) / 2;
  const decades = Array.from({ length: Math.round(Math.log10(last / first)) + 1 }, (_, k) => first * 10 ** k);
  return figure(title, say, plane.drawing(say,
    decades.map((value) => [s("path", { d: `M${x(value)} ${top}V${bottom}`, class: "grid" }), s("text", { x: x(value), y: bottom + 16, "text-anchor": value === last ? "end" : "middle" }, value < 1 ? km(value) : `${whole(value)}\u2009km`)]),
    s("path", { d: `M${left} ${y}H${right}`, class: "grid" }),
    s("rect", { x: x(low), y: y - 9, width: Math.max(Number(x(high)) - Number(x(low)), 2), height: 18, class: "event-between" }),
    s("path", { class: "event-whisker", d: `M${x(low)} ${y - 12}v24M${x(high)} ${y - 12}v24` }),
    s("circle", { cx: x(found.separation_km), cy: y, r: 5, class: "event-at" })), undefined, "event-figure");
}

/**
 * Where the second was from the first: from the side and from above, to one scale.
 * @param {any} found
 */
export function geometryFigure(found) {
  const title = t("events.ric.title");
  const ric = found.relative_ric_km;
  if (!ric || found.separation_km === null) return null;
  const size = Math.hypot(...ric) || 1;
  // The interval is of the distance: it is drawn along the line between both.
  const ends = [(found.separation_low_km ?? size) / size, (found.separation_high_km ?? size) / size];
  const reach = 1.15 * Math.max(...ric.map((/** @type {number} */ one) => Math.abs(one) * Math.max(1, ends[1])), size * 0.2);
  const say = t("events.ric.say", { first: shown(found.name1, 40) || found.object1, second: shown(found.name2, 40) || found.object2 });
  const view = (/** @type {number} */ up, /** @type {string} */ name, /** @type {string} */ axis) => {
    const plane = new Plane(316, 280, { from: -reach, until: reach, label: t("events.ric.along") }, { from: -reach, until: reach, label: axis });
    const at = (/** @type {number} */ times) => `${plane.x(ric[1] * times).toFixed(1)} ${plane.y(ric[up] * times).toFixed(1)}`;
    return h("div", { class: "event-view" }, h("h3", null, name), plane.drawing(`${name}: ${km(ric[1])}, ${km(ric[up])}`, plane.frame(),
      s("path", { class: "edge", d: `M${plane.inner.left} ${plane.y(0).toFixed(1)}H${plane.inner.right}M${plane.x(0).toFixed(1)} ${plane.inner.top}V${plane.inner.bottom}` }),
      s("path", { class: "event-interval", d: `M${at(ends[0])}L${at(ends[1])}` }),
      s("rect", { x: (plane.x(0) - 5).toFixed(1), y: (plane.y(0) - 5).toFixed(1), width: 10, height: 10, class: "event-first" }),
      s("circle", { cx: plane.x(ric[1]).toFixed(1), cy: plane.y(ric[up]).toFixed(1), r: 6, class: "event-at" })));
  };
  return figure(title, say, h("div", { class: "event-views" }, view(0, t("events.ric.side"), t("events.ric.up")), view(2, t("events.ric.above"), t("events.ric.cross"))), {
    head: ["", "km"], rows: [[t("events.part.radial"), decimal(ric[0], 2)], [t("events.part.along"), decimal(ric[1], 2)], [t("events.part.across"), decimal(ric[2], 2)]],
  }, "event-figure");
}
