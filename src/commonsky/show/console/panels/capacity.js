// @ts-check
// What a policy changes: its figures as sliders, and at once the hundred years that follow.

import { say } from "../api.js";
import { change, view } from "../address.js";
import { fill, h } from "../dom.js";
import { decimal, shown, whole } from "../text.js";
import { t } from "../words.js";
import { often, percent } from "./crowding.js";
import { bearingChart, collisionsChart, coursesKey, objectsChart } from "./courses.js";
import { LongRun } from "./projection.js";

const FIGURES = ["launch_factor", "mission_years", "disposal_success", "disposal_limit_years", "removals_per_year", "avoidance", "explosion_factor"];
const LIMITS = ["growth_limit", "catastrophic_limit"];
const SHARES = new Set(["disposal_success", "avoidance"]);
const PAUSE_MS = 60;
const [NARROW, GAP, EDGES] = [430, 12, 26]; // of charts, as in places.css
const REST_MS = 500; // until what takes longer is asked for too

/** @typedef {Record<string, number>} Policy */

/** Sliders, curves, a verdict, and a long run beside them. */
export class Capacity extends HTMLElement {
  constructor() {
    super();
    /** @type {any} what follows from the figures as they are usual */ this.usual = null;
    /** @type {any} what follows from those that are set */ this.told = null;
    /** @type {Policy} */ this.policy = {};
    /** @type {Map<string, HTMLInputElement>} */ this.inputs = new Map();
    this.asked = 0;
    this.verdict = h("section", { class: "panel policy-verdict" });
    this.brief = h("div", { class: "policy-brief", "aria-hidden": "true" });
    this.judged = h("div", { class: "policy-judged", role: "status" });
    this.charts = h("div", { class: "policy-charts" });
    this.problem = h("p", { class: "policy-problem", role: "alert", hidden: true });
    this.run = new LongRun(() => this.policy, () => this.told, () => this.draw(), (policy) => this.set(policy));
  }

  connectedCallback() {
    this.sight = new ResizeObserver(() => this.draw());
    this.begin().catch((error) => fill(this, h("p", { class: "empty" }, error.message)));
  }

  disconnectedCallback() {
    this.sight?.disconnect();
    this.calling?.abort();
    clearTimeout(this.waiting);
    clearTimeout(this.resting);
  }

  async begin() {
    fill(this, h("p", { class: "empty", role: "status" }, t("places.policy.waiting")));
    this.usual = (await say("POST", "environment/capacity", {})).data;
    this.told = this.usual;
    this.policy = { ...this.usual.policy, ...this.usual.limits, ...this.ofAddress() };
    fill(this.verdict, this.judged, this.limits());
    fill(this, this.brief, h("div", { class: "policy" }, h("div", { class: "policy-left" }, this.sliders(), this.run), h("div", { class: "policy-right" }, this.problem, this.verdict, this.run.words, this.charts)),
      h("p", { class: "quiet" }, t("places.policy.basis", { marking: shown(this.usual.marking.text, 200) })));
    this.sight?.observe(this.charts);
    this.draw();
    if (this.isUsual()) this.rest();
    else this.ask();
  }

  /** What the address says of figures; what makes no sense is left out. */
  ofAddress() {
    /** @type {Policy} */
    const found = {};
    for (const name of [...FIGURES, ...LIMITS]) {
      const text = view().params.get(name) ?? "";
      const value = Number(text);
      const bounds = this.usual.figures[name];
      if (text && Number.isFinite(value) && value >= bounds.least && value <= bounds.most) found[name] = value;
    }
    return found;
  }

  /** Go where the address leads, as from a link to other figures. */
  follow() {
    if (!this.usual) return;
    const wanted = { ...this.usual.policy, ...this.usual.limits, ...this.ofAddress() };
    if (Object.entries(wanted).some(([name, value]) => this.policy[name] !== value)) this.set(wanted);
  }

  isUsual() {
    return FIGURES.every((name) => this.policy[name] === this.usual.policy[name]) && LIMITS.every((name) => this.policy[name] === this.usual.limits[name]);
  }

