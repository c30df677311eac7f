// @ts-check
// How Pc and miss have moved from message to message, by who says so.

import { Plane } from "../chart.js";
import { h, s } from "../dom.js";
import { brief, km, ms, probability } from "../text.js";
import { t } from "../words.js";
import { thresholds } from "./curves.js";
import { figure } from "./figure.js";
import { nationMark, nationShape } from "./nations.js";

const [WIDE, HIGH] = [420, 300];
const DAY = 86400e3;
const COMPONENTS = /** @type {const} */ (["radial_km", "in_track_km", "cross_track_km"]);

/** @typedef {{nation: string, days: number, said: string, struck: boolean, told: any, handle: string}} Point */

/**
 * Every conjunction message with numbers, in order, at its days before closest approach.
 * @param {any} told the case
 * @returns {Point[]}
 */
export function pointsOf(told) {
  const at = ms(told.at);
  return told.lanes.flatMap((/** @type {any} */ lane) =>
    lane.messages
      .filter((/** @type {any} */ one) => one.alert.conjunction)
      .map((/** @type {any} */ { alert }) => ({
        nation: lane.nation,
        days: (ms(alert.said) - at) / DAY,
        said: alert.said,
        struck: alert.struck,
        told: alert.conjunction,
        handle: alert.handle,
      })),
  );
}

/**
 * @param {Point[]} points
 * @param {number} now days
 * @returns {[number, number]}
 */
function span(points, now) {
  const all = [...points.map((one) => one.days), Math.min(now, 0)];
  const [first, last] = [Math.min(...all), Math.max(...all)];
  const room = Math.max((last - first) * 0.06, 0.02);
  return [first - room, last + room];
}

/**
 * @param {any} told
 * @param {any} solution
 * @param {number} now ms
 */
export function pcFigure(told, solution, now) {
  const points = pointsOf(told);
  const title = t("case.history.pc");
  const days = Math.min((now - ms(told.at)) / DAY, 0);
  const known = [
    ...points.map((one) => one.told.pc),
    solution?.pc,
    solution?.band?.low,
    solution?.band?.high,
  ].filter((one) => one > 0);
  if (!points.length && !solution)
    return figure(title, "", h("p", { class: "empty" }, t("case.history.none")));
  const top = known.length ? Math.min(Math.ceil(Math.log10(Math.max(...known)) + 0.3), 0) : -3;
  const foot = known.length
    ? Math.min(Math.max(Math.floor(Math.log10(Math.min(...known)) - 0.2), top - 14), top - 3)
    : -8;
  const [from, until] = span(points, days);
  const plane = new Plane(
    WIDE,
    HIGH,
    { from, until, label: t("case.history.days") },
    { from: 10 ** foot, until: 10 ** top, log: true, label: "Pc" },
  );
  const low = plane.inner.bottom - 8;
  const y = (/** @type {number | null} */ pc) =>
    pc ? Math.min(plane.y(Math.max(pc, 10 ** foot)), plane.inner.bottom) : low;
  const say = t("case.history.pc.say", {
    count: points.length,
    nations: new Set(points.map((one) => one.nation)).size,
  });
  return figure(
    title,
    say,
    [
      plane.drawing(
        say,
        plane.frame(),
        thresholds(plane),
        linked(points, (one) => [plane.x(one.days), y(one.told.pc)]),
        solution?.band
          ? s("path", {
              class: "whisker",
              d: `M${plane.x(days).toFixed(1)} ${y(solution.band.low).toFixed(1)}V${y(solution.band.high).toFixed(1)}`,
            })
          : null,
        points.some((one) => one.told.pc === null)
          ? s(
              "text",
              { x: plane.inner.right - 4, y: low - 8, "text-anchor": "end", class: "strong" },
              t("case.no_pc"),
            )
          : null,
        solution ? ownPoint(plane.x(days), y(solution.pc)) : null,
        spread(points, (one) => plane.x(one.days)).map(([one, x]) =>
          s(
            "g",
            { transform: `translate(${x.toFixed(1)} ${y(one.told.pc).toFixed(1)})` },
            s("title", null, `${one.nation} ${brief(one.said)} ${probability(one.told.pc)}`),
            nationShape(one.nation, one.struck),
          ),
        ),
      ),
      legend(points, Boolean(solution)),
    ],
    {
      head: [t("case.nation"), t("case.said"), "Pc", t("case.pc_max"), t("case.state")],
      rows: points.map((one) => [
        nationMark(one.nation),
        brief(one.said),
        probability(one.told.pc),
        probability(one.told.pc_max),
        one.struck ? t("case.struck") : t("case.stands"),
      ]),
    },
  );
}

/**
 * @param {any} told
 * @param {any} solution
 * @param {number} now ms
 */
