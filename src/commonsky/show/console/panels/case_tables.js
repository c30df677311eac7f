// @ts-check
// Who differs, what moved, what to doubt, what is withheld, and what else these two will do.

import { link } from "../address.js";
import { h } from "../dom.js";
import { age, brief, decimal, km, probability, shown } from "../text.js";
import { t } from "../words.js";
import { factor } from "./curves.js";
import { tableOf } from "./figure.js";
import { nationMark } from "./nations.js";

const SHAPES = { agree: "✓", differ: "≠", cannot: "?" };
const COMPONENTS = ["radial_km", "in_track_km", "cross_track_km"];

/** @param {any} told */
export function disagreementPanel(told) {
  const all = told.disagreement;
  if (!all.length)
    return section("disagreement", h("p", { class: "quiet" }, t("case.disagreement.alone")));
  const differ = all.filter((/** @type {any} */ one) => one.word === "differ").length;
  const head = ["between", "word", "pc_ratio", "miss", "tca", "sigmas"].map((name) =>
    t(`case.disagreement.${name}`),
  );
  const rows = all
    .filter((/** @type {any} */ one) => one.word !== "cannot")
    .map((/** @type {any} */ one) => [
      h("span", { class: "case-pair" }, nationMark(one.nation1), "·", nationMark(one.nation2)),
      h(
        "span",
        { class: `word word-${one.word}` },
        `${SHAPES[/** @type {"agree"} */ (one.word)] ?? ""} ${t(`case.word.${one.word}`)}`,
        one.reasons.length
          ? h(
              "span",
              { class: "quiet" },
              ` ${one.reasons.map((/** @type {string} */ why) => t(`case.reason.${why}`)).join(", ")}`,
            )
          : null,
        one.same_sources ? h("span", { class: "quiet case-why" }, t("case.same_sources")) : null,
      ),
      one.pc_ratio === null ? "–" : `×${factor(one.pc_ratio)}`,
      signed(one.miss_km),
      one.tca_s === null ? "–" : `${decimal(one.tca_s, 2)} s`,
      decimal(one.sigmas, 2),
    ]);
  const numbered = new Set(
    told.lanes
      .filter((/** @type {any} */ lane) =>
        lane.messages.some(
          (/** @type {any} */ one) => one.alert.handle === lane.newest && one.alert.conjunction,
        ),
      )
      .map((/** @type {any} */ lane) => lane.nation),
  );
  const silent = told.lanes.filter((/** @type {any} */ lane) => !numbered.has(lane.nation));
  return section(
    "disagreement",
    h(
      "p",
      null,
      t(
        !rows.length
          ? "case.disagreement.incomparable"
          : differ
            ? "case.disagreement.some"
            : "case.disagreement.none",
        { count: differ, all: all.length },
      ),
    ),
    rows.length ? tableOf(t("case.disagreement.title"), { head, rows }) : null,
    silent.length
      ? h(
          "p",
          { class: "word-cannot" },
          `? ${t("case.word.cannot")}: `,
          silent.map((/** @type {any} */ lane) => nationMark(lane.nation)),
          h("span", { class: "quiet" }, t("case.disagreement.silent")),
        )
      : null,
  );
}

/** @param {any} told */
export function changesPanel(told) {
  if (!told.changes.length)
    return section("changes", h("p", { class: "quiet" }, t("case.changes.none")));
  const head = [
    t("case.nation"),
    t("case.said"),
    ...COMPONENTS.map((name) => t(`case.${name}`)),
    t("case.disagreement.tca"),
    t("case.disagreement.pc_ratio"),
  ];
  const rows = told.changes.map((/** @type {any} */ one) => [
    nationMark(one.nation),
    [
      brief(one.said),
      one.sources_changed
        ? h("span", { class: "quiet case-why" }, t("case.changes.sources"))
        : null,
    ],
    ...COMPONENTS.map((_, row) => sigmaBar(one.ric_km[row], one.ric_sigmas[row])),
    `${decimal(one.tca_s, 2)} s`,
    one.pc_ratio === null ? "–" : `×${factor(one.pc_ratio)}`,
  ]);
  return section(
    "changes",
    h("p", { class: "quiet" }, t("case.changes.say")),
    tableOf(t("case.changes.title"), { head, rows }),
  );
}

