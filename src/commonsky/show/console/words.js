// @ts-check
// Every word that people see, by language; English stands in where a translation is missing.

import { base } from "./api.js";
import { numbersAsIn } from "./text.js";

/** @type {[string, string][]} */
export const LANGUAGES = [
  ["en", "English"], ["fr", "Français"], ["de", "Deutsch"], ["it", "Italiano"],
  ["ja", "日本語"], ["no", "Norsk"],
];
const KEPT = "commonsky.language";

/** @type {Record<string, string>} */
let words = {};
let language = "en";

/** The language that was chosen before, or that the browser prefers. */
export function preferred() {
  const wanted = [localStorage.getItem(KEPT) ?? "", ...navigator.languages];
  for (const one of wanted) {
    const short = one.slice(0, 2).toLowerCase().replace("nb", "no").replace("nn", "no");
    if (LANGUAGES.some(([code]) => code === short)) return short;
  }
  return "en";
}

/**
 * Fetch the words of a language.
 * @param {string} wanted
 */
export async function speak(wanted) {
  language = LANGUAGES.some(([code]) => code === wanted) ? wanted : "en";
  const [english, theirs] = await Promise.all([fetched("en"), language === "en" ? {} : fetched(language)]);
  words = { ...english, ...theirs };
  document.documentElement.lang = language === "no" ? "nb" : language;
  numbersAsIn(language);
}

/**
 * Keep a language for the next time.
 * @param {string} wanted
 */
export function prefer(wanted) {
  localStorage.setItem(KEPT, wanted);
}

/** The code of the language that is spoken. */
export function spoken() {
  return language;
}

/**
 * The words for a key; `{name}` in them is replaced by values.  With a value `count` of 1,
 * `key.one` is taken where there is one.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values) {
  const one = values?.count === 1 ? words[key + ".one"] : undefined;
  const text = one ?? words[key] ?? key;
  return values ? text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all)) : text;
}

/**
 * Whether there are words for a key.
 * @param {string} key
 */
export function has(key) {
  return key in words;
}

/**
 * @param {string} wanted
 * @returns {Promise<Record<string, string>>}
 */
async function fetched(wanted) {
  const answer = await fetch(new URL(`console/words/${wanted}.json`, base));
  return answer.ok ? answer.json() : {};
}
