// @ts-check
// What Pc hangs on: the size of the errors, and that of the bodies.

import { Plane } from "../chart.js";
import { h, s } from "../dom.js";
import { decimal, km, probability } from "../text.js";
import { t } from "../words.js";
import { figure, Labels } from "./figure.js";

const [WIDE, HIGH] = [380, 300];
const MOST_DECADES = 8;

/** @param {any} solution */
export function dilutionFigure(solution) {
  const title = t("case.dilution.title");
  const curve = solution.dilution;
  if (!curve) return figure(title, "", h("p", { class: "empty" }, t("case.no_curve")));
  const peak = solution.scale_at_max;
  const say = t(solution.diluted ? "case.dilution.diluted" : "case.dilution.not", {
    times: factor(peak),
    max: probability(solution.pc_max),
  });
  const plane = frame(curve, t("case.dilution.scale"), solution.log10_pc);
  const { left, top, right, bottom } = plane.inner;
  const edge = Math.min(Math.max(plane.x(peak), left), right);
  const turning = peak > curve.at[0] && peak < curve.at[curve.at.length - 1];
  const labels = new Labels(left, top, right, bottom);
  const [low, high] = [plane.x(solution.band.least), plane.x(solution.band.most)];
  return figure(
    title,
    say,
    plane.drawing(
      say,
      turning
        ? s("rect", {
            class: "diluted-zone",
            x: edge,
            y: top,
            width: right - edge,
            height: bottom - top,
          })
        : null,
      s("rect", { class: "band-zone", x: low, y: top, width: high - low, height: bottom - top }),
      plane.frame(),
      thresholds(plane),
      turning
        ? s(
            "text",
            { class: "zone-name", x: right - 5, y: top + 15, "text-anchor": "end" },
            t("case.dilution.zone"),
          )
        : null,
      s("path", { class: "edge", d: `M${plane.x(1).toFixed(1)} ${top}V${bottom}` }),
      s("path", { class: "curve", d: plane.path(points(curve, plane)) }),
      turning
        ? [
            s("path", {
              class: "peak",
              d: "M0-5 5 0 0 5-5 0Z",
              transform: `translate(${edge.toFixed(1)} ${plane.y(solution.pc_max).toFixed(1)})`,
            }),
            labels.place(edge, plane.y(solution.pc_max), t("case.dilution.max"), ""),
          ]
        : null,
      solution.pc
        ? [
            s("circle", {
              class: "now-point",
              cx: plane.x(1).toFixed(1),
              cy: plane.y(solution.pc).toFixed(1),
              r: 4.5,
            }),
            labels.place(plane.x(1), plane.y(solution.pc), t("case.dilution.now"), "strong"),
          ]
        : null,
    ),
    table(curve, t("case.dilution.scale"), (value) => `×${factor(value)}`),
  );
}

/** @param {any} solution */
export function radiusFigure(solution) {
  const title = t("case.radius.title");
  const curve = solution.radius;
  if (!curve) return figure(title, "", h("p", { class: "empty" }, t("case.no_curve")));
  const [first, last] = [curve.log10_pc[0], curve.log10_pc[curve.log10_pc.length - 1]];
  const say = t("case.radius.say", {
    radius: km(solution.hard_body_radius_km),
    low: power(first),
    high: power(last),
  });
  const metres = {
    at: curve.at.map((/** @type {number} */ one) => one * 1000),
    log10_pc: curve.log10_pc,
  };
  const plane = frame(metres, t("case.radius.axis"), solution.log10_pc);
  const [x, y] = [plane.x(solution.hard_body_radius_km * 1000), plane.y(solution.pc)];
  const labels = new Labels(
    plane.inner.left,
    plane.inner.top,
    plane.inner.right,
    plane.inner.bottom,
  );
  return figure(
    title,
    say,
    plane.drawing(
      say,
      plane.frame(),
      thresholds(plane),
      s("path", { class: "curve", d: plane.path(points(metres, plane)) }),
      solution.pc
        ? [
            s("circle", { class: "now-point", cx: x.toFixed(1), cy: y.toFixed(1), r: 4.5 }),
            labels.place(x, y, t("case.radius.now"), "strong"),
          ]
        : null,
    ),
    table(curve, t("case.radius.axis"), km),
  );
}

/**
 * @param {any} curve
 * @param {string} across
 * @param {number} now log10
 */
function frame(curve, across, now) {
  const known = curve.log10_pc.filter((/** @type {number | null} */ one) => one !== null);
  const highest = Math.max(...known, now);
  const ceiling = Math.min(Math.ceil(highest + 0.4), 0);
  const lowest = Math.min(now ?? highest, Math.max(Math.min(...known), highest - 4));
  const floor = Math.min(Math.max(Math.floor(lowest - 0.5), ceiling - MOST_DECADES), ceiling - 3);
  return new Plane(
    WIDE,
    HIGH,
    { from: curve.at[0], until: curve.at[curve.at.length - 1], log: true, label: across },
    {
      from: 10 ** Math.min(floor, Math.floor(now ?? floor)),
      until: 10 ** ceiling,
      log: true,
      label: "Pc",
    },
  );
}

/**
 * @param {any} curve
 * @param {Plane} plane
 * @returns {[number, number][]}
 */
function points(curve, plane) {
  // What is below the foot stays below it, so that the line leaves the frame where it should.
  return curve.at.map((/** @type {number} */ at, /** @type {number} */ place) => {
    const pc = curve.log10_pc[place] === null ? 0 : 10 ** curve.log10_pc[place];
    return pc < plane.up.from ? [NaN, NaN] : [at, pc];
  });
}

/**
 * The bounds of the severities that are within an axis.
 * @param {Plane} plane
 */
export function thresholds(plane) {
  const { left, right } = plane.inner;
  return [
    ["high", 1e-4],
    ["attention", 1e-7],
  ].map(([name, pc]) =>
    Number(pc) >= plane.up.from && Number(pc) <= plane.up.until
      ? s("path", {
          class: `threshold threshold-${name}`,
          d: `M${left} ${plane.y(Number(pc)).toFixed(1)}H${right}`,
        })
      : null,
  );
}

/**
 * @param {any} curve
 * @param {string} name
 * @param {(value: number) => string} written
 */
function table(curve, name, written) {
  const rows = curve.at.map((/** @type {number} */ at, /** @type {number} */ place) => [
    written(at),
    power(curve.log10_pc[place]),
  ]);
  return {
    head: [name, "Pc"],
    rows: rows.filter((/** @type {any} */ _, /** @type {number} */ place) => place % 5 === 0),
  };
}

/** @param {number | null} log10 */
function power(log10) {
  return log10 === null ? "0" : probability(10 ** log10);
}

/** @param {number | null} value */
export function factor(value) {
  if (value === null || !Number.isFinite(value)) return "–";
  if (value >= 0.01 && value < 1000) return decimal(value, value < 0.1 ? 3 : value < 10 ? 2 : 0);
  return probability(value);
}
