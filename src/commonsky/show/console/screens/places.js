// @ts-check
// Where it crowds: now, under a policy, by height and inclination, in the belt, and of a chosen set.

import { ask } from "../api.js";
import { change, link } from "../address.js";
import { Plane } from "../chart.js";
import { fill, h, s } from "../dom.js";
import * as holdings from "../holdings.js";
import { Capacity } from "../panels/capacity.js";
import { keyOf, sentence } from "../panels/events.js";
import { CrowdingNow } from "../panels/crowding.js";
import { age, decimal, shown, whole } from "../text.js";
import { t } from "../words.js";

const PANELS = ["now", "policy", "crowding", "belt", "gabbard"];
const KEPT = new Set(["policy"]); // what a person has set there is not taken away by news
const MOST_LISTED = 100;
const WIDE = 900;
const FRESH_MS = 30000;

class Places extends HTMLElement {
  constructor() {
    super();
    this.panel = "";
    this.text = "";
    this.event = ""; // whose pieces are marked
    this.place = h("div", { class: "places-panel" });
    this.shownMs = 0;
  }

  connectedCallback() {
    this.off = holdings.changed((what) => {
      if (what.has("objects") && performance.now() - this.shownMs > FRESH_MS && !KEPT.has(this.panel)) this.renew();
    });
  }

  disconnectedCallback() {
    this.off?.();
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    const panel = PANELS.includes(view.id) ? view.id : "now";
    const text = view.params.get("text") ?? "";
    const event = view.params.get("event") ?? "";
    const [child] = this.place.children;
    if (panel === this.panel && child instanceof Capacity) child.follow();
    if (panel === this.panel && text === this.text && event === this.event) return;
    this.panel = panel;
    this.text = text;
    this.event = event;
    this.renew();
  }

  renew() {
    this.shownMs = performance.now();
    this.show().catch((error) => fill(this.place, h("p", { class: "empty" }, error.message)));
  }

  async show() {
    const panel = this.panel;
    fill(this,
      h("div", { class: "places-head" }, h("h1", null, t("places.title")),
        h("nav", { class: "choices", "aria-label": t("places.title") }, PANELS.map((name) => h("a", {
          class: "button", href: link("places", name), "aria-current": name === panel ? "page" : false,
        }, t(`places.${name}`))))),
      h("p", { class: "quiet" }, t("places.say")), this.place);
    if (panel === "now") fill(this.place, new CrowdingNow());
    else if (panel === "policy") fill(this.place, new Capacity());
    else if (panel === "crowding") fill(this.place, crowding((await ask("picture/crowding")).data));
    else if (panel === "belt") fill(this.place, belt((await ask("picture/belt")).data));
    else await this.gabbard();
  }

  async gabbard() {
    const field = h("input", { type: "search", value: this.text, maxlength: 100, "aria-label": t("places.gabbard.text"), onchange: () => change({ text: field.value }) });
    const [answer, found] = await Promise.all([ask("picture/heights", { text: this.text, most: 3000 }), this.event ? ask("events", { kind: "fragmentation", most: 1000 }) : null]);
    const event = found?.data.events.find((/** @type {any} */ one) => keyOf(one.found) === this.event)?.found;
    fill(this.place, h("label", { class: "places-ask" }, t("places.gabbard.text"), " ", field),
      event ? h("p", null, h("a", { href: link("events", this.event) }, sentence(event)), " ", h("button", { onclick: () => change({ event: null }) }, t("places.gabbard.unmark"))) : null,
      gabbard(answer.data, event ? new Set([event.parent, ...event.members]) : null));
  }
}

/** @param {any} told */
function crowding(told) {
  const rows = told.count;
  const most = Math.max(...rows.flat(), 1e-9);
  const [low, high] = [told.height_km[0], told.height_km[told.height_km.length - 1]];
  const plane = new Plane(WIDE, 460, { from: 0, until: 180, label: t("places.tilt") }, { from: low, until: high, label: t("places.height") });
  const cells = [];
  for (let i = 0; i < rows.length; i += 1) {
    for (let j = 0; j < rows[i].length; j += 1) {
      if (rows[i][j] <= 0) continue;
      const [x, y] = [plane.x(told.inclination_deg[j]), plane.y(told.height_km[i + 1])];
      const tone = Math.ceil(9 * Math.log1p(rows[i][j] / most * 200) / Math.log1p(200));
      const say = t("places.cell", { low: told.height_km[i], high: told.height_km[i + 1], tilt: told.inclination_deg[j], count: decimal(rows[i][j], 1) });
      cells.push(s("rect", { x, y, width: plane.x(told.inclination_deg[j + 1]) - x + 0.3, height: plane.y(told.height_km[i]) - y + 0.3, class: `heat heat-${Math.min(tone, 9)}` }, s("title", null, say)));
    }
  }
  const values = { height: told.height_km[1] - low, tilt: told.inclination_deg[1], inside: whole(told.inside), objects: whole(told.objects), low, high };
  const density = told.per_km3.map((/** @type {number} */ one, /** @type {number} */ k) => /** @type {[number, number]} */ ([(told.height_km[k] + told.height_km[k + 1]) / 2, Math.max(one, 1e-12)]));
  const peak = Math.max(...told.per_km3, 1e-11);
  const curve = new Plane(WIDE, 260, { from: low, until: high, label: t("places.height") }, { from: peak / 1e4, until: peak * 2, log: true, label: t("places.per_km3") });
  return [
    h("section", { class: "panel" }, h("h2", null, t("places.crowding")), h("p", { class: "quiet" }, t("places.crowding.say", values)),
      plane.drawing(t("places.crowding.say", values), plane.frame(), cells)),
    h("section", { class: "panel" }, h("h2", null, t("places.density")),
      curve.drawing(t("places.density"), curve.frame(), s("path", { class: "curve", d: curve.path(density.map((/** @type {[number, number]} */ [x, y]) => [x, Math.max(y, peak / 1e4)])) })),
      table(t("places.table"), [t("places.height"), t("places.per_km3")], density.map((/** @type {[number, number]} */ [x, y]) => [whole(x), y.toExponential(2)]))),
  ];
}

