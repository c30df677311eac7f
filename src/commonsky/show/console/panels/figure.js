// @ts-check
// A drawing with its title, what it says in words, and the same as a table.

import { h, s } from "../dom.js";
import { t } from "../words.js";

/**
 * @typedef {object} Table
 * @property {string[]} head
 * @property {import("../dom.js").Child[][]} rows
 */

/**
 * @param {string} title
 * @param {string} say what a reader is to see in it
 * @param {import("../dom.js").Child} drawing
 * @param {Table} [table]
 * @param {string} [kind]
 */
export function figure(title, say, drawing, table, kind = "") {
  return h(
    "figure",
    { class: `panel case-figure ${kind}` },
    h("figcaption", null, h("h2", null, title), say ? h("p", { class: "quiet" }, say) : null),
    h("div", { class: "case-drawing" }, drawing),
    table && table.rows.length
      ? h(
          "details",
          { class: "no-print" },
          h("summary", null, t("case.as_table")),
          tableOf(title, table),
        )
      : null,
  );
}

/**
 * A table with its caption for those who hear it.
 * @param {string} title
 * @param {Table} table
 * @param {string} [kind]
 */
export function tableOf(title, table, kind = "") {
  return h(
    "div",
    { class: "case-wide", tabindex: "0", role: "region", "aria-label": title },
    h(
      "table",
      { class: `plain-table ${kind}` },
      h("caption", { class: "visually-hidden" }, title),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          table.head.map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h(
        "tbody",
        null,
        table.rows.map((row) =>
          h(
            "tr",
            null,
            row.map((cell, place) =>
              place ? h("td", null, cell) : h("th", { scope: "row" }, cell),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Labels that keep out of each other's way, and inside a box. */
export class Labels {
  /**
   * @param {number} left
   * @param {number} top
   * @param {number} right
   * @param {number} bottom
   */
  constructor(left, top, right, bottom) {
    this.bounds = { left, top, right, bottom };
    /** @type {{left: number, top: number, right: number, bottom: number}[]} */
    this.taken = [];
  }

  /**
   * Keep labels off a place.
   * @param {number} left
   * @param {number} top
   * @param {number} right
   * @param {number} bottom
   */
  block(left, top, right, bottom) {
    this.taken.push({ left, top, right, bottom });
  }

  /**
   * A label beside a point where there is room, null where there is none.
   * @param {number} x
   * @param {number} y
   * @param {string} text
   * @param {string} kind
   */
  place(x, y, text, kind) {
    const wide = 7.2 * [...text].length;
    for (const gap of [7, 16, 28]) {
      for (const [right, down] of [
        [1, -1],
        [1, 1],
        [-1, -1],
        [-1, 1],
        [0, -1.4],
        [0, 1.4],
        [1.2, 0],
        [-1.2, 0],
      ]) {
        const left =
          right > 0 ? x + gap * right : right < 0 ? x + gap * right - wide : x - wide / 2;
        const base = y + gap * down + (down > 0 ? 8 : down === 0 ? 4 : 0);
        const box = { left, top: base - 11, right: left + wide, bottom: base + 3 };
        if (
          box.left < this.bounds.left ||
          box.right > this.bounds.right ||
          box.top < this.bounds.top ||
          box.bottom > this.bounds.bottom
        )
          continue;
        if (
          this.taken.some(
            (one) =>
              one.left < box.right &&
              box.left < one.right &&
              one.top < box.bottom &&
              box.top < one.bottom,
          )
        )
          continue;
        this.taken.push(box);
        return s("text", { x: left.toFixed(1), y: base.toFixed(1), class: kind }, text);
      }
    }
    return null;
  }
}