  sliders() {
    const reset = h("button", { onclick: () => this.set({ ...this.usual.policy, ...this.usual.limits }) }, t("places.policy.reset"));
    return h("form", { class: "panel policy-sliders", "aria-label": t("places.policy.figures"), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
      h("h2", null, t("places.policy.figures")), FIGURES.map((name) => this.slider(name)), reset);
  }

  /** @param {string} name */
  slider(name) {
    const { least, most, step, usual } = this.usual.figures[name];
    const value = h("output", { for: `policy-${name}` });
    const field = h("input", {
      type: "range", id: `policy-${name}`, min: least, max: most, step, value: this.policy[name], "aria-describedby": `policy-${name}-usual`,
      oninput: () => { this.policy[name] = Number(field.value); told(); this.later(); },
    });
    const told = () => {
      const said = inWords(name, Number(field.value));
      fill(value, said);
      field.setAttribute("aria-valuetext", said);
      box.classList.toggle("is-changed", Number(field.value) !== usual);
    };
    const box = h("div", { class: "slider" }, h("label", { for: field.id }, t(`places.figure.${name}`)), value, field,
      h("span", { class: "quiet", id: `policy-${name}-usual` }, t("places.figure.usual", { value: inWords(name, usual) })));
    this.inputs.set(name, field);
    field.addEventListener("change", told);
    told();
    return box;
  }

  limits() {
    const one = (/** @type {string} */ name) => {
      const { least, most, step } = this.usual.figures[name];
      const field = h("input", { type: "number", min: least, max: most, step, value: this.policy[name], oninput: () => {
        if (!field.value || !field.checkValidity()) return;
        this.policy[name] = Number(field.value);
        this.later();
      } });
      this.inputs.set(name, field);
      return h("label", null, t(`places.limit.${name}`), " ", field);
    };
    return h("div", { class: "policy-limits" }, h("p", { class: "quiet" }, t("places.limit.say")), LIMITS.map(one));
  }

  /**
   * Set figures, as from a link, a reset or a long run.
   * @param {Policy} figures
   */
  set(figures) {
    for (const [name, value] of Object.entries(figures)) {
      const field = this.inputs.get(name);
      if (!field) continue;
      this.policy[name] = value;
      field.value = String(value);
      field.dispatchEvent(new Event("change"));
    }
    this.ask();
  }

  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), PAUSE_MS);
  }

  /** Ask what follows; of several answers the last question's counts. */
  async ask() {
    const [turn, before] = [++this.asked, performance.now()];
    this.calling?.abort();
    this.calling = new AbortController();
    try {
      const answer = await say("POST", "environment/capacity", this.policy, this.calling.signal);
      if (turn !== this.asked) return;
      this.told = answer.data;
      this.rest();
      this.problem.hidden = true;
    } catch (error) {
      if (turn !== this.asked) return;
      fill(this.problem, /** @type {Error} */ (error).message).hidden = false;
      return;
    }
    this.draw();
    this.dataset.ms = (performance.now() - before).toFixed(0);
    change(Object.fromEntries(FIGURES.concat(LIMITS).map((name) => [name, this.policy[name] === this.usual.figures[name].usual ? null : this.policy[name]])));
  }

  /** When nothing is moved for a while, ask for what takes longer. */
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(async () => {
      const turn = this.asked;
      const answer = await say("POST", "environment/capacity", { ...this.policy, whole: true }).catch(() => null);
      if (!answer || turn !== this.asked) return;
      this.told = answer.data;
      this.draw();
    }, REST_MS);
  }

  draw() {
    if (!this.told) return;
    fill(this.judged, verdict(this.told));
    fill(this.brief, word(this.told), h("span", null, this.told.judged.map((/** @type {any} */ one) => (one.value === null ? "–" : one.name === "growth" ? `×\u2009${decimal(one.value, 2)}` : often(one.value))).join(" · ")));
    const room = this.charts.clientWidth || 900;
    const wide = Math.max(Math.floor(room >= 2 * NARROW + GAP ? (room - GAP) / 2 : room) - EDGES, 280);
    const atEnd = this.told.judged.find((/** @type {any} */ one) => one.name === "catastrophic").value;
    const [course, usual, run] = [this.told.course, this.usual.course, this.run.fan()];
    fill(this.charts,
      h("section", { class: "panel" }, h("h2", null, t("places.policy.objects")), objectsChart(wide, course, usual, run),
        h("p", { class: "quiet" }, t("places.policy.objects.say", { first: whole(course.all[0]), last: whole(course.all.at(-1)) }),
          this.isUsual() ? null : ` ${t("places.policy.objects.usual", { usual: whole(usual.all.at(-1)) })}`)),
      h("section", { class: "panel" }, h("h2", null, t("places.policy.collisions")), collisionsChart(wide, course, usual, run),
        h("p", { class: "quiet" }, t("places.policy.collisions.say", { now: often(course.catastrophic[0]), then: often(atEnd) }), run ? ` ${t("places.run.smoothed")}` : null)),
      h("section", { class: "panel policy-wide" }, coursesKey(course, usual)),
      this.told.borne ? h("section", { class: "panel policy-wide expert" }, h("h2", null, t("places.borne.title")), h("p", { class: "quiet" }, t("places.borne.say")), bearingChart(Math.max(room - EDGES, 280), this.told.borne)) : null);
    this.run.draw();
  }
}

/** @param {any} told */
function verdict(told) {
  return [
    word(told),
    h("ul", null, told.judged.map((/** @type {any} */ one) => h("li", null, reason(one)))),
    told.borne ? h("p", null, t(told.borne.reproduction > 1 ? "places.stability.grows" : "places.stability.dies", { number: decimal(told.borne.reproduction, 2) })) : null,
  ];
}

/** @param {any} told */
function word(told) {
  const worst = told.judged.some((/** @type {any} */ one) => one.verdict === "unacceptable") ? "unacceptable"
    : told.judged.every((/** @type {any} */ one) => one.verdict === "acceptable") ? "acceptable" : "untold";
  const mark = { acceptable: "✓", unacceptable: "✕", untold: "?" }[worst];
  return h("p", { class: `policy-word is-${worst}` }, h("span", { "aria-hidden": "true" }, mark), " ", t(`places.verdict.${worst}`));
}

/** @param {any} one a criterion */
function reason(one) {
  if (one.value === null) return t("places.reason.untold");
  const over = one.verdict === "unacceptable" ? "over" : "within";
  const crossed = one.crossed === null ? "" : ` ${t("places.reason.crossed", { year: one.crossed.toFixed(0) })}`;
  if (one.name === "growth") return t(`places.reason.growth.${over}`, { times: decimal(one.value, 2), limit: decimal(one.limit, 2) }) + crossed;
  return t(`places.reason.catastrophic.${over}`, { often: often(one.value), limit: often(one.limit) }) + crossed;
}

/**
 * A figure with its unit.
 * @param {string} name
 * @param {number} value
 */
function inWords(name, value) {
  if (SHARES.has(name)) return percent(value);
  if (name === "launch_factor") return `×\u2009${decimal(value, 1)}`;
  if (name === "explosion_factor") return t("places.unit.explosion_factor", { count: decimal(value / 10, value ? 2 : 0) });
  return t(`places.unit.${name}`, { count: value });
}

customElements.define("cs-capacity", Capacity);
