// @ts-check
// The whole view state, in the fragment of the address: a link is the briefing.

/** @typedef {{screen: string, id: string, params: URLSearchParams}} View */

export const HOME = "queue";

/** @type {Set<(view: View) => void>} */
const watchers = new Set();

/**
 * What the address says, as `#/case/1f0c…?tab=plane`.
 * @returns {View}
 */
export function view() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [screen = "", ...rest] = path.split("/");
  return {
    screen: screen || HOME,
    id: decoded(rest.join("/")),
    params: new URLSearchParams(query),
  };
}

/**
 * The address of a view.
 * @param {string} screen
 * @param {string | number} [id]
 * @param {Record<string, string | number | null | undefined> | URLSearchParams} [params]
 */
export function link(screen, id = "", params = {}) {
  const query = params instanceof URLSearchParams ? params : new URLSearchParams();
  if (!(params instanceof URLSearchParams)) {
    for (const [name, value] of Object.entries(params)) {
      if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
    }
  }
  const path = id === "" ? screen : `${screen}/${encodeURIComponent(String(id))}`;
  const text = query.toString();
  return `#/${path}${text ? `?${text}` : ""}`;
}

/**
 * Go to another view; what is global (the time, the mode) goes along.
 * @param {string} screen
 * @param {string | number} [id]
 * @param {Record<string, string | number | null | undefined>} [params]
 */
export function go(screen, id = "", params = {}) {
  const time = view().params.get("t");
  location.hash = link(screen, id, time && !("t" in params) ? { ...params, t: time } : params);
}

/**
 * Change parameters of the present view, null to remove one; no new step of history.
 * @param {Record<string, string | number | null>} changes
 */
export function change(changes) {
  const now = view();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") now.params.delete(name);
    else now.params.set(name, String(value));
  }
  const next = link(now.screen, now.id, now.params);
  if (next === location.hash) return;
  history.replaceState(null, "", next);
  tell();
}

/**
 * Be told of every change of the view; returns how to stop that.
 * @param {(view: View) => void} watcher
 */
export function seen(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function tell() {
  const now = view();
  for (const watcher of [...watchers]) watcher(now);
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

addEventListener("hashchange", tell);
