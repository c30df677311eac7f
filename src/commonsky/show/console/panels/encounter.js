// @ts-check
// The encounter plane: where object 2 may be when it passes object 1, true to scale.

import { h, s } from "../dom.js";
import { decimal, km } from "../text.js";
import { t } from "../words.js";
import { figure, Labels } from "./figure.js";

const SIZE = 380;
const FOOT = 26;
const LENS = 132;
const SMALLEST_BODY = 2; // px, under which the hard body needs a magnifier
const SMALLEST_MISS = 18;

/** @typedef {{left: number, top: number, size: number, x: number, y: number, half: number}} Window */

let serial = 0;

/**
 * @param {any} solution the one that is drawn whole
 * @param {any[]} others of which one sigma is drawn, to compare
 */
export function encounterFigure(solution, others) {
  const plane = solution.plane;
  const title = t("case.plane.title");
  if (!plane) return figure(title, "", h("p", { class: "empty" }, t("case.plane.none")));
  const miss = Math.hypot(plane.miss_km[0], plane.miss_km[1]);
  const say = t("case.plane.say", {
    miss: km(miss),
    sigmas: decimal(plane.sigmas, 1),
    long: km(plane.sigma_km[0]),
    short: km(plane.sigma_km[1]),
  });
  const rows = [solution, ...others]
    .filter((one) => one.plane)
    .map((one) => [
      `${one.source1} × ${one.source2}`,
      km(one.plane.miss_km[0]),
      km(one.plane.miss_km[1]),
      km(one.plane.sigma_km[0]),
      km(one.plane.sigma_km[1]),
      `${decimal((one.plane.tilt_rad * 180) / Math.PI, 0)}°`,
      decimal(one.plane.sigmas, 2),
      km(one.hard_body_radius_km),
    ]);
  const head = ["sources", "across", "up", "long", "short", "tilt", "in_sigmas", "radius"].map(
    (name) => t(`case.plane.${name}`),
  );
  return figure(title, say, drawing(solution, others, miss, say), { head, rows }, "case-plane");
}

/**
 * @param {any} solution
 * @param {any[]} others
 * @param {number} miss
 * @param {string} say
 */
function drawing(solution, others, miss, say) {
  const { plane } = solution;
  const radius = solution.hard_body_radius_km ?? 0;
  const main = mainWindow(plane, radius);
  const scale = main.size / (2 * main.half);
  const needs = radius * scale < SMALLEST_BODY || miss * scale < SMALLEST_MISS;
  if (needs) moveAside(plane, radius, main);
  const lens = needs ? lensWindow(plane, radius, miss, main) : null;
  const labels = new Labels(4, 4, SIZE - 4, SIZE - FOOT);
  if (lens)
    labels.block(
      lens.left - 3,
      lens.top - 3,
      lens.left + lens.size + 3,
      lens.top + lens.size + 16,
    );
  const key = `plane-${(serial += 1)}`;
  return s(
    "svg",
    { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "chart", role: "img", "aria-label": say },
    s(
      "defs",
      null,
      clip(`${key}-a`, { left: 0, top: 0, size: SIZE, x: 0, y: 0, half: 1 }, FOOT),
      lens ? clip(`${key}-b`, lens, 0) : null,
    ),
    s(
      "g",
      { "clip-path": `url(#${key}-a)` },
      others.filter((one) => one.plane).map((one) => other(one, main)),
      scene(plane, radius, main),
    ),
    lens ? magnified(plane, radius, main, lens, key) : null,
    names(plane, main, labels, miss),
    bar(scale, 10, SIZE - 9, 100),
    s("text", { x: SIZE - 6, y: SIZE - 8, "text-anchor": "end" }, t(`case.plane.up.${plane.up}`)),
  );
}

/**
 * @param {string} id
 * @param {Window} view
 * @param {number} foot
 */
function clip(id, view, foot) {
  return s(
    "clipPath",
    { id },
    s("rect", { x: view.left, y: view.top, width: view.size, height: view.size - foot }),
  );
}

/**
 * The box that holds the three-sigma ellipse and the hard body.
 * @param {any} plane
 * @param {number} radius
 * @returns {Window}
 */
function mainWindow(plane, radius) {
  const reach = [0, 1].map((axis) => 3 * Math.sqrt(plane.covariance_km2[axis][axis]));
  const low = [0, 1].map((axis) => Math.min(plane.miss_km[axis] - reach[axis], -1.2 * radius));
  const high = [0, 1].map((axis) => Math.max(plane.miss_km[axis] + reach[axis], 1.2 * radius));
  const half = 0.54 * Math.max(high[0] - low[0], high[1] - low[1]) || 1;
  return {
    left: 12,
    top: 2,
    size: SIZE - FOOT,
    x: (low[0] + high[0]) / 2,
    y: (low[1] + high[1]) / 2,
    half,
  };
}

