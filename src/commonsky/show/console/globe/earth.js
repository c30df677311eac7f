// @ts-check
// Coasts and borders from the compact table (see design/make_earth.py), and the land as a picture.

const [DEEP, LAND, SHORE] = ["#0c1828", "#2b3a3f", "#3d5257"];
const WIDTH = 2048;

/**
 * @typedef {object} Earth
 * @property {Float32Array[]} arcs longitude and latitude by turns, degrees
 * @property {boolean[]} coast whether an arc is coast, else a border between countries
 * @property {number[][]} rings of land: references to arcs, ~k is arc k from its end
 */

/**
 * @param {ArrayBuffer} table
 * @returns {Earth}
 */
export function readEarth(table) {
  const view = new DataView(table);
  const [arcCount, pointCount, ringCount, referenceCount] = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  const padded = (/** @type {number} */ size) => (size + 3) & ~3;
  let at = 16;
  const lengths = new Uint16Array(table, at, arcCount);
  at += padded(2 * arcCount);
  const kinds = new Uint8Array(table, at, arcCount);
  at += padded(arcCount);
  const sizes = new Uint16Array(table, at, ringCount);
  at += padded(2 * ringCount);
  const points = new Int16Array(table, at, 2 * pointCount);
  const references = new Int16Array(table, at + 4 * pointCount, referenceCount);
  /** @type {Float32Array[]} */
  const arcs = [];
  let first = 0;
  for (const length of lengths) {
    arcs.push(Float32Array.from(points.subarray(2 * first, 2 * (first + length)), (value, k) => value * (k % 2 ? 90 : 180) / 32767));
    first += length;
  }
  /** @type {number[][]} */
  const rings = [];
  first = 0;
  for (const size of sizes) {
    rings.push([...references.subarray(first, first + size)]);
    first += size;
  }
  return { arcs, coast: [...kinds].map((kind) => kind === 1), rings };
}

/**
 * Pairs of places for lines on the ground, Earth-fixed, thousands of km, with a zero after each.
 * @param {Earth} earth
 * @param {boolean} coast coasts, else borders
 */
export function lines(earth, coast) {
  /** @type {number[]} */
  const found = [];
  earth.arcs.forEach((arc, place) => {
    if (earth.coast[place] !== coast) return;
    for (let k = 2; k < arc.length; k += 2) {
      const [lon0, lat0, lon1, lat1] = [arc[k - 2], arc[k - 1], arc[k], arc[k + 1]];
      // Land is cut at the date line and closed about the pole: those edges are no coasts.
      const cut = (Math.abs(lon0) > 179.9 && Math.abs(lon1) > 179.9) || (lat0 < -89 && lat1 < -89);
      if (cut || Math.abs(lon0 - lon1) > 90) continue;
      found.push(...onGround(lon0, lat0), 0, ...onGround(lon1, lat1), 0);
    }
  });
  return Float32Array.from(found);
}

/**
 * @param {number} longitude degrees
 * @param {number} latitude degrees
 */
export function onGround(longitude, latitude) {
  // The date line itself belongs to one side.
  const [lon, lat] = [Math.min(Math.max(longitude, -179.999), 179.999) * Math.PI / 180, latitude * Math.PI / 180];
  const r = 6.378137 * 1.0008;
  return [r * Math.cos(lat) * Math.cos(lon), r * Math.cos(lat) * Math.sin(lon), r * Math.sin(lat)];
}

/**
 * Land and sea, 2 to 1, from 180° W and the north.
 * @param {Earth} earth
 * @param {number} [width]
 */
export function landPicture(earth, width = WIDTH) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = width / 2;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = DEEP;
  pen.fillRect(0, 0, width, width / 2);
  const [inside, shore] = [new Path2D(), new Path2D()];
  for (const ring of earth.rings) {
    const outline = unrolled(earth, ring);
    const [first, last] = [outline[0][0], outline[outline.length - 1][0]];
    // What goes once round the Earth is land to the South Pole.
    const round = Math.abs(last - first) > 180;
    // What lies across the date line is drawn on both sides; the rest falls off the canvas.
    for (const shift of [-360, 0, 360]) {
      const path = new Path2D();
      const x = (/** @type {number} */ lon) => (lon + shift + 180) / 360 * width;
      for (const [lon, lat] of outline) path.lineTo(x(lon), (90 - lat) / 180 * (width / 2));
      shore.addPath(path);
      if (round) for (const lon of [last, first]) path.lineTo(x(lon), width / 2);
      path.closePath();
      inside.addPath(path);
    }
  }
  pen.fillStyle = LAND;
  pen.fill(inside, "evenodd");
  pen.strokeStyle = SHORE;
  pen.lineWidth = 1;
  pen.stroke(shore);
  return canvas;
}

/**
 * Places along a ring, with longitudes that do not jump at the date line.
 * @param {Earth} earth
 * @param {number[]} ring
 */
function unrolled(earth, ring) {
  /** @type {[number, number][]} */
  const found = [];
  let turns = 0;
  let before = NaN;
  for (const reference of ring) {
    const arc = earth.arcs[reference < 0 ? ~reference : reference];
    const n = arc.length / 2;
    for (let k = 0; k < n; k += 1) {
      const point = reference < 0 ? n - 1 - k : k;
      const [lon, lat] = [arc[2 * point], arc[2 * point + 1]];
      // The edge along the South Pole is as long as the map is wide.
      if (lat > -89 && lon - before > 180) turns -= 360;
      if (lat > -89 && before - lon > 180) turns += 360;
      before = lon;
      found.push([lon + turns, lat]);
    }
  }
  return found;
}
