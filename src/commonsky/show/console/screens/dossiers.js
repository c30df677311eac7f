// @ts-check
// Dossiers: those that were made here, one of them whole, and the making of another.

import { address, ask, say } from "../api.js";
import { go, link } from "../address.js";
import { toast } from "../dialog.js";
import { fill, h } from "../dom.js";
import * as holdings from "../holdings.js";
import { conductHead, eventTable } from "../panels/events.js";
import { facts, table, wide } from "../panels/lists.js";
import { normCards, unseen } from "../panels/norm_cards.js";
import { percent } from "../panels/crowding.js";
import { age, brief, shown, utc, whole } from "../text.js";
import { t } from "../words.js";

const NEW = "new";
const MOST_OBJECTS = 20;

class Dossiers extends HTMLElement {
  constructor() {
    super();
    this.name = "";
    this.place = h("div", { class: "dossier-place" });
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    const next = view.id === NEW ? location.hash : view.id;
    if (next === this.name && this.place.childElementCount) return;
    this.name = next;
    this.params = view.params;
    this.draw(view.id).catch((error) => fill(this.place, h("p", { class: "empty", role: "alert" }, shown(error.message, 300))));
  }

  connectedCallback() {
    fill(this, conductHead("dossiers"), this.place);
    // Who one is may be told after the form is drawn.
    this.off = holdings.changed((what) => { if (what.has("node")) this.allow(); });
  }

  disconnectedCallback() {
    this.off?.();
  }

  /** @param {string} name */
  async draw(name) {
    if (name === NEW) fill(this.place, this.form());
    else if (name) {
      fill(this.place, h("p", { class: "empty", role: "status" }, t("dossiers.waiting")));
      const told = (await ask(`dossiers/${encodeURIComponent(name)}`)).data;
      if (this.name === name) fill(this.place, everything(told));
    } else {
      const found = (await ask("dossiers")).data;
      if (this.name === name) fill(this.place, list(found));
    }
    this.allow();
  }

  allow() {
    const may = holdings.may("submit");
    const begin = /** @type {HTMLButtonElement | null} */ (this.place.querySelector(".dossier-form .primary"));
    if (begin) begin.disabled = !may;
    const note = /** @type {HTMLElement | null} */ (this.place.querySelector(".dossier-may"));
    if (note) note.hidden = may || holdings.session() === null;
  }

  form() {
    const get = (/** @type {string} */ name) => this.params?.get(name) ?? "";
    const objects = h("input", { id: "dossier-objects", required: true, maxlength: 240, pattern: "\\s*\\d{1,9}([\\s,;]+\\d{1,9})*[\\s,;]*", value: get("objects").replaceAll(",", ", "), "aria-describedby": "dossier-objects-say", inputmode: "numeric" });
    const title = h("input", { id: "dossier-title", maxlength: 200, value: get("title") });
    const since = h("input", { id: "dossier-since", type: "date", value: get("since") });
    const until = h("input", { id: "dossier-until", type: "date", value: get("until") });
    const on = h("input", { id: "dossier-on", type: "date", value: get("on") });
    const rules = h("input", { id: "dossier-rules", maxlength: 600, value: get("rules"), placeholder: t("norms.ask.all"), spellcheck: "false", list: "dossier-known", "aria-describedby": "dossier-rules-say" });
    const known = h("datalist", { id: "dossier-known" });
    ask("norms").then((answer) => fill(known, answer.data.map((/** @type {any} */ one) => h("option", { value: one.id }, shown(one.title, 100))))).catch(() => {});
    const begin = h("button", { class: "primary" }, t("dossiers.make"));
    const trouble = h("p", { class: "policy-problem", role: "alert" });
    const split = (/** @type {string} */ text) => text.split(/[\s,;]+/).filter(Boolean);
    const field = (/** @type {string} */ name, /** @type {HTMLInputElement} */ input, /** @type {string} */ note) => h("div", { class: "dossier-field" },
      h("label", { for: input.id }, t(`dossiers.field.${name}`)), input, note ? h("p", { class: "quiet", id: `${input.id}-say` }, note) : null);
    return h("form", { class: "panel dossier-form", onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      begin.disabled = true;
      fill(trouble, t("dossiers.making"));
      try {
        const told = (await say("POST", "dossiers", { objects: split(objects.value).map(Number), title: title.value.trim(), since: since.value, until: until.value, on: on.value, rules: split(rules.value) })).data;
        toast(t("dossiers.made"));
        go("dossiers", told.line.name);
      } catch (error) {
        fill(trouble, shown(/** @type {Error} */ (error).message, 300));
        begin.disabled = false;
        begin.focus();
      }
    } }, h("h2", null, t("dossiers.new")), h("p", { class: "quiet" }, t("dossiers.new.say")),
    field("objects", objects, t("dossiers.field.objects.say", { count: MOST_OBJECTS })), field("title", title, ""),
    h("div", { class: "dossier-days" }, field("since", since, ""), field("until", until, ""), field("on", on, "")),
    field("rules", rules, t("dossiers.field.rules.say")), known,
    h("p", { class: "chip warn dossier-may", hidden: true }, "△ ", t("dossiers.may_not")), trouble,
    h("div", { class: "event-deeds" }, begin, h("a", { class: "button", href: link("dossiers") }, t("shell.cancel"))));
  }
}

