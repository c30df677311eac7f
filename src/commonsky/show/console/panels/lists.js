// @ts-check
// Tables, and lists that come page by page.

import { ask } from "../api.js";
import { fill, h } from "../dom.js";
import { t } from "../words.js";

/** @typedef {import("../dom.js").Child} Child */

/**
 * A table; a head that ends in " #" is one of numbers.
 * @param {string} name for whoever cannot see it
 * @param {string[]} heads
 * @param {Child[][]} rows
 */
export function table(name, heads, rows) {
  const numbers = heads.map((head) => head.endsWith(" #"));
  return h("table", { class: "plain-table" }, h("caption", { class: "visually-hidden" }, name),
    h("thead", null, h("tr", null, heads.map((head, k) => h("th", { scope: "col", class: numbers[k] ? "number" : null }, head.replace(/ #$/, ""))))),
    h("tbody", null, rows.map((row) => h("tr", null, row.map((cell, k) => h("td", { class: numbers[k] ? "number" : null }, cell))))));
}

/**
 * What may be wider than the page, to be moved by keys too.
 * @param {string} name
 * @param {...Child} content
 */
export function wide(name, ...content) {
  return h("div", { class: "case-wide", tabindex: "0", role: "region", "aria-label": name }, ...content);
}

/**
 * A list of the API, shown page by page: more comes when somebody wants it.
 * @param {string} path
 * @param {import("../api.js").Params} params
 * @param {(found: any[]) => Child} drawn all that has come so far
 */
export function paged(path, params, drawn) {
  /** @type {any[]} */
  const found = [];
  const place = h("div");
  const more = h("button", { onclick: () => next() }, t("nation.more"));
  const box = h("div", null, place, more);
  let after = "";
  const next = async () => {
    more.disabled = true;
    try {
      const answer = await ask(path, after ? { ...params, after } : params);
      found.push(...answer.data);
      after = answer.next;
      fill(place, drawn(found));
      more.hidden = !after;
    } catch (error) {
      fill(place, h("p", { class: "empty" }, /** @type {Error} */ (error).message));
      more.hidden = true;
    }
    more.disabled = false;
  };
  next();
  return box;
}

/**
 * Names and values beside each other.
 * @param {[string, Child][]} pairs
 */
export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== "").map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))));
}
