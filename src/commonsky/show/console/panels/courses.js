// @ts-check
// The years to come as curves: those of a policy, of the usual one behind, and of a long run.

import { Plane } from "../chart.js";
import { h, s } from "../dom.js";
import { decimal, whole } from "../text.js";
import { t } from "../words.js";
import { table } from "./lists.js";
import { often } from "./crowding.js";

/** @typedef {Record<string, number[]>} Course year, all, debris, derelict, active, collisions, catastrophic */
/** @typedef {{year: number, objects: number, objects_low: number, objects_high: number, debris: number, active: number, catastrophic: number}[]} Fan */

export const KINDS = ["all", "debris", "derelict", "active"];
const ROWS = 10;
const [HIGH, LINE, LETTER] = [320, 15, 8];
const ROOMY = 400; // from so wide on there is room for names beside a chart

/**
 * @param {number} wide
 * @param {Course} course
 * @param {Course} usual
 * @param {Fan | null} fan
 */
export function objectsChart(wide, course, usual, fan) {
  const top = nice(Math.max(...course.all, ...usual.all, ...(fan ?? []).map((one) => one.objects_high)));
  const plane = new Plane(wide, HIGH, years(course), { from: 0, until: top, label: t("places.policy.objects.axis") });
  if (wide >= ROOMY) plane.inner.right -= Math.max(...KINDS.map((name) => [...t(`places.kind.${name}`)].length)) * LETTER;
  return plane.drawing(t("places.policy.objects"), plane.frame(), fan ? band(plane, fan) : null,
    KINDS.map((name) => s("path", { class: `course usual of-${name}`, d: plane.path(points(usual, name)) })),
    fan ? s("path", { class: "course fan-mean", d: plane.path(fan.map((one) => [one.year, one.objects])) }) : null,
    KINDS.map((name) => s("path", { class: `course of-${name}`, d: plane.path(points(course, name)) })), names(plane, course));
}

/**
 * The names of lines at their ends, one above the other where ends meet.
 * @param {Plane} plane
 * @param {Course} course
 */
function names(plane, course) {
  const beside = plane.inner.right < plane.width - 2 * LETTER;
  const [x, anchor, lift] = beside ? [plane.inner.right + 6, "start", -4] : [plane.inner.right - 6, "end", 6];
  const ends = KINDS.map((name) => ({ name, y: plane.y(course[name][course.year.length - 1]) - lift })).sort((a, b) => b.y - a.y);
  let free = plane.inner.bottom;
  return ends.map(({ name, y }) => {
    const at = Math.min(y, free);
    free = at - LINE;
    return s("text", { x, y: Math.max(at, plane.inner.top + 12).toFixed(1), "text-anchor": anchor, class: `course-end of-${name}` }, t(`places.kind.${name}`));
  });
}

/**
 * @param {number} wide
 * @param {Course} course
 * @param {Course} usual
 * @param {Fan | null} fan
 */
export function collisionsChart(wide, course, usual, fan) {
  const shownFan = fan ? smoothed(fan) : [];
  const most = Math.max(...course.catastrophic, ...usual.catastrophic, ...shownFan.map(([, rate]) => rate), 1e-30);
  const power = Math.min(3 * Math.ceil(Math.max(0, -Math.log10(most) - 0.5) / 3), 12);
  const times = 10 ** power;
  const plane = new Plane(wide, HIGH, years(course), { from: 0, until: nice(most * times), label: t("places.policy.collisions.axis", { years: whole(times) }) });
  const scaled = (/** @type {Course} */ one) => points(one, "catastrophic").map(([x, y]) => /** @type {[number, number]} */ ([x, y * times]));
  return plane.drawing(t("places.policy.collisions"), plane.frame(),
    s("path", { class: "course usual of-catastrophic", d: plane.path(scaled(usual)) }),
    fan ? s("path", { class: "course fan-mean", d: plane.path(shownFan.map(([x, y]) => [x, y * times])) }) : null,
    s("path", { class: "course of-catastrophic", d: plane.path(scaled(course)) }));
}

/**
 * How many satellites each height has in the end, under the most that it can bear.
 * @param {number} wide
 * @param {any} borne
 */
