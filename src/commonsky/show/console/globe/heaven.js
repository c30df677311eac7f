// @ts-check
// How the Earth is turned and where the Sun stands, in double precision.

const J2000_MS = Date.UTC(2000, 0, 1, 12);
const DAY_MS = 86400e3;
const ARCSECOND = Math.PI / 648000;

/**
 * The matrix from GCRF to the Earth-fixed frame at a time, column by column (9 numbers).
 *
 * Earth rotation angle, and of precession the motion of the pole in the plane: good to some 20
 * arc seconds in this century, half a pixel of a globe.  UT1 is taken as UTC.
 *
 * Reference: IERS Conventions (2010), chapter 5; the pole's leading terms.
 * @param {number} ms UTC, since 1970
 */
export function earthFixed(ms) {
  const days = (ms - J2000_MS) / DAY_MS;
  const turn = 2 * Math.PI * ((0.779057273264 + 0.00273781191135448 * days + (days % 1)) % 1);
  const t = days / 36525;
  const x = (2004.191903 * t - 0.4297829 * t * t) * ARCSECOND;
  const y = (-0.006951 - 0.025896 * t - 22.4072747 * t * t) * ARCSECOND;
  const a = 0.5;
  const z = 1 - (x * x + y * y) * a;
  // Rows of the matrix from GCRF to the intermediate frame.
  const rows = [[1 - a * x * x, -a * x * y, -x], [-a * x * y, 1 - a * y * y, -y], [x, y, z]];
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const [p, q, r] = rows;
  const first = p.map((_, k) => c * p[k] + s * q[k]);
  const second = p.map((_, k) => -s * p[k] + c * q[k]);
  return Float64Array.of(first[0], second[0], r[0], first[1], second[1], r[1], first[2], second[2], r[2]);
}

/**
 * The direction of the Sun from the Earth, GCRF, to about an hundredth of a degree.
 *
 * Reference: The Astronomical Almanac, low-precision formulas for the Sun; brought to J2000 by
 * general precession in longitude.
 * @param {number} ms UTC, since 1970
 */
export function sunDirection(ms) {
  const days = (ms - J2000_MS) / DAY_MS;
  const degree = Math.PI / 180;
  const anomaly = (357.528 + 0.9856003 * days) * degree;
  const longitude = (280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)
    - 1.3969 * days / 36525) * degree;
  const tilt = 23.4393 * degree;
  return [Math.cos(longitude), Math.cos(tilt) * Math.sin(longitude), Math.sin(tilt) * Math.sin(longitude)];
}

/**
 * A matrix of columns times a vector.
 * @param {Float64Array} m
 * @param {ArrayLike<number>} v
 */
export function turned(m, v) {
  return [
    m[0] * v[0] + m[3] * v[1] + m[6] * v[2],
    m[1] * v[0] + m[4] * v[1] + m[7] * v[2],
    m[2] * v[0] + m[5] * v[1] + m[8] * v[2],
  ];
}

/**
 * The same, backwards: the matrix is a rotation.
 * @param {Float64Array} m
 * @param {ArrayLike<number>} v
 */
export function turnedBack(m, v) {
  return [
    m[0] * v[0] + m[1] * v[1] + m[2] * v[2],
    m[3] * v[0] + m[4] * v[1] + m[5] * v[2],
    m[6] * v[0] + m[7] * v[1] + m[8] * v[2],
  ];
}

const RADIUS_KM = 6378.137;
const FLATTENING = 1 / 298.257223563;

/**
 * A site in the Earth-fixed frame: its place in km and its axes to east, north and up.
 * @param {{latitude: number, longitude: number, height: number}} site degrees and metres
 */
export function siteFrame({ latitude, longitude, height }) {
  const [lat, lon] = [latitude * Math.PI / 180, longitude * Math.PI / 180];
  const [sl, cl, so, co] = [Math.sin(lat), Math.cos(lat), Math.sin(lon), Math.cos(lon)];
  const e2 = FLATTENING * (2 - FLATTENING);
  const n = RADIUS_KM / Math.sqrt(1 - e2 * sl * sl);
  const h = height / 1000;
  return {
    place: [(n + h) * cl * co, (n + h) * cl * so, (n * (1 - e2) + h) * sl],
    east: [-so, co, 0],
    north: [-sl * co, -sl * so, cl],
    up: [cl * co, cl * so, sl],
  };
}
