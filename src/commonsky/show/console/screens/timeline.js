// @ts-check
// The timeline: what was told of, at the time when it happens; scrubbing moves the whole page.

import { say } from "../api.js";
import { change, link } from "../address.js";
import { toast } from "../dialog.js";
import { fill, h, s } from "../dom.js";
import * as holdings from "../holdings.js";
import { onKeys } from "../keys.js";
import * as moment from "../moment.js";
import { severityMark, severityOf, shapeOf } from "../severity.js";
import { brief, ms, probability, shown, utc } from "../text.js";
import { t } from "../words.js";
import { whatOf as wordsOf } from "./queue_rows.js";

const HOUR = 3600e3;
const SPANS = [6, 24, 72, 168, 336]; // hours
const LANE = 34;
const HEAD = 26;
const LEFT = 120;
const MOST_LISTED = 200;
const MOST_DRAWN = 1500;
const RATES = [0, 1, 10, 60, 600];
const KINDS = ["conjunction", "event", "warning", "re_entry"];

/** @typedef {{alert: any, from: number, until: number}} Happening */

class Timeline extends HTMLElement {
  constructor() {
    super();
    this.lanesHeight = 0;
    /** @type {SVGGElement | null} */
    this.nowLine = null;
    /** @type {SVGGElement | null} */
    this.shownLine = null;
    this.drawing = s("svg", { class: "timeline-drawing", role: "slider", tabindex: 0 });
    this.list = h("div", { class: "timeline-list panel" });
    this.note = h("p", { class: "quiet", role: "status" });
    this.head = h("div", { class: "timeline-head" });
    this.from = NaN;
    this.hours = 72;
    this.lanes = "nation";
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    this.hours = Number(view.params.get("hours")) || 72;
    this.lanes = view.params.get("lanes") === "kind" ? "kind" : "nation";
    this.from = Date.parse(view.params.get("from") ?? "");
    this.draw();
  }