/** @param {any[]} found */
function list(found) {
  return [h("p", null, h("a", { class: "button primary", href: link("dossiers", NEW) }, t("dossiers.new"))),
    found.length ? h("section", { class: "panel" }, wide(t("dossiers.title"), table(t("dossiers.title"),
      [t("dossiers.head.title"), t("dossiers.head.objects"), t("dossiers.head.on"), t("dossiers.head.records") + " #", t("dossiers.head.findings") + " #", t("dossiers.head.signed"), t("events.head.marking"), ""],
      found.map((one) => [h("a", { href: link("dossiers", one.name) }, shown(one.title, 120)), objectLinks(one.objects), one.on, whole(one.records), whole(one.findings), shown(one.signed_by.join(", "), 60), h("span", { class: "wraps" }, shown(one.marking.text, 120)), pageLink(one.name)]))))
      : h("div", { class: "panel empty" }, h("p", null, t("dossiers.none")), h("p", { class: "quiet" }, t("dossiers.none.say")))];
}

/** @param {number[]} numbers */
function objectLinks(numbers) {
  return numbers.map((number, place) => [place ? ", " : "", h("a", { href: link("object", number) }, number)]);
}

/** @param {string} name */
function pageLink(name) {
  return h("a", { download: "", href: address(`dossiers/${encodeURIComponent(name)}/page.html`).href }, t("dossiers.page"));
}

/** @param {any} told */
function everything({ line, dossier }) {
  const page = pageLink(line.name);
  page.className = "button primary";
  return [
    h("section", { class: "panel" }, h("p", { class: "quiet" }, h("a", { href: link("dossiers") }, "← ", t("dossiers.all"))), h("h2", null, shown(line.title, 200)),
      facts([[t("dossiers.head.objects"), objectLinks(line.objects)], [t("dossiers.head.on"), line.on], [t("dossiers.head.span"), dossier.asked.since || dossier.asked.until ? `${utc(dossier.asked.since)} – ${utc(dossier.asked.until)}` : t("dossiers.whole_time")],
        [t("dossiers.head.records"), whole(line.records)], [t("dossiers.head.signed"), shown(line.signed_by.join(", "), 80)], [t("events.head.marking"), shown(line.marking.text, 160)], [t("dossiers.head.software"), shown(`${dossier.software.name} ${dossier.software.version}`, 60)]]),
      h("div", { class: "event-deeds" }, page, h("span", { class: "quiet" }, t("dossiers.page.say"))),
      h("h3", null, t("dossiers.summary")), h("ul", { class: "dossier-summary", lang: "en" }, dossier.summary.map((/** @type {string} */ one) => h("li", null, shown(one, 1000))))),
    h("section", { class: "panel" }, h("h3", null, t("dossiers.findings", { count: dossier.findings.length })),
      dossier.findings.length ? wide(t("events.title"), eventTable(dossier.findings.map((/** @type {any} */ found) => ({ kind: found.kind, words: "", marking: null, found })), { name: t("events.title"), marked: false })) : h("p", { class: "quiet" }, t("dossiers.findings.none"))),
    h("section", { class: "panel norm-cards" }, h("h3", null, t("dossiers.rules")), normCards(dossier.judgements)),
    h("section", { class: "panel" }, h("h3", null, t("dossiers.custody")), h("p", { class: "quiet" }, t("dossiers.custody.say")), custody(dossier.custody)),
    dossier.circumstances.length ? h("section", { class: "panel" }, h("h3", null, t("dossiers.circumstances")), circumstances(dossier.circumstances)) : null,
    h("section", { class: "panel" }, unseen(dossier.withheld), h("h3", null, t("dossiers.check")), h("p", null, t("dossiers.check.say")), h("p", null, h("code", { class: "mono" }, `commonsky dossier verify ${shown(line.name, 100)}`))),
  ];
}

/** @param {any[]} found */
function custody(found) {
  return wide(t("dossiers.custody"), table(t("dossiers.custody"),
    [t("places.object"), t("dossiers.sets") + " #", t("dossiers.first_last"), t("dossiers.usual") + " #", t("dossiers.longest"), t("dossiers.gap_share") + " #"],
    found.map((one) => {
      const [longest] = [...one.gaps].sort((a, b) => b.hours - a.hours);
      return [h("a", { href: link("object", one.object) }, one.object), whole(one.sets), `${brief(one.first)} – ${brief(one.last)}`, one.usual_interval_h === null ? "–" : age(one.usual_interval_h / 24),
        longest ? `${age(longest.hours / 24)}: ${brief(longest.not_before)} – ${brief(longest.not_after)}` : t("dossiers.no_gap"), percent(one.gap_share)];
    })));
}

/** @param {any[]} found */
function circumstances(found) {
  return h("ul", { class: "norm-lines", lang: "en" }, found.map((one) => h("li", null, h("b", null, shown(one.kind, 40).replaceAll("_", " ")), `, ${shown(one.answer ?? "not searched", 40)}: `, shown(one.text, 2000), h("div", { class: "quiet" }, shown(one.source, 500), one.day ? `, ${shown(one.day, 20)}` : ""))));
}

customElements.define("cs-dossiers", Dossiers);