/** @param {any[]} found */
function belt(found) {
  if (!found.length) return h("p", { class: "empty" }, t("places.belt.none"));
  const reach = Math.max(1, ...found.map((one) => Math.min(Math.abs(one.drift_deg_day), 12)));
  const plane = new Plane(WIDE, 380, { from: -180, until: 180, label: t("places.longitude") }, { from: -reach, until: reach, label: t("places.drift") });
  const say = t("places.belt.say", { count: found.length });
  return h("section", { class: "panel" }, h("h2", null, t("places.belt")), h("p", { class: "quiet" }, say),
    plane.drawing(say, plane.frame(), s("path", { d: `M${plane.inner.left} ${plane.y(0)}H${plane.inner.right}`, class: "zero" }),
      found.filter((one) => Math.abs(one.drift_deg_day) <= reach).map((one) => s("a", { href: link("object", one.number) },
        point(one.type, plane.x(one.longitude_deg), plane.y(one.drift_deg_day), `${shown(one.name, 40)} · ${decimal(one.longitude_deg, 2)}° · ${age(one.age_days)}`)))),
    table(t("places.table"), [t("places.object"), t("places.longitude"), t("places.drift"), t("places.tilt"), t("places.age")],
      found.map((one) => [h("a", { href: link("object", one.number) }, shown(one.name, 60) || one.number), decimal(one.longitude_deg, 2), decimal(one.drift_deg_day, 3), decimal(one.inclination_deg, 2), age(one.age_days)])));
}

/**
 * @param {any} told
 * @param {Set<number> | null} marked of which others are drawn faint
 */
function gabbard(told, marked) {
  const found = told.objects.filter((/** @type {any} */ one) => one.perigee_km > 0);
  if (!found.length) return h("p", { class: "empty" }, t("places.gabbard.say", { shown: 0, count: 0 }));
  const periods = found.map((/** @type {any} */ one) => one.period_min);
  const tops = found.map((/** @type {any} */ one) => one.apogee_km);
  const deep = Math.max(...tops) > 5000;
  const plane = new Plane(WIDE, 440,
    { from: Math.min(...periods) * 0.995, until: Math.max(...periods) * 1.005, log: false, label: t("places.period") },
    { from: deep ? 100 : 0, until: Math.max(...tops) * 1.1, log: deep, label: t("places.height") });
  const pieces = marked ? found.filter((/** @type {any} */ one) => marked.has(one.number)).length : 0;
  const say = t("places.gabbard.say", { shown: found.length, count: told.in_all }) + (marked ? ` ${t("places.gabbard.marked", { shown: pieces, count: marked.size })}` : "");
  return h("section", { class: "panel" }, h("h2", null, t("places.gabbard")), h("p", { class: "quiet" }, say,
    " ", h("span", { class: "key apogee" }, "△ " + t("places.apogee")), " ", h("span", { class: "key perigee" }, "▽ " + t("places.perigee"))),
  plane.drawing(say, plane.frame(), found.map((/** @type {any} */ one) => {
    const name = `${shown(one.name, 40)} · ${whole(one.perigee_km)} × ${whole(one.apogee_km)} km`;
    const x = plane.x(one.period_min);
    const [top, foot] = [plane.y(one.apogee_km), plane.y(one.perigee_km)];
    return s("g", { class: marked && !marked.has(one.number) ? "faint" : null }, s("title", null, name),
      s("path", { d: `M${x - 3} ${top + 2}h6l-3 -5z`, class: "apogee" }), s("path", { d: `M${x - 3} ${foot - 2}h6l-3 5z`, class: "perigee" }));
  })), table(t("places.table"), [t("places.object"), t("places.period"), t("places.perigee"), t("places.apogee")],
    found.map((/** @type {any} */ one) => [h("a", { href: link("object", one.number) }, shown(one.name, 60) || one.number), decimal(one.period_min, 2), whole(one.perigee_km), whole(one.apogee_km)])));
}

/**
 * @param {string} type
 * @param {number} x
 * @param {number} y
 * @param {string} say
 */
function point(type, x, y, say) {
  const d = type === "payload" ? "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0" : type === "rocket_body" ? "m-3 -3h6v6h-6z" : "m0 -4l4 4l-4 4l-4 -4z";
  return s("path", { d: `M${x.toFixed(1)} ${y.toFixed(1)}${d}`, class: `point of-${type}` }, s("title", null, say));
}

/**
 * What a drawing shows, for whoever cannot see it.
 * @param {string} name
 * @param {string[]} heads
 * @param {import("../dom.js").Child[][]} rows
 */
function table(name, heads, rows) {
  return h("details", null, h("summary", null, name), h("table", { class: "plain-table" },
    h("thead", null, h("tr", null, heads.map((head, place) => h("th", { scope: "col", class: place ? "number" : null }, head)))),
    h("tbody", null, rows.slice(0, MOST_LISTED).map((row) => h("tr", null, row.map((cell, place) => h("td", { class: place ? "number" : null }, cell)))))));
}

customElements.define("cs-places", Places);
