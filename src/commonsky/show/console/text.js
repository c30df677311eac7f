// @ts-check
// Numbers, times and foreign texts as people read them; times are UTC always.

export const NONE = "–";
const MINUS = "−";
const THIN = "\u2009";

/**
 * A foreign text, bounded, with what could mislead the eye made visible: control characters and
 * those that turn the direction of writing.
 * @param {unknown} text
 * @param {number} [most]
 * @returns {string}
 */
export function shown(text, most = 200) {
  if (text === null || text === undefined || text === "") return "";
  const whole = String(text).slice(0, 4 * most + 4);
  const letters = [...whole.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, visible)];
  return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : letters.join("");
}

/** @param {string} letter */
function visible(letter) {
  const code = letter.codePointAt(0) ?? 0;
  return code === 9 || code === 10 || code === 13 ? " " : `⟨${code.toString(16).padStart(4, "0")}⟩`;
}

/**
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function decimal(value, digits = 1) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  return value.toLocaleString(locale, {
    minimumFractionDigits: digits, maximumFractionDigits: digits,
  }).replace("-", MINUS);
}

/** @param {number | null | undefined} value */
export function whole(value) {
  return decimal(value, 0);
}

/**
 * A probability, as 4.1e-4 is written by the field.
 * @param {number | null | undefined} value
 */
export function probability(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (value === 0) return "0";
  if (value < 1e-99) return "< 1e" + MINUS + "99";
  const [mantissa, exponent] = value.toExponential(1).split("e");
  return `${mantissa}e${exponent.replace("+", "").replace("-", MINUS)}`;
}

/**
 * A distance, in the unit that suits it.
 * @param {number | null | undefined} value
 */
export function km(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size < 1) return `${decimal(value * 1000, size < 0.01 ? 1 : 0)}${THIN}m`;
  return `${decimal(value, size < 10 ? 2 : size < 100 ? 1 : 0)}${THIN}km`;
}

/**
 * A time as the API writes it (UTC), in ms since 1970; NaN for "".
 * @param {string | number | null | undefined} time
 */
export function ms(time) {
  if (typeof time === "number") return time;
  if (!time) return NaN;
  return Date.parse(/[Zz]$|[+-]\d\d:?\d\d$/.test(time) ? time : time + "Z");
}

/**
 * Date and time, to the second.
 * @param {string | number | null | undefined} time
 */
export function utc(time) {
  const at = ms(time);
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return NONE;
  return new Date(at).toISOString().slice(0, 19).replace("T", " ") + "Z";
}

/**
 * Day and month with hour and minute: for columns.
 * @param {string | number | null | undefined} time
 */
export function brief(time) {
  const at = ms(time);
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return NONE;
  return new Date(at).toISOString().slice(5, 16).replace("T", " ") + "Z";
}

/**
 * Hours, minutes and seconds.
 * @param {number} at
 */
export function clock(at) {
  return Number.isFinite(at) ? new Date(at).toISOString().slice(11, 19) : NONE;
}

/**
 * How long until something, as T−1 d 04:12:09; T+ once it is past.
 * @param {number | null | undefined} seconds
 */
export function countdown(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NONE;
  const sign = seconds >= 0 ? MINUS : "+";
  const left = Math.floor(Math.abs(seconds));
  const days = Math.floor(left / 86400);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const rest = `${two(Math.floor(left / 3600) % 24)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
  return `T${sign}${days ? `${days}${THIN}d ` : ""}${rest}`;
}

/**
 * How old something is.
 * @param {number | null | undefined} days
 */
export function age(days) {
  if (days === null || days === undefined || !Number.isFinite(days)) return NONE;
  const size = Math.abs(days);
  if (size < 1 / 24) return `${decimal(days * 1440, 0)}${THIN}min`;
  if (size < 2) return `${decimal(days * 24, 1)}${THIN}h`;
  return `${decimal(days, 1)}${THIN}d`;
}

/**
 * A record's handle, as much of it as tells it from others.
 * @param {string} handle
 */
export function shortHandle(handle) {
  return shown(handle, 64).slice(0, 8);
}

let locale = "en";

/** @param {string} language */
export function numbersAsIn(language) {
  locale = language === "no" ? "nb" : language;
}
