// @ts-check
// What rules say of what happened: fact, test and legal status in three columns that never mix.

import { ask } from "../api.js";
import { link } from "../address.js";
import { fill, h, s } from "../dom.js";
import { shown } from "../text.js";
import { t } from "../words.js";
import { percent } from "./crowding.js";
import { table } from "./lists.js";
import { recordLinks } from "./event_detail.js";
import { wordOr } from "./events.js";

export const BINDINGS = /** @type {const} */ (["treaty", "national law", "agency standard", "guideline", "pledge", "proposed", "ours"]);
const OUTCOMES = /** @type {const} */ (["determined", "cannot be determined", "not applicable"]);
const LONGEST = 2000;
const [WIDE, LEFT, RIGHT] = [320, 8, 312];

/**
 * How a rule binds; law and what is no law differ by shape, not only by word.
 * @param {string} binding
 */
export function bindingMark(binding) {
  const law = binding === "treaty" || binding === "national law";
  const none = binding === "proposed" || binding === "ours";
  return h("span", { class: `binding ${law ? "is-law" : none ? "is-none" : "is-soft"}` }, h("span", { "aria-hidden": "true" }, law ? "§ " : none ? "◌ " : "◇ "), wordOr(`norms.binding.${binding}`, binding));
}

/**
 * Cards of what can be said, then of what cannot, and what does not apply, folded.
 * @param {any[]} judgements
 */
export function normCards(judgements) {
  if (!judgements.length) return h("p", { class: "empty" }, t("norms.cards.none"));
  const of = (/** @type {string} */ outcome) => judgements.filter((one) => one.outcome === outcome);
  const [determined, cannot, rest] = OUTCOMES.map(of);
  determined.sort((a, b) => (b.probability ?? 0) - (a.probability ?? 0));
  return [
    h("p", { class: "norm-tally" }, [["●", "determined", determined], ["?", "cannot", cannot], ["–", "apply_not", rest]].map(([mark, name, found]) => h("span", { class: `norm-tally-one is-${name}` },
      h("b", { "aria-hidden": "true" }, String(mark)), " ", t(`norms.tally.${name}`, { count: found.length })))),
    [...determined, ...cannot].map(card),
    rest.length ? h("details", { class: "norm-rest" }, h("summary", null, t("norms.rest", { count: rest.length })), table(t("norms.rest", { count: rest.length }), [t("norms.rule"), t("norms.why")], rest.map((one) => [
      [ruleLink(one), h("br"), h("span", { lang: "en" }, shown(one.title, 160))], lines(one.reasons)]))) : null,
  ];
}

/** @param {any} one */
function ruleLink(one) {
  return h("a", { class: "mono", href: link("norms", one.rule) }, shown(one.rule, 60));
}

/** @param {any} one */
function card(one) {
  const cannot = one.outcome !== "determined" || one.probability === null;
  return h("article", { class: cannot ? "norm-card is-cannot" : "norm-card" },
    h("h4", null, ruleLink(one), " ", h("span", { lang: "en" }, shown(one.title, 160)), one.objects.length > 1 ? h("span", { class: "quiet mono" }, " ", one.objects.join(", ")) : null),
    h("div", { class: "norm-three" },
      h("section", null, h("h5", null, t("norms.fact")), lines(one.fact), alternatives(one.alternatives), one.records.length ? h("details", null, h("summary", null, t("norms.rests_on", { count: one.records.length })), recordLinks(one.records)) : null),
      h("section", null, h("h5", null, t("norms.test")), cannot ? undecided(one) : decided(one), one.would_change.length ? h("details", null, h("summary", null, t("norms.would_change")), lines(one.would_change)) : null),
      h("section", null, h("h5", null, t("norms.legal")), h("p", null, bindingMark(one.binding)), h("p", { class: "quiet" }, bindingSays(one.binding)), h("p", { lang: "en" }, shown(one.legal, LONGEST)),
        one.citations.length ? h("details", null, h("summary", null, t("norms.citations", { count: one.citations.length })), h("ul", { class: "norm-lines norm-cited", lang: "en" }, one.citations.map((/** @type {string} */ text) => h("li", null, shown(text, LONGEST))))) : null)));
}

/** @param {string} binding */
export function bindingSays(binding) {
  return wordOr(`norms.binding.${binding}.say`, "");
}

/** @param {any} one */
function decided(one) {
  const [low, high] = [one.probability_low ?? one.probability, one.probability_high ?? one.probability];
  const say = t("norms.between", { low: percent(low), high: percent(high) });
  return [
    h("p", { class: "norm-chance" }, h("b", null, percent(one.probability)), " ", t("norms.passed"), h("span", { class: "quiet" }, " ", say)),
    chanceBar(one.probability, low, high, say),
    lines(one.reasons), h("p", { class: "quiet" }, t("norms.confidence", { share: percent(one.confidence) }))];
}

