// @ts-check
// The frames of the picture about the moment that is shown: two at a time, fetched ahead.

import { ask, bytes, Problem } from "./api.js";
import * as holdings from "./holdings.js";
import * as moment from "./moment.js";

const TICK_MS = 200;
const KEPT = 16; // frames; the browser's own store holds more
const RENEW_MS = 15000; // a picture that changes with every element set is not asked for at each
const FAST = 120; // times real time, from which on frames lie farther apart
const FAST_STEP_S = 180;

/**
 * @typedef {object} Picture
 * @property {string} picture
 * @property {number} step_s
 * @property {Record<string, any[]>} columns
 */

/** Keeps two frames about the moment, and the picture that they are of. */
export class Frames {
  /**
   * @param {(picture: Picture) => void} onPicture rows are other ones from now on
   * @param {(first: Float32Array, firstMs: number, second: Float32Array, secondMs: number) => void} onFrames
   * @param {(why: string) => void} onTrouble
   */
  constructor(onPicture, onFrames, onTrouble) {
    this.onPicture = onPicture;
    this.onFrames = onFrames;
    this.onTrouble = onTrouble;
    /** @type {Picture | null} */
    this.picture = null;
    /** @type {Map<string, Promise<Float32Array>>} */
    this.kept = new Map();
    this.shown = "";
    this.asking = false;
    this.renewMs = Infinity;
  }

  begin() {
    this.renew();
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.off = holdings.changed((what) => {
      if (what.has("objects") && this.renewMs === Infinity) this.renewMs = performance.now() + RENEW_MS;
    });
  }

  end() {
    clearInterval(this.ticking);
    this.off?.();
  }

  /** Ask which picture there is now. */
  async renew() {
    this.renewMs = Infinity;
    if (this.asking) return;
    this.asking = true;
    try {
      const told = (await ask("frames")).data;
      if (told.picture !== this.picture?.picture) {
        this.kept.clear();
        this.shown = "";
      }
      this.picture = told;
      this.onPicture(told);
      await this.tick();
    } catch (error) {
      this.onTrouble(/** @type {Error} */ (error).message);
      this.renewMs = performance.now() + RENEW_MS;
    } finally {
      this.asking = false;
    }
  }

  async tick() {
    if (performance.now() > this.renewMs) this.renew();
    const picture = this.picture;
    if (!picture || document.hidden) return;
    const step = moment.rate() >= FAST ? FAST_STEP_S : picture.step_s;
    const seconds = moment.now() / 1000;
    const first = Math.floor(seconds / step) * step;
    const name = `${picture.picture} ${first} ${step}`;
    // The next pair is on its way before it is needed.
    if (moment.rate() > 0) this.frame(picture, first + 2 * step, step).catch(() => {});
    if (name === this.shown) return;
    this.shown = name;
    try {
      const pair = await Promise.all([this.frame(picture, first, step), this.frame(picture, first + step, step)]);
      if (this.shown === name) this.onFrames(pair[0], first * 1000, pair[1], (first + step) * 1000);
    } catch (error) {
      this.shown = "";
      if (error instanceof Problem && (error.status === 410 || error.status === 404)) this.renew();
      else this.onTrouble(/** @type {Error} */ (error).message);
    }
  }

  /**
   * One frame: [row][x, y, z, vx, vy, vz], km and km/s, GCRF, nan for no state.
   * @param {Picture} picture
   * @param {number} seconds
   * @param {number} step
   */
  frame(picture, seconds, step) {
    const name = `${picture.picture} ${seconds}`;
    const found = this.kept.get(name);
    if (found) return found;
    const asked = bytes(`frames/${picture.picture}/${seconds}.f32`, { step }).then((told) => new Float32Array(told));
    asked.catch(() => this.kept.delete(name));
    this.kept.set(name, asked);
    for (const old of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(old);
    }
    return asked;
  }
}