/**
 * Move the drawing where that makes room for the magnifier.
 * @param {any} plane
 * @param {number} radius
 * @param {Window} main
 */
function moveAside(plane, radius, main) {
  const scale = main.size / (2 * main.half);
  const [wide, high] = [0, 1].map((axis) => {
    const reach = 3 * Math.sqrt(plane.covariance_km2[axis][axis]);
    return (
      scale *
      (Math.max(plane.miss_km[axis] + reach, 1.2 * radius) -
        Math.min(plane.miss_km[axis] - reach, -1.2 * radius))
    );
  });
  const room = main.size - LENS - 18;
  if (high <= room) main.top += 0.5 * (main.size - high) - 4;
  else if (wide <= room) main.left -= 0.5 * (main.size - wide) - 4;
}

/**
 * @param {any} plane
 * @param {number} radius
 * @param {number} miss
 * @param {Window} main
 * @returns {Window}
 */
function lensWindow(plane, radius, miss, main) {
  const close = (miss * main.size) / (2 * main.half) < SMALLEST_MISS;
  const half = close ? Math.max(0.85 * miss, 2.5 * radius) : 4 * radius;
  const [x, y] = close ? [plane.miss_km[0] / 2, plane.miss_km[1] / 2] : [0, 0];
  const axis = [Math.cos(plane.tilt_rad), Math.sin(plane.tilt_rad)];
  const spine = [-3, -2, -1, 0, 1, 2, 3].map((k) =>
    at(
      main,
      plane.miss_km[0] + k * plane.sigma_km[0] * axis[0],
      plane.miss_km[1] + k * plane.sigma_km[0] * axis[1],
    ),
  );
  spine.push(at(main, 0, 0));
  const far = SIZE - 6 - LENS;
  const low = SIZE - FOOT - LENS - 18;
  let best = { left: far, top: 6, clear: -1 };
  for (const left of [far, 6]) {
    for (const top of [6, low]) {
      const clear = Math.min(
        ...spine.map(([px, py]) =>
          Math.max(Math.abs(px - left - LENS / 2), Math.abs(py - top - LENS / 2)),
        ),
      );
      if (clear > best.clear) best = { left, top, clear };
    }
  }
  return { left: best.left, top: best.top, size: LENS, x, y, half: half || 1 };
}

/**
 * @param {Window} view
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
function at(view, x, y) {
  const scale = view.size / (2 * view.half);
  return [
    view.left + view.size / 2 + (x - view.x) * scale,
    view.top + view.size / 2 - (y - view.y) * scale,
  ];
}

/**
 * @param {any} plane
 * @param {Window} view
 * @param {number} sigmas
 * @param {string} kind
 */
function ellipse(plane, view, sigmas, kind) {
  const [x, y] = at(view, plane.miss_km[0], plane.miss_km[1]);
  const scale = view.size / (2 * view.half);
  return s("ellipse", {
    class: kind,
    cx: x.toFixed(1),
    cy: y.toFixed(1),
    rx: Math.max(sigmas * plane.sigma_km[0] * scale, 0.4).toFixed(2),
    ry: Math.max(sigmas * plane.sigma_km[1] * scale, 0.4).toFixed(2),
    transform: `rotate(${((-plane.tilt_rad * 180) / Math.PI).toFixed(2)} ${x.toFixed(1)} ${y.toFixed(1)})`,
  });
}

/**
 * @param {any} one
 * @param {Window} view
 */
