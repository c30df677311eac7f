// @ts-check
// The one global time: everything on the page shows this moment.
//
// Live, it is the node's own clock; else it stands or runs where a person has put it.

import { change, view } from "./address.js";

/** @typedef {"live" | "replay"} Mode */

/** @type {Set<() => void>} */
const watchers = new Set();
const state = {
  mode: /** @type {Mode} */ ("live"),
  rate: 1,
  anchorMs: Date.now(), // the moment at `sinceMs` of the browser's own running time
  sinceMs: performance.now(),
  nodeMs: Date.now(), // the node's clock at `nodeSinceMs`
  nodeSinceMs: performance.now(),
  nodeRate: 1,
};

/** The moment that is shown, ms since 1970, UTC. */
export function now() {
  if (state.mode === "live") return nodeNow();
  return state.anchorMs + (performance.now() - state.sinceMs) * state.rate;
}

/** The node's own time, ms since 1970, UTC. */
export function nodeNow() {
  return state.nodeMs + (performance.now() - state.nodeSinceMs) * state.nodeRate;
}

/** Whether the page shows what is, or what was or will be. */
export function mode() {
  return state.mode;
}

/** How many times as fast as the clock on the wall the moment runs; 0 stands. */
export function rate() {
  return state.mode === "live" ? state.nodeRate : state.rate;
}

/**
 * Take in the node's clock.
 * @param {number} ms
 * @param {number} runs how fast it runs
 */
export function setNode(ms, runs) {
  if (!Number.isFinite(ms)) return;
  const changed = Math.abs(ms - nodeNow()) > 2000 || runs !== state.nodeRate;
  state.nodeMs = ms;
  state.nodeSinceMs = performance.now();
  state.nodeRate = runs;
  if (changed) tell();
}

/**
 * Show another moment.
 * @param {number} ms
 */
export function seek(ms) {
  if (!Number.isFinite(ms)) return;
  set("replay", ms, state.mode === "live" ? 0 : state.rate);
}

/**
 * Let the moment run from where it is, so many times as fast as real time.
 * @param {number} times
 */
export function play(times) {
  set("replay", now(), times);
}

/** Let the moment stand. */
export function pause() {
  set("replay", now(), 0);
}

/** Show what is, again. */
export function live() {
  set("live", nodeNow(), 1);
}

/**
 * Be told when the moment was put elsewhere or runs otherwise; not at every tick.
 * @param {() => void} watcher
 */
export function changed(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Take the moment from the address, as when a link was opened. */
export function fromAddress() {
  const params = view().params;
  const at = Date.parse(params.get("t") ?? "");
  if (!Number.isFinite(at)) {
    if (state.mode !== "live") set("live", nodeNow(), 1);
    return;
  }
  if (state.mode === "replay" && Math.abs(at - now()) < 1000) return;
  set("replay", at, Number(params.get("rate") ?? 0) || 0);
}

/**
 * @param {Mode} next
 * @param {number} ms
 * @param {number} times
 */
function set(next, ms, times) {
  state.mode = next;
  state.anchorMs = ms;
  state.sinceMs = performance.now();
  state.rate = times;
  write();
  tell();
}

let writing = 0;

/** Keep the address true, but not at every pixel of a drag. */
function write() {
  clearTimeout(writing);
  writing = setTimeout(() => {
    if (state.mode === "live") change({ t: null, rate: null });
    else {
      const text = new Date(now()).toISOString().slice(0, 19) + "Z";
      change({ t: text, rate: state.rate === 0 ? null : state.rate });
    }
  }, 150);
}

function tell() {
  for (const watcher of [...watchers]) watcher();
}
