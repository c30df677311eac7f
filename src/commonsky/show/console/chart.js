// @ts-check
// Axes for drawings: scales, ticks that suit them, a frame.

import { s } from "./dom.js";
import { decimal } from "./text.js";

/**
 * @typedef {object} Axis
 * @property {number} from
 * @property {number} until
 * @property {boolean} [log] in powers of ten
 * @property {boolean} [plain] whole numbers without separators, as years are written
 * @property {string} label
 */

const LEFT = 72;
const BOTTOM = 40;
const TOP = 10;
const RIGHT = 14;

/** A plane with two axes, from which places of points are asked. */
export class Plane {
  /**
   * @param {number} width
   * @param {number} height
   * @param {Axis} across
   * @param {Axis} up
   */
  constructor(width, height, across, up) {
    this.width = width;
    this.height = height;
    this.across = across;
    this.up = up;
    this.inner = { left: LEFT, top: TOP, right: width - RIGHT, bottom: height - BOTTOM };
  }

  /** @param {number} value */
  x(value) {
    return this.inner.left + share(this.across, value) * (this.inner.right - this.inner.left);
  }

  /** @param {number} value */
  y(value) {
    return this.inner.bottom - share(this.up, value) * (this.inner.bottom - this.inner.top);
  }

  /** The frame: ticks, their numbers, and what the axes are. */
  frame() {
    const { left, top, right, bottom } = this.inner;
    return s("g", { class: "axes", "aria-hidden": "true" },
      ticks(this.up).map((value) => [
        s("path", { d: `M${left} ${this.y(value).toFixed(1)}H${right}`, class: "grid" }),
        s("text", { x: left - 6, y: this.y(value) + 4, "text-anchor": "end" }, said(this.up, value)),
      ]),
      ticks(this.across).map((value) => [
        s("path", { d: `M${this.x(value).toFixed(1)} ${top}V${bottom}`, class: "grid" }),
        s("text", { x: this.x(value), y: bottom + 15, "text-anchor": "middle" }, said(this.across, value)),
      ]),
      s("text", { x: (left + right) / 2, y: this.height - 6, "text-anchor": "middle", class: "axis-name" }, this.across.label),
      s("text", { transform: `translate(13 ${(top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle", class: "axis-name" }, this.up.label),
      s("rect", { x: left, y: top, width: right - left, height: bottom - top, class: "frame" }));
  }

  /**
   * A drawing of this size.
   * @param {string} name for whoever cannot see it
   * @param {...import("./dom.js").Child} children
   */
  drawing(name, ...children) {
    return s("svg", { viewBox: `0 0 ${this.width} ${this.height}`, class: "chart", role: "img", "aria-label": name }, ...children);
  }

  /**
   * A line through points; what is no number breaks it.
   * @param {[number, number][]} points
   */
  path(points) {
    let pen = "M";
    let d = "";
    for (const [across, up] of points) {
      const [x, y] = [this.x(across), this.y(up)];
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        pen = "M";
        continue;
      }
      d += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
      pen = "L";
    }
    return d;
  }
}

/**
 * @param {Axis} axis
 * @param {number} value
 */
function share({ from, until, log }, value) {
  if (!log) return (value - from) / (until - from || 1);
  return (Math.log10(value) - Math.log10(from)) / (Math.log10(until) - Math.log10(from) || 1);
}

/**
 * Round numbers within an axis, some six of them.
 * @param {Axis} axis
 */
export function ticks({ from, until, log }) {
  if (log) {
    const first = Math.ceil(Math.log10(from) - 1e-9);
    const last = Math.floor(Math.log10(until) + 1e-9);
    const step = Math.max(1, Math.ceil((last - first) / 7));
    return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, k) => 10 ** (first + k * step));
  }
  const rough = (until - from) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((one) => one >= rough) ?? power;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(until / step + 1e-9) - first;
  return Array.from({ length: Math.max(count + 1, 0) }, (_, k) => (first + k) * step);
}

/**
 * @param {Axis} axis
 * @param {number} value
 */
function said({ log, plain, from, until }, value) {
  if (plain) return String(Math.round(value));
  if (log) return `1e${Math.round(Math.log10(value))}`.replace("-", "−");
  const step = Math.abs(until - from) / 6;
  return decimal(value, Math.min(Math.max(Math.ceil(-Math.log10(step)), 0), 6));
}
