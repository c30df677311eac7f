// @ts-check
// Dialogs and short messages.

import { h } from "./dom.js";
import { t } from "./words.js";

/**
 * Show something before everything else; resolves when it is closed.
 * @param {string} title
 * @param {import("./dom.js").Child} body
 * @param {import("./dom.js").Child} [buttons]
 * @returns {{dialog: HTMLDialogElement, closed: Promise<string>}}
 */
export function opened(title, body, buttons) {
  const heading = h("h2", { id: "dialog-title" }, title);
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" },
    h("form", { method: "dialog" },
      h("header", null, heading, h("button", { class: "plain", value: "", "aria-label": t("shell.close") }, "✕")),
      h("div", { class: "dialog-body" }, body),
      buttons ? h("footer", null, buttons) : null,
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  const closed = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue);
      dialog.remove();
    });
  });
  return { dialog, closed: /** @type {Promise<string>} */ (closed) };
}

/**
 * Ask before a deed.
 * @param {{title: string, body: import("./dom.js").Child, action: string, danger?: boolean}} asked
 * @returns {Promise<boolean>}
 */
export async function confirmed({ title, body, action, danger = false }) {
  const { closed } = opened(title, body, [
    h("button", { value: "" }, t("shell.cancel")),
    h("button", { value: "yes", class: danger ? "primary danger" : "primary" }, action),
  ]);
  return (await closed) === "yes";
}

/**
 * A short message that goes by itself; problems stay longer.
 * @param {string} text
 * @param {"info" | "problem"} [kind]
 */
export function toast(text, kind = "info") {
  let place = document.querySelector(".toasts");
  if (!place) {
    place = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(place);
  }
  const one = h("div", { class: `toast ${kind}` }, text,
    h("button", { class: "plain", "aria-label": t("shell.close"), onclick: () => one.remove() }, "✕"));
  place.append(one);
  setTimeout(() => one.remove(), kind === "problem" ? 12000 : 5000);
}
