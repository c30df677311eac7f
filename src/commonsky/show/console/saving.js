// @ts-check
// Pictures to be taken away: each carries realm, marking, node and time in itself.

import { node } from "./holdings.js";
import { now } from "./moment.js";
import { shown, utc } from "./text.js";
import { t } from "./words.js";

const BAND = 26;
const DRAWN = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity",
  "font-size", "font-family", "font-weight", "text-anchor", "dominant-baseline", "visibility", "display",
];

/**
 * Save a drawing or a canvas as PNG, with a banner above and below.
 * @param {HTMLCanvasElement | SVGSVGElement} source
 * @param {string} name of the file, without its end
 */
export async function savePng(source, name) {
  const [picture, width, height] = source instanceof SVGSVGElement
    ? await drawn(source)
    : /** @type {const} */ ([source, source.width, source.height]);
  const sheet = document.createElement("canvas");
  sheet.width = width;
  sheet.height = height + 2 * BAND;
  const pen = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
  const style = getComputedStyle(document.documentElement);
  pen.fillStyle = style.getPropertyValue("--ground");
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.drawImage(picture, 0, BAND, width, height);
  const words = banner();
  pen.font = "600 13px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (const top of [0, height + BAND]) {
    pen.fillStyle = style.getPropertyValue("--realm");
    pen.fillRect(0, top, width, BAND);
    pen.fillStyle = style.getPropertyValue("--realm-ink");
    pen.fillText(words, width / 2, top + BAND / 2, width - 16);
  }
  const blob = await new Promise((resolve) => sheet.toBlob(resolve, "image/png"));
  if (blob) save(blob, `${name}.png`);
}

/**
 * Hand a file to the person who asked for it.
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[^\w.-]+/g, "_");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** What every picture says of itself. */
export function banner() {
  const told = node();
  if (!told) return t("shell.title");
  const [kind, id = ""] = String(told.realm).split("/");
  const realm = kind === "ops" || kind === "exercise" ? kind : "test";
  const marking = told.marking ? shown(told.marking.text, 120) : t("shell.marking.none");
  return `${t(`shell.realm.${realm}`, { id: shown(id, 40).toUpperCase() })} · ${marking} · ${told.nation} · ${utc(now())}`;
}

/**
 * A drawing as a picture, twice as fine as on the page.
 * @param {SVGSVGElement} source
 * @returns {Promise<readonly [HTMLImageElement, number, number]>}
 */
async function drawn(source) {
  const box = source.getBoundingClientRect();
  const copy = /** @type {SVGSVGElement} */ (source.cloneNode(true));
  // Styles stay behind with the page: what they say goes along as attributes.
  const theirs = source.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, place) => {
    const style = getComputedStyle(theirs[place]);
    for (const name of DRAWN) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute("class");
  });
  copy.setAttribute("width", String(box.width));
  copy.setAttribute("height", String(box.height));
  const text = new XMLSerializer().serializeToString(copy);
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = address;
  await image.decode();
  URL.revokeObjectURL(address);
  return [image, Math.round(box.width * 2), Math.round(box.height * 2)];
}
