// @ts-check
// The sky: globe, flat map and the view from a site, in one engine; what one points at is told.

import { ask, base } from "../api.js";
import { change, link } from "../address.js";
import { coloured, WAYS } from "../colouring.js";
import { fill, h } from "../dom.js";
import { Frames } from "../frames.js";
import { Sky } from "../globe/engine.js";
import * as holdings from "../holdings.js";
import { onKeys } from "../keys.js";
import * as moment from "../moment.js";
import { savePng } from "../saving.js";
import { age, km, ms, shown, whole } from "../text.js";
import { t } from "../words.js";

const PROJECTIONS = ["globe", "flat", "sky"];
const SHAPES = ["●", "▲", "◆", "○", "■"];
const TRAIL_MOST = 8;

class Globe extends HTMLElement {
  constructor() {
    super();
    this.canvas = h("canvas", { class: "globe-canvas", tabindex: 0, role: "application" });
    this.labels = h("div", { class: "globe-labels", "aria-hidden": "true" });
    this.rail = h("aside", { class: "globe-rail" });
    this.card = h("aside", { class: "globe-card panel", hidden: true, "aria-live": "polite" });
    this.note = h("p", { class: "globe-note", role: "status" });
    this.key = h("ul", { class: "globe-key" });
    /** @type {import("../frames.js").Picture | null} */
    this.picture = null;
    /** @type {Sky | null} */
    this.sky = null;
    /** @type {any[]} */
    this.sensors = [];
    /** @type {[Float32Array, number, Float32Array, number] | null} */
    this.pair = null;
    this.by = "source";
    this.projection = "globe";
    this.filters = { nation: "", type: "", text: "" };
    this.case = "";
    /** @type {number[]} */
    this.chosen = [];
    this.site = 0;
    this.footprints = false;
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    const get = (/** @type {string} */ name) => view.params.get(name) ?? "";
    this.projection = PROJECTIONS.includes(get("projection")) ? get("projection") : "globe";
    this.by = WAYS.includes(get("colour")) ? get("colour") : "source";
    this.filters = { nation: get("nation"), type: get("type"), text: get("text") };
    this.case = get("case");
    this.site = Number(get("site")) || 0;
    this.footprints = get("sensors") === "1";
    this.chosen = get("select").split(",").map(Number).filter((number) => number > 0).slice(0, TRAIL_MOST);
    if (this.sky) this.apply();
  }

  async connectedCallback() {
    fill(this, this.canvas, this.labels, this.rail, this.card, this.note);
    this.canvas.setAttribute("aria-label", t("globe.canvas"));
    this.offs = [onKeys(this, t("globe.title"), [
      { keys: ["g", "f", "v"], say: t("globe.help.projection"), run: (event) => this.setProjection({ g: "globe", f: "flat", v: "sky" }[event.key] ?? "globe") },
      { keys: ["/"], say: t("globe.help.search"), run: () => this.search?.focus() },
      { keys: ["Escape"], say: t("globe.help.clear"), run: () => change({ select: null, case: null }) },
    ]), moment.changed(() => this.follow()), holdings.changed((what) => {
      if (!what.has("alerts")) return;
      if (this.by === "alert") this.frames?.renew();
      if (this.case) this.choose(); // its objects may be known only now
    })];
    this.frames = new Frames((picture) => this.take(picture), (...pair) => { this.pair = pair; this.sky?.setFrames(...pair); this.drawCard(); }, (why) => fill(this.note, why));
    this.frames.begin();
    const [earth, sensors] = await Promise.all([
      fetch(new URL("console/globe/earth.bin", base)).then((answer) => answer.arrayBuffer()),
      ask("sensors").then((answer) => answer.data).catch(() => []),
    ]);
    if (!this.isConnected) return;
    this.sensors = sensors;
    this.sky = new Sky(this.canvas, { earth, onChange: () => this.drawLabels() });
    this.canvas.addEventListener("click", (event) => this.picked(event));
    this.sized = new ResizeObserver(() => this.sky?.resize());
    this.sized.observe(this);
    this.apply();
    this.follow();
    if (this.pair) this.sky.setFrames(...this.pair);
    this.ticking = setInterval(() => this.drawCard(), 1000);
  }

  disconnectedCallback() {
    this.offs?.forEach((off) => off());
    this.frames?.end();
    this.sized?.disconnect();
    this.sky?.close();
    clearInterval(this.ticking);
  }

  /** Let the sky run as the moment of the page does. */
  follow() {
    this.sky?.setClock(moment.now(), moment.rate());
  }

  /** @param {import("../frames.js").Picture} picture */
  take(picture) {
    this.picture = picture;
    this.apply();
  }