export function bearingChart(wide, borne) {
  const step = borne.from_km[1] - borne.from_km[0];
  const most = Math.max(...borne.capacity, ...borne.active, 10);
  const plane = new Plane(wide, Math.round(Math.min(Math.max(wide * 0.3, 200), 260)), { from: borne.from_km[0], until: borne.from_km[borne.from_km.length - 1] + step, label: t("places.height") }, { from: 1, until: 10 ** Math.ceil(Math.log10(most)), log: true, label: t("places.borne.axis") });
  const level = (/** @type {number} */ value) => plane.y(Math.max(value, 1));
  return plane.drawing(t("places.borne.title"), plane.frame(), borne.from_km.map((/** @type {number} */ from, /** @type {number} */ k) => {
    const [left, right] = [plane.x(from), plane.x(from + step)];
    return s("g", null, s("title", null, t("places.borne.cell", { low: whole(from), high: whole(from + step), active: whole(borne.active[k]), most: whole(borne.capacity[k]) })),
      s("rect", { x: left + 0.5, y: level(borne.active[k]), width: right - left - 1, height: plane.inner.bottom - level(borne.active[k]), class: borne.active[k] > borne.capacity[k] ? "bears is-over" : "bears" }),
      s("path", { d: `M${left} ${level(borne.capacity[k])}H${right}`, class: "bears-most" }));
  }));
}

/**
 * Which line is which, in numbers.
 * @param {Course} course
 * @param {Course} usual
 */
export function coursesKey(course, usual) {
  const last = course.year.length - 1;
  const [begin, end] = [course.year[0], course.year[last]].map((year) => year.toFixed(0));
  return [
    h("div", { class: "case-wide", tabindex: "0", role: "region", "aria-label": t("places.policy.key") },
      table(t("places.policy.key"), [t("places.policy.line"), `${begin} #`, `${end} #`, t("places.policy.usual", { year: end }) + " #"], KINDS.map((name) => [
        h("span", { class: "course-name" }, s("svg", { width: 26, height: 10, "aria-hidden": "true" }, s("path", { class: `course of-${name}`, d: "M0 5H26" })), t(`places.kind.${name}`)),
        whole(course[name][0]), whole(course[name][last]), whole(usual[name][last]),
      ]))),
    h("details", null, h("summary", null, t("places.table")), table(t("places.policy.objects"), [t("places.policy.year"), ...KINDS.map((name) => t(`places.kind.${name}`) + " #"), t("places.now.catastrophic") + " #"],
      course.year.map((year, k) => ({ year, k })).filter(({ k }) => k % Math.ceil(course.year.length / ROWS) === 0 || k === last).map(({ year, k }) => [
        year.toFixed(0), ...KINDS.map((name) => whole(course[name][k])), often(course.catastrophic[k]),
      ]))),
  ];
}

/**
 * What a long run says against the curves, in words.
 * @param {Course} course
 * @param {any} told a projection
 */
export function difference(course, told) {
  const end = told.years[told.years.length - 1];
  const place = course.year.reduce((best, year, k) => (Math.abs(year - end.year) < Math.abs(course.year[best] - end.year) ? k : best), 0);
  const quick = course.all[place];
  const off = end.objects > 0 ? quick / end.objects - 1 : 0;
  const runs = told.seeds.length;
  const inside = quick >= end.objects_low && quick <= end.objects_high;
  return [
    t("places.run.says", { year: end.year.toFixed(0), quick: whole(quick), long: whole(end.objects), low: whole(end.objects_low), high: whole(end.objects_high), runs }), " ",
    t(inside ? "places.run.inside" : off > 0 ? "places.run.above" : "places.run.below", { percent: decimal(Math.abs(100 * off), Math.abs(off) < 0.1 ? 1 : 0) }), " ",
    t("places.run.collisions", { quick: whole2(sum(course.catastrophic)), long: whole2(told.catastrophic_collisions.mean), most: whole(told.catastrophic_collisions.value_at_risk) }),
  ];
}

/**
 * @param {Plane} plane
 * @param {Fan} fan
 */
function band(plane, fan) {
  const upper = plane.path(fan.map((one) => [one.year, one.objects_high]));
  const lower = plane.path([...fan].reverse().map((one) => [one.year, one.objects_low]));
  return s("path", { class: "fan", d: `${upper}${lower.replace("M", "L")}Z` }, s("title", null, t("places.run.fan")));
}

/** @param {Course} course */
function years(course) {
  return { from: course.year[0], until: course.year[course.year.length - 1], label: t("places.policy.year"), plain: true };
}

/**
 * @param {Course} course
 * @param {string} name
 * @returns {[number, number][]}
 */
function points(course, name) {
  return course.year.map((year, k) => [year, course[name][k]]);
}

/**
 * Ten years together: the Sun and chance make single ones jump.
 * @param {Fan} fan
 * @returns {[number, number][]}
 */
function smoothed(fan) {
  return fan.map((one, k) => {
    const near = fan.slice(Math.max(k - 5, 0), k + 6);
    return [one.year, near.reduce((all, other) => all + other.catastrophic, 0) / near.length];
  });
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((all, one) => all + one, 0);
}

/** @param {number} value */
function whole2(value) {
  return value < 10 ? decimal(value, value < 0.1 ? 3 : 1) : whole(value);
}

/**
 * A round number a little above, so that axes do not tremble under a slider.
 * @param {number} value
 */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value * 1.02) ?? 10) * power;
}
