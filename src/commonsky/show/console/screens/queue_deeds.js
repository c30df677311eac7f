// @ts-check
// What a person does to alerts: acknowledge, shelve, claim, close.

import { Problem, say } from "../api.js";
import { opened, toast } from "../dialog.js";
import { h } from "../dom.js";
import * as holdings from "../holdings.js";
import { nodeNow } from "../moment.js";
import { brief, ms } from "../text.js";
import { t } from "../words.js";

const HOURS = [1, 4, 8, 24];
const AT_ONCE = 500;

/** @typedef {"acknowledged" | "shelved" | "claimed" | "closed"} State */

/**
 * Say the same of several alerts; true where that was done.
 * @param {string[]} handles
 * @param {State} state
 * @returns {Promise<boolean>}
 */
export async function deed(handles, state) {
  if (!holdings.may("submit")) {
    toast(t("queue.deed.may_not"), "problem");
    return false;
  }
  if (handles.length === 0) {
    toast(t("queue.deed.none"));
    return false;
  }
  const until = state === "shelved" ? await untilWhen() : "";
  if (state === "shelved" && until === "") return false;
  try {
    for (let from = 0; from < handles.length; from += AT_ONCE) {
      const part = handles.slice(from, from + AT_ONCE);
      const answer = await say("POST", "alerts/claims", { handles: part, state, ...(until ? { until } : {}) });
      for (const alert of answer.data) holdings.take(alert);
    }
  } catch (error) {
    toast(error instanceof Problem ? error.message : String(error), "problem");
    return false;
  }
  toast(t("queue.deed.done", { count: handles.length, state: t(`queue.stage.${state}`, { until: brief(until) }) }));
  return true;
}

/** Ask until when; "" where nobody says. */
async function untilWhen() {
  const stamp = (/** @type {number} */ at) => new Date(at).toISOString().slice(0, 19) + "Z";
  const field = h("input", { type: "datetime-local", step: 60, "aria-label": t("queue.shelve.own"), value: stamp(nodeNow() + 4 * 3600e3).slice(0, 16) });
  const { closed } = opened(t("queue.shelve.title"), [
    h("p", null, t("queue.shelve.say")),
    h("p", { class: "choices" }, HOURS.map((hours) => h("button", { value: stamp(nodeNow() + hours * 3600e3) }, t("queue.shelve.hours", { count: hours })))),
    h("label", null, t("queue.shelve.own"), " ", field),
  ], [h("button", { value: "" }, t("shell.cancel")), h("button", { value: "own", class: "primary" }, t("queue.deed.shelve"))]);
  const told = await closed;
  if (told !== "own") return told;
  const at = ms(field.value);
  return Number.isFinite(at) ? stamp(at) : "";
}
