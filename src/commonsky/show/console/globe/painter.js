// @ts-check
// What WebGL2 draws of the sky: the Earth, lines on it, ways of objects, and the objects.

import { landPicture, lines, onGround } from "./earth.js";
import { isSoftware, program, upload, vertices } from "./gl.js";
import { sunDirection } from "./heaven.js";
import { EARTH_FRAGMENT, EARTH_VERTEX, LINE_FRAGMENT, LINE_VERTEX, POINT_FRAGMENT, POINT_VERTEX } from "./shaders.js";

const FRAME_BYTES = 24;
const END_BYTES = 32;
const MODES = { globe: 0, flat: 1, sky: 2 };
const GROUND = [0.016, 0.027, 0.051];
/** Lines on the ground: red, green, blue, and how much of it. */
const TINTS = {
  coast: [0.55, 0.72, 0.82, 0.75], border: [0.48, 0.58, 0.68, 0.42], grid: [0.45, 0.58, 0.75, 0.16],
  footprint: [0.55, 0.9, 0.72, 0.8], way: [1, 0.82, 0.4, 0.75], between: [1, 0.48, 0.4, 1],
};

/** The painter of one canvas. */
export class Painter {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./earth.js").Earth} earth
   */
  constructor(canvas, earth) {
    const probe = /** @type {WebGL2RenderingContext | null} */ (document.createElement("canvas").getContext("webgl2"));
    this.software = probe ? isSoftware(probe) : false;
    probe?.getExtension("WEBGL_lose_context")?.loseContext();
    const gl = canvas.getContext("webgl2", { antialias: !this.software, alpha: false, preserveDrawingBuffer: true, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    this.earth = earth;
    this.count = 0;
    /** @type {Record<string, {array: WebGLVertexArrayObject, buffer: WebGLBuffer, count: number}>} */
    this.lines = {};
    this.prepare();
  }

  /** Make everything that lives on the card: at the begin, and when the card was lost. */
  prepare() {
    const { gl } = this;
    this.points = program(gl, POINT_VERTEX, POINT_FRAGMENT);
    this.lined = program(gl, LINE_VERTEX, LINE_FRAGMENT);
    this.ground = program(gl, EARTH_VERTEX, EARTH_FRAGMENT);
    const buffer = () => /** @type {WebGLBuffer} */ (gl.createBuffer());
    this.frames = [buffer(), buffer()];
    this.colours = buffer();
    this.looks = buffer();
    this.nothing = /** @type {WebGLVertexArrayObject} */ (gl.createVertexArray());
    this.lines = {};
    for (const name of /** @type {const} */ (["coast", "border", "grid", "footprint"])) this.lines[name] = this.lineArray(true);
    for (const name of ["way", "between"]) this.lines[name] = this.lineArray(false);
    this.setLine("coast", lines(this.earth, true));
    this.setLine("border", lines(this.earth, false));
    this.setLine("grid", graticule());
    this.arrange();
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, landPicture(this.earth));
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.REPEAT);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.disable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** @param {boolean} onEarth */
  lineArray(onEarth) {
    const { gl } = this;
    const buffer = /** @type {WebGLBuffer} */ (gl.createBuffer());
    const lined = /** @type {import("./gl.js").Program} */ (this.lined);
    const array = onEarth
      ? vertices(gl, lined, [["place", buffer, 3, gl.FLOAT, 16, 0], ["ahead", buffer, 1, gl.FLOAT, 16, 12]])
      : vertices(gl, lined, [["place", buffer, 3, gl.FLOAT, END_BYTES, 0], ["ahead", buffer, 1, gl.FLOAT, END_BYTES, 12],
        ["other", buffer, 3, gl.FLOAT, END_BYTES, 16], ["otherAhead", buffer, 1, gl.FLOAT, END_BYTES, 28]]);
    return { array, buffer, count: 0 };
  }

  /**
   * @param {string} name
   * @param {Float32Array} ends
   */
  setLine(name, ends) {
    const line = this.lines[name];
    upload(this.gl, line.buffer, ends);
    line.count = ends.length / (name === "way" || name === "between" ? 8 : 4);
  }

  /** Bind the two frames to the points, in the order in which they are now. */
  arrange() {
    const { gl } = this;
    const [first, second] = /** @type {WebGLBuffer[]} */ (this.frames);
    this.cloud = vertices(gl, /** @type {import("./gl.js").Program} */ (this.points), [
      ["r0", first, 3, gl.FLOAT, FRAME_BYTES, 0], ["v0", first, 3, gl.FLOAT, FRAME_BYTES, 12],
      ["r1", second, 3, gl.FLOAT, FRAME_BYTES, 0], ["v1", second, 3, gl.FLOAT, FRAME_BYTES, 12],
      ["colour", /** @type {WebGLBuffer} */ (this.colours), 4, gl.UNSIGNED_BYTE, 0, 0],
      ["look", /** @type {WebGLBuffer} */ (this.looks), 3, gl.UNSIGNED_BYTE, 4, 0],
    ]);
  }

  /**
   * @param {Float32Array} first
   * @param {Float32Array} second
   * @param {boolean} goesOn whether the first is what the second was
   */
  setFrames(first, second, goesOn) {
    const frames = /** @type {WebGLBuffer[]} */ (this.frames);
    if (goesOn) frames.reverse();
    else upload(this.gl, frames[0], first);
    upload(this.gl, frames[1], second);
    this.count = second.length / 6;
    this.arrange();
  }

  /** @param {Uint8Array} colours */
  setColours(colours) {
    upload(this.gl, /** @type {WebGLBuffer} */ (this.colours), colours);
  }

  /** @param {Uint8Array} looks four bytes a row: shape, whether shown, whether chosen */
  setLooks(looks) {
    upload(this.gl, /** @type {WebGLBuffer} */ (this.looks), looks);
  }

  /**
   * Draw one picture.
   * @param {import("./camera.js").Camera} camera
   * @param {{ms: number, share: number, stepS: number, fade: number, size: number, ready: boolean}} moment
   */
  draw(camera, moment) {
    const { gl } = this;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(GROUND[0], GROUND[1], GROUND[2], 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.drawGround(camera, moment.ms);
    this.drawLines(camera);
    if (moment.ready && this.count) this.drawPoints(camera, moment);
  }

  /**
   * @param {import("./camera.js").Camera} camera
   * @param {number} ms
   */
  drawGround(camera, ms) {
    const { gl } = this;
    const ground = /** @type {import("./gl.js").Program} */ (this.ground);
    this.begin(ground, camera);
    const by = (/** @type {number[]} */ axis, /** @type {number} */ size) => axis.map((one) => one * size);
    gl.uniform3fv(ground.at("sun"), sunDirection(ms));
    gl.uniform3fv(ground.at("right"), by(camera.right, camera.tan * camera.aspect));
    gl.uniform3fv(ground.at("upward"), by(camera.upward, camera.tan));
    gl.uniform3fv(ground.at("forward"), camera.forward);
    const texels = camera.projection === "globe" ? 2048 * (camera.distance - 5) * camera.tan / 40 / camera.height : 2048 / (camera.window[0] * camera.width);
    gl.uniform1f(ground.at("lod"), Math.max(Math.log2(Math.max(texels, 1e-3)), 0));
    gl.bindVertexArray(/** @type {WebGLVertexArrayObject} */ (this.nothing));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** @param {import("./camera.js").Camera} camera */
  drawLines(camera) {
    const { gl } = this;
    const lined = /** @type {import("./gl.js").Program} */ (this.lined);
    this.begin(lined, camera);
    for (const [name, { array, count }] of Object.entries(this.lines)) {
      const onEarth = name !== "way" && name !== "between";
      if (!count || (onEarth && camera.projection === "sky")) continue;
      gl.uniform1i(lined.at("onEarth"), Number(onEarth));
      gl.uniform4fv(lined.at("tint"), TINTS[/** @type {keyof typeof TINTS} */ (name)]);
      gl.bindVertexArray(array);
      gl.drawArrays(gl.LINES, 0, count);
    }
  }

  /**
   * @param {import("./camera.js").Camera} camera
   * @param {{share: number, stepS: number, fade: number, size: number}} moment
   */
  drawPoints(camera, { share, stepS, fade, size }) {
    const { gl } = this;
    const points = /** @type {import("./gl.js").Program} */ (this.points);
    this.begin(points, camera);
    gl.uniform1f(points.at("share"), share);
    gl.uniform1f(points.at("step_"), stepS);
    gl.uniform1f(points.at("size"), size);
    gl.uniform1f(points.at("fade"), fade);
    gl.bindVertexArray(/** @type {WebGLVertexArrayObject} */ (this.cloud));
    gl.drawArrays(gl.POINTS, 0, this.count);
  }

  /**
   * @param {import("./gl.js").Program} of
   * @param {import("./camera.js").Camera} camera
   */
  begin(of, camera) {
    const { gl } = this;
    gl.useProgram(of.program);
    gl.uniform1i(of.at("mode"), MODES[camera.projection]);
    gl.uniformMatrix4fv(of.at("view"), false, camera.view);
    gl.uniform3fv(of.at("eye"), camera.eye);
    gl.uniformMatrix3fv(of.at("fixedFrame"), false, Float32Array.from(camera.fixed));
    gl.uniform4fv(of.at("window"), camera.window);
    const site = camera.site;
    if (!site) return;
    gl.uniform3fv(of.at("sitePlace"), site.place.map((one) => one / 1000));
    gl.uniform3fv(of.at("siteEast"), site.east);
    gl.uniform3fv(of.at("siteNorth"), site.north);
    gl.uniform3fv(of.at("siteUp"), site.up);
  }
}

/** Meridians and parallels every 30 degrees, as ends of lines. */
function graticule() {
  /** @type {number[]} */
  const found = [];
  const at = (/** @type {number} */ lon, /** @type {number} */ lat) => [...onGround(lon, lat), 0];
  for (let lon = -180; lon < 180; lon += 30) for (let lat = -90; lat < 90; lat += 3) found.push(...at(lon, lat), ...at(lon, lat + 3));
  for (let lat = -60; lat <= 60; lat += 30) for (let lon = -180; lon < 180; lon += 3) found.push(...at(lon, lat), ...at(lon + 3, lat));
  return Float32Array.from(found);
}
