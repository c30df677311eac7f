// @ts-check
// Which method holds for this approach, and whether nations' orbits contradict each other.

import { h, s } from "../dom.js";
import { probability, shown } from "../text.js";
import { t } from "../words.js";
import { tableOf } from "./figure.js";

const WIDE = 520;
const LEFT = 74;
const RIGHT = 64;
const ROW = 30;
const HEAD = 20;
const LEAST = -12; // of the axis: what is smaller stands at its end
const METHODS = ["2d", "2d-nc", "3d-nc", "monte-carlo"];

/** @typedef {{ state: "waiting" | "failed" | "there", data: any, why: string }} Asked */

/**
 * @param {Asked} asked
 * @param {any} solution the one that is looked at
 */
export function ladderPanel(asked, solution) {
  if (asked.state !== "there") return panel("ladder", waiting(asked));
  const rungs = asked.data.rungs.find(
    (/** @type {any} */ one) =>
      one.source1 === solution?.source1 && one.source2 === solution?.source2,
  );
  if (!rungs) return panel("ladder", h("p", { class: "quiet" }, t("case.ladder.nothing")));
  const numbers = valuesOf(rungs);
  return panel(
    "ladder",
    h("p", null, inWords(rungs)),
    h(
      "div",
      { class: "case-drawing", "aria-hidden": "true" },
      drawing(numbers, rungs.method, rungs),
    ),
    tableOf(
      t("case.ladder.title"),
      {
        head: [t("case.ladder.method"), "Pc", ""],
        rows: numbers.map(({ method, value, low, high }) => [
          nameOf(method),
          [
            value === null ? "–" : probability(value),
            low === null || high === null
              ? null
              : h("span", { class: "quiet" }, ` ${probability(low)} … ${probability(high)}`),
          ],
          method === rungs.method ? h("span", { class: "chip" }, t("case.ladder.use")) : null,
        ]),
      },
      "ladder-table",
    ),
  );
}

/** @param {Asked} asked */
export function judgementPanel(asked) {
  if (asked.state !== "there") return panel("judgement", waiting(asked));
  const told = asked.data.judgement;
  if (!told) return panel("judgement", h("p", { class: "quiet" }, t("case.judgement.alone")));
  const known = `case.judgement.verdict.${told.verdict.replaceAll(" ", "_")}`;
  const name = (/** @type {string} */ source) =>
    source === "fused"
      ? h("span", { class: "strong" }, t("case.judgement.fused"))
      : shown(source, 24);
  return panel(
    "judgement",
    h("p", { class: told.verdict === "agree" ? "strong" : "strong word word-differ" }, t(known)),
    told.doubted.length
      ? h("p", null, t("case.judgement.doubted"), " ", told.doubted.map(name).join(", "))
      : null,
    told.split ? h("p", null, t("case.judgement.split")) : null,
    tableOf(t("case.judgement.title"), {
      head: ["source", "pc", "says", "regret"].map((word) =>
        word === "pc" ? "Pc" : t(`case.judgement.${word}`),
      ),
      rows: told.choices.map((/** @type {any} */ one) => [
        name(one.source),
        probability(one.pc),
        t(one.mitigate ? "case.judgement.mitigate" : "case.judgement.dismiss"),
        probability(one.worst_regret),
      ]),
    }),
    h(
      "p",
      { class: "quiet" },
      t(told.mitigate_least ? "case.judgement.least_mitigate" : "case.judgement.least_dismiss"),
    ),
    h(
      "details",
      null,
      h("summary", null, t("case.judgement.reasons")),
      h(
        "ul",
        { class: "case-doubts" },
        told.reasons.map((/** @type {string} */ why) => h("li", { lang: "en" }, shown(why, 400))),
      ),
    ),
  );
}

/** @param {Asked} asked */
function waiting(asked) {
  return h(
    "p",
    { class: "quiet", role: "status" },
    asked.state === "failed"
      ? t("case.ladder.failed", { why: shown(asked.why, 200) })
      : t("case.ladder.waiting"),
  );
}