export function missFigure(told, solution, now) {
  const points = pointsOf(told);
  const title = t("case.history.miss");
  if (!points.length && !solution)
    return figure(title, "", h("p", { class: "empty" }, t("case.history.none")));
  const days = Math.min((now - ms(told.at)) / DAY, 0);
  const [from, until] = span(points, days);
  const charts = COMPONENTS.map((name, row) => {
    const sigma = solution?.sigma_ric_km[row] ?? 0;
    const values = [
      ...points.map((one) => one.told[name]),
      ...(solution ? [solution.ric_km[row]] : []),
    ];
    const size = Math.max(...values.map(Math.abs), 1e-3);
    // Errors much larger than the miss would press it flat: they leave the frame instead.
    const most = 1.15 * Math.min(size + sigma, 6 * size);
    const plane = new Plane(
      WIDE,
      118,
      { from, until, label: row === 2 ? t("case.history.days") : "" },
      { from: -most, until: most, label: "km" },
    );
    const { top, bottom } = plane.inner;
    const inside = (/** @type {number} */ value) =>
      Math.min(Math.max(plane.y(value), top), bottom);
    const bar = (/** @type {number} */ x, /** @type {number} */ value) =>
      s("path", {
        class: "whisker",
        d: `M${x.toFixed(1)} ${inside(value - sigma).toFixed(1)}V${inside(value + sigma).toFixed(1)}`,
      });
    return plane.drawing(
      `${t(`case.${name}`)}: ${values
        .map((one) => km(one))
        .slice(-6)
        .join(", ")}`,
      plane.frame(),
      s("text", { class: "strong", x: plane.inner.left + 6, y: top + 14 }, t(`case.${name}`)),
      s("path", {
        class: "edge",
        d: `M${plane.inner.left} ${plane.y(0).toFixed(1)}H${plane.inner.right}`,
      }),
      spread(points, (one) => plane.x(one.days)).map(([one, x]) =>
        s(
          "g",
          null,
          one.struck ? null : bar(x, one.told[name]),
          s(
            "g",
            {
              transform: `translate(${x.toFixed(1)} ${plane.y(one.told[name]).toFixed(1)}) scale(.8)`,
            },
            s("title", null, `${one.nation} ${brief(one.said)} ${km(one.told[name])}`),
            nationShape(one.nation, one.struck),
          ),
        ),
      ),
      solution
        ? [
            bar(plane.x(days), solution.ric_km[row]),
            ownPoint(plane.x(days), plane.y(solution.ric_km[row])),
          ]
        : null,
    );
  });
  return figure(
    title,
    t(solution ? "case.history.miss.say" : "case.history.miss.no_sigma"),
    charts,
    {
      head: [
        t("case.nation"),
        t("case.said"),
        ...COMPONENTS.map((name) => t(`case.${name}`)),
        t("case.miss"),
      ],
      rows: points.map((one) => [
        nationMark(one.nation),
        brief(one.said),
        ...COMPONENTS.map((name) => km(one.told[name])),
        km(one.told.miss_km),
      ]),
    },
  );
}

/**
 * Points that fall on each other, a little aside of each other.
 * @param {Point[]} points
 * @param {(one: Point) => number} x
 * @returns {[Point, number][]}
 */
function spread(points, x) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return points.map((one) => {
    const place = `${Math.round(x(one) / 5)}`;
    const count = seen.get(place) ?? 0;
    seen.set(place, count + 1);
    return [one, x(one) + (count % 2 ? -1 : 1) * Math.ceil(count / 2) * 7];
  });
}

/**
 * @param {Point[]} points
 * @param {(one: Point) => [number, number]} at
 */
function linked(points, at) {
  return [...new Set(points.map((one) => one.nation))].map((nation) => {
    const mine = points.filter((one) => one.nation === nation && !one.struck).map(at);
    return mine.length > 1
      ? s("path", {
          class: "link",
          d: `M${mine.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`,
        })
      : null;
  });
}

/**
 * @param {number} x
 * @param {number} y
 */
function ownPoint(x, y) {
  return s(
    "g",
    { class: "own-point", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` },
    s("title", null, t("case.computed_now")),
    s("path", { d: "M-6 0H6M0-6V6" }),
    s("circle", { r: 4.5 }),
  );
}

/**
 * @param {Point[]} points
 * @param {boolean} own
 */
function legend(points, own) {
  return h(
    "p",
    { class: "case-legend" },
    [...new Set(points.map((one) => one.nation))].map((nation) => nationMark(nation)),
    own
      ? h(
          "span",
          { class: "nation-mark" },
          s(
            "svg",
            { width: 16, height: 14, viewBox: "-8 -7 16 14", "aria-hidden": "true" },
            ownPoint(0, 0),
          ),
          t("case.computed_now"),
        )
      : null,
    points.some((one) => one.struck) ? h("span", { class: "quiet" }, t("case.hollow")) : null,
  );
}
