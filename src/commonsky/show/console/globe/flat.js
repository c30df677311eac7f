// @ts-check
// Where there is no WebGL2: a plain map, so that nobody looks at nothing.

import { landPicture } from "./earth.js";
import { between } from "./motion.js";

const WIDTH = 1024;

/** Draws what the painter draws, on a map alone, and neither lines nor night. */
export class Chart {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./earth.js").Earth} earth
   */
  constructor(canvas, earth) {
    this.software = true;
    this.canvas = canvas;
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.land = landPicture(earth, WIDTH);
    this.first = new Float32Array(0);
    this.second = new Float32Array(0);
    this.colours = new Uint8Array(0);
    this.looks = new Uint8Array(0);
  }

  /**
   * @param {Float32Array} first
   * @param {Float32Array} second
   */
  setFrames(first, second) {
    [this.first, this.second] = [first, second];
  }

  /** @param {Uint8Array} colours */
  setColours(colours) {
    this.colours = colours;
  }

  /** @param {Uint8Array} looks */
  setLooks(looks) {
    this.looks = looks;
  }

  setLine() {
    // Only the painter draws lines.
  }

  /**
   * @param {import("./camera.js").Camera} camera
   * @param {{share: number, stepS: number}} moment
   */
  draw(camera, { share, stepS }) {
    const { pen, canvas } = this;
    const scale = canvas.width / camera.width;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.fillStyle = "#04070d";
    pen.fillRect(0, 0, camera.width, camera.height);
    const [sx, sy, ox, oy] = camera.window;
    const left = (1 - sx + ox) / 2 * camera.width;
    const top = (1 - sy / 2 - oy) / 2 * camera.height;
    pen.drawImage(this.land, left, top, sx * camera.width, sy / 2 * camera.height);
    for (let row = 0; 6 * row < this.second.length; row += 1) {
      if (this.looks[4 * row + 1] === 0) continue;
      const place = between(this.first, this.second, row, share, stepS);
      if (!place) continue;
      const { x, y } = camera.shown(place);
      const [r, g, b] = this.colours.subarray(4 * row, 4 * row + 3);
      pen.fillStyle = `rgb(${r} ${g} ${b})`;
      const size = this.looks[4 * row + 2] ? 6 : 2;
      pen.fillRect(x - size / 2, y - size / 2, size, size);
    }
  }
}
