// @ts-check
// Alerts as rows of the queue: several messages about one approach are one row.

import { km, ms, shown } from "../text.js";
import { t } from "../words.js";
import { SEVERITIES, severityOf } from "../severity.js";

const SAME_MS = 600e3; // closest approaches nearer than this are one
export const LANES = /** @type {const} */ (["new", "unassessed", "taken", "shelved", "done"]);

/** @typedef {typeof LANES[number]} Lane */
/**
 * @typedef {object} Row
 * @property {string} key
 * @property {any} alert the message that stands for the row
 * @property {any[]} all
 * @property {Lane} lane
 * @property {any[]} says of each nation the message that it stands by
 * @property {string[]} claimed nations that see to it
 * @property {string} stage
 * @property {import("../severity.js").Severity} severity
 * @property {number} at ms, NaN where it has no time
 * @property {string[]} nations
 * @property {string} text what a search looks in
 */

/**
 * Rows of all alerts: those about one pair within ten minutes together, ours before partners',
 * full messages before coarse ones.
 * @param {Iterable<any>} alerts
 * @returns {Row[]}
 */
export function rowsOf(alerts) {
  /** @type {Map<string, any[][]>} */
  const groups = new Map();
  /** @type {Row[]} */
  const rows = [];
  for (const alert of alerts) {
    if (alert.kind === "claim" || alert.state === "superseded") continue;
    const pair = alert.subject.length === 2 && ["conjunction", "event", "warning"].includes(alert.kind);
    // Several nations may warn of what comes close to one object, its other orbit withheld.
    if (!pair && !(alert.warning && alert.subject.length === 1)) {
      rows.push(rowOf([alert]));
      continue;
    }
    const key = alert.subject.join(" ");
    const near = groups.get(key) ?? [];
    const [from, until] = [ms(alert.at), ms(alert.until) || ms(alert.at)];
    const found = near.find((group) => group.some((one) => ms(one.at) <= until + SAME_MS && (ms(one.until) || ms(one.at)) >= from - SAME_MS));
    if (found) found.push(alert);
    else near.push([alert]);
    groups.set(key, near);
  }
  for (const group of groups.values()) for (const alerts_ of group) rows.push(rowOf(alerts_));
  return rows.sort(order);
}

/**
 * @param {any[]} all
 * @returns {Row}
 */
function rowOf(all) {
  const sorted = [...all].sort((a, b) => worth(b) - worth(a) || b.sequence - a.sequence);
  const alert = sorted[0];
  const says = [...new Set(sorted.map((one) => one.nation))].map((nation) => sorted.find((one) => one.nation === nation));
  const nations = says.map((one) => one.nation);
  // Whoever sees to one nation's message of an approach sees to the approach.
  const claimed = [...new Set(sorted.flatMap((one) => one.claims).filter((one) => one.state === "claimed").map((one) => one.nation))].sort();
  const ours = alert.stage === "new" && sorted.some((one) => one.stage === "claimed");
  return {
    key: alert.handle || `${alert.nation} ${alert.quality?.reason}`,
    alert, all: sorted, says, claimed, at: ms(alert.at), nations,
    stage: ours ? "claimed" : alert.stage, severity: gravest(alert, says), lane: laneOf(alert, ours ? "claimed" : alert.stage),
    text: `${whatOf(alert)} ${alert.subject.join(" ")} ${nations.join(" ")} ${alert.owners.join(" ")}`.toUpperCase(),
  };
}

/**
 * How grave an approach is by the nation that takes it for the gravest: what one nation has worked
 * out is not hidden by another's lower number.
 * @param {any} alert
 * @param {any[]} says
 */
function gravest(alert, says) {
  const own = severityOf(alert);
  if (!alert.conjunction || own === "unknown") return own;
  const worked = says.filter((one) => one.conjunction && one.state === "standing" && severityOf(one) !== "unknown").map(severityOf);
  return [own, ...worked].sort((a, b) => SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b))[0];
}

/** @param {any} alert */
function worth(alert) {
  return (alert.struck || alert.state === "past" ? 0 : 8) + (alert.conjunction ? 4 : 0) + (alert.peer === "" ? 2 : 0) + (alert.event ? 1 : 0) + (alert.warning ? alert.warning.stay_clear_km / 1000 : 0);
}

/**
 * @param {any} alert
 * @param {string} stage
 * @returns {Lane}
 */
function laneOf(alert, stage) {
  // A warning that is taken back stays where it was until somebody has seen that.
  if (alert.state === "withdrawn" && stage === "new") return "new";
  if (stage === "closed" || ["over", "past", "superseded", "withdrawn"].includes(alert.state)) return "done";
  if (severityOf(alert) === "unknown" && stage !== "shelved") return "unassessed";
  if (stage === "shelved") return "shelved";
  return stage === "new" ? "new" : "taken";
}

/**
 * @param {Row} a
 * @param {Row} b
 */
function order(a, b) {
  if (a.lane !== b.lane) return LANES.indexOf(a.lane) - LANES.indexOf(b.lane);
  if (a.lane === "done") return b.alert.sequence - a.alert.sequence;
  const grave = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  return grave || (Number.isFinite(a.at) ? a.at : Infinity) - (Number.isFinite(b.at) ? b.at : Infinity) || b.alert.sequence - a.alert.sequence || 0;
}

/**
 * What an alert is about, in words.
 * @param {any} alert
 */
export function whatOf(alert) {
  const nation = shown(alert.nation, 12);
  if (alert.conjunction) return `${name(alert.conjunction, 1)} × ${name(alert.conjunction, 2)}`;
  if (alert.event) return t("queue.what.event", { first: alert.event.object1, second: alert.event.object2 });
  if (alert.warning) return t("queue.what.warning", { object: alert.warning.object, distance: km(alert.warning.stay_clear_km) });
  if (alert.retraction) return t("queue.what.retraction", { nation });
  if (alert.notice) return t("queue.what.notice", { nation, text: shown(alert.notice.text, 160) });
  if (alert.quality) return t("queue.what.quality", { nation, reason: shown(alert.quality.reason, 160) });
  return t("queue.what.unreadable", { nation });
}

/**
 * @param {any} told
 * @param {1 | 2} side
 */
function name(told, side) {
  return shown(told[`name${side}`], 32) || String(told[`object${side}`]);
}

/**
 * Whether filters let a row through; what could not be assessed always is.
 * @param {Row} row
 * @param {{severity: string, category: string, nation: string, mine: boolean, text: string}} filters
 * @param {string} home
 */
export function fits(row, filters, home) {
  if (row.lane === "unassessed") return true;
  return (filters.severity === "" || row.severity === filters.severity)
    && (filters.category === "" || row.alert.category === filters.category)
    && (filters.nation === "" || row.nations.includes(filters.nation))
    && (!filters.mine || row.alert.owners.includes(home))
    && filters.text.toUpperCase().split(/\s+/).every((word) => row.text.includes(word));
}
