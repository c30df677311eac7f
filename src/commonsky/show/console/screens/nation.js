// @ts-check
// Nations: what each holds, what leaves for it and why, what it was told, where two differ, recalls.

import { ask, say } from "../api.js";
import { change, link } from "../address.js";
import { opened, toast } from "../dialog.js";
import { fill, h } from "../dom.js";
import * as holdings from "../holdings.js";
import { nationMark } from "../panels/nations.js";
import { facts, paged, table } from "../panels/lists.js";
import { brief, decimal, km, shortHandle, shown, whole } from "../text.js";
import { t } from "../words.js";
import { preview } from "./nation_preview.js";

const SIDES = ["holds", "preview", "told", "difference", "recall", "quarantine"];

class Nation extends HTMLElement {
  constructor() {
    super();
    this.nation = "";
    this.side = "";
    this.only = "";
    this.place = h("div", { class: "nation-side" });
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    const nation = view.id.slice(0, 12);
    const side = SIDES.includes(view.params.get("side") ?? "") ? /** @type {string} */ (view.params.get("side")) : "holds";
    const only = view.params.get("only") ?? "";
    if (nation === this.nation && side === this.side && only === this.only && this.childElementCount) return;
    [this.nation, this.side, this.only] = [nation, side, only];
    this.draw();
  }

  connectedCallback() {
    this.off = holdings.changed((what) => { if (what.has("node") && !this.drawnFor) this.draw(); });
  }

  disconnectedCallback() {
    this.off?.();
  }

  async draw() {
    const node = holdings.node();
    if (!node) return;
    this.drawnFor = true;
    const partners = node.peers.map((/** @type {any} */ one) => one.nation);
    const { nation, side } = this;
    fill(this, h("div", { class: "nation-head" }, h("h1", null, nation ? nationMark(nation) : t("nation.title")),
      h("nav", { class: "choices", "aria-label": t("nation.title") },
        h("a", { class: "button", href: link("nation"), "aria-current": nation === "" ? "page" : false }, t("nation.everybody")),
        [node.nation, ...partners].map((one) => h("a", { class: "button", href: link("nation", one, { side: side === "holds" ? null : side }), "aria-current": one === nation ? "page" : false }, shown(one, 8))))),
    nation === "" ? null : h("nav", { class: "choices tabs", "aria-label": t("nation.sides") }, this.sides(node).map((name) => h("a", {
      class: "button", href: link("nation", nation, { side: name === "holds" ? null : name }), "aria-current": name === side ? "page" : false,
    }, t(`nation.side.${name}`)))), this.place);
    try {
      fill(this.place, await this.content(node));
    } catch (error) {
      fill(this.place, h("p", { class: "empty" }, /** @type {Error} */ (error).message));
    }
  }

  /** @param {any} node */
  sides(node) {
    return this.nation === node.nation ? ["holds", "recall"] : SIDES;
  }

  /** @param {any} node */
  async content(node) {
    if (this.nation === "") return everybody(node);
    switch (this.side) {
      case "preview": return preview(this.nation);
      case "told": return told(this.nation);
      case "difference": return difference(node.nation, this.nation, this.only);
      case "recall": return recalls(this.nation, node.nation);
      case "quarantine": return quarantine(this.nation);
      default: return holds(this.nation, node);
    }
  }
}

/** @param {any} node */
async function everybody(node) {
  const sources = holdings.completeness()?.sources ?? [];
  const [agreed, held] = await Promise.all([ask("picture"), ask("picture", { nation: node.nation })]);
  const verdicts = agreed.data.verdicts;
  const rows = node.peers.map((/** @type {any} */ one) => {
    const source = sources.find((/** @type {any} */ other) => other.nation === one.nation);
    return [h("a", { href: link("nation", one.nation) }, nationMark(one.nation)), state(one), whole(source?.objects), whole(source?.statements), brief(source?.newest_said),
      whole(one.held), whole(one.set_aside), whole(one.told), whole(one.acknowledged), one.behind ? h("span", { class: "chip warn" }, t("nation.behind", { count: one.behind })) : "✓"];
  });
  return [
    h("section", { class: "panel" }, h("h2", null, t("nation.picture")), facts([
      [t("nation.objects"), whole(agreed.data.objects)], [t("nation.statements"), whole(agreed.data.statements)], [t("nation.own"), whole(held.data.objects)],
      ...["agree", "dissent", "alone", "outdated", "nowhere"].map((name) => /** @type {[string, any]} */ ([t(`nation.verdict.${name}`), whole(verdicts[name])])),
    ])),
    h("section", { class: "panel" }, h("h2", null, t("nation.partners")), table(t("nation.partners"),
      ["nation", "state"].map((name) => t(`nation.head.${name}`)).concat(["objects", "statements"].map((name) => t(`nation.head.${name}`) + " #"), t("nation.head.newest"), ["held", "aside", "told", "acknowledged"].map((name) => t(`nation.head.${name}`) + " #"), t("nation.head.behind")), rows)),
    h("section", { class: "panel" }, h("h2", null, t("nation.kept_home")), await keptHome()),
  ];
}