/** @param {any} rungs */
function inWords(rungs) {
  if (!rungs.tier) return t("case.ladder.none", { why: shown(rungs.cannot_assess, 120) });
  const why = rungs.violations
    .map((/** @type {string} */ one) => t(`case.ladder.violation.${one.replaceAll(" ", "_")}`))
    .join(", ");
  if (rungs.tier === 1)
    return why ? t("case.ladder.straight_but", { why }) : t("case.ladder.straight");
  return t("case.ladder.higher", {
    why,
    pc: probability(rungs.pc),
    method: nameOf(rungs.method),
  });
}

/** @param {string} method */
function nameOf(method) {
  return t(`case.ladder.method.${method.replaceAll("-", "_")}`);
}

/** @param {any} rungs */
function valuesOf(rungs) {
  const values = [rungs.pc_2d, rungs.nc_2d, rungs.nc_3d, rungs.mc?.pc ?? null];
  return METHODS.map((method, place) => ({
    method,
    value: /** @type {number | null} */ (values[place]),
    low: /** @type {number | null} */ (method === "monte-carlo" ? rungs.mc?.ci95[0] : null) ?? null,
    high:
      /** @type {number | null} */ (method === "monte-carlo" ? rungs.mc?.ci95[1] : null) ?? null,
  })).filter((one) => one.value !== null || one.method !== "monte-carlo");
}

/**
 * @param {ReturnType<typeof valuesOf>} numbers
 * @param {string} used
 * @param {any} rungs
 */
function drawing(numbers, used, rungs) {
  const logs = numbers
    .flatMap(({ value, low, high }) => [value, low, high])
    .filter((one) => one !== null && one > 0)
    .map((one) => Math.max(Math.log10(/** @type {number} */ (one)), LEAST));
  const first = Math.floor(Math.min(...logs, -4) - 0.3);
  const last = Math.min(Math.ceil(Math.max(...logs, -4) + 0.3), 0);
  const x = (/** @type {number} */ value) =>
    LEFT +
    ((Math.max(value > 0 ? Math.log10(value) : LEAST, first) - first) / (last - first)) *
      (WIDE - LEFT - RIGHT);
  const height = HEAD + numbers.length * ROW + 4;
  const step = Math.max(1, Math.ceil((last - first) / 6));
  const marks = [];
  for (let power = first; power <= last; power += step) marks.push(power);
  return s(
    "svg",
    { viewBox: `0 0 ${WIDE} ${height}`, class: "chart ladder-chart", role: "img" },
    marks.map((power) =>
      s(
        "g",
        null,
        s("path", { class: "grid", d: `M${x(10 ** power).toFixed(1)} ${HEAD}V${height}` }),
        s("text", { x: x(10 ** power), y: 13, "text-anchor": "middle" }, `1e${power}`),
      ),
    ),
    s("path", { class: "threshold", d: `M${x(1e-4).toFixed(1)} ${HEAD}V${height}` }),
    numbers.map(({ method, value, low, high }, place) => {
      const y = HEAD + (place + 0.5) * ROW;
      const here = method === used;
      return s(
        "g",
        { class: here ? "rung is-used" : "rung" },
        s("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, nameOf(method)),
        low !== null && high !== null
          ? s("path", { class: "rung-span", d: `M${x(low)} ${y}H${x(high)}` })
          : here && rungs.lower !== null
            ? s("path", { class: "rung-span", d: `M${x(rungs.lower)} ${y}H${x(rungs.upper)}` })
            : null,
        value === null
          ? s("text", { x: LEFT + 8, y: y + 4, class: "quiet" }, "–")
          : [
              s("circle", { cx: x(value), cy: y, r: here ? 6 : 5 }),
              s("text", { x: x(value) + 11, y: y + 4 }, probability(value)),
            ],
      );
    }),
  );
}

/**
 * @param {string} name
 * @param {...import("../dom.js").Child} children
 */
function panel(name, ...children) {
  return h(
    "section",
    { class: `panel case-${name}` },
    h("h2", null, t(`case.${name}.title`)),
    ...children,
  );
}
