// @ts-check
// The head that events, rules and dossiers share.

import { link } from "../address.js";
import { h } from "../dom.js";
import { t } from "../words.js";

const PARTS = {
  events: ["events.title", "events.choice", "events.say"],
  norms: ["norms.title", "norms.choice", "norms.say"],
  dossiers: ["dossiers.title", "dossiers.choice", "dossiers.say"],
};

/** @param {keyof typeof PARTS} here */
export function conductHead(here) {
  const [title, , say] = PARTS[here];
  return [
    h("div", { class: "places-head" }, h("h1", null, t(title)),
      h("nav", { class: "choices", "aria-label": t("events.parts") }, Object.entries(PARTS).map(([name, [, choice]]) => h("a", {
        class: "button", href: link(name), "aria-current": name === here ? "page" : false,
      }, t(choice))))),
    h("p", { class: "quiet conduct-say" }, t(say)),
  ];
}