async function keptHome() {
  const found = (await ask("release/refused")).data.filter((/** @type {any} */ one) => one.kept_from.length);
  if (!found.length) return h("p", { class: "quiet" }, t("nation.kept_home.none"));
  return table(t("nation.kept_home"), [t("nation.head.record"), t("nation.head.kept_from"), t("nation.head.why"), t("nation.head.warning"), ""], found.map((/** @type {any} */ one) => [
    record(one.record), one.kept_from.map((/** @type {string} */ nation) => nation || t("nation.everybody")).join(", "), one.reasons.map((/** @type {string} */ why) => shown(why, 200)).join("; "),
    t(one.warn_covered ? "nation.warning.stopped" : "nation.warning.goes"),
    holdings.may("release") ? h("button", { onclick: () => letGo(one) }, t("nation.let_go")) : null,
  ]));
}

/** @param {any} one */
async function letGo(one) {
  const field = h("input", { type: "text", maxlength: 400, required: true, "aria-label": t("nation.reason") });
  const { closed } = opened(t("nation.let_go"), [h("p", null, t("nation.let_go.say")), h("label", null, t("nation.reason"), " ", field)],
    [h("button", { value: "" }, t("shell.cancel")), h("button", { value: "yes", class: "primary" }, t("nation.let_go"))]);
  if ((await closed) !== "yes") return;
  try {
    const everybody = one.kept_from.includes("");
    await say("POST", "release/allow", { records: [one.record], reason: field.value, recipients: everybody ? [] : one.kept_from });
    toast(t("nation.let_go.done"));
    dispatchEvent(new HashChangeEvent("hashchange"));
    location.reload();
  } catch (error) {
    toast(/** @type {Error} */ (error).message, "problem");
  }
}

/** @param {any} one */
function state(one) {
  const good = one.state === "reached";
  return h("span", { class: good ? "chip good" : "chip warn", title: one.why || null }, (good ? "✓ " : "△ ") + shown(one.state, 30));
}

/**
 * @param {string} nation
 * @param {any} node
 */
async function holds(nation, node) {
  const [picture, objects] = [await ask("picture", { nation }), await ask("objects", { nation, most: 1 })];
  const peer = node.peers.find((/** @type {any} */ one) => one.nation === nation);
  const source = objects.completeness.sources.find((/** @type {any} */ one) => one.nation === nation);
  return [
    h("section", { class: "panel" }, h("h2", null, t("nation.holds", { nation: shown(nation, 8) })), h("p", { class: "quiet" }, t(nation === node.nation ? "nation.holds.own" : "nation.holds.say")), facts([
      [t("nation.objects"), whole(picture.data.objects)], [t("nation.statements"), whole(picture.data.statements)],
      [t("nation.head.newest"), brief(source?.newest_said)], [t("nation.epoch"), brief(source?.newest_epoch)], [t("nation.unusable"), whole(source?.unusable)],
      ...["agree", "dissent", "alone", "outdated", "nowhere"].map((name) => /** @type {[string, any]} */ ([t(`nation.verdict.${name}`), whole(picture.data.verdicts[name])])),
      ...(peer ? /** @type {[string, any][]} */ ([[t("nation.head.state"), state(peer)], [t("nation.head.held"), whole(peer.held)], [t("nation.head.told"), whole(peer.told)], [t("nation.head.acknowledged"), whole(peer.acknowledged)]]) : []),
    ])),
    h("section", { class: "panel" }, h("h2", null, t("nation.dissent")), paged("objects", { nation, verdict: "dissent", most: 100 }, (found) => found.length === 0 ? h("p", { class: "quiet" }, t("nation.dissent.none"))
      : table(t("nation.dissent"), [t("nation.head.object"), t("nation.head.nation"), t("nation.head.sigmas") + " #", t("nation.head.apart") + " #"], found.map((one) => [
        h("a", { href: link("object", one.number) }, shown(one.name, 60) || one.number), one.nations.map((/** @type {string} */ name) => nationMark(name)), decimal(one.sigmas, 1), km(one.apart_km)])))),
  ];
}

