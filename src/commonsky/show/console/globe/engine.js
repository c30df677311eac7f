// @ts-check
// The sky on a canvas: what is to be shown is set, and drawn when something has changed or moves.
//
// It knows nothing of the console: frames are float32 [row][x, y, z, vx, vy, vz], km and km/s in
// GCRF, nan for no state; times are ms since 1970, UTC.

import { Camera } from "./camera.js";
import { onGround, readEarth } from "./earth.js";
import { Chart } from "./flat.js";
import { Gestures } from "./gestures.js";
import { earthFixed, siteFrame } from "./heaven.js";
import { between, revolution } from "./motion.js";
import { Painter } from "./painter.js";

const PICK_PX = 9;
const SLOW_MS = 350; // between two pictures, where a processor draws
const SCALE_SOFTWARE = 0.75;
const NO_SITE = { latitude: 0, longitude: 0, height: 0 };
const WAYS = 8;

/** @typedef {{latitude: number, longitude: number, height_km: number, least_elevation: number}} Footprint */

/** The sky. */
export class Sky {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{earth: ArrayBuffer, onChange?: () => void}} options `onChange` is called after each picture
   */
  constructor(canvas, { earth, onChange = () => {} }) {
    this.canvas = canvas;
    this.onChange = onChange;
    this.camera = new Camera();
    this.table = readEarth(earth);
    this.first = new Float32Array(0);
    this.second = new Float32Array(0);
    this.firstMs = 0;
    this.secondMs = 1;
    this.looks = new Uint8Array(0);
    this.colours = new Uint8Array(0);
    /** @type {number[]} */
    this.chosen = [];
    this.clockMs = Date.now();
    this.clockAt = performance.now();
    this.rate = 0;
    this.dirty = true;
    this.closed = false;
    this.drawnAt = -Infinity;
    this.touchedAt = -Infinity;
    this.jsMs = 0; // of the last picture, on the main thread
    this.painter = this.made();
    this.gestures = new Gestures(canvas, this.camera, () => {
      this.touchedAt = performance.now();
      this.touch();
    });
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.restore());
    this.setSite(null);
    this.resize();
    this.loop = this.loop.bind(this);
    requestAnimationFrame(this.loop);
  }

  /** The one that draws: with WebGL2, or without it a plain map. */
  made() {
    try {
      return new Painter(this.canvas, this.table);
    } catch {
      this.camera.projection = "flat";
      return new Chart(this.canvas, this.table);
    }
  }

  restore() {
    if (!(this.painter instanceof Painter)) return;
    this.painter.prepare();
    this.painter.setFrames(this.first, this.second, false);
    this.painter.setColours(this.colours);
    this.painter.setLooks(this.looks);
    this.touch();
  }

  close() {
    this.closed = true;
    this.gestures.close();
  }

  touch() {
    this.dirty = true;
  }

  /** The moment that is shown. */
  get ms() {
    return this.clockMs + (performance.now() - this.clockAt) * this.rate;
  }

  /**
   * @param {number} ms
   * @param {number} rate how many times as fast as real time it runs on
   */
  setClock(ms, rate) {
    this.clockMs = ms;
    this.clockAt = performance.now();
    this.rate = rate;
    this.touch();
  }

  /** @param {import("./camera.js").Projection} projection */
  set projection(projection) {
    this.camera.projection = this.painter instanceof Painter ? projection : "flat";
    this.touch();
  }

  get projection() {
    return this.camera.projection;
  }

  /**
   * @param {Float32Array} first
   * @param {number} firstMs
   * @param {Float32Array} second
   * @param {number} secondMs
   */
  setFrames(first, firstMs, second, secondMs) {
    const goesOn = first === this.second && this.second.length > 0;
    const count = second.length / 6;
    if (this.looks.length !== 4 * count) {
      this.looks = this.plain(count);
      this.painter.setLooks(this.looks);
    }
    if (this.colours.length !== 4 * count) this.setColours(new Uint8Array(4 * count).fill(200));
    [this.first, this.firstMs, this.second, this.secondMs] = [first, firstMs, second, secondMs];
    this.painter.setFrames(first, second, goesOn);
    this.drawWays();
    this.touch();
  }

  /** @param {Uint8Array} colours four bytes a row */
  setColours(colours) {
    this.colours = colours;
    this.painter.setColours(colours);
    this.touch();
  }

  /** @param {Uint8Array} shapes a byte a row: 0 dot, 1 triangle, 2 diamond, 3 ring, 4 square */
  setShapes(shapes) {
    this.look(0, shapes);
  }

  /** @param {Uint8Array} visible a byte a row */
  setVisible(visible) {
    this.look(1, visible);
  }

  /**
   * @param {number} part
   * @param {Uint8Array} values
   */
  look(part, values) {
    if (this.looks.length !== 4 * values.length) this.looks = this.plain(values.length);
    for (let row = 0; row < values.length; row += 1) this.looks[4 * row + part] = values[row];
    this.painter.setLooks(this.looks);
    this.touch();
  }

  /**
   * Looks of so many rows: dots, shown, and those that are chosen chosen.
   * @param {number} count
   */
  plain(count) {
    const looks = new Uint8Array(4 * count).map((_, k) => Number(k % 4 === 1));
    for (const row of this.chosen) if (row < count) looks[4 * row + 2] = 1;
    return looks;
  }

  /** @param {number[]} rows that are chosen: larger, with their ways about the Earth */
  select(rows) {
    for (const row of this.chosen) this.looks[4 * row + 2] = 0;
    this.chosen = rows.filter((row) => row >= 0 && 4 * row < this.looks.length);
    for (const row of this.chosen) this.looks[4 * row + 2] = 1;
    this.painter.setLooks(this.looks);
    this.drawWays();
    this.touch();
  }

  drawWays() {
    const rows = this.chosen.filter((row) => 6 * row < this.first.length).slice(0, WAYS);
    const parts = rows.map((row) => revolution(this.first.subarray(6 * row, 6 * row + 6)));
    const whole = new Float32Array(parts.reduce((sum, one) => sum + one.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.painter.setLine("way", whole);
  }

  /** @param {{latitude: number, longitude: number, height: number} | null} site degrees, metres */
  setSite(site) {
    this.camera.site = siteFrame(site ?? NO_SITE);
    this.touch();
  }

  /** @param {Footprint[]} footprints where objects at a height are seen from a sensor */
  setFootprints(footprints) {
    this.painter.setLine("footprint", Float32Array.from(footprints.flatMap(circle)));
    this.touch();
  }

  /** Take the size that the page gives the canvas. */
  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    const scale = this.painter.software ? SCALE_SOFTWARE : Math.min(devicePixelRatio, 2);
    this.canvas.width = Math.max(Math.round(clientWidth * scale), 1);
    this.canvas.height = Math.max(Math.round(clientHeight * scale), 1);
    this.scale = scale;
    [this.camera.width, this.camera.height] = [Math.max(clientWidth, 1), Math.max(clientHeight, 1)];
    this.touch();
  }

  loop() {
    if (this.closed) return;
    const now = performance.now();
    const moves = this.rate !== 0 && !document.hidden;
    const due = this.painter.software && now - this.touchedAt > 1000 ? now - this.drawnAt > SLOW_MS : true;
    if (this.dirty || (moves && due)) this.draw();
    requestAnimationFrame(this.loop);
  }

  /** Draw one picture now. */
  draw() {
    const began = performance.now();
    this.dirty = false;
    this.drawnAt = began;
    const { camera, ms } = this;
    camera.fixed = earthFixed(ms);
    camera.place();
    const [share, stepS] = [this.share(ms), (this.secondMs - this.firstMs) / 1000];
    if (this.chosen.length === 2) this.drawBetween();
    this.painter.draw(camera, {
      ms, share, stepS, ready: this.second.length > 0,
      fade: share < -0.05 || share > 1.05 ? 0.4 : 0.95,
      size: (this.scale ?? 1) * (camera.projection === "globe" ? 5 : 5.5),
    });
    this.jsMs = performance.now() - began;
    this.onChange();
  }

  /** A line between the two that are chosen. */
  drawBetween() {
    const ends = this.chosen.map((row) => this.placeOf(row)?.map((one) => one / 1000));
    const [a, b] = ends;
    this.painter.setLine("between", a && b ? Float32Array.of(...a, 0, ...b, 0, ...b, 0, ...a, 0) : new Float32Array(0));
  }

  /**
   * Where between the two frames a moment is; not farther beyond than their distance.
   * @param {number} ms
   */
  share(ms) {
    return Math.min(Math.max((ms - this.firstMs) / (this.secondMs - this.firstMs), -1), 2);
  }

  /**
   * Place of a row now, GCRF km; null where it has no state.
   * @param {number} row
   */
  placeOf(row) {
    if (6 * row >= this.second.length) return null;
    return between(this.first, this.second, row, this.share(this.ms), (this.secondMs - this.firstMs) / 1000);
  }

  /**
   * Height over the equator's radius, km; NaN where it has no state.
   * @param {number} row
   */
  heightKm(row) {
    const place = this.placeOf(row);
    return place ? Math.hypot(...place) - 6378.137 : NaN;
  }

  /**
   * Where rows are on the canvas, in pixels of the page.
   * @param {number[]} rows
   */
  placesOf(rows) {
    return rows.flatMap((row) => {
      const place = this.placeOf(row);
      return place ? [{ row, ...this.camera.shown(place) }] : [];
    });
  }

  /** Middle and radius of the chart of the sky, in pixels of the page. */
  chart() {
    const { width, height, window } = this.camera;
    return [width / 2, height / 2, window[0] * width / 2];
  }

  /**
   * The row nearest to a place on the canvas, -1 where none is near.
   * @param {number} x
   * @param {number} y
   */
  pick(x, y) {
    let [best, nearest] = [-1, PICK_PX];
    for (let row = 0; 6 * row < this.second.length; row += 1) {
      if (this.looks[4 * row + 1] === 0) continue;
      const place = this.placeOf(row);
      if (!place) continue;
      const shown = this.camera.shown(place);
      const away = shown.inFront ? Math.hypot(shown.x - x, shown.y - y) : Infinity;
      if (away < nearest) [best, nearest] = [row, away];
    }
    return best;
  }
}

/** @param {Footprint} one */
function circle({ latitude, longitude, height_km: heightKm, least_elevation: least }) {
  const elevation = least * Math.PI / 180;
  const angle = Math.acos(6378.137 * Math.cos(elevation) / (6378.137 + heightKm)) - elevation;
  const [lat, lon] = [latitude * Math.PI / 180, longitude * Math.PI / 180];
  const at = (/** @type {number} */ k) => {
    const bearing = k / 90 * 2 * Math.PI;
    const la = Math.asin(Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing));
    const lo = lon + Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(lat), Math.cos(angle) - Math.sin(lat) * Math.sin(la));
    return [((lo * 180 / Math.PI + 540) % 360) - 180, la * 180 / Math.PI];
  };
  return Array.from({ length: 90 }, (_, k) => [at(k), at(k + 1)])
    .filter(([a, b]) => Math.abs(a[0] - b[0]) < 180)
    .flatMap(([a, b]) => [...onGround(a[0], a[1]), 0, ...onGround(b[0], b[1]), 0]);
}