function other(one, view) {
  const [x, y] = at(view, one.plane.miss_km[0], one.plane.miss_km[1]);
  return s(
    "g",
    { class: "other-solution" },
    s("title", null, `${one.source1} × ${one.source2}`),
    ellipse(one.plane, view, 1, "cloud-other"),
    s("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 2.5 }),
  );
}

/**
 * @param {any} plane
 * @param {number} radius
 * @param {Window} view
 */
function scene(plane, radius, view) {
  const [ox, oy] = at(view, 0, 0);
  const [mx, my] = at(view, plane.miss_km[0], plane.miss_km[1]);
  const long = Math.hypot(mx - ox, my - oy);
  const turn = (Math.atan2(my - oy, mx - ox) * 180) / Math.PI;
  return s(
    "g",
    null,
    [3, 2, 1].map((sigmas) => ellipse(plane, view, sigmas, `cloud cloud-${sigmas}`)),
    s("circle", {
      class: "hard-body",
      cx: ox.toFixed(1),
      cy: oy.toFixed(1),
      r: ((radius * view.size) / (2 * view.half)).toFixed(2),
    }),
    s("path", {
      class: "cross",
      d: `M${(ox - 8).toFixed(1)} ${oy.toFixed(1)}h16M${ox.toFixed(1)} ${(oy - 8).toFixed(1)}v16`,
    }),
    long > 10
      ? [
          s("path", {
            class: "miss",
            d: `M${ox.toFixed(1)} ${oy.toFixed(1)}L${mx.toFixed(1)} ${my.toFixed(1)}`,
          }),
          s("path", {
            class: "miss-head",
            d: "M0 0-9-3.5-9 3.5Z",
            transform: `translate(${mx.toFixed(1)} ${my.toFixed(1)}) rotate(${turn.toFixed(1)})`,
          }),
        ]
      : null,
  );
}

/**
 * @param {any} plane
 * @param {number} radius
 * @param {Window} main
 * @param {Window} lens
 * @param {string} key
 */
function magnified(plane, radius, main, lens, key) {
  const scale = main.size / (2 * main.half);
  const half = Math.max(lens.half * scale, 2);
  const [x, y] = at(main, lens.x, lens.y);
  const edge = lens.left > x ? lens.left : lens.left + lens.size;
  const times = ((main.half / lens.half) * lens.size) / main.size;
  const labels = new Labels(lens.left, lens.top, lens.left + lens.size, lens.top + lens.size);
  const [ox, oy] = at(lens, 0, 0);
  const [mx, my] = at(lens, plane.miss_km[0], plane.miss_km[1]);
  const inside =
    Math.abs(mx - lens.left - lens.size / 2) < lens.size / 2 &&
    Math.abs(my - lens.top - lens.size / 2) < lens.size / 2;
  labels.block(ox - 9, oy - 9, ox + 9, oy + 9);
  return s(
    "g",
    null,
    s("rect", { class: "lens", x: x - half, y: y - half, width: 2 * half, height: 2 * half }),
    s("path", {
      class: "leader",
      d: `M${x.toFixed(1)} ${(y - half).toFixed(1)}L${edge} ${lens.top}M${x.toFixed(1)} ${(y + half).toFixed(1)}L${edge} ${lens.top + lens.size}`,
    }),
    s("rect", { class: "glass", x: lens.left, y: lens.top, width: lens.size, height: lens.size }),
    s("g", { "clip-path": `url(#${key}-b)` }, scene(plane, radius, lens)),
    s("rect", { class: "lens", x: lens.left, y: lens.top, width: lens.size, height: lens.size }),
    inside
      ? labels.place(mx, my, km(Math.hypot(plane.miss_km[0], plane.miss_km[1])), "strong")
      : null,
    labels.place(ox, oy, "1", "strong"),
    bar(lens.size / (2 * lens.half), lens.left, lens.top + lens.size + 12, 34),
    s(
      "text",
      { x: lens.left + lens.size, y: lens.top + lens.size + 13, "text-anchor": "end" },
      `×${decimal(times, times < 10 ? 1 : 0)}`,
    ),
  );
}

/**
 * @param {any} plane
 * @param {Window} main
 * @param {Labels} labels
 * @param {number} miss
 */
function names(plane, main, labels, miss) {
  const [ox, oy] = at(main, 0, 0);
  const [mx, my] = at(main, plane.miss_km[0], plane.miss_km[1]);
  labels.block(
    Math.min(ox, mx) - 2,
    Math.min(oy, my) - 2,
    Math.max(ox, mx) + 2,
    Math.max(oy, my) + 2,
  );
  const placed = [labels.place(ox, oy, "1", "strong")];
  if (Math.hypot(mx - ox, my - oy) > 40)
    placed.push(
      labels.place((ox + mx) / 2, (oy + my) / 2, km(miss), "strong"),
      labels.place(mx, my, "2", "strong"),
    );
  const scale = main.size / (2 * main.half);
  if (3 * plane.sigma_km[0] * scale < 24) return placed;
  const [c, d] = [Math.cos(plane.tilt_rad), Math.sin(plane.tilt_rad)];
  const side = c < 0 ? -1 : 1;
  for (const k of [1, 2, 3]) {
    const [along, across] = [
      k * Math.cos(-0.35) * plane.sigma_km[0] * side,
      k * Math.sin(-0.35) * plane.sigma_km[1] * side,
    ];
    const [x, y] = at(
      main,
      plane.miss_km[0] + along * c - across * d,
      plane.miss_km[1] + along * d + across * c,
    );
    placed.push(labels.place(x, y, `${k}σ`, ""));
  }
  return placed;
}

/**
 * @param {number} scale px per km
 * @param {number} x
 * @param {number} y
 * @param {number} longest
 */
function bar(scale, x, y, longest) {
  const most = longest / scale;
  const power = 10 ** Math.floor(Math.log10(most));
  const size = ([5, 2, 1].find((k) => k * power <= most) ?? 1) * power;
  return s(
    "g",
    null,
    s("path", { class: "scale", d: `M${x} ${y - 4}v4h${(size * scale).toFixed(1)}v-4` }),
    s(
      "text",
      { x: x + size * scale + 5, y: y + 1 },
      size < 1 ? `${Number((size * 1000).toPrecision(1))} m` : `${size} km`,
    ),
  );
}