  apply() {
    const sky = this.sky;
    if (!sky) return;
    sky.projection = /** @type {"globe" | "flat" | "sky"} */ (this.projection);
    const site = this.sensors[this.site];
    sky.setSite(site ? { latitude: site.latitude_deg, longitude: site.longitude_deg, height: site.height_m } : null);
    sky.setFootprints(this.footprints ? this.sensors.map((one) => ({
      latitude: one.latitude_deg, longitude: one.longitude_deg, least_elevation: one.least_elevation_deg, height_km: one.kind === "telescope" ? 35786 : 800,
    })) : []);
    this.drawRail();
    const picture = this.picture;
    if (!picture) return;
    const { colours, shapes, key } = coloured(picture.columns, this.by);
    sky.setColours(colours);
    sky.setShapes(shapes);
    const visible = this.visible(picture.columns);
    sky.setVisible(visible);
    fill(this.key, key.map((one) => h("li", null, keyMark(one), h("span", null, one.label), h("span", { class: "number" }, whole(one.count)))));
    let shownCount = 0;
    for (const one of visible) shownCount += one;
    fill(this.note, shownCount === visible.length ? t("globe.rows", { count: whole(shownCount) }) : t("globe.some", { count: whole(shownCount), whole: whole(visible.length) }));
    this.choose();
  }

  /** Show what is chosen, where it has changed. */
  choose() {
    const rows = this.rows();
    if (rows.join() !== this.sky?.chosen.join()) this.sky?.select(rows);
    this.drawCard();
  }

  /** Rows of what is chosen: numbers of the address, or the objects of a case. */
  rows() {
    const numbers = this.picture?.columns.number ?? [];
    const alert = this.case ? holdings.alerts().get(this.case) : null;
    const wanted = new Set(alert ? alert.subject : this.chosen);
    const rows = [];
    for (let row = 0; row < numbers.length && rows.length < TRAIL_MOST; row += 1) if (wanted.has(numbers[row])) rows.push(row);
    return rows;
  }

  /** @param {Record<string, any[]>} columns */
  visible(columns) {
    const { nation, type, text } = this.filters;
    const wanted = text.toUpperCase();
    const kind = type === "" ? -1 : Number(type);
    return Uint8Array.from(columns.number, (number, row) => Number(
      (nation === "" || String(columns.source[row]).split("+").includes(nation))
      && (kind === -1 || columns.type[row] === kind)
      && (wanted === "" || String(columns.name[row]).toUpperCase().includes(wanted) || String(number).includes(wanted) || String(columns.designator[row]).includes(wanted)),
    ));
  }