/** @param {any} one */
function undecided(one) {
  return [h("p", { class: "norm-cannot" }, h("span", { "aria-hidden": "true" }, "? "), t("norms.cannot")), lines(one.reasons),
    one.would_decide.length ? [h("h6", null, t("norms.would_decide")), lines(one.would_decide)] : null];
}

/**
 * A probability within its interval, from kept to passed.
 * @param {number} probability
 * @param {number} low
 * @param {number} high
 * @param {string} say
 */
function chanceBar(probability, low, high, say) {
  const x = (/** @type {number} */ share) => LEFT + Math.min(Math.max(share, 0), 1) * (RIGHT - LEFT);
  return s("svg", { viewBox: `0 0 ${WIDE} 44`, class: "norm-bar", role: "img", "aria-label": `${percent(probability)}, ${say}` },
    s("rect", { x: LEFT, y: 8, width: RIGHT - LEFT, height: 12, class: "norm-axis" }),
    s("rect", { x: x(low).toFixed(1), y: 8, width: Math.max(x(high) - x(low), 2).toFixed(1), height: 12, class: "event-between" }),
    s("path", { d: `M${x(0.5)} 6V22`, class: "zero" }),
    s("path", { d: `M${x(probability).toFixed(1)} 4V24`, class: "norm-at" }),
    s("text", { x: LEFT, y: 38 }, t("norms.bar.kept")), s("text", { x: RIGHT, y: 38, "text-anchor": "end" }, t("norms.bar.passed")));
}

/** @param {[string, number | null][]} found */
function alternatives(found) {
  if (!found.length) return null;
  return [h("h6", null, t("norms.alternatives")), h("ul", { class: "norm-lines" }, found.map(([text, share]) => h("li", null, h("span", { lang: "en" }, shown(text, LONGEST)), " ",
    h("span", { class: "quiet" }, share === null ? t("norms.likelihood.none") : t("norms.likelihood", { share: percent(share) })))))];
}

/** @param {string[]} found */
function lines(found) {
  return found.length ? h("ul", { class: "norm-lines", lang: "en" }, found.map((text) => h("li", null, shown(text, LONGEST)))) : null;
}

/** The question of an object against the rules, and its answer; asked only when somebody wants it. */
export class ObjectNorms extends HTMLElement {
  /** @param {number} number */
  constructor(number) {
    super();
    this.number = number;
    this.place = h("div", { class: "norm-cards", "aria-live": "polite" });
  }

  connectedCallback() {
    if (this.firstChild) return;
    const on = h("input", { type: "date", id: "norms-on" });
    const rules = h("input", { type: "text", id: "norms-rules", maxlength: 400, placeholder: t("norms.ask.all"), spellcheck: "false", autocapitalize: "off" });
    const begin = h("button", { class: "primary" }, t("norms.ask.begin"));
    fill(this, h("form", { class: "breakup-ask", onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      begin.disabled = true;
      fill(this.place, h("p", { class: "quiet" }, t("norms.ask.waiting")));
      try {
        const answer = await ask(`objects/${this.number}/norms`, { on: on.value, rules: rules.value.split(/[\s,;]+/).filter(Boolean).join(",") });
        fill(this.place, heldSays(answer.data));
      } catch (error) {
        fill(this.place, h("p", { class: "policy-problem" }, shown(/** @type {Error} */ (error).message, 300)));
      }
      begin.disabled = false;
      begin.focus({ preventScroll: true });
    } }, h("label", null, t("norms.ask.on"), " ", on), h("label", null, t("norms.ask.rules"), " ", rules), begin,
    h("a", { class: "button", href: link("dossiers", "new", { objects: this.number }) }, t("dossiers.make_of"))), this.place);
  }
}

/** @param {any} told */
function heldSays(told) {
  return [h("p", { class: "quiet" }, t("norms.as_of", { day: told.on }), " ", shown(told.marking.text, 160)),
    normCards(told.judgements), unseen([...told.withheld, ...(told.register ? [told.register] : [])])];
}

/**
 * What is known not to have been seen: it stands beside every answer.
 * @param {string[]} found
 */
export function unseen(found) {
  if (!found.length) return null;
  return h("section", { class: "norm-unseen" }, h("h4", null, "△ ", t("norms.unseen")), h("ul", { lang: "en" }, found.map((text) => h("li", null, shown(text, LONGEST)))));
}

customElements.define("cs-object-norms", ObjectNorms);
