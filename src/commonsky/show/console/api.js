// @ts-check
// The node's API: questions, deeds, and the stream of what comes.

/** Where this node's pages are: "/" or "/AUS/". */
export const base = new URL("../", import.meta.url);

/** @typedef {{data: any, completeness: any, next?: string}} Answer */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Params */
/** @typedef {{sequence: number, handle: string, kind: string, nation: string, peer: string,
 *   said: string, subject: number[], links: [string, string][]}} Told */

/** A refusal, in the node's own words. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/**
 * Ask for something under api/v1.
 * @param {string} path
 * @param {Params} [params]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function ask(path, params, signal) {
  const answer = await reached(address(path, params), { signal, cache: "no-cache" });
  return answer.json();
}

/**
 * Ask for bytes under api/v1; what is immutable comes from the browser's own store.
 * @param {string} path
 * @param {Params} [params]
 * @param {AbortSignal} [signal]
 * @returns {Promise<ArrayBuffer>}
 */
export async function bytes(path, params, signal) {
  const answer = await reached(address(path, params), { signal });
  return answer.arrayBuffer();
}

/**
 * Do something: POST, PUT or DELETE.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function say(method, path, body, signal) {
  const answer = await reached(address(path), {
    method,
    headers: { "Content-Type": "application/json", "X-Commonsky": "1" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  return answer.status === 204 ? null : answer.json();
}

/** End the session of this browser. */
export async function signOut() {
  await reached(new URL("sign-out", base), { method: "POST", headers: { "X-Commonsky": "1" } });
}

/**
 * Ask for all pages of a list.
 * @param {string} path
 * @param {Params} [params]
 * @param {number} [most]
 * @returns {Promise<Answer>}
 */
export async function every(path, params = {}, most = 100000) {
  let answer = await ask(path, params);
  const data = [...answer.data];
  const onward = "before" in params ? "before" : "after";
  while (answer.next && data.length < most) {
    answer = await ask(path, { ...params, [onward]: answer.next });
    data.push(...answer.data);
  }
  return { ...answer, data };
}

/**
 * The address of something under api/v1, as for a link.
 * @param {string} path
 * @param {Params} [params]
 * @returns {URL}
 */
export function address(path, params = {}) {
  const url = new URL(`api/v1/${path}`, base);
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") {
      url.searchParams.set(name, String(value));
    }
  }
  return url;
}

/**
 * Hear of every record as it comes; the browser resumes by itself where it was cut.
 * @param {(told: Told) => void} heard
 * @param {(up: boolean) => void} state
 * @param {number} after sequence from which on
 * @returns {() => void} ends it
 */
export function stream(heard, state, after) {
  /** @type {EventSource | null} */
  let source = null;
  let last = after;
  let ended = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let again;
  const open = () => {
    source = new EventSource(address("stream", { after: last }));
    source.onopen = () => state(true);
    source.onerror = () => {
      state(false);
      // A source that the browser has given up on is opened anew, from where we are.
      if (source?.readyState === EventSource.CLOSED && !ended) {
        again = setTimeout(open, 3000);
      }
    };
    for (const kind of KINDS) source.addEventListener(kind, take);
  };
  /** @param {MessageEvent} event */
  const take = (event) => {
    const told = /** @type {Told} */ (JSON.parse(event.data));
    last = Math.max(last, told.sequence);
    heard(told);
  };
  open();
  return () => {
    ended = true;
    clearTimeout(again);
    source?.close();
  };
}

export const KINDS = [
  "element_set", "ephemeris", "conjunction", "event", "warning", "existence", "retraction",
  "receipt", "withdrawn", "notice", "claim",
];

/**
 * @param {URL} url
 * @param {RequestInit} options
 */
async function reached(url, options) {
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin", ...options });
  } catch (error) {
    if (/** @type {Error} */ (error).name === "AbortError") throw error;
    throw new Problem(0, "the node does not answer");
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, told.detail ?? answer.statusText);
}
