// @ts-check
// One lane of messages per nation, on one axis of time, and every message in words.

import { link } from "../address.js";
import { h, s } from "../dom.js";
import { brief, km, ms, probability, shown } from "../text.js";
import { t } from "../words.js";
import { tableOf } from "./figure.js";
import { nationMark, nationShape } from "./nations.js";

const WIDE = 1300;
const LEFT = 74;
const RIGHT = 16;
const LANE = 30;
const HEAD = 22;

/**
 * @param {any} told the case
 * @param {number} now ms
 */
export function lanesPanel(told, now) {
  const messages = told.lanes.flatMap((/** @type {any} */ lane) =>
    lane.messages.map((/** @type {any} */ one) => ({ ...one, lane })),
  );
  return h(
    "section",
    { class: "panel case-lanes" },
    h("h2", null, t("case.lanes.title")),
    h("p", { class: "quiet" }, t("case.lanes.say")),
    drawing(told, now),
    h(
      "details",
      { class: "case-messages", open: messages.length <= 6 },
      h("summary", null, t("case.lanes.messages", { count: messages.length })),
      tableOf(t("case.lanes.title"), {
        head: ["nation", "said", "state", "detail", "tca", "miss", "Pc", "sources", "marking"].map(
          (name) => (name === "Pc" ? name : t(`case.${name}`)),
        ),
        rows: messages.map((/** @type {any} */ one) => row(one)),
      }),
    ),
  );
}

/** @param {any} one */
function row(one) {
  const { alert } = one;
  const told = alert.conjunction;
  const newest = one.lane.newest === alert.handle;
  return [
    nationMark(alert.nation),
    h(
      "a",
      { href: link("record", alert.handle), class: alert.struck ? "struck" : "" },
      brief(alert.said),
    ),
    [
      t(`case.state.${alert.state}`),
      newest ? h("span", { class: "chip" }, t("case.newest")) : null,
      alert.struck_why
        ? h("span", { class: "quiet case-why" }, shown(alert.struck_why, 160))
        : null,
    ],
    [
      t(`case.detail.${alert.kind}`),
      one.certain ? null : h("span", { class: "chip warn" }, t("case.uncertain")),
    ],
    told ? brief(told.tca) : `${brief(alert.at)} … ${brief(alert.until).slice(-6)}`,
    told
      ? km(told.miss_km)
      : alert.warning
        ? t("case.stay_clear", { km: km(alert.warning.stay_clear_km) })
        : t("case.not_told"),
    told
      ? told.pc === null
        ? shown(told.pc_null_reason, 60)
        : probability(told.pc)
      : t("case.not_told"),
    told
      ? [
          `${shown(told.source1, 24)} × ${shown(told.source2, 24)}`,
          one.withheld_sources ? h("span", { class: "chip warn" }, t("case.cut")) : null,
        ]
      : t("case.not_told"),
    shown(alert.marking?.text, 80),
  ];
}

/**
 * @param {any} told
 * @param {number} now
 */
function drawing(told, now) {
  const times = told.lanes.flatMap((/** @type {any} */ lane) =>
    lane.messages.map((/** @type {any} */ one) => ms(one.alert.said)),
  );
  const at = ms(told.at);
  const from = Math.min(...times, now);
  const until = Math.max(at, now, ...times);
  const room = Math.max((until - from) * 0.03, 60e3);
  const x = (/** @type {number} */ time) =>
    LEFT + ((time - from + room) / (until - from + 2 * room)) * (WIDE - LEFT - RIGHT);
  const height = HEAD + told.lanes.length * LANE + 8;
  const count = told.lanes.reduce(
    (/** @type {number} */ sum, /** @type {any} */ lane) => sum + lane.messages.length,
    0,
  );
  const say = t("case.lanes.drawing", { count, nations: told.lanes.length });
  return h(
    "div",
    { class: "case-lane-scroll", tabindex: "0", role: "region", "aria-label": say },
    s(
      "svg",
      {
        viewBox: `0 0 ${WIDE} ${height}`,
        class: "chart lanes-chart",
        role: "img",
        "aria-label": say,
      },
      stamps(from, until).map((time) =>
        s(
          "g",
          null,
          s("path", { class: "grid", d: `M${x(time).toFixed(1)} ${HEAD}V${height}` }),
          s("text", { x: x(time), y: 13, "text-anchor": "middle" }, brief(time)),
        ),
      ),
      told.lanes.map((/** @type {any} */ lane, /** @type {number} */ place) =>
        laneOf(lane, HEAD + (place + 0.5) * LANE, x),
      ),
      mark(x(now), height, "now-line", t("case.now")),
      mark(x(at), height, "tca-line", "TCA"),
    ),
  );
}

/**
 * @param {number} x
 * @param {number} height
 * @param {string} kind
 * @param {string} name
 */
function mark(x, height, kind, name) {
  return s(
    "g",
    { class: kind },
    s("path", { d: `M${x.toFixed(1)} ${HEAD - 4}V${height}` }),
    s("text", { x: x - 4, y: height - 4, "text-anchor": "end" }, name),
  );
}

/**
 * @param {any} lane
 * @param {number} y
 * @param {(time: number) => number} x
 */
function laneOf(lane, y, x) {
  let last = -Infinity;
  let aside = 0;
  return s(
    "g",
    null,
    s("rect", {
      class: "lane",
      x: LEFT,
      y: y - LANE / 2 + 2,
      width: WIDE - LEFT - RIGHT,
      height: LANE - 4,
      rx: 3,
    }),
    s("g", { transform: `translate(14 ${y})` }, nationShape(lane.nation)),
    s("text", { x: 26, y: y + 4, class: "strong" }, shown(lane.nation, 6)),
    lane.messages.map((/** @type {any} */ { alert }) => {
      const here = x(ms(alert.said));
      aside = Math.abs(here - last) < 12 ? aside + 13 : 0;
      last = here;
      const shape =
        alert.kind === "conjunction"
          ? nationShape(alert.nation, alert.struck)
          : s("path", {
              class: `coarse${alert.struck ? " hollow" : ""}`,
              d: alert.kind === "event" ? "M-5-4h10v8H-5Z" : "M0-5 5 4H-5Z",
            });
      return s(
        "g",
        { transform: `translate(${(here + aside).toFixed(1)} ${y})` },
        s(
          "title",
          null,
          `${alert.nation} ${brief(alert.said)} ${t(`case.detail.${alert.kind}`)} ${t(`case.state.${alert.state}`)}`,
        ),
        shape,
        alert.struck ? s("path", { class: "strike", d: "M-7 0H7" }) : null,
      );
    }),
  );
}

/**
 * Whole hours or days within a span, eight at most.
 * @param {number} from
 * @param {number} until
 */
function stamps(from, until) {
  const hour = 3600e3;
  const step =
    [0.25, 1, 3, 6, 12, 24, 48, 168, 720]
      .map((one) => one * hour)
      .find((one) => (until - from) / one <= 8) ?? 8760 * hour;
  const first = Math.ceil(from / step) * step;
  return Array.from(
    { length: Math.max(Math.floor((until - first) / step) + 1, 0) },
    (_, place) => first + place * step,
  );
}
