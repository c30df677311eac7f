// @ts-check
// Elements, made without ever reading markup: what a partner says can only become text.

/** @typedef {Node | string | number | null | undefined | false} One */
/** @typedef {One | readonly (One | readonly (One | readonly One[])[])[]} Child */
/** @typedef {Record<string, any>} Props */

const SVG = "http://www.w3.org/2000/svg";
// Attributes whose absence and whose "false" are two things.
const STATES = new Set(["aria-pressed", "aria-expanded", "aria-selected", "aria-checked"]);

/**
 * Make an HTML element.  `on<event>` props are listeners, `class` and all others attributes; a
 * value of false, null or undefined leaves an attribute out, true makes it empty.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  dress(element, props ?? {});
  append(element, children);
  return element;
}

/**
 * Make an element of any name, as those of screens.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function custom(tag, props, ...children) {
  const element = document.createElement(tag);
  dress(element, props ?? {});
  append(element, children);
  return element;
}

/**
 * Make an SVG element.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, props, ...children) {
  const element = /** @type {SVGElementTagNameMap[K]} */ (document.createElementNS(SVG, tag));
  dress(element, props ?? {});
  append(element, children);
  return element;
}

/**
 * Replace all that an element holds.
 * @template {Element} E
 * @param {E} element
 * @param {...Child} children
 * @returns {E}
 */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/**
 * Set props of an element that exists.
 * @param {Element} element
 * @param {Props} props
 */
export function dress(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function" && name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (STATES.has(name) && typeof value === "boolean") {
      element.setAttribute(name, String(value));
    } else if (value === false || value === null || value === undefined) {
      element.removeAttribute(name);
    } else {
      element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
    }
  }
}

/**
 * @param {Element} element
 * @param {readonly any[]} children
 */
function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}
