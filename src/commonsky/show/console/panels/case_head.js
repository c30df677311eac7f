// @ts-check
// The head of a case: who, when, how grave, and one sentence that says what it means.

import { link } from "../address.js";
import { h } from "../dom.js";
import { severityMark } from "../severity.js";
import { decimal, km, probability, shown, utc } from "../text.js";
import { t } from "../words.js";
import { factor } from "./curves.js";
import { nationMark } from "./nations.js";

/** @typedef {import("../severity.js").Severity} Severity */

/**
 * What is told of the approach: this node's own solution, or what a nation has said.
 * @param {any} told
 * @param {any} solution
 */
export function essence(told, solution) {
  const messages = told.lanes
    .flatMap((/** @type {any} */ lane) => lane.messages)
    .filter((/** @type {any} */ one) => one.certain)
    .map((/** @type {any} */ one) => one.alert);
  const standing = messages.filter((/** @type {any} */ one) => one.conjunction && !one.struck);
  const said =
    standing[standing.length - 1] ??
    messages.filter((/** @type {any} */ one) => one.conjunction).pop();
  if (solution && told.objects[1].number)
    return {
      pc: solution.pc,
      max: solution.pc_max,
      miss: solution.miss_km,
      speed: solution.relative_speed_km_s,
      reason: solution.pc_null_reason,
      from: t("case.from.here", {
        one: shown(solution.source1, 24),
        two: shown(solution.source2, 24),
      }),
      known: true,
    };
  if (said) {
    const one = said.conjunction;
    return {
      pc: one.pc,
      max: one.pc_max,
      miss: one.miss_km,
      speed: one.relative_speed_km_s,
      reason: one.pc_null_reason,
      from: t("case.from.told", { nation: shown(said.nation, 24) }),
      known: true,
    };
  }
  return {
    pc: null,
    max: null,
    miss: null,
    speed: null,
    reason: "",
    from: t("case.from.nobody"),
    known: false,
  };
}

/**
 * @param {number | null} pc
 * @returns {Severity}
 */
export function severityOfPc(pc) {
  if (pc === null || pc === undefined) return "unknown";
  return pc >= 1e-4 ? "high" : pc >= 1e-7 ? "attention" : "low";
}

/**
 * @param {any} told
 * @param {any} solution
 * @param {import("../dom.js").Child} buttons
 * @param {HTMLElement} clock where the countdown stands
 */
export function headPanel(told, solution, buttons, clock) {
  const core = essence(told, solution);
  const severity = severityOfPc(core.pc);
  return h(
    "header",
    { class: `panel case-head is-${told.over ? "over" : severity}` },
    h(
      "div",
      { class: "case-title" },
      h(
        "p",
        { class: "case-severity" },
        severityMark(severity),
        told.over ? h("span", { class: "chip" }, t("case.is_over")) : null,
        told.contested ? h("span", { class: "chip severe" }, `⚑ ${t("case.contested")}`) : null,
      ),
      h(
        "h1",
        null,
        objectOf(told.objects[0], told.lanes),
        h("span", { class: "quiet case-and" }, " × "),
        objectOf(told.objects[1], told.lanes),
      ),
      h("p", { class: "case-marking quiet" }, marking(told)),
    ),
    h(
      "div",
      { class: "case-when" },
      clock,
      h(
        "p",
        null,
        told.until ? `${utc(told.at)} … ${utc(told.until).slice(-9)}` : `TCA ${utc(told.at)}`,
      ),
    ),
    h(
      "dl",
      { class: "case-numbers" },
      number(
        "Pc",
        probability(core.pc),
        core.pc === null ? shown(core.reason, 60) || t("case.no_pc") : t("case.nominal"),
        `severity-${severity}`,
      ),
      number(
        t("case.band"),
        solution?.band
          ? `${probability(solution.band.low)} … ${probability(solution.band.high)}`
          : "–",
        t("case.band.say"),
        "",
      ),
      number(
        t("case.pc_max"),
        probability(core.max),
        solution?.scale_at_max ? t("case.max.at", { times: factor(solution.scale_at_max) }) : "",
        "",
      ),
      number(
        t("case.miss"),
        km(core.miss),
        solution?.plane ? t("case.in_sigmas", { sigmas: decimal(solution.plane.sigmas, 1) }) : "",
        "",
      ),
      number(
        t("case.speed"),
        core.speed === null ? "–" : `${decimal(core.speed, 2)} km/s`,
        solution
          ? t(`case.way.${solution.meeting.way}`, {
              angle: decimal(solution.meeting.angle_deg, 0),
            })
          : "",
        "",
      ),
    ),
    h("p", { class: "case-verdict" }, verdict(told, solution, core)),
    h("div", { class: "case-claims" }, claims(told), buttons),
  );
}

/**
 * @param {any} one
 * @param {any[]} lanes
 */
