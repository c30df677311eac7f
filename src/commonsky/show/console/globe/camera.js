// @ts-check
// Where one looks from, and where a place is in the picture: the same sums as in shaders.js.

import { turned, turnedBack } from "./heaven.js";

/** @typedef {"globe" | "flat" | "sky"} Projection */
/** @typedef {{x: number, y: number, inFront: boolean}} Shown */

const EARTH = 6.378137; // thousands of km
const TAN = Math.tan(Math.PI / 8); // of half the field of view, up and down
const [NEAREST, FARTHEST] = [7.2, 400];

/** A camera for three projections. */
export class Camera {
  constructor() {
    /** @type {Projection} */
    this.projection = "globe";
    this.longitude = 15;
    this.latitude = 25;
    this.distance = 26; // of the eye from the centre of the Earth
    this.zoom = 1; // flat and sky
    this.centre = [0, 0]; // of the window, on the map
    this.width = 1;
    this.height = 1;
    /** Whether the eye stands still among the stars, else over the Earth. */
    this.inertial = false;
    /** @type {Float64Array} */
    this.fixed = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    /** @type {ReturnType<typeof import("./heaven.js").siteFrame> | null} */
    this.site = null;
    this.eye = [this.distance, 0, 0];
    this.forward = [-1, 0, 0];
    this.right = [0, 1, 0];
    this.upward = [0, 0, 1];
    this.tan = TAN;
    this.aspect = 1;
    this.view = new Float32Array(16);
    this.window = [1, 1, 0, 0];
    this.place();
  }

  /** Work out the eye and its axes, once for each picture. */
  place() {
    const [lon, lat] = [this.longitude * Math.PI / 180, this.latitude * Math.PI / 180];
    const over = [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
    const back = this.inertial ? over : turnedBack(this.fixed, over);
    const pole = this.inertial ? [0, 0, 1] : turnedBack(this.fixed, [0, 0, 1]);
    this.eye = back.map((one) => one * this.distance);
    this.forward = back.map((one) => -one);
    this.right = unit(cross(this.forward, pole));
    this.upward = cross(this.right, this.forward);
    const aspect = this.width / this.height;
    // A narrow window shows the whole Earth too.
    this.tan = aspect < 1 ? TAN / aspect : TAN;
    this.aspect = aspect;
    const [x, y, w] = [scaled(this.right, 1 / (this.tan * aspect)), scaled(this.upward, 1 / this.tan), this.forward];
    const off = (/** @type {number[]} */ axis) => -dot(axis, this.eye);
    this.view = Float32Array.of(x[0], y[0], 0, w[0], x[1], y[1], 0, w[1], x[2], y[2], 0, w[2], off(x), off(y), 0, off(w));
    this.window = this.windowOf();
  }

  /** Scale and offset of the map or the chart of the sky: four numbers. */
  windowOf() {
    const { width, height, zoom } = this;
    if (this.projection === "sky") {
      const half = Math.min(width, height) * 0.46 * zoom;
      return [half * 2 / width, half * 2 / height, 0, 0];
    }
    // The map is twice as wide as high: y runs from -0.5 to 0.5.
    const unitPx = Math.min(width / 2, height) * 0.98 * zoom;
    return [unitPx * 2 / width, unitPx * 2 / height, -this.centre[0] * unitPx * 2 / width, -this.centre[1] * unitPx * 2 / height];
  }

  /**
   * Where a place in GCRF (km) is in the picture.
   * @param {ArrayLike<number>} km
   * @returns {Shown}
   */
  shown(km) {
    const r = [km[0] / 1000, km[1] / 1000, km[2] / 1000];
    if (this.projection === "globe") {
      const { eye } = this;
      const sight = [r[0] - eye[0], r[1] - eye[1], r[2] - eye[2]];
      const deep = dot(sight, this.forward);
      const x = dot(sight, this.right) / (deep * this.tan * this.aspect);
      const y = dot(sight, this.upward) / (deep * this.tan);
      const along = Math.min(Math.max(-dot(eye, sight) / dot(sight, sight), 0), 1);
      const nearest = Math.hypot(eye[0] + along * sight[0], eye[1] + along * sight[1], eye[2] + along * sight[2]);
      return this.pixel(x, y, deep > 0 && !(nearest < EARTH * 0.998 && along < 1));
    }
    const f = turned(this.fixed, r);
    const [sx, sy, ox, oy] = this.window;
    if (this.projection === "flat") {
      const x = Math.atan2(f[1], f[0]) / Math.PI;
      const y = Math.asin(f[2] / Math.hypot(f[0], f[1], f[2])) / Math.PI;
      return this.pixel(x * sx + ox, y * sy + oy, true);
    }
    const site = this.site;
    if (!site) return { x: NaN, y: NaN, inFront: false };
    const d = unit([f[0] - site.place[0] / 1000, f[1] - site.place[1] / 1000, f[2] - site.place[2] / 1000]);
    const out = Math.acos(Math.min(Math.max(dot(d, site.up), -1), 1)) / (Math.PI / 2);
    const [east, north] = [dot(d, site.east), dot(d, site.north)];
    const level = Math.max(Math.hypot(east, north), 1e-6);
    return this.pixel(out * east / level * sx + ox, out * north / level * sy + oy, dot(d, site.up) >= 0);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} inFront
   * @returns {Shown}
   */
  pixel(x, y, inFront) {
    return { x: (x + 1) / 2 * this.width, y: (1 - y) / 2 * this.height, inFront };
  }

  /**
   * Turn, or move the map, by so many pixels.
   * @param {number} dx
   * @param {number} dy
   */
  drag(dx, dy) {
    if (this.projection === "globe") {
      const pace = 0.22 * Math.min((this.distance - EARTH) / 14, 1.4);
      this.longitude = (this.longitude - dx * pace + 540) % 360 - 180;
      this.latitude = Math.min(Math.max(this.latitude + dy * pace, -89), 89);
    } else if (this.projection === "flat") {
      const unitPx = this.window[0] * this.width / 2;
      const [x, y] = this.centre;
      this.centre = [Math.min(Math.max(x - dx / unitPx, -1), 1), Math.min(Math.max(y + dy / unitPx, -0.5), 0.5)];
    }
  }

  /** @param {number} factor above 1 comes nearer */
  nearer(factor) {
    this.distance = Math.min(Math.max(EARTH + (this.distance - EARTH) / factor, NEAREST), FARTHEST);
    this.zoom = Math.min(Math.max(this.zoom * factor, 1), 40);
    if (this.zoom === 1) this.centre = [0, 0];
  }
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
export function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
export function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** @param {number[]} a */
function unit(a) {
  return scaled(a, 1 / (Math.hypot(a[0], a[1], a[2]) || 1));
}

/**
 * @param {number[]} a
 * @param {number} by
 */
function scaled(a, by) {
  return a.map((one) => one * by);
}