  connectedCallback() {
    fill(this, this.head, this.note, h("div", { class: "panel timeline-panel" }, this.drawing), this.list);
    this.offs = [
      holdings.changed((what) => { if (what.has("alerts") || what.has("node")) this.draw(); }),
      moment.changed(() => this.draw()),
      onKeys(this, t("timeline.title"), [
        { keys: ["ArrowLeft", "ArrowRight"], say: t("timeline.help.move"), run: (event) => this.step(event.key === "ArrowLeft" ? -1 : 1) },
        { keys: ["PageUp", "PageDown"], say: t("timeline.help.page"), run: (event) => this.pan(event.key === "PageUp" ? -0.5 : 0.5) },
        { keys: ["+", "-"], say: t("timeline.help.zoom"), run: (event) => this.zoom(event.key === "+" ? -1 : 1) },
      ]),
    ];
    this.sized = new ResizeObserver(() => this.draw());
    this.sized.observe(this.drawing);
    this.ticking = setInterval(() => this.drawMoment(), 500);
    this.drawing.addEventListener("pointerdown", (event) => this.grab(event));
    this.drawing.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      this.zoom(Math.sign(event.deltaY));
    }, { passive: false });
  }

  disconnectedCallback() {
    this.offs?.forEach((off) => off());
    this.sized?.disconnect();
    clearInterval(this.ticking);
  }

  get begin() {
    return Number.isFinite(this.from) ? this.from : moment.nodeNow() - 0.2 * this.hours * HOUR;
  }

  get width() {
    return Math.max(this.drawing.clientWidth, 320);
  }

  /** @param {number} at */
  x(at) {
    return LEFT + (at - this.begin) / (this.hours * HOUR) * (this.width - LEFT - 12);
  }

  /** @param {number} x */
  at(x) {
    return this.begin + (x - LEFT) / (this.width - LEFT - 12) * this.hours * HOUR;
  }

  /** What happens when, as it was known at the moment that is shown. */
  known() {
    const replay = moment.mode() === "replay";
    const known = moment.now();
    let later = 0;
    /** @type {Happening[]} */
    const found = [];
    for (const alert of holdings.alerts().values()) {
      const from = ms(alert.at);
      if (!Number.isFinite(from) || alert.state === "superseded") continue;
      if (replay && known < moment.nodeNow() && ms(alert.said) > known) {
        later += 1;
        continue;
      }
      found.push({ alert, from, until: ms(alert.until) || from });
    }
    found.sort((a, b) => a.from - b.from);
    return { found, later };
  }

  draw() {
    if (!this.isConnected) return;
    const { found, later } = this.known();
    const end = this.begin + this.hours * HOUR;
    const here = found.filter((one) => one.until >= this.begin && one.from <= end);
    this.drawHead();
    const replay = moment.mode() === "replay";
    fill(this.note, replay && later ? t("timeline.known", { time: utc(moment.now()), count: later }) : t("timeline.say"));
    this.drawLanes(here);
    this.drawList(here);
  }

  drawHead() {
    const chosen = (/** @type {number} */ hours) => hours < 48 && hours !== 24 ? t("timeline.span.hours", { count: hours }) : t("timeline.span.days", { count: hours / 24 });
    fill(this.head, h("h1", null, t("timeline.title")),
      h("div", { class: "choices", role: "group", "aria-label": t("timeline.span") }, SPANS.map((hours) => h("button", {
        "aria-pressed": hours === this.hours, onclick: () => change({ hours, from: this.stamp(this.middle(hours)) }),
      }, chosen(hours)))),
      h("div", { class: "choices", role: "group", "aria-label": t("timeline.lanes") }, ["nation", "kind"].map((lanes) => h("button", {
        "aria-pressed": lanes === this.lanes, onclick: () => change({ lanes: lanes === "nation" ? null : lanes }),
      }, t(`timeline.lanes.${lanes}`)))), clockOf());
  }

  /** @param {Happening[]} here */
  drawLanes(here) {
    const names = this.lanes === "kind" ? KINDS.filter((kind) => kind === "conjunction" || here.some((one) => kindOf(one.alert) === kind))
      : [...new Set([holdings.node()?.nation ?? "", ...here.map((one) => one.alert.nation)])].filter(Boolean);
    const laneOf = (/** @type {any} */ alert) => names.indexOf(this.lanes === "kind" ? kindOf(alert) : alert.nation);
    const height = HEAD + Math.max(names.length, 1) * LANE + 8;
    const horizon = ms(holdings.completeness()?.horizon?.stop);
    this.drawing.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.drawing.setAttribute("height", String(height));
    const beyond = Number.isFinite(horizon) ? Math.min(Math.max(this.x(horizon), LEFT), this.width) : LEFT;
    fill(this.drawing,
      s("defs", null, s("pattern", { id: "timeline-hatch", width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, s("path", { d: "M0 0V8", class: "hatch" }))),
      names.map((name, place) => s("g", null,
        s("rect", { x: 0, y: HEAD + place * LANE, width: this.width, height: LANE - 2, class: place % 2 ? "lane odd" : "lane" }),
        s("text", { x: 8, y: HEAD + place * LANE + LANE / 2 + 4, class: "lane-name" }, this.lanes === "kind" ? t(`timeline.kind.${name}`) : shown(name, 8)))),
      this.ticks(height),
      beyond < this.width - 12 ? s("g", null,
        s("rect", { x: beyond, y: HEAD, width: this.width - 12 - beyond, height: height - HEAD - 8, fill: "url(#timeline-hatch)" }),
        this.width - beyond > 120 ? s("text", { x: beyond + 8, y: height - 12, class: "beyond" }, t("timeline.beyond")) : null) : null,
      here.slice(0, MOST_DRAWN).map((one) => this.mark(one, HEAD + laneOf(one.alert) * LANE + LANE / 2 - 1)),
      (this.nowLine = s("g", { class: "now" })),
      (this.shownLine = s("g", { class: "shown-at" })));
    this.lanesHeight = height;
    this.drawMoment();
  }

  /** @param {number} height */
  ticks(height) {
    const step = [1, 2, 3, 6, 12, 24, 48].find((hours) => hours * 12 >= this.hours) ?? 48;
    const marks = [];
    for (let at = Math.ceil(this.begin / (step * HOUR)) * step * HOUR; at < this.begin + this.hours * HOUR; at += step * HOUR) {
      const time = new Date(at).toISOString();
      const midnight = time.slice(11, 16) === "00:00";
      marks.push(s("path", { d: `M${this.x(at).toFixed(1)} ${HEAD - 4}V${height - 8}`, class: midnight ? "tick day" : "tick" }),
        s("text", { x: this.x(at), y: 14, "text-anchor": "middle", class: "tick-name" }, midnight ? time.slice(5, 10) : time.slice(11, 16)));
    }
    return marks;
  }

  /**
   * @param {Happening} one
   * @param {number} y
   */
  mark({ alert, from, until }, y) {
    const severity = severityOf(alert);
    const x = Math.max(this.x(from), LEFT + 6);
    const wide = this.x(until) - x;
    const shape = shapeOf(severity);
    shape.setAttribute("transform", `translate(${x.toFixed(1)} ${y})`);
    // For the pointer alone: the list below has the same as links.
    const go = () => { location.hash = hrefOf(alert); };
    return s("g", { class: alert.struck ? "mark struck-mark" : "mark", "aria-hidden": true, onclick: go },
      s("title", null, `${whatOf(alert)} · ${utc(from)} · ${alert.nation}`),
      wide > 14 ? s("rect", { x, y: y - 3, width: wide, height: 6, rx: 3, class: `window severity-${severity}` }) : null,
      shape,
      alert.struck ? s("path", { d: `M${x - 8} ${y}H${x + 8}`, class: "strike" }) : null);
  }

  drawMoment() {
    if (!this.nowLine || !this.shownLine) return;
    const line = (/** @type {SVGGElement} */ group, /** @type {number} */ at, /** @type {string} */ word) => {
      const x = this.x(at);
      const inside = x >= LEFT && x <= this.width - 12;
      fill(group, inside ? [s("path", { d: `M${x.toFixed(1)} ${HEAD - 6}V${this.lanesHeight - 8}` }), s("text", { x: x + 4, y: this.lanesHeight - 10 }, word)] : null);
    };
    line(this.nowLine, moment.nodeNow(), t("timeline.now"));
    line(this.shownLine, moment.mode() === "replay" ? moment.now() : NaN, t("timeline.shown"));
    this.drawing.setAttribute("aria-label", t("timeline.title"));
    this.drawing.setAttribute("aria-valuemin", String(Math.round(this.begin / 1000)));
    this.drawing.setAttribute("aria-valuemax", String(Math.round((this.begin + this.hours * HOUR) / 1000)));
    this.drawing.setAttribute("aria-valuenow", String(Math.round(moment.now() / 1000)));
    this.drawing.setAttribute("aria-valuetext", utc(moment.now()));
  }

  /** @param {Happening[]} here */
  drawList(here) {
    const until = holdings.completeness()?.horizon;
    const screened = until?.screened ? t("timeline.screened", { until: utc(until.stop) }) : t("timeline.not_screened");
    fill(this.list, h("h2", null, t("timeline.list")),
      here.length === 0 ? h("p", { class: "quiet" }, t("timeline.list.none", { screened })) : h("table", { class: "plain-table" },
        h("thead", null, h("tr", null, ["when", "how", "what", "who"].map((name) => h("th", { scope: "col" }, t(`timeline.${name}`))))),
        h("tbody", null, here.slice(0, MOST_LISTED).map(({ alert, from }) => h("tr", { class: alert.struck ? "struck-row" : null },
          h("td", { class: "mono" }, h("button", { class: "plain", onclick: () => moment.seek(from) }, brief(from))),
          h("td", null, severityMark(severityOf(alert))),
          h("td", null, h("a", { href: hrefOf(alert), class: alert.struck ? "struck" : null }, whatOf(alert)), alert.struck ? ` (${t("timeline.over")})` : null),
          h("td", null, shown(alert.nation, 8)))))),
      here.length > MOST_LISTED ? h("p", { class: "quiet" }, t("timeline.list.more", { count: here.length - MOST_LISTED })) : null);
  }

  /** @param {PointerEvent} event */
  grab(event) {
    if (/** @type {Element} */ (event.target).closest(".mark")) return;
    const place = this.drawing.getBoundingClientRect().left;
    const move = (/** @type {PointerEvent} */ now) => moment.seek(this.at(now.clientX - place));
    this.drawing.setPointerCapture(event.pointerId);
    this.drawing.addEventListener("pointermove", move);
    this.drawing.addEventListener("pointerup", () => this.drawing.removeEventListener("pointermove", move), { once: true });
    move(event);
  }

  /** @param {number} way */
  step(way) {
    moment.seek(moment.now() + way * this.hours * HOUR / 100);
  }

  /** @param {number} share */
  pan(share) {
    change({ from: this.stamp(this.begin + share * this.hours * HOUR) });
  }

  /** @param {number} way */
  zoom(way) {
    const place = Math.min(Math.max(SPANS.indexOf(this.hours) + way, 0), SPANS.length - 1);
    change({ hours: SPANS[place], from: this.stamp(this.middle(SPANS[place])) });
  }

  /** @param {number} hours where a span of so many would begin, about the moment that is shown */
  middle(hours) {
    const centre = Number.isFinite(this.from) ? this.begin + this.hours * HOUR / 2 : NaN;
    return Number.isFinite(centre) ? centre - hours * HOUR / 2 : NaN;
  }

  /** @param {number} at */
  stamp(at) {
    return Number.isFinite(at) ? new Date(at).toISOString().slice(0, 16) + "Z" : null;
  }
}

/** For exercise control: how fast the exercise itself runs, for everybody in it. */
function clockOf() {
  const node = holdings.node();
  if (!node?.clock_is_free || !holdings.may("exercise")) return null;
  const set = (/** @type {number} */ rate) => say("POST", "exercise/clock", { rate }).then(() => holdings.renew(), (error) => toast(error.message, "problem"));
  return h("div", { class: "choices", role: "group", "aria-label": t("timeline.clock") }, h("span", { class: "quiet" }, t("timeline.clock"), " "),
    RATES.map((rate) => h("button", { "aria-pressed": rate === node.clock_rate, onclick: () => set(rate) }, rate === 0 ? t("timeline.clock.stands") : `×${rate}`)));
}

/** @param {any} alert */
function kindOf(alert) {
  return alert.category === "re_entry" ? "re_entry" : alert.kind;
}

/** @param {any} alert */
function hrefOf(alert) {
  return ["conjunction", "event", "warning"].includes(alert.kind) ? link("case", alert.handle) : link("record", alert.handle);
}

/** @param {any} alert */
function whatOf(alert) {
  const told = alert.conjunction;
  return wordsOf(alert) + (told ? ` · Pc ${probability(told.pc)}` : "");
}

customElements.define("cs-timeline", Timeline);