  drawRail() {
    const nations = [...new Set((this.picture?.columns.source ?? []).flatMap((source) => String(source).split("+")))].sort().slice(0, 40);
    const choose = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ value, /** @type {[string, string][]} */ options) =>
      h("label", null, h("span", null, label), h("select", { onchange: (/** @type {Event} */ event) => change({ [name]: /** @type {HTMLSelectElement} */ (event.target).value || null }) },
        options.map(([code, word]) => h("option", { value: code, selected: code === value }, word))));
    if (!this.search) {
      this.search = h("input", { type: "search", maxlength: 60, placeholder: t("globe.search"), "aria-label": t("globe.search"), oninput: () => change({ text: this.search?.value || null }) });
    }
    if (document.activeElement !== this.search) this.search.value = this.filters.text;
    const tools = h("div", { class: "globe-tools" },
      h("button", { onclick: () => savePng(this.canvas, `sky-${holdings.node()?.nation ?? ""}`) }, t("globe.save")),
      this.sensors.length ? h("button", { "aria-pressed": this.footprints, onclick: () => change({ sensors: this.footprints ? null : "1" }) }, t("globe.sensors")) : null);
    const controls = [
      h("div", { class: "choices", role: "group", "aria-label": t("globe.projection") }, PROJECTIONS.map((name) => h("button", {
        "aria-pressed": name === this.projection, onclick: () => this.setProjection(name),
      }, t(`globe.projection.${name}`)))),
      this.projection === "sky" ? (this.sensors.length
        ? choose("site", t("globe.site"), String(this.site), this.sensors.map((one, place) => [String(place), shown(one.name, 40)]))
        : h("p", { class: "quiet" }, t("globe.no_site"))) : null,
      choose("colour", t("globe.colour"), this.by, WAYS.map((way) => [way, t(`globe.colour.${way}`)])),
      choose("nation", t("globe.nation"), this.filters.nation, [["", t("globe.all")], .../** @type {[string, string][]} */ (nations.map((name) => [name, shown(name, 12)]))]),
      choose("type", t("globe.type"), this.filters.type, [["", t("globe.all")], ["1", t("globe.type.payload")], ["2", t("globe.type.rocket_body")], ["3", t("globe.type.debris")], ["0", t("globe.type.unknown")]]),
    ];
    if (!this.built) {
      this.built = h("div", { class: "globe-controls" });
      fill(this.rail, h("h1", { class: "visually-hidden" }, t("globe.title")), this.built, this.search, h("details", { open: innerWidth > 860 }, h("summary", null, t("globe.key")), this.key), (this.tools = h("div")));
    }
    fill(this.built, controls);
    if (this.tools) fill(this.tools, tools);
  }

  /** @param {string} name */
  setProjection(name) {
    change({ projection: name === "globe" ? null : name });
  }

  /** @param {MouseEvent} event */
  picked(event) {
    const box = this.canvas.getBoundingClientRect();
    const row = this.sky?.pick(event.clientX - box.left, event.clientY - box.top) ?? -1;
    if (row < 0 || !this.picture) return;
    const number = this.picture.columns.number[row];
    const more = event.shiftKey ? this.chosen.filter((one) => one !== number) : [];
    change({ select: [...more, number].slice(-TRAIL_MOST).join(","), case: null });
  }

  drawCard() {
    const columns = this.picture?.columns;
    const rows = columns ? this.sky?.chosen ?? [] : [];
    this.card.hidden = rows.length === 0;
    if (!columns || rows.length === 0) return;
    const numbers = [...new Set(rows.map((row) => columns.number[row]))];
    fill(this.card,
      h("header", null, h("h2", null, t("globe.chosen")), h("button", { class: "plain", "aria-label": t("globe.help.clear"), onclick: () => change({ select: null, case: null }) }, "✕")),
      this.case ? h("p", { class: "choices" }, h("a", { class: "button", href: link("case", this.case) }, t("globe.to_case")),
        h("button", { onclick: () => moment.seek(ms(holdings.alerts().get(this.case)?.at)) }, t("globe.at_tca"))) : null,
      numbers.map((number) => {
        const mine = rows.filter((row) => columns.number[row] === number);
        return h("section", null,
          h("h3", null, h("a", { href: link("object", number) }, shown(columns.name[mine[0]], 60) || number)),
          h("p", { class: "quiet" }, `${number} · ${shown(columns.designator[mine[0]], 20) || "–"} · ${t(`globe.type.${["unknown", "payload", "rocket_body", "debris"][columns.type[mine[0]]] ?? "unknown"}`)}`),
          h("table", { class: "plain-table" }, h("thead", null, h("tr", null, ["source", "height", "age", "sigma"].map((name) => h("th", { scope: "col" }, t(`globe.card.${name}`))))),
            h("tbody", null, mine.map((row) => h("tr", null,
              h("th", { scope: "row" }, shown(columns.source[row], 40)),
              h("td", { class: "number" }, km(this.sky?.heightKm(row))),
              h("td", { class: "number" }, age(columns.age_days[row])),
              h("td", { class: "number" }, km(columns.sigma_km[row])))))));
      }));
  }

  /** Names beside what is chosen. */
  drawLabels() {
    const columns = this.picture?.columns;
    if (!columns || !this.sky) return;
    const names = new Map();
    for (const { row, x, y, inFront } of this.sky.placesOf(this.sky.chosen)) {
      if (inFront) names.set(columns.number[row], [x, y, shown(columns.name[row], 30) || columns.number[row]]);
    }
    const wanted = [...names.values()];
    if (this.projection === "sky") {
      const [x, y, r] = this.sky.chart();
      for (const [name, dx, dy] of /** @type {const} */ ([["north", 0, -1], ["east", 1, 0], ["south", 0, 1], ["west", -1, 0]])) {
        wanted.push([x + dx * r * 0.97 - 14, y + dy * r * 0.97, t(`globe.${name}`)]);
      }
    }
    while (this.labels.childElementCount > wanted.length) this.labels.lastElementChild?.remove();
    wanted.forEach(([x, y, name], place) => {
      const label = /** @type {HTMLElement} */ (this.labels.children[place] ?? this.labels.appendChild(h("span")));
      if (label.textContent !== name) label.textContent = name;
      label.style.setProperty("transform", `translate(${Math.round(x + 9)}px, ${Math.round(y - 8)}px)`);
    });
  }
}

/** @param {import("../colouring.js").Entry} entry */
function keyMark({ colour, shape }) {
  const mark = h("span", { class: "key-mark", "aria-hidden": "true" }, SHAPES[shape]);
  mark.style.setProperty("color", colour);
  return mark;
}

customElements.define("cs-globe", Globe);
