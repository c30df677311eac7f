// @ts-check
// The bar of the one global time: what moment is shown, and how to show another.

import { h, fill } from "./dom.js";
import { brief, ms, utc } from "./text.js";
import { t } from "./words.js";
import * as moment from "./moment.js";

const RATES = [1, 10, 60, 600];

/** The bar; it ticks by itself. */
export class TimeBar extends HTMLElement {
  constructor() {
    super();
    this.shownAt = h("time", { class: "time-now" });
    this.chip = h("button", { class: "chip time-mode", onclick: () => moment.live() });
    this.field = h("input", {
      type: "datetime-local", step: "1", "aria-label": t("shell.set_time"), class: "time-field",
      onchange: () => moment.seek(ms(this.field.value)),
    });
    this.run = h("button", { class: "icon" , onclick: () => pauseOrRun() });
    this.rate = h("select", { "aria-label": t("shell.play", { rate: "" }), onchange: () => moment.play(Number(this.rate.value)) },
      RATES.map((rate) => h("option", { value: rate }, `×${rate}`)));
  }

  connectedCallback() {
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", t("shell.time"));
    const jump = (/** @type {number} */ minutes, /** @type {string} */ face, /** @type {string} */ say) =>
      h("button", { class: "icon", title: say, "aria-label": say, onclick: () => moment.seek(moment.now() + minutes * 60000) }, face);
    fill(this,
      this.chip, this.shownAt,
      h("span", { class: "time-keys" },
        jump(-10, "−10m", t("shell.back", { amount: "10 min" })),
        this.run,
        jump(10, "+10m", t("shell.ahead", { amount: "10 min" })),
        this.rate),
      h("details", { class: "time-set" }, h("summary", { "aria-label": t("shell.set_time"), title: t("shell.set_time") }, "◷"), this.field),
    );
    this.off = moment.changed(() => this.draw());
    this.ticking = setInterval(() => this.tick(), 250);
    this.draw();
  }

  disconnectedCallback() {
    this.off?.();
    clearInterval(this.ticking);
  }

  draw() {
    const live = moment.mode() === "live";
    document.documentElement.dataset.time = moment.mode();
    const ahead = moment.now() > moment.nodeNow() + 2000;
    this.chip.textContent = t(live ? "shell.live" : ahead ? "shell.forecast" : "shell.replay");
    this.chip.title = live ? t("shell.time") : t("shell.to_live");
    this.chip.classList.toggle("is-live", live);
    const runs = moment.rate() !== 0;
    this.run.textContent = runs ? "‖" : "▶";
    this.run.setAttribute("aria-label", runs ? t("shell.pause") : t("shell.play", { rate: this.rate.value }));
    this.run.title = this.run.getAttribute("aria-label") ?? "";
    if (!live && RATES.includes(moment.rate())) this.rate.value = String(moment.rate());
    this.tick();
  }

  tick() {
    const text = utc(moment.now());
    if (this.shownAt.textContent === text) return;
    this.shownAt.textContent = text;
    this.shownAt.title = brief(moment.now());
    if (document.activeElement !== this.field) this.field.value = text.slice(0, 19).replace(" ", "T");
  }
}

/** Let the time stand, or run as chosen. */
export function pauseOrRun() {
  if (moment.rate() !== 0) moment.pause();
  else {
    const chosen = /** @type {HTMLSelectElement | null} */ (document.querySelector("cs-timebar select"));
    moment.play(Number(chosen?.value ?? 1));
  }
}

customElements.define("cs-timebar", TimeBar);
