// @ts-check
// A long run in the background: started, followed, ended, and what it says beside the curves.

import { ask, say } from "../api.js";
import { fill, h } from "../dom.js";
import * as holdings from "../holdings.js";
import { shown } from "../text.js";
import { t } from "../words.js";
import { difference } from "./courses.js";
import { percent } from "./crowding.js";

const LOOK_MS = 700;
const YEARS = 100;
const RUNS = [4, 10, 20, 50];

/** A long run of one node; there is one at a time. */
export class LongRun extends HTMLElement {
  /**
   * @param {() => Record<string, number>} policy the figures that are set
   * @param {() => any} quick what the quick model says of them
   * @param {() => void} changed called when there is something to draw
   * @param {(policy: Record<string, number>) => void} set
   */
  constructor(policy, quick, changed, set) {
    super();
    this.policy = policy;
    this.quick = quick;
    this.changed = changed;
    this.set = set;
    /** @type {any} */ this.told = null;
    this.trouble = "";
    this.runs = h("select", { id: "run-count" }, RUNS.map((count) => h("option", { value: count, selected: count === 10 }, count)));
    this.bar = h("progress", { max: 1, id: "run-bar" });
    this.share = h("output", { for: "run-bar" });
    this.begin = h("button", { class: "primary", onclick: () => this.start() }, t("places.run.begin"));
    this.end = h("button", { onclick: () => this.cancel() }, t("places.run.cancel"));
    this.may = h("p", { class: "quiet", hidden: true }, t("places.run.may_not"));
    /** What it says, to be put where it belongs. */
    this.words = h("section", { class: "panel run-words", role: "status", hidden: true });
    this.asking = h("div", { class: "run-asking" }, h("label", { for: "run-count" }, t("places.run.count")), this.runs, this.begin);
    this.going = h("div", { class: "run-going", hidden: true }, h("label", { for: "run-bar" }, t("places.run.going")), this.bar, this.share, this.end);
  }

  connectedCallback() {
    if (!this.firstChild) fill(this, h("section", { class: "panel" }, h("h2", null, t("places.run.title")), h("p", { class: "quiet" }, t("places.run.say")), this.asking, this.going, this.may));
    this.find().catch((error) => this.fail(error));
  }

  disconnectedCallback() {
    clearTimeout(this.waiting);
  }

  /** Find the newest run, so that a page that is opened again goes on with it. */
  async find() {
    const [newest] = (await ask("environment/projections")).data;
    if (!newest || newest.state === "cancelled" || newest.state === "failed") return this.draw();
    this.told = newest;
    await this.look();
  }

  async start() {
    this.trouble = "";
    this.begin.disabled = true;
    try {
      this.told = (await say("POST", "environment/projections", { ...this.policy(), years: YEARS, runs: Number(this.runs.value) })).data;
      this.changed();
      this.wait();
    } catch (error) {
      this.fail(error);
    }
  }

  async cancel() {
    this.end.disabled = true;
    try {
      this.told = (await say("DELETE", `environment/projections/${this.told.id}`)).data;
    } catch (error) {
      this.trouble = /** @type {Error} */ (error).message;
    }
    this.end.disabled = false;
    this.wait();
  }

  wait() {
    clearTimeout(this.waiting);
    const there = this.contains(document.activeElement);
    this.draw();
    if (this.told?.state === "running" && this.isConnected) this.waiting = setTimeout(() => this.look().catch((error) => this.fail(error)), LOOK_MS);
    else if (there) this.begin.focus({ preventScroll: true });
  }

  async look() {
    this.told = (await ask(`environment/projections/${this.told.id}`)).data;
    if (this.told.state !== "running") this.changed();
    this.wait();
  }

  /** @param {any} error */
  fail(error) {
    this.trouble = error.message;
    this.told = this.told?.state === "running" ? null : this.told;
    this.draw();
  }

  /** Whether the run is of the figures that are set. */
  fits() {
    const policy = this.policy();
    return Object.entries(this.told?.policy ?? {}).every(([name, value]) => policy[name] === value);
  }

  /** What may be drawn beside the curves: years of a run that is done and is of these figures. */
  fan() {
    return this.told?.projection && this.fits() ? this.told.projection.years : null;
  }

  draw() {
    const running = this.told?.state === "running";
    this.asking.hidden = running;
    this.going.hidden = !running;
    this.begin.disabled = running || !holdings.may("submit");
    this.bar.value = this.told?.share ?? 0;
    fill(this.share, percent(this.bar.value));
    this.may.hidden = holdings.may("submit");
    const said = this.trouble ? h("p", { class: "policy-problem" }, shown(this.trouble, 300)) : this.said();
    fill(this.words, said).hidden = said === null;
  }

  said() {
    if (this.told?.state === "cancelled") return h("p", null, t("places.run.cancelled"));
    if (this.told?.state === "failed") return h("p", { class: "policy-problem" }, shown(this.told.why, 300));
    if (!this.told || (this.told.state === "done" && !this.told.projection)) return null;
    if (!this.fits()) {
      return h("p", null, t(this.told.state === "running" ? "places.run.other_going" : "places.run.other"), " ",
        h("button", { onclick: () => this.set({ ...this.told.policy }) }, t("places.run.set")));
    }
    if (this.told.state !== "done") return null;
    return h("p", { class: "run-says" }, difference(this.quick().course, this.told.projection));
  }
}

customElements.define("cs-long-run", LongRun);