/** @param {string} nation */
function told(nation) {
  return h("section", { class: "panel" }, h("h2", null, t("nation.told", { nation: shown(nation, 8) })), h("p", { class: "quiet" }, t("nation.told.say")),
    paged(`told/${nation}`, { most: 200 }, (found) => table(t("nation.side.told"),
      ["#", t("nation.head.record"), t("nation.head.says"), t("nation.head.subject"), t("nation.head.level"), t("nation.head.rule"), t("nation.head.sent"), t("nation.head.receipt")],
      found.map((one) => [one.index, h("span", { class: one.recalled ? "struck" : null }, record(one.handle)), shown(one.says, 20), one.subject.map((/** @type {number} */ number) => h("a", { href: link("object", number) }, number, " ")),
        shown(one.level, 12), shown(one.rule, 60), brief(one.sent), one.recalled ? t("nation.recalled") : one.received ? "✓ " + t("nation.received") : t("nation.waits")]))));
}

/**
 * @param {string} ours
 * @param {string} theirs
 * @param {string} only
 */
function difference(ours, theirs, only) {
  const kinds = ["dissent", "ours", "theirs", "agree", "unknown"];
  return h("section", { class: "panel" }, h("h2", null, t("nation.difference", { ours, theirs: shown(theirs, 8) })), h("p", { class: "quiet" }, t("nation.difference.say")),
    h("div", { class: "choices", role: "group", "aria-label": t("nation.only") }, ["", ...kinds].map((kind) => h("button", { "aria-pressed": kind === only, onclick: () => change({ only: kind || null }) }, kind ? t(`nation.what.${kind}`, { ours, theirs: shown(theirs, 8) }) : t("nation.all")))),
    paged("picture/difference", { with: theirs, only, most: 200 }, (found) => found.length === 0 ? h("p", { class: "quiet" }, t("nation.difference.none")) : table(t("nation.side.difference"),
      [t("nation.head.object"), t("nation.head.what"), t("nation.head.sigmas") + " #", t("nation.head.across") + " #", t("nation.head.along") + " #", t("nation.head.normal") + " #"],
      found.map((one) => [h("a", { href: link("object", one.number) }, shown(one.name, 60) || one.number), t(`nation.what.${one.what}`, { ours, theirs: shown(theirs, 8) }), decimal(one.sigmas, 1), km(one.across_km), km(one.along_km), km(one.normal_km)]))));
}

/**
 * @param {string} nation
 * @param {string} ours
 */
async function recalls(nation, ours) {
  const found = [...holdings.alerts().values()].filter((one) => one.kind === "retraction" && (nation === ours || nation === one.nation || one.nation === ours));
  if (!found.length) return h("p", { class: "empty" }, t("nation.recall.none"));
  const rows = await Promise.all(found.slice(0, 60).map(async (one) => {
    const of = one.retracts[0] ?? "";
    const about = of ? await ask(`records/${of}`).then((answer) => answer.data).catch(() => null) : null;
    const answers = (about?.told ?? []).map((/** @type {any} */ to) => h("span", { class: to.withdrawn ? "chip good" : "chip warn" }, `${to.withdrawn ? "✓" : "△"} ${to.nation}`));
    return [brief(one.said), nationMark(one.nation), record(of), shown(one.retraction?.reason ?? one.struck_why, 200), about ? `${shown(about.kind, 20)} ${about.subject.join(" ")}` : "", one.nation === ours ? answers : t("nation.recall.theirs")];
  }));
  return h("section", { class: "panel" }, h("h2", null, t("nation.side.recall")), h("p", { class: "quiet" }, t("nation.recall.say")),
    table(t("nation.side.recall"), ["when", "by", "record", "why", "about", "answers"].map((name) => t(`nation.recall.${name}`)), rows));
}

/** @param {string} nation */
function quarantine(nation) {
  return h("section", { class: "panel" }, h("h2", null, t("nation.side.quarantine")), h("p", { class: "quiet" }, t("nation.quarantine.say")),
    paged("quarantine", { nation, most: 200 }, (found) => found.length === 0 ? h("p", { class: "quiet" }, t("nation.quarantine.none"))
      : table(t("nation.side.quarantine"), ["#", t("nation.head.why"), t("nation.head.bytes") + " #"], found.map((one) => [one.index, shown(one.reason, 300), whole(one.bytes)]))));
}

/** @param {string} handle */
function record(handle) {
  return handle ? h("a", { class: "mono", href: link("record", handle) }, shortHandle(handle)) : "–";
}

customElements.define("cs-nation", Nation);
