// @ts-check
// How grave an alert is, by shape as well as by colour and word; the server says which it is.

import { h, s } from "./dom.js";
import { t } from "./words.js";

/** @typedef {"high" | "attention" | "low" | "unknown" | "info"} Severity */

/** From the gravest down. */
export const SEVERITIES = /** @type {Severity[]} */ (["high", "attention", "unknown", "low", "info"]);

/** @type {Record<Severity, string>} */
const PATHS = {
  high: "M8 1.5 15 14H1Z",
  attention: "M8 1 15 8 8 15 1 8Z",
  low: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Z",
  unknown: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Z",
  info: "M3 7h10v2H3Z",
};

/**
 * The severity of an alert.
 * @param {Record<string, any>} alert
 * @returns {Severity}
 */
export function severityOf(alert) {
  return SEVERITIES.includes(alert.severity) ? alert.severity : "info";
}

/**
 * The shape of a severity as a group, to be put into a drawing about (0, 0), 12 units wide.
 * @param {Severity} severity
 */
export function shapeOf(severity) {
  const hollow = severity === "unknown";
  return s("g", { class: `severity-${severity}` }, s("path", {
    d: PATHS[severity], transform: "scale(.8) translate(-8 -8)", "stroke-width": 2,
    fill: hollow ? "none" : "currentColor", stroke: hollow ? "currentColor" : "none",
    "stroke-dasharray": hollow ? "3 2" : null,
  }));
}

/**
 * Shape and word, for a row or a line.
 * @param {Severity} severity
 * @param {boolean} [word] whether the word stands beside the shape
 */
export function severityMark(severity, word = true) {
  const name = t(`severity.${severity}`);
  return h("span", { class: `severity severity-${severity}`, title: t(`severity.${severity}.say`) },
    s("svg", { width: 14, height: 14, viewBox: "-8 -8 16 16", role: word ? null : "img", "aria-hidden": word, "aria-label": word ? null : name }, shapeOf(severity)),
    word ? name : null);
}
