"""
What the console costs a browser: a picture of the sky, its size, and the time to the first look.

The engine runs in a page of its own with synthetic orbits; what its calls take on the main thread
is counted, and not what a graphics card (or here a processor in its place) does afterwards.  The
first look is that of a browser with an empty cache at a node with 28,000 objects.
"""

from __future__ import annotations

import gzip
import math
import shutil
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.clients import homes
from bench.figure import Figure, Unit
from commonsky.catalogue.population import population
from commonsky.node.assembly import Options, assembled
from commonsky.node.clock import RealClock, now_tai_ns
from commonsky.node.ingest import ingest
from commonsky.node.statements import label_of
from commonsky.share.log.directory import DirectoryTransport
from commonsky.show.api.application import Api
from commonsky.show.api.keys import ApiKeys, Scope
from commonsky.show.api.server import serve
from commonsky.show.cli.consoles import desk_of

CONSOLE = Path(str(files("commonsky.show.console")))
SIZES, PICTURES, STEP_S = (30_000, 300_000), 150, 60
OBJECTS, VISITS, PATIENCE_MS = 28_000, 5, 120_000
CHROMIUM = shutil.which("chromium")
SOFTWARE_GL = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
PAGE = "<!doctype html><title>Sky</title><style>canvas{width:480px;height:300px}</style><canvas>"
DRAW = """
async ([count, pictures, step]) => {
  const { Sky } = await import("/globe/engine.js");
  const earth = await (await fetch("/globe/earth.bin")).arrayBuffer();
  const sky = new Sky(document.querySelector("canvas"), { earth });
  const [r, v] = [7000, Math.sqrt(398600.4418 / 7000)];
  const frame = (seconds) => Float32Array.from({ length: 6 * count }, (_, k) => {
    const [row, part] = [Math.floor(k / 6), k % 6];
    const [node, tilt] = [row * 2.399963, (row % 180) * Math.PI / 180];
    const u = row * 0.7548777 * 2 * Math.PI + seconds * v / r;
    const [cu, su] = [Math.cos(u), Math.sin(u)];
    const [a, b] = part < 3 ? [r * cu, r * su] : [-v * su, v * cu];
    const [cn, sn, ct] = [Math.cos(node), Math.sin(node), Math.cos(tilt)];
    return [cn * a - sn * ct * b, sn * a + cn * ct * b, Math.sin(tilt) * b][part % 3];
  });
  const next = () => new Promise((done) => requestAnimationFrame(done));
  const frames = [0, step, 2 * step].map(frame);
  sky.setFrames(frames[0], 0, frames[1], step * 1000);
  sky.setColours(new Uint8Array(4 * count).fill(200));
  sky.select([0, 1]);
  const took = [];
  for (let k = 0; k < pictures; k += 1) {
    sky.setClock(k / pictures * step * 1000, 0);
    sky.draw();
    took.push(sky.jsMs);
    await next();
  }
  const began = performance.now();
  sky.setFrames(frames[1], step * 1000, frames[2], 2 * step * 1000);
  const changed = performance.now() - began;
  sky.placesOf([0]).forEach(({ x, y }) => sky.pick(x, y)); // compiled by then
  const before = performance.now();
  sky.pick(240, 150);
  const picked = performance.now() - before;
  sky.close();
  return { took, changed, picked, isolated: crossOriginIsolated };
}
"""
WATCH = """
const seen = window.seen = {};
const look = () => {
  const [queue, globe] = [document.querySelector("cs-queue"), document.querySelector("cs-globe")];
  if (!seen.frame && document.querySelector("cs-shell .banner")) seen.frame = performance.now();
  if (!seen.queue && queue?.textContent.trim()) seen.queue = performance.now();
  if (!seen.globe && globe?.sky?.second.length && globe.sky.jsMs) seen.globe = performance.now();
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


class Files(SimpleHTTPRequestHandler):
    """The console's files, and a bare page; isolated, so that clocks are fine enough."""

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def files_served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(CONSOLE)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def node_served() -> Iterator[str]:
    """A node with a whole sky, at rest."""
    with tempfile.TemporaryDirectory() as folder:
        home, _ = homes(Path(folder))
        node = assembled(
            home, RealClock(), lambda other: DirectoryTransport(Path(folder) / other.nation),
            Options(screens=False),
        )  # fmt: skip
        now = now_tai_ns()
        sky = population(OBJECTS, epoch_tai_ns=now)
        ingest(sky, home, node.store, node.author, label_of(home.configuration.label), now)
        node.step([])
        desk = desk_of(node)
        desk.show(node.picture, node.watch)
        keys = ApiKeys(home.folder / "api-keys.json")
        listener = serve(Api(desk, keys, open_scopes=[Scope.READ]))
        try:
            yield listener.address
        finally:
            listener.stop()
            node.close()


