// @ts-check
// Drag, wheel, pinch and keys move the camera.

const WHEEL = 0.0016;
const KEY_PX = 24;

/** Listens to a canvas; `close` ends it. */
export class Gestures {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./camera.js").Camera} camera
   * @param {() => void} moved
   */
  constructor(canvas, camera, moved) {
    this.ended = new AbortController();
    const { signal } = this.ended;
    /** @type {Map<number, PointerEvent>} */
    const down = new Map();
    canvas.addEventListener("pointerdown", (event) => {
      down.set(event.pointerId, event);
      canvas.setPointerCapture(event.pointerId);
    }, { signal });
    const up = (/** @type {PointerEvent} */ event) => down.delete(event.pointerId);
    canvas.addEventListener("pointerup", up, { signal });
    canvas.addEventListener("pointercancel", up, { signal });
    canvas.addEventListener("pointermove", (event) => {
      const before = down.get(event.pointerId);
      if (!before) return;
      if (down.size === 2) {
        const other = [...down.values()].find((one) => one.pointerId !== event.pointerId) ?? before;
        const apart = (/** @type {PointerEvent} */ one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
        camera.nearer(apart(event) / apart(before));
      } else camera.drag(event.clientX - before.clientX, event.clientY - before.clientY);
      down.set(event.pointerId, event);
      moved();
    }, { signal });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      camera.nearer(Math.exp(-event.deltaY * WHEEL));
      moved();
    }, { passive: false, signal });
    canvas.addEventListener("keydown", (event) => {
      const steps = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [KEY_PX, 0], ArrowRight: [-KEY_PX, 0], ArrowUp: [0, KEY_PX], ArrowDown: [0, -KEY_PX] });
      if (event.key in steps) camera.drag(...steps[event.key]);
      else if (event.key === "+" || event.key === "=") camera.nearer(1.25);
      else if (event.key === "-") camera.nearer(0.8);
      else return;
      event.preventDefault();
      event.stopPropagation();
      moved();
    }, { signal });
  }

  close() {
    this.ended.abort();
  }
}
