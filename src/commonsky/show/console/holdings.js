// @ts-check
// What the page holds of the node, kept fresh by the stream of records.

import { ask, every, stream } from "./api.js";
import { ms } from "./text.js";
import { setNode } from "./moment.js";

/** @typedef {Record<string, any>} Alert */

const NODE_S = 5;
const ASLEEP_S = 20;
const GATHER_MS = 150; // records that come together are asked for together

const held = {
  /** @type {any} */ node: null,
  /** @type {any} */ session: null,
  /** @type {any} */ completeness: null,
  /** @type {Map<string, Alert>} */ alerts: new Map(),
  loaded: false,
  up: false,
  asleep: false,
  streamed: 0, // the sequence up to which the stream was heard
  /** @type {string} */ trouble: "",
};
/** @type {Set<(what: Set<string>) => void>} */
const watchers = new Set();
/** @type {Set<string>} */
const touched = new Set();
/** @type {Set<string>} */
const wanted = new Set();
let telling = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let sleeping;
let gathering = 0;
/** @type {() => void} */
let hangUp = () => {};

/** The node, as GET /node tells of it; null before the first answer. */
export function node() {
  return held.node;
}

/** Who one is here, as GET /session tells of it. */
export function session() {
  return held.session;
}

/** What all that is shown rests on. */
export function completeness() {
  return held.completeness;
}

/** Alerts by handle; those of data quality by what they say. */
export function alerts() {
  return held.alerts;
}

/** Whether the first list has come. */
export function loaded() {
  return held.loaded;
}

/** Whether the node is heard, and if not, why. */
export function link() {
  return { up: held.up || held.asleep, trouble: held.trouble };
}

/**
 * Whether one may do a thing here.
 * @param {"read" | "submit" | "release" | "exercise" | "admin"} scope
 */
export function may(scope) {
  const scopes = held.session?.scopes ?? [];
  return scopes.includes(scope) || scopes.includes("admin");
}

/**
 * Be told of what changed: "node", "alerts", "objects", "link"; gathered, not for each record.
 * @param {(what: Set<string>) => void} watcher
 */
export function changed(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/**
 * Take in an alert that a deed has just changed.
 * @param {Alert} alert
 */
export function take(alert) {
  held.alerts.set(keyOf(alert), alert);
  touch("alerts");
}

/** Begin: who one is and the node; then, in the background, all alerts and what comes. */
export async function begin() {
  const [told] = await Promise.all([ask("session").catch(() => null), renewNode()]);
  held.session = told;
  touch("node");
  setInterval(() => renewNode().catch(() => {}), NODE_S * 1000);
  follow(held.node.records).catch((error) => {
    held.trouble = error.message;
    touch("link");
  });
}

/** @param {number} from the sequence of the newest record when we began */
async function follow(from) {
  held.streamed = from;
  await renewAlerts();
  listen();
  // A browser keeps few connections to one place: pages that nobody sees hold none.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(sleeping);
    if (document.hidden) sleeping = setTimeout(sleep, ASLEEP_S * 1000);
    else if (held.asleep) listen();
  });
}

function listen() {
  held.asleep = false;
  hangUp = stream(hear, (up) => {
    held.up = up;
    touch("link");
  }, held.streamed);
}

function sleep() {
  hangUp();
  held.asleep = true;
}

/** What came while nobody looked, so that the title is true; the stream tells all of it again. */
async function peek() {
  const answer = await every("alerts", { after: held.streamed, most: 500 }, 2000);
  for (const one of answer.data) held.alerts.set(keyOf(one), one);
  touch("alerts");
}

/** End: for tests and for signing out. */
export function end() {
  hangUp();
}

/** Ask how the node is, now. */
export async function renew() {
  await renewNode();
}

async function renewNode() {
  try {
    const answer = await ask("node");
    held.node = answer.data;
    held.completeness = answer.completeness;
    held.trouble = "";
    setNode(ms(answer.data.clock), answer.data.clock_rate ?? 1);
  } catch (error) {
    held.trouble = /** @type {Error} */ (error).message;
    touch("link");
    throw error;
  }
  touch("node");
  if (held.asleep && held.node.records > held.streamed) await peek();
}

/** @param {Alert} one */
function keyOf(one) {
  return one.handle || `${one.nation} ${one.quality?.reason}`;
}

async function renewAlerts() {
  const answer = await every("alerts", { most: 500 }, 50000);
  held.alerts = new Map(answer.data.map((/** @type {Alert} */ one) => [keyOf(one), one]));
  held.completeness = answer.completeness;
  held.loaded = true;
  touch("alerts");
}

/** @param {import("./api.js").Told} told */
function hear(told) {
  held.streamed = Math.max(held.streamed, told.sequence);
  if (told.kind === "element_set" || told.kind === "ephemeris") {
    touch("objects");
    return;
  }
  if (ALERTS.has(told.kind)) wanted.add(told.handle);
  for (const [, handle] of told.links) if (held.alerts.has(handle)) wanted.add(handle);
  if (wanted.size && !gathering) gathering = setTimeout(gather, GATHER_MS);
}

const ALERTS = new Set(["conjunction", "event", "warning", "retraction", "notice", "claim"]);
const AT_ONCE = 6;

async function gather() {
  const handles = [...wanted];
  wanted.clear();
  gathering = 0;
  if (handles.length > 100) {
    await renewAlerts().catch(() => {});
    return;
  }
  for (let from = 0; from < handles.length; from += AT_ONCE) {
    await Promise.all(handles.slice(from, from + AT_ONCE).map(async (handle) => {
      try {
        const answer = await ask(`alerts/${handle}`);
        held.alerts.set(handle, answer.data);
        held.completeness = answer.completeness;
      } catch {
        // Asked for again when anything is linked to it.
      }
    }));
    touch("alerts");
  }
}

/** @param {string} what */
function touch(what) {
  touched.add(what);
  if (telling) return;
  telling = setTimeout(() => {
    telling = 0;
    const all = new Set(touched);
    touched.clear();
    for (const watcher of [...watchers]) watcher(all);
  }, 30);
}
