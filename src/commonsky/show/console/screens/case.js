// @ts-check
// The case of one approach: who says what, what this node makes of it, and what is done about it.

import { ask } from "../api.js";
import { change, link } from "../address.js";
import { confirmed } from "../dialog.js";
import { fill, h } from "../dom.js";
import * as holdings from "../holdings.js";
import { onKeys } from "../keys.js";
import * as moment from "../moment.js";
import { countdown, ms, shown, utc } from "../text.js";
import { t } from "../words.js";
import { headPanel } from "../panels/case_head.js";
import {
  candidatesPanel,
  changesPanel,
  disagreementPanel,
  othersPanel,
  validityPanel,
  withheldPanel,
} from "../panels/case_tables.js";
import { dilutionFigure, radiusFigure } from "../panels/curves.js";
import { encounterFigure } from "../panels/encounter.js";
import { missFigure, pcFigure } from "../panels/history.js";
import { judgementPanel, ladderPanel } from "../panels/ladder.js";
import { lanesPanel } from "../panels/lanes.js";
import { deed } from "./queue_deeds.js";

const FRESH_MS = 3000; // is not asked for more often

class Case extends HTMLElement {
  constructor() {
    super();
    this.handle = "";
    /** @type {any} */
    this.told = null;
    /** @type {import("../panels/ladder.js").Asked} */
    this.assessed = { state: "waiting", data: null, why: "" };
    this.solution = 0;
    this.asked = 0;
    this.text = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
    this.clock = h("p", { class: "case-countdown", role: "timer" });
    /** @type {AbortController | null} */
    this.asking = null;
    /** Paper has no folds. */
    this.unfold = () => this.querySelector("details.case-messages")?.setAttribute("open", "");
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    this.solution = Number(view.params.get("solution")) || 0;
    if (view.id !== this.handle) {
      this.handle = view.id;
      this.told = null;
      this.assessed = { state: "waiting", data: null, why: "" };
      fill(
        this,
        h("p", { class: "empty", role: "status" }, view.id ? t("case.loading") : t("case.which")),
      );
      if (view.id) this.renew();
    } else this.draw();
  }

  connectedCallback() {
    addEventListener("beforeprint", this.unfold);
    this.ticking = setInterval(() => this.tick(), 500);
    this.offs = [
      holdings.changed((what) => {
        if (what.has("alerts")) this.later();
      }),
      onKeys(this, t("case.title"), [
        { keys: ["a"], say: t("case.do.acknowledged"), run: () => this.claim("acknowledged") },
        { keys: ["s"], say: t("case.do.shelved"), run: () => this.claim("shelved") },
        { keys: ["c"], say: t("case.do.claimed"), run: () => this.claim("claimed") },
      ]),
    ];
  }

  disconnectedCallback() {
    removeEventListener("beforeprint", this.unfold);
    clearInterval(this.ticking);
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.offs?.forEach((off) => off());
  }

  later() {
    if (!this.handle || this.waiting) return;
    this.waiting = setTimeout(
      () => {
        this.waiting = undefined;
        this.renew();
      },
      Math.max(FRESH_MS - (Date.now() - this.asked), 200),
    );
  }

  async renew() {
    this.asked = Date.now();
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    try {
      const answer = await ask(`cases/${encodeURIComponent(this.handle)}`, {}, asking.signal);
      const text = JSON.stringify({ ...answer.data, countdown_s: 0 });
      if (this.told && text === this.text) return;
      this.text = text;
      this.told = answer.data;
      this.draw();
      await this.assess(asking.signal);
    } catch (error) {
      if (asking.signal.aborted) return;
      if (!this.told)
        fill(
          this,
          h(
            "p",
            { class: "empty", role: "alert" },
            t("case.failed", { why: shown(/** @type {Error} */ (error).message, 300) }),
          ),
        );
    }
  }

  /**
   * The ladder takes longer than the case, which does not wait for it.
   * @param {AbortSignal} signal
   */
  async assess(signal) {
    try {
      const path = `cases/${encodeURIComponent(this.handle)}/assessment`;
      this.assessed = { state: "there", data: (await ask(path, {}, signal)).data, why: "" };
    } catch (error) {
      if (signal.aborted) return;
      const why = /** @type {Error} */ (error).message;
      this.assessed = { state: "failed", data: null, why };
    }
    this.draw();
  }

