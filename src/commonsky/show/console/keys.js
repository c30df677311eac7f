// @ts-check
// What the keyboard does: every part of the page says which keys it takes, and help lists them.

/**
 * @typedef {object} Key
 * @property {string[]} keys as KeyboardEvent.key has them
 * @property {string} say what it does, in the words of the user
 * @property {(event: KeyboardEvent) => void} run
 */

/** @type {Map<object, {title: string, list: Key[]}>} */
const groups = new Map();

/**
 * Take keys as long as a part of the page is shown; returns how to stop that.
 * @param {object} owner
 * @param {string} title
 * @param {Key[]} list
 */
export function onKeys(owner, title, list) {
  groups.set(owner, { title, list });
  return () => groups.delete(owner);
}

/** All keys that are taken now, the last registered first. */
export function allKeys() {
  return [...groups.values()].reverse();
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
  const typing = target.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=range]), select, textarea, [contenteditable]");
  if (typing && event.key !== "Escape") return;
  // A dialog that is open takes its own keys, Escape among them.
  if (document.querySelector("dialog[open]")) return;
  for (const { list } of allKeys()) {
    const found = list.find((key) => key.keys.includes(event.key));
    if (!found) continue;
    event.preventDefault();
    found.run(event);
    return;
  }
}

addEventListener("keydown", pressed);