/**
 * @param {number} value
 * @param {number | null} sigmas
 */
function sigmaBar(value, sigmas) {
  const size = sigmas === null ? 0 : Math.abs(sigmas);
  return h(
    "span",
    { class: size > 3 ? "word word-differ" : "" },
    signed(value),
    " ",
    h(
      "span",
      { class: "quiet" },
      sigmas === null ? t("case.no_sigma") : `${decimal(sigmas, 2)} σ`,
    ),
  );
}

/** @param {any} solution */
export function validityPanel(solution) {
  if (!solution) return section("validity", h("p", null, t("case.validity.nothing")));
  const doubts = solution.doubts.map((/** @type {string} */ one) =>
    h(
      "li",
      null,
      t(`case.doubt.${one}`, {
        age1: age(solution.age_days[0]),
        age2: age(solution.age_days[1]),
        seconds: decimal(solution.passage_s, 1),
        reason: shown(solution.pc_null_reason, 80),
        max: probability(solution.pc_max),
        times: factor(solution.scale_at_max),
        speed: decimal(solution.relative_speed_km_s, 3),
      }),
    ),
  );
  const good =
    solution.slow || solution.doubts.includes("long_passage")
      ? null
      : h(
          "li",
          { class: "is-good" },
          t("case.validity.short", { seconds: decimal(solution.passage_s, 1) }),
        );
  const sigma = (/** @type {number[]} */ one) => one.map((value) => km(value)).join(" · ");
  return section(
    "validity",
    h("ul", { class: "case-doubts" }, doubts, good),
    h(
      "dl",
      { class: "case-facts" },
      [
        ["grade", shown(solution.grade, 40)],
        ["method", shown(solution.pc_method, 40) || "–"],
        ["ages", `${age(solution.age_days[0])} · ${age(solution.age_days[1])}`],
        ["sigma1", sigma(solution.sigma1_rtn_km)],
        ["sigma2", sigma(solution.sigma2_rtn_km)],
        ["sigma", sigma(solution.sigma_ric_km)],
        ["radius", km(solution.hard_body_radius_km)],
        ["at_max", `×${factor(solution.scale_at_max)}`],
      ].map(([name, value]) =>
        h("div", null, h("dt", null, t(`case.fact.${name}`)), h("dd", null, value)),
      ),
    ),
  );
}

/** @param {any} told */
export function withheldPanel(told) {
  if (!told.withheld.length)
    return section("withheld", h("p", { class: "quiet" }, t("case.withheld.none")));
  /** @type {Map<string, any[]>} */
  const groups = new Map();
  for (const one of told.withheld) {
    const key = `${one.what} ${one.object}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return section(
    "withheld",
    h(
      "ul",
      { class: "case-doubts" },
      [...groups.values()].map((group) =>
        h(
          "li",
          null,
          group.map((one) => nationMark(one.nation)),
          t(`case.withheld.${group[0].what}`, { object: group[0].object }),
        ),
      ),
    ),
  );
}

/** @param {any} told */
export function othersPanel(told) {
  if (!told.others.length)
    return section("others", h("p", { class: "quiet" }, t("case.others.none")));
  const head = [t("case.tca"), t("case.miss"), "Pc", t("case.others.by")];
  const rows = told.others
    .slice(0, 20)
    .map((/** @type {any} */ one) => [
      one.handle ? h("a", { href: link("case", one.handle) }, brief(one.tca)) : brief(one.tca),
      km(one.miss_km),
      probability(one.pc),
      [
        one.nations.map((/** @type {string} */ nation) => nationMark(nation)),
        one.computed ? h("span", { class: "quiet" }, ` ${t("case.computed_now")}`) : null,
      ],
    ]);
  return section("others", tableOf(t("case.others.title"), { head, rows }));
}

export function candidatesPanel() {
  return section("candidates", h("p", { class: "quiet" }, t("case.candidates.say")));
}

/**
 * @param {string} name
 * @param {...import("../dom.js").Child} children
 */
function section(name, ...children) {
  return h(
    "section",
    { class: `panel case-${name}` },
    h("h2", null, t(`case.${name}.title`)),
    ...children,
  );
}

/** @param {number | null} value */
function signed(value) {
  return value !== null && value > 0 ? `+${km(value)}` : km(value);
}