function objectOf(one, lanes) {
  if (!one.number)
    return h(
      "span",
      { class: "quiet", title: lanes.map((lane) => lane.nation).join(", ") },
      t("case.unnamed"),
    );
  return h(
    "a",
    { href: link("object", one.number) },
    one.name ? shown(one.name, 40) : "",
    h("span", { class: "case-number" }, ` ${one.number}`),
  );
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} say
 * @param {string} kind
 */
function number(name, value, say, kind) {
  return h(
    "div",
    null,
    h("dt", null, name),
    h("dd", null, h("b", { class: kind }, value), h("span", { class: "quiet" }, say)),
  );
}

/** @param {any} told */
function marking(told) {
  const all = new Set(
    told.lanes.flatMap((/** @type {any} */ lane) =>
      lane.messages.map((/** @type {any} */ one) => shown(one.alert.marking?.text, 100)),
    ),
  );
  return [...all].filter(Boolean).slice(0, 4).join(" · ");
}

/**
 * One sentence for someone who opens this twice a year, and what to beware of.
 * @param {any} told
 * @param {any} solution
 * @param {any} core
 */
function verdict(told, solution, core) {
  if (told.over) return t("case.verdict.over");
  if (!told.objects[1].number)
    return t(
      told.lanes.some((/** @type {any} */ lane) =>
        lane.messages.some((/** @type {any} */ one) => !one.certain),
      ) || told.computed.length
        ? "case.verdict.unnamed"
        : "case.verdict.unnamed_alone",
    );
  if (!core.known) return t("case.verdict.unknown");
  const say = [
    h(
      "b",
      null,
      t(`case.verdict.${core.pc === null ? "no_pc" : severityOfPc(core.pc)}`, {
        miss: km(core.miss),
        pc: probability(core.pc),
        odds: odds(core.pc),
      }),
    ),
  ];
  const add = (/** @type {string} */ text) => say.push(h("span", null, ` ${text}`));
  if (solution?.meeting)
    add(
      t("case.verdict.where", {
        height: decimal(solution.meeting.height_km, 0),
        latitude: place(solution.meeting.latitude_deg, "N", "S"),
        longitude: place(solution.meeting.longitude_deg, "E", "W"),
      }),
    );
  if (solution?.diluted && core.max > 1.26 * core.pc)
    add(t("case.verdict.diluted", { max: probability(core.max) }));
  if (solution?.band && severityOfPc(solution.band.high) !== severityOfPc(core.pc))
    add(t("case.verdict.band", { severity: t(`severity.${severityOfPc(solution.band.high)}`) }));
  const worst = graver(told, core.pc);
  if (worst) {
    const { pc } = worst.conjunction;
    add(
      t("case.verdict.graver", {
        nation: shown(worst.nation, 24),
        pc: probability(pc),
        severity: t(`severity.${severityOfPc(pc)}`),
      }),
    );
  }
  const differ = told.disagreement.filter(
    (/** @type {any} */ one) => one.word === "differ",
  ).length;
  if (differ) add(t("case.verdict.differ", { count: differ }));
  if (told.withheld.length) add(t("case.verdict.withheld"));
  if (told.countdown_s < 0) add(t("case.verdict.past"));
  add(core.from);
  return say;
}

/**
 * The message that stands and makes it graver than the head does, the gravest of them.
 * @param {any} told
 * @param {number | null} pc
 */
function graver(told, pc) {
  const standing = told.lanes
    .flatMap((/** @type {any} */ lane) => lane.messages)
    .filter((/** @type {any} */ one) => one.certain && !one.alert.struck && one.alert.conjunction?.pc)
    .map((/** @type {any} */ one) => one.alert)
    .sort((/** @type {any} */ a, /** @type {any} */ b) => b.conjunction.pc - a.conjunction.pc);
  const [worst] = standing;
  const same = !worst || severityOfPc(worst.conjunction.pc) === severityOfPc(pc);
  return same || worst.conjunction.pc < (pc ?? 0) ? null : worst;
}

/** @param {number | null} pc */
function odds(pc) {
  if (!pc) return "–";
  const one = 1 / pc;
  const digits = Math.max(10 ** (Math.floor(Math.log10(one)) - 1), 1);
  return one > 1e12 ? probability(one) : decimal(Math.round(one / digits) * digits, 0);
}

/**
 * @param {number} degrees
 * @param {string} positive
 * @param {string} negative
 */
function place(degrees, positive, negative) {
  return `${decimal(Math.abs(degrees), 0)}° ${degrees >= 0 ? positive : negative}`;
}

/** @param {any} told */
function claims(told) {
  if (!told.claims.length) return h("p", { class: "quiet" }, t("case.unclaimed"));
  return h(
    "ul",
    { class: "case-claimed" },
    told.claims.map((/** @type {any} */ one) =>
      h(
        "li",
        { class: "chip" },
        nationMark(one.nation),
        ` ${t(`case.claim.${one.state}`)}`,
        one.until ? ` → ${utc(one.until)}` : "",
      ),
    ),
  );
}
