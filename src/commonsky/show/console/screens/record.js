// @ts-check
// One record: its envelope, its body, who was told of it, what it rests on; and taking it back.

import { ask, say } from "../api.js";
import { link } from "../address.js";
import { opened, toast } from "../dialog.js";
import { fill, h } from "../dom.js";
import * as holdings from "../holdings.js";
import { facts, table } from "../panels/lists.js";
import { nationMark } from "../panels/nations.js";
import { brief, shortHandle, shown, utc, whole } from "../text.js";
import { t } from "../words.js";

const LONGEST = 20000;

class RecordScreen extends HTMLElement {
  constructor() {
    super();
    this.handle = "";
  }

  /** @param {import("../address.js").View} view */
  set view(view) {
    if (view.id === this.handle) return;
    this.handle = view.id;
    this.draw();
  }

  async draw() {
    try {
      fill(this, await this.content());
    } catch (error) {
      fill(this, h("p", { class: "empty" }, /** @type {Error} */ (error).message));
    }
  }

  async content() {
    const one = (await ask(`records/${this.handle}`)).data;
    const ours = one.nation === holdings.node()?.nation;
    const withdrawn = one.withdrawn_by !== "";
    const links = (/** @type {any[]} */ found) => found.map((other) => h("li", null, shown(other.relation, 20), " ", handleLink(other.handle)));
    const body = one.body === undefined ? shown(one.body_text ?? "", LONGEST) : JSON.stringify(one.body, null, 2).slice(0, LONGEST);
    const alert = ["conjunction", "event", "warning"].includes(one.kind);
    return [
      h("div", { class: "nation-head" }, h("h1", { class: withdrawn ? "struck" : null }, t("record.title", { kind: shown(one.kind, 30) }), " ", h("span", { class: "mono quiet" }, shortHandle(one.handle))),
        alert ? h("a", { class: "button", href: link("case", one.handle) }, t("record.to_case")) : null,
        ours && !withdrawn && holdings.may("release") ? h("button", { class: "danger", onclick: () => this.recall(one) }, t("record.recall")) : null),
      withdrawn ? h("p", { class: "chip warn" }, t("record.withdrawn"), " ", handleLink(one.withdrawn_by)) : null,
      h("div", { class: "columns" },
        h("section", { class: "panel" }, h("h2", null, t("record.envelope")), facts([
          [t("record.handle"), h("span", { class: "mono" }, shown(one.handle, 40))], [t("record.nation"), nationMark(one.nation)], [t("record.peer"), one.peer ? nationMark(one.peer) : t("record.own")],
          [t("record.said"), utc(one.said)], [t("record.valid"), one.valid_from ? `${utc(one.valid_from)} – ${one.valid_until ? utc(one.valid_until) : ""}` : ""],
          [t("record.marking"), shown(one.marking.text, 200)], [t("record.embargo"), one.marking.embargo ? utc(one.marking.embargo) : ""], [t("record.realm"), shown(one.realm, 80)],
          [t("record.subject"), one.subject.map((/** @type {number} */ number) => h("a", { href: link("object", number) }, number, " "))], [t("record.spec"), shown(one.spec, 60)],
          [t("record.sequence"), whole(one.sequence)], [t("record.digest"), h("span", { class: "mono small" }, shown(one.digest, 80))],
        ])),
        h("section", { class: "panel" }, h("h2", null, t("record.lineage")), facts([[t("record.function"), shown(one.lineage.function, 80)], [t("record.used"), one.lineage.used.length ? one.lineage.used.map(handleLink) : ""],
          [t("record.withheld"), one.lineage.withheld_sources ? t("record.withheld.yes") : ""], [t("record.used_by"), one.lineage.used_by.length ? one.lineage.used_by.slice(0, 40).map(handleLink) : ""]]),
        one.links.length + one.linked_by.length ? [h("h3", null, t("record.links")), h("ul", null, links(one.links)), one.linked_by.length ? [h("h3", null, t("record.linked_by")), h("ul", null, links(one.linked_by.slice(0, 60)))] : null] : null)),
      ours ? h("section", { class: "panel" }, h("h2", null, t("record.told")), one.told.length === 0 ? h("p", { class: "quiet" }, t("record.told.none")) : table(t("record.told"),
        ["nation", "level", "rule", "sent", "receipt", "recall"].map((name) => t(`record.head.${name}`)), one.told.map((/** @type {any} */ to) => [
          h("a", { href: link("nation", to.nation, { side: "told" }) }, nationMark(to.nation)), shown(to.level, 12), shown(to.rule, 80), brief(to.sent), to.received ? "✓" : t("record.waits"),
          to.recalled ? (to.withdrawn ? "✓ " + t("record.acknowledged") : t("record.not_yet")) : ""]))) : null,
      h("section", { class: "panel" }, h("h2", null, t("record.body")), body ? h("pre", { class: "record-body" }, body) : h("p", { class: "quiet" }, t("record.body.none", { bytes: whole(one.body_bytes) }))),
    ];
  }

  /** @param {any} one */
  async recall(one) {
    const reason = h("textarea", { rows: 3, maxlength: 500, required: true, "aria-label": t("record.reason") });
    const { closed } = opened(t("record.recall"), [h("p", null, t("record.recall.say", { count: one.told.length })), h("label", { class: "stacked" }, t("record.reason"), reason)],
      [h("button", { value: "" }, t("shell.cancel")), h("button", { value: "yes", class: "primary danger" }, t("record.recall"))]);
    if ((await closed) !== "yes") return;
    try {
      await say("POST", `records/${one.handle}/recall`, { reason: reason.value });
      toast(t("record.recall.done"));
      setTimeout(() => this.draw(), 800);
    } catch (error) {
      toast(/** @type {Error} */ (error).message, "problem");
    }
  }
}

/** @param {string} handle */
function handleLink(handle) {
  return h("a", { class: "mono", href: link("record", handle) }, shortHandle(handle), " ");
}

customElements.define("cs-record", RecordScreen);
