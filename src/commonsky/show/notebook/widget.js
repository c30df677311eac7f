// @ts-check
// The engine of the console in a notebook: modules and frames come as traits of the widget.

const LOOK_MS = 250;
const AHEAD = 0.75; // of a step: from there on the next frames are asked for

/**
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(name: string, callback: () => void) => void} on
 * @property {(name: string, callback: () => void) => void} off
 */

/**
 * The engine, whose modules import each other by addresses of this page.
 * @param {Model} model
 * @returns {Promise<any>}
 */
function engine(model) {
  /** @type {Record<string, string>} */
  const urls = {};
  let last = "";
  for (const [name, source] of model.get("modules")) {
    const text = source.replace(/from "\.\/(\w+\.js)"/g, (/** @type {string} */ _, /** @type {string} */ other) => `from "${urls[other]}"`);
    last = urls[name] = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  }
  return import(last);
}

/**
 * @param {DataView} view
 * @returns {ArrayBuffer}
 */
function bufferOf(view) {
  return /** @type {ArrayBuffer} */ (view.buffer).slice(view.byteOffset, view.byteOffset + view.byteLength);
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {string} text
 */
function part(tag, name, text = "") {
  const one = document.createElement(tag);
  one.className = `commonsky-${name}`;
  one.textContent = text;
  return one;
}

/** @param {{model: Model, el: HTMLElement}} given */
async function render({ model, el }) {
  const { Sky } = await engine(model);
  const words = model.get("words");
  const canvas = /** @type {HTMLCanvasElement} */ (part("canvas", "sky"));
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words.canvas);
  const told = part("output", "told");
  const bar = part("div", "bar");
  const whole = part("div", "globe");
  whole.append(canvas, bar);
  el.append(whole);
  const sky = new Sky(canvas, { earth: bufferOf(model.get("earth")) });
  const button = (/** @type {string} */ text, /** @type {(one: HTMLElement) => void} */ run) => {
    const one = part("button", "button", text);
    one.addEventListener("click", () => run(one));
    return one;
  };
  let runs = model.get("rate") !== 0;
  bar.append(
    button(words.globe, () => { sky.projection = "globe"; }),
    button(words.flat, () => { sky.projection = "flat"; }),
    button(runs ? words.pause : words.play, (one) => {
      runs = !runs;
      sky.setClock(sky.ms, runs ? model.get("rate") || 1 : 0);
      one.textContent = runs ? words.pause : words.play;
    }),
    told,
  );

  const take = () => {
    const [first, second] = ["first", "second"].map((name) => new Float32Array(bufferOf(model.get(name))));
    sky.setFrames(first, model.get("first_ms"), second, model.get("second_ms"));
    sky.setColours(new Uint8Array(bufferOf(model.get("colours"))));
  };
  take();
  sky.setClock(model.get("clock_ms"), model.get("rate"));
  // The times and bytes of a pair come together; the last of them is told of last.
  model.on("change:second_ms", take);

  let asked = NaN;
  const look = () => {
    const [begin, end] = [model.get("first_ms"), model.get("second_ms")];
    const wanted = sky.ms + (1 - AHEAD) * (end - begin);
    const step = Math.floor(wanted / (end - begin));
    if (wanted < begin || (wanted > end && step !== asked)) {
      asked = step;
      model.set("wanted_ms", wanted);
      model.save_changes();
    }
    told.textContent = `${new Date(sky.ms).toISOString().slice(0, 19)}Z ${name()}`;
  };
  const name = () => {
    const row = sky.chosen[0];
    return row === undefined ? "" : `${model.get("names")[row]} (${model.get("numbers")[row]})`;
  };
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const row = sky.pick(event.clientX - box.left, event.clientY - box.top);
    sky.select(row < 0 ? [] : [row]);
    model.set("chosen", row < 0 ? 0 : model.get("numbers")[row]);
    model.save_changes();
    look();
  });
  const ticking = setInterval(look, LOOK_MS);
  const sized = new ResizeObserver(() => sky.resize());
  sized.observe(canvas);
  return () => {
    clearInterval(ticking);
    sized.disconnect();
    model.off("change:second_ms", take);
    sky.close();
  };
}

export default { render };
