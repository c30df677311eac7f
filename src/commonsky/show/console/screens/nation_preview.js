// @ts-check
// What would leave for a nation, before it does: which, in which form, by which rule; and a no.

import { ask, say } from "../api.js";
import { link } from "../address.js";
import { opened, toast } from "../dialog.js";
import { fill, h } from "../dom.js";
import * as holdings from "../holdings.js";
import { onKeys } from "../keys.js";
import { paged, table } from "../panels/lists.js";
import { brief, shortHandle, shown, whole } from "../text.js";
import { t } from "../words.js";

/** @param {string} nation */
export async function preview(nation) {
  const { data } = await ask("release/preview", { to: nation });
  const lines = h("div");
  const mode = h("p", { class: "quiet" }, t("nation.preview.say", { nation: shown(nation, 8) }));
  if (!data.groups.length) return h("section", { class: "panel" }, h("h2", null, t("nation.side.preview")), mode, h("p", { class: "empty" }, t("nation.preview.none", { nation: shown(nation, 8) })));
  return [
    h("section", { class: "panel" }, h("h2", null, t("nation.side.preview")), mode, data.whole ? null : h("p", { class: "chip warn" }, t("nation.preview.part")),
      table(t("nation.side.preview"), [t("nation.head.level"), t("nation.head.kind"), t("nation.head.rule"), t("nation.head.records") + " #", ""], data.groups.map((/** @type {any} */ one) => [
        level(one.level), shown(one.kind, 20), h("code", null, shown(one.rule, 100)), whole(one.count),
        h("button", { onclick: () => fill(lines, group(nation, one)) }, t("nation.preview.show")),
      ]))), lines];
}

/** @param {string} name */
function level(name) {
  return h("span", { class: name === "withheld" ? "chip" : name === "full" ? "chip good" : "chip warn" }, t(`nation.level.${["full", "event", "exists", "warn", "coarse", "derived", "withheld"].includes(name) ? name : "other"}`, { name: shown(name, 20) }));
}

/**
 * @param {string} nation
 * @param {any} of
 */
function group(nation, of) {
  /** @type {Set<string>} */
  const chosen = new Set();
  const may = holdings.may("release");
  const bar = h("div", { class: "choices" },
    h("button", { disabled: !may, onclick: () => refuse([...chosen], nation) }, t("nation.refuse"), " ", h("kbd", null, "r")),
    h("button", { disabled: !may, onclick: () => confirmClass([...chosen]) }, t("nation.confirm"), " ", h("kbd", null, "y")),
    may ? null : h("span", { class: "quiet" }, t("nation.may_not")));
  const section = h("section", { class: "panel" }, h("h2", null, level(of.level), " ", shown(of.kind, 20), " · ", h("code", null, shown(of.rule, 100))), bar,
    paged("release/preview/records", { to: nation, level: of.level, kind: of.kind, rule: of.rule, most: 200 }, (found) => table(t("nation.side.preview"),
      ["", t("nation.head.record"), t("nation.head.subject"), t("nation.head.said"), t("nation.head.marking"), t("nation.head.bytes") + " #", ""],
      found.map((one) => [
        h("input", { type: "checkbox", "aria-label": t("nation.choose", { record: shortHandle(one.record) }), checked: chosen.has(one.record), onchange: (/** @type {Event} */ event) => { if (/** @type {HTMLInputElement} */ (event.target).checked) chosen.add(one.record); else chosen.delete(one.record); } }),
        h("a", { class: "mono", href: link("record", one.record) }, shortHandle(one.record)), one.subject.map((/** @type {number} */ number) => h("a", { href: link("object", number) }, number, " ")), brief(one.said), shown(one.marking.text, 80), whole(one.bytes),
        h("button", { onclick: () => explain(one.record, nation) }, t("nation.explain")),
      ]))));
  const off = onKeys(section, t("nation.side.preview"), [
    { keys: ["r"], say: t("nation.refuse"), run: () => section.isConnected && refuse([...chosen], nation) },
    { keys: ["y"], say: t("nation.confirm"), run: () => section.isConnected && confirmClass([...chosen]) },
  ]);
  new MutationObserver((_, self) => { if (!section.isConnected) { off(); self.disconnect(); } }).observe(document.body, { childList: true, subtree: true });
  return section;
}

/**
 * Keep records home, with a reason.
 * @param {string[]} records
 * @param {string} nation
 */
async function refuse(records, nation) {
  if (!records.length) {
    toast(t("nation.choose_first"));
    return;
  }
  const reason = h("textarea", { rows: 3, maxlength: 500, required: true, "aria-label": t("nation.reason") });
  const all = h("input", { type: "checkbox", checked: true });
  const warn = h("input", { type: "checkbox" });
  const { closed } = opened(t("nation.refuse.title", { count: records.length }), [
    h("p", null, t("nation.refuse.say")), h("label", { class: "stacked" }, t("nation.reason"), reason),
    h("label", null, all, " ", t("nation.refuse.all")), h("label", null, warn, " ", t("nation.refuse.warn")),
  ], [h("button", { value: "" }, t("shell.cancel")), h("button", { value: "yes", class: "primary danger" }, t("nation.refuse"))]);
  if ((await closed) !== "yes") return;
  try {
    await say("POST", "release/refuse", { records, reason: reason.value, recipients: all.checked ? [] : [nation], covers_warn: warn.checked });
    toast(t("nation.refuse.done", { count: records.length }));
  } catch (error) {
    toast(/** @type {Error} */ (error).message, "problem");
  }
}

/** @param {string[]} records */
async function confirmClass(records) {
  if (!records.length) {
    toast(t("nation.choose_first"));
    return;
  }
  try {
    let missing = 0; // what is chosen may be of several classes
    for (const one of records) missing = Math.max(missing, (await say("POST", "release/confirm", { record: one })).data.missing);
    toast(missing ? t("nation.confirm.missing", { count: missing }) : t("nation.confirm.done"));
  } catch (error) {
    toast(/** @type {Error} */ (error).message, "problem");
  }
}

/**
 * Why a nation gets a record or not, and what it would see.
 * @param {string} handle
 * @param {string} nation
 */
async function explain(handle, nation) {
  try {
    const [why, product] = await Promise.all([ask("release/explain", { record: handle, to: nation }), ask("release/product", { record: handle, to: nation })]);
    const told = why.data;
    opened(t("nation.explain.title", { record: shortHandle(handle), nation: shown(nation, 8) }), [
      h("p", null, level(told.level), " ", h("code", null, shown(told.rule, 200))), told.reason ? h("p", null, shown(told.reason, 400)) : null,
      told.rule_text ? h("pre", null, shown(told.rule_text, 3000)) : null,
      table(t("nation.explain"), [t("nation.head.level"), t("nation.head.verdict")], told.tried.map((/** @type {any} */ one) => [shown(one.level, 20), shown(one.verdict, 300)])),
      h("h3", null, t("nation.product")), product.data.envelope ? h("pre", null, JSON.stringify({ envelope: product.data.envelope, body: product.data.body }, null, 2).slice(0, 8000)) : h("p", { class: "quiet" }, t("nation.product.none")),
    ]);
  } catch (error) {
    toast(/** @type {Error} */ (error).message, "problem");
  }
}