def drawn(chromium: Browser, address: str, count: int) -> dict[str, Any]:
    page = chromium.new_page(viewport={"width": 480, "height": 300})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    told: dict[str, Any] = page.evaluate(DRAW, [count, PICTURES, STEP_S])
    assert told["isolated"], "else the clock of the page is too coarse"
    page.close()
    return told


def first_look(chromium: Browser, address: str, fragment: str, what: str) -> dict[str, float]:
    """Milliseconds from the begin of the navigation, with an empty cache."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{address}/{fragment}")
    page.wait_for_function(f"() => window.seen.{what}", timeout=PATIENCE_MS)
    told: dict[str, float] = page.evaluate("window.seen")
    context.close()
    return told


def sizes() -> Iterator[Figure]:
    """How large the console is."""
    everything = [path for path in CONSOLE.rglob("*") if path.is_file() and path.suffix != ".py"]
    everything = [path for path in everything if "__pycache__" not in path.parts]

    def kb(paths: list[Path]) -> float:
        return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths) / 1e3

    code = [path for path in everything if path.suffix in {".js", ".css"}]
    engine = [path for path in code if path.parent.name == "globe"]
    yield Figure(
        "all script and style of the console, compressed, kB", kb(code), Unit.NONE, 150.0, 100.0,
        f"{len(code)} files, as written; the engine of the sky {kb(engine):.1f} of it",
    )  # fmt: skip
    whole = sum(path.stat().st_size for path in everything) / 1e6
    yield Figure(
        "the whole console in the wheel", whole, Unit.MB, 1.0, 1.0, f"{len(everything)} files"
    )


def measure() -> Iterator[Figure]:
    """Yield sizes, then what pictures take, then the first look."""
    yield from sizes()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SOFTWARE_GL))
        try:
            with files_served() as address:
                yield from (picture(drawn(chromium, address, n), n) for n in SIZES)
            with node_served() as address:
                yield from looks(chromium, address)
        finally:
            chromium.close()


def picture(told: dict[str, Any], count: int) -> Figure:
    took = sorted(told["took"][PICTURES // 10 :])
    aim = 0.25 if count == min(SIZES) else 1.0
    return Figure(
        f"a picture of {count:,} moving objects, main thread, median", statistics.median(took),
        Unit.MS, 1.0, aim,
        f"95% below {took[len(took) * 95 // 100]:.2f} ms; a new keyframe {told['changed']:.1f} ms "
        f"once in {STEP_S} s; finding what is pointed at {told['picked']:.1f} ms",
    )  # fmt: skip


def looks(chromium: Browser, address: str) -> Iterator[Figure]:
    first_look(chromium, address, "", "queue")  # the node's own first time does not count
    queue = [first_look(chromium, address, "", "queue") for _ in range(VISITS)]
    globe = [first_look(chromium, address, "#/globe", "globe") for _ in range(VISITS)]
    frame = statistics.median(one["frame"] for one in queue)
    yield Figure(
        "first useful look at the queue, empty cache, loopback, wall",
        statistics.median(one["queue"] for one in queue), Unit.MS, 1000.0, 400.0,
        f"median of {VISITS}; banner and navigation after {frame:.0f} ms",
    )  # fmt: skip
    yield Figure(
        f"first sky with its {OBJECTS:,} objects, the same",
        statistics.median(one["globe"] for one in globe), Unit.MS, 1000.0, math.nan,
        f"median of {VISITS}; a processor in place of a graphics card",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row, flush=True)
