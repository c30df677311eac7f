// @ts-check
// Places between two keyframes, and the way of an object once round.

const MU = 398600.4418;
const STEPS = 180;

/**
 * Place (km) of a row between two frames, by cubic Hermite; null where it has no state.
 * @param {Float32Array} first [row][x, y, z, vx, vy, vz]
 * @param {Float32Array} second
 * @param {number} row
 * @param {number} share 0 at the first, 1 at the second
 * @param {number} stepS seconds between them
 * @returns {number[] | null}
 */
export function between(first, second, row, share, stepS) {
  const at = 6 * row;
  if (!(Number.isFinite(first[at]) && Number.isFinite(second[at]))) return null;
  const [s2, s3] = [share * share, share * share * share];
  const [a, b, c, d] = [2 * s3 - 3 * s2 + 1, (s3 - 2 * s2 + share) * stepS, 3 * s2 - 2 * s3, (s3 - s2) * stepS];
  return [0, 1, 2].map((k) => a * first[at + k] + b * first[at + 3 + k] + c * second[at + k] + d * second[at + 3 + k]);
}

/**
 * Ends of lines along one revolution of a two-body orbit, half before and half after: place, seconds
 * ahead, the other end and its seconds, thousands of km.
 * @param {ArrayLike<number>} state km and km/s
 * @returns {Float32Array}
 */
export function revolution(state) {
  const r = [state[0], state[1], state[2]];
  const v = [state[3], state[4], state[5]];
  const size = Math.hypot(...r);
  const energy = (v[0] ** 2 + v[1] ** 2 + v[2] ** 2) / 2 - MU / size;
  if (!(energy < 0)) return new Float32Array(0);
  const axis = -MU / (2 * energy);
  const motion = Math.sqrt(MU / axis ** 3);
  const along = (r[0] * v[0] + r[1] * v[1] + r[2] * v[2]) / Math.sqrt(MU * axis);
  const outward = 1 - size / axis;
  /** @type {number[][]} */
  const points = [];
  for (let k = -STEPS / 2; k <= STEPS / 2; k += 1) {
    const x = k / STEPS * 2 * Math.PI; // change of eccentric anomaly
    const seconds = (x - outward * Math.sin(x) + along * (1 - Math.cos(x))) / motion;
    // Universal f and g of an ellipse.
    const f = 1 - axis / size * (1 - Math.cos(x));
    const g = seconds - (x - Math.sin(x)) / motion;
    points.push([...r.map((one, i) => (f * one + g * v[i]) / 1000), seconds]);
  }
  const ends = new Float32Array(16 * STEPS);
  for (let k = 0; k < STEPS; k += 1) {
    ends.set([...points[k], ...points[k + 1]], 16 * k);
    ends.set([...points[k + 1], ...points[k]], 16 * k + 8);
  }
  return ends;
}
