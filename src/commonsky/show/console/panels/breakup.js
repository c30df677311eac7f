// @ts-check
// What if an object breaks up: asked on its page, and told beside it; only supposed.

import { say } from "../api.js";
import { link } from "../address.js";
import { fill, h } from "../dom.js";
import { decimal, probability, shown, whole } from "../text.js";
import { t } from "../words.js";
import { table, wide } from "./lists.js";
import { nationMark } from "./nations.js";

const SHOWN = 12;

/** The question and its answer. */
export class BreakUp extends HTMLElement {
  /** @param {number} number */
  constructor(number) {
    super();
    this.number = number;
    this.place = h("div", { "aria-live": "polite" });
  }

  connectedCallback() {
    if (this.firstChild) return;
    const field = (/** @type {string} */ name, /** @type {Record<string, any>} */ props) => h("input", { type: "number", id: `breakup-${name}`, step: "any", ...props });
    const mass = field("mass", { min: 0.1, max: 1e6, placeholder: t("object.breakup.as_known") });
    const impactor = field("impactor", { min: 0.001, max: 1e6, placeholder: t("object.breakup.by_itself") });
    const speed = field("speed", { min: 0.1, max: 100, value: 10, required: true });
    const smallest = field("smallest", { min: 0.05, max: 1, value: 0.1, required: true });
    const begin = h("button", { class: "primary" }, t("object.breakup.begin"));
    const number = (/** @type {HTMLInputElement} */ one) => (one.value === "" ? null : Number(one.value));
    const form = h("form", { class: "breakup-ask", onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      begin.disabled = true;
      fill(this.place, h("p", { class: "quiet" }, t("object.breakup.waiting")));
      try {
        const answer = await say("POST", "environment/breakup", { number: this.number, mass_kg: number(mass), impactor_kg: number(impactor), speed_km_s: number(speed), smallest_m: number(smallest) });
        fill(this.place, drawn(answer.data));
      } catch (error) {
        fill(this.place, h("p", { class: "policy-problem" }, shown(/** @type {Error} */ (error).message, 300)));
      }
      begin.disabled = false;
    } }, [["mass", mass], ["impactor", impactor], ["speed", speed], ["smallest", smallest]].map(([name, input]) => h("label", null, t(`object.breakup.${String(name)}`), " ", /** @type {Node} */ (input))), begin);
    fill(this, form, this.place);
  }
}

/** @param {any} told */
function drawn(told) {
  const [low, nominal, high] = told.fragments;
  const kind = told.energy_j_g === null ? "explosion" : told.catastrophic ? "catastrophic" : "cratered";
  const values = {
    mass: whole(told.mass_kg), known: known(told.mass_provenance), count: whole(nominal), low: whole(low), high: whole(high),
    smallest: String(told.smallest_m), energy: told.energy_j_g === null ? "" : told.energy_j_g < 10 ? decimal(told.energy_j_g, 1) : whole(told.energy_j_g),
  };
  return [h("p", { class: "strong" }, t(`object.breakup.${kind}`, values)), cloud(told), met(told),
    h("p", { class: "quiet" }, t("object.breakup.between"), told.spread_days === null ? "" : " " + t("object.breakup.spread", { after: after(told.spread_days) }), " ", shown(told.marking.text, 200))];
}

/** @param {any} told */
function cloud(told) {
  const heads = ["in_orbit", "down", "unseen", "densest", "more"].map((name) => t(`object.breakup.${name}`) + " #");
  return wide(t("object.breakup.cloud"), table(t("object.breakup.cloud"), [t("object.breakup.after"), ...heads], told.moments.map((/** @type {any} */ one) => [
    after(one.days), whole(one.in_orbit[1]), whole(one.re_entered[1]), whole(one.lethal_unseen[1]),
    one.densest_km === null ? "–" : `${whole(one.densest_km)} km`, few(one.conjunctions_week[1]),
  ])));
}

/** @param {any} told */
function met(told) {
  const found = told.moments[0]?.met ?? [];
  if (!found.length) return h("p", null, t("object.breakup.met.none", { count: told.satellites }));
  const name = t("object.breakup.met");
  return [h("h3", null, name), h("p", { class: "quiet" }, t("object.breakup.met.say", { km: told.screening_km, count: told.satellites })),
    wide(name, table(name, [t("object.breakup.satellite"), ...told.moments.map((/** @type {any} */ one) => after(one.days) + " #"), t("object.breakup.hit") + " #"], found.slice(0, SHOWN).map((/** @type {any} */ one, /** @type {number} */ k) => {
      const each = told.moments.map((/** @type {any} */ moment) => moment.met[k]);
      const hits = each.map((/** @type {any} */ two) => two.hit_probability_year?.[1] ?? 0);
      return [
        [h("a", { href: link("object", one.number) }, shown(one.name, 40) || one.number), " ", one.nation ? nationMark(one.nation) : null, one.crewed ? h("span", { class: "chip severe" }, t("object.breakup.crewed")) : null],
        ...each.map((/** @type {any} */ two) => (two.conjunctions_week === null ? "–" : few(two.conjunctions_week[1]))), probability(Math.max(...hits)),
      ];
    })))];
}

/** @param {string} provenance */
function known(provenance) {
  return provenance === "as given" ? t("object.breakup.given") : t(`places.known.${provenance.replaceAll(" ", "_")}`);
}

/** @param {number} value */
function few(value) {
  if (value === 0) return "0";
  return value < 0.01 ? probability(value) : decimal(value, value < 1 ? 2 : value < 10 ? 1 : 0);
}

/** @param {number} days */
function after(days) {
  if (days < 0.9) return t("object.after.hours", { count: Math.round(days * 24) });
  if (days < 21) return t("object.after.days", { count: Math.round(days) });
  return days < 360 ? t("object.after.months", { count: Math.round(days / 30.44) }) : t("object.after.years", { count: whole(days / 365.25) });
}

customElements.define("cs-breakup", BreakUp);
