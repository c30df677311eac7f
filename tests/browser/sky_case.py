"""The engine of the sky alone in a page, with a few objects whose places are known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, Route

from commonsky.astro.epoch import tai_ns
from commonsky.astro.frames import rotation
from commonsky.astro.states import Frame

CONSOLE = files("commonsky.show.console")
ADDRESS = "http://sky.test/"
PAGE = "<!doctype html><title>Sky</title><style>canvas{width:480px;height:320px}</style><canvas>"
KINDS = {"js": "text/javascript", "bin": "application/octet-stream"}
EPOCH = "2026-03-01T06:00:00"
STEP_S = 600  # long, so that a straight line between frames would be seen to be wrong
SHARE = 0.37
ROWS = 9
GONE = {6, 7}  # without a state: in both frames, in the second
HIDDEN = 8  # behind the Earth
FAR = 0  # on the geostationary ring, behind an eye that stands nearer
PROJECTIONS = ("globe", "flat", "sky")
BEGIN = """
async ([first, second, ms, step]) => {
  const { Sky } = await import("/globe/engine.js");
  const earth = await (await fetch("/globe/earth.bin")).arrayBuffer();
  const canvas = document.querySelector("canvas");
  const sky = new Sky(canvas, { earth });
  const floats = (rows) => Float32Array.from(rows.flat(), (one) => one ?? NaN);
  sky.setFrames(floats(first), ms, floats(second), ms + step * 1000);
  sky.setColours(new Uint8Array(4 * first.length).fill(255));
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const pixels = () => {
    sky.draw();
    pen.canvas.width = canvas.width;
    pen.canvas.height = canvas.height;
    pen.drawImage(canvas, 0, 0);
    return pen.getImageData(0, 0, canvas.width, canvas.height).data;
  };
  // The middle of what is other with one row than with none, in pixels of the page.
  const drawn = (row) => {
    const visible = new Uint8Array(first.length);
    sky.setVisible(visible);
    const without = pixels();
    visible[row] = 1;
    sky.setVisible(visible);
    const after = pixels();
    let [x, y, sum] = [0, 0, 0];
    for (let k = 0; k < after.length; k += 4) {
      const weight = Math.abs(after[k] - without[k]);
      x += weight * (k / 4 % canvas.width + 0.5);
      y += weight * (Math.floor(k / 4 / canvas.width) + 0.5);
      sum += weight;
    }
    return sum ? [x / sum / sky.scale, y / sum / sky.scale] : null;
  };
  Object.assign(window, { sky, pixels, drawn });
}
"""


def ms_of(text: str) -> int:
    """Milliseconds since 1970."""
    return round(dt.datetime.fromisoformat(text + "+00:00").timestamp() * 1e3)


def circle(time_s: float, over: NDArray[np.float64], radius_km: float, tilt: float) -> list[float]:
    """State on a circular orbit that is over a place at time 0."""
    rate = float(np.sqrt(398600.4418 / radius_km**3))
    up = over / np.linalg.norm(over)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    along = np.cos(tilt) * east + np.sin(tilt) * np.cross(up, east)
    c, s = np.cos(rate * time_s), np.sin(rate * time_s)
    place = radius_km * (c * up + s * along)
    return [*place, *(rate * radius_km * (c * along - s * up))]


def states(time_s: float) -> list[list[float | None]]:
    """A few objects about the place over which the eye stands at share 0.37, and one opposite."""
    to_fixed = rotation(Frame.GCRF, Frame.ITRF, np.array([tai_ns(EPOCH + "Z")]))[0]
    rows: list[list[float | None]] = []
    for row in range(ROWS):
        lon, lat = np.radians(15.0 + 9.0 * (row % 3 - 1)), np.radians(25.0 + 8.0 * (row // 3 - 1))
        fixed = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        over = to_fixed.T @ (-fixed if row == HIDDEN else fixed)
        radius = 42164.0 if row == FAR else 7000.0 + 600.0 * row
        rows.append(list(circle(time_s - SHARE * STEP_S, over, radius, 0.7 * row)))
    rows[6] = [None] * 6
    if time_s > 0:
        rows[7] = [None] * 6
    return rows


def served(page: Page) -> None:
    """Serve the console's files at the address, and the bare page."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ADDRESS)
        if path == "":
            route.fulfill(body=PAGE, content_type="text/html")
        else:
            body = CONSOLE.joinpath(path).read_bytes() if path.startswith("globe/") else b""
            route.fulfill(body=body, content_type=KINDS.get(path.rsplit(".")[-1], "text/plain"))

    page.route(ADDRESS + "**", answer)


def begun(page: Page) -> None:
    """Open the page, with the engine at a fixed moment over its site."""
    served(page)
    page.goto(ADDRESS)
    page.evaluate(BEGIN, [states(0.0), states(float(STEP_S)), ms_of(EPOCH), STEP_S])
    page.evaluate(
        "(ms) => { sky.setSite({ latitude: 25, longitude: 15, height: 0 }); sky.setClock(ms, 0) }",
        ms_of(EPOCH) + SHARE * STEP_S * 1e3,
    )


def good_rows(projection: str) -> list[int]:
    """Rows that are to be seen in a projection."""
    return sorted(set(range(ROWS)) - GONE - {HIDDEN} - ({FAR} if projection == "globe" else set()))


@dataclass(frozen=True, slots=True)
class Stage:
    """A page with the engine, and what it complained of."""

    page: Page
    complaints: list[str]

    def at(self, projection: str) -> Page:
        """The page, in a projection."""
        self.page.evaluate("(name) => { sky.projection = name; sky.draw() }", projection)
        return self.page

    def said(self, row: int) -> Any:
        """Where the sums of the processor have a row; None where it has no state."""
        return self.page.evaluate("(row) => sky.placesOf([row])[0] ?? null", row)