  draw() {
    const told = this.told;
    if (!told) return;
    const solution = told.computed[this.solution] ?? told.computed[0];
    const others = told.computed.filter((/** @type {any} */ one) => one !== solution);
    const now = moment.nodeNow();
    const open = new Set(
      [...this.querySelectorAll("details[open] > summary")].map((one) => one.textContent),
    );
    fill(
      this,
      this.printHead(),
      headPanel(told, solution, this.buttons(), this.clock),
      told.computed.length > 1 ? this.choice(told) : null,
      h(
        "div",
        { class: "case-charts" },
        solution
          ? encounterFigure(solution, others)
          : h(
              "section",
              { class: "panel case-figure" },
              h("h2", null, t("case.plane.title")),
              h("p", { class: "empty" }, t("case.plane.not_here")),
            ),
        pcFigure(told, solution, now),
        ladderPanel(this.assessed, solution),
        h("div", { class: "expert case-part" }, missFigure(told, solution, now)),
        solution
          ? [
              h("div", { class: "expert case-part" }, dilutionFigure(solution)),
              h("div", { class: "expert case-part" }, radiusFigure(solution)),
            ]
          : null,
        h("div", { class: "expert case-part" }, validityPanel(solution)),
        judgementPanel(this.assessed),
        h("div", { class: "case-side" }, withheldPanel(told), disagreementPanel(told)),
      ),
      lanesPanel(told, now),
      h(
        "div",
        { class: "case-rest expert" },
        changesPanel(told),
        othersPanel(told),
        candidatesPanel(),
      ),
    );
    for (const summary of this.querySelectorAll("details > summary")) {
      if (open.has(summary.textContent))
        /** @type {HTMLDetailsElement} */ (summary.parentElement).open = true;
    }
    this.tick();
  }

  /** @param {any} told */
  choice(told) {
    const chosen = told.computed[this.solution] ? this.solution : 0;
    return h(
      "p",
      { class: "case-choice no-print" },
      h(
        "label",
        null,
        t("case.solution", { count: told.computed_in_all }),
        " ",
        h(
          "select",
          {
            onchange: (/** @type {Event} */ event) =>
              change({
                solution: Number(/** @type {HTMLSelectElement} */ (event.target).value) || null,
              }),
          },
          told.computed.map((/** @type {any} */ one, /** @type {number} */ place) =>
            h(
              "option",
              { value: place, selected: place === chosen },
              `${shown(one.source1, 24)} × ${shown(one.source2, 24)}`,
            ),
          ),
        ),
      ),
      " ",
      h("span", { class: "quiet" }, t("case.solution.say")),
    );
  }

  /** What paper needs and the screen has elsewhere. */
  printHead() {
    const node = holdings.node();
    return h(
      "p",
      { class: "case-print-only" },
      t("case.printed", {
        nation: node?.nation ?? "",
        realm: shown(node?.realm ?? "", 40),
        time: utc(moment.nodeNow()),
        handle: this.handle,
        marking: shown(node?.marking?.text ?? "", 120),
      }),
    );
  }

  buttons() {
    const may = holdings.may("submit");
    const button = (/** @type {string} */ state, /** @type {() => void} */ run) =>
      h(
        "button",
        { disabled: !may, title: may ? false : t("case.may_not"), onclick: run },
        t(`case.do.${state}`),
      );
    return h(
      "div",
      { class: "case-deeds no-print", role: "group", "aria-label": t("case.deeds") },
      button("acknowledged", () => this.claim("acknowledged")),
      button("shelved", () => this.claim("shelved")),
      button("claimed", () => this.claim("claimed")),
      button("closed", () => this.claim("closed")),
      h("a", { class: "button", href: link("globe", "", { case: this.handle }) }, t("case.globe")),
      (this.told?.objects ?? [])
        .filter((/** @type {any} */ one) => one.number)
        .map((/** @type {any} */ one) =>
          h(
            "a",
            { class: "button expert", href: link("object", one.number, { part: "breakup" }) },
            t("case.breakup", { object: shown(one.name, 24) || one.number }),
          ),
        ),
      h("button", { onclick: () => print() }, t("case.print")),
    );
  }

  /** The message that a deed is about: the one that stands, ours before a partner's. */
  get target() {
    const lanes = this.told?.lanes ?? [];
    const all = lanes.flatMap((/** @type {any} */ lane) =>
      lane.messages.map((/** @type {any} */ one) => one.alert),
    );
    const here = all.find((/** @type {any} */ one) => one.handle === this.handle);
    if (here && !here.struck) return this.handle;
    return (
      all.find((/** @type {any} */ one) => one.handle === lanes[0]?.newest)?.handle ?? this.handle
    );
  }

  /** @param {import("./queue_deeds.js").State} state */
  async claim(state) {
    if (!this.told) return;
    const sure =
      state !== "closed" ||
      (await confirmed({
        title: t("case.do.closed"),
        body: h("p", null, t("case.close.say")),
        action: t("case.do.closed"),
      }));
    if (sure && (await deed([this.target], state))) await this.renew();
  }

  tick() {
    if (!this.told) return;
    const text = countdown((ms(this.told.at) - moment.now()) / 1000);
    if (this.clock.textContent !== text) this.clock.textContent = text;
  }
}

customElements.define("cs-case", Case);
