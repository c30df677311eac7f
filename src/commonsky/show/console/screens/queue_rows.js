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
    if (!pair) {
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
  const nations = [...new Set(sorted.map((one) => one.nation))];
  return {
    key: alert.handle || `${alert.nation} ${alert.quality?.reason}`,
    alert, all: sorted, lane: laneOf(alert), at: ms(alert.at), nations,
    text: `${whatOf(alert)} ${alert.subject.join(" ")} ${nations.join(" ")} ${alert.owners.join(" ")}`.toUpperCase(),
  };
}

/** @param {any} alert */
function worth(alert) {
  return (alert.struck || alert.state === "past" ? 0 : 8) + (alert.conjunction ? 4 : 0) + (alert.peer === "" ? 2 : 0) + (alert.event ? 1 : 0);
}

/**
 * @param {any} alert
 * @returns {Lane}
 */
function laneOf(alert) {
  // A warning that is taken back stays where it was until somebody has seen that.
  if (alert.state === "withdrawn" && alert.stage === "new") return "new";
  if (alert.stage === "closed" || ["over", "past", "superseded", "withdrawn"].includes(alert.state)) return "done";
  if (severityOf(alert) === "unknown" && alert.stage !== "shelved") return "unassessed";
  if (alert.stage === "shelved") return "shelved";
  return alert.stage === "new" ? "new" : "taken";
}

/**
 * @param {Row} a
 * @param {Row} b
 */
function order(a, b) {
  if (a.lane !== b.lane) return LANES.indexOf(a.lane) - LANES.indexOf(b.lane);
  if (a.lane === "done") return b.alert.sequence - a.alert.sequence;
  const grave = SEVERITIES.indexOf(severityOf(a.alert)) - SEVERITIES.indexOf(severityOf(b.alert));
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
  return (filters.severity === "" || severityOf(row.alert) === filters.severity)
    && (filters.category === "" || row.alert.category === filters.category)
    && (filters.nation === "" || row.nations.includes(filters.nation))
    && (!filters.mine || row.alert.owners.includes(home))
    && filters.text.toUpperCase().split(/\s+/).every((word) => row.text.includes(word));
}
