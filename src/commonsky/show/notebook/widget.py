"""The widget: the engine of the console and frames as bytes, without any server."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.astro.sgp4 import propagator
from commonsky.astro.sgp4_narrow import narrow_states
from commonsky.astro.utc import tai_ns_from_utc_ns, utc_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.errors import NodeError
from commonsky.node.clock import now_tai_ns

ENGINE = "engine.js"
IMPORT = re.compile(r'from "\./(\w+\.js)"')
MS_PER_S = 1000
NS_PER_MS = 1_000_000
STEP_S = 60
MOST_OBJECTS = 100_000
LONGEST_NAME = 80
# By type: unknown, payload, rocket body, debris; as the console has them.
COLOURS = np.array(
    [[185, 167, 255, 255], [108, 182, 255, 255], [255, 194, 75, 255], [163, 178, 201, 255]],
    np.uint8,
)
WORDS = {
    "globe": "Globe", "flat": "Map", "pause": "Pause", "play": "Play",
    "canvas": "The sky; point at an object to see its name.",
}  # fmt: skip


def globe(catalogue: Catalogue, at: str = "", *, rate: float = 60.0) -> Any:  # noqa: ANN401 - an AnyWidget, which is no dependency
    """Return a widget that shows a catalogue from a time (UTC; now without) on, at a rate."""
    if len(catalogue) > MOST_OBJECTS:
        raise ValueError(f"a globe shows {MOST_OBJECTS:,} objects at most, not {len(catalogue):,}")
    begin = tai_ns(at) if at else now_tai_ns()
    clock_ms = int(utc_ns(np.array([begin]))[0]) // NS_PER_MS
    return widget_class()(catalogue, clock_ms, rate)


@cache
def modules() -> tuple[tuple[str, str], ...]:
    """Return name and source of each module of the engine, each after those that it imports."""
    folder = files("commonsky.show.console") / "globe"
    told: dict[str, str] = {}

    def take(name: str) -> None:
        if name not in told:
            source = (folder / name).read_text(encoding="utf-8")
            for other in IMPORT.findall(source):
                take(other)
            told[name] = source

    take(ENGINE)
    return tuple(told.items())


def frames(catalogue: Catalogue, ms: float) -> dict[str, Any]:
    """Return the two frames about a POSIX time, as the traits that hold them."""
    first_s = int(ms // MS_PER_S) // STEP_S * STEP_S
    seconds = (first_s, first_s + STEP_S)
    epoch = np.array([tai_ns_from_utc_ns(one * NS_PER_S) for one in seconds], np.int64)
    ready = propagator(catalogue.elements, int(epoch[0]), int(epoch[1]))
    first, second = narrow_states(ready, epoch)
    return {
        "first": first.tobytes(),
        "second": second.tobytes(),
        "first_ms": seconds[0] * MS_PER_S,
        "second_ms": seconds[1] * MS_PER_S,
    }


def traits(catalogue: Catalogue, clock_ms: float, rate: float) -> dict[str, Any]:
    """Return everything that the page is given, by the name of its trait."""
    return {
        "modules": [list(one) for one in modules()],
        "earth": (files("commonsky.show.console") / "globe" / "earth.bin").read_bytes(),
        "colours": COLOURS[catalogue.object_type].tobytes(),
        "numbers": catalogue.catalogue_number.tolist(),
        "names": [name[:LONGEST_NAME] for name in catalogue.object_name.tolist()],
        "words": WORDS,
        "clock_ms": clock_ms,
        "rate": rate,
        **frames(catalogue, clock_ms),
    }


@cache
def widget_class() -> Any:  # noqa: ANN401 - a class over one that is no dependency
    """Return the class of the widget; `NodeError` where anywidget is not installed."""
    try:
        import anywidget  # noqa: PLC0415 - an extra
        import traitlets  # noqa: PLC0415
    except ImportError:
        raise NodeError(
            "a globe in a notebook needs anywidget: pip install 'commonsky[notebook]'"
        ) from None
    here = files("commonsky.show.notebook")

    class Globe(anywidget.AnyWidget):  # type: ignore[misc]
        """A globe, which asks for other frames as its time runs on."""

        _esm = (here / "widget.js").read_text(encoding="utf-8")
        _css = (here / "widget.css").read_text(encoding="utf-8")
        modules = traitlets.List().tag(sync=True)
        earth = traitlets.Bytes().tag(sync=True)
        colours = traitlets.Bytes().tag(sync=True)
        numbers = traitlets.List().tag(sync=True)
        names = traitlets.List().tag(sync=True)
        words = traitlets.Dict().tag(sync=True)
        clock_ms = traitlets.Float().tag(sync=True)
        rate = traitlets.Float().tag(sync=True)
        first = traitlets.Bytes().tag(sync=True)
        second = traitlets.Bytes().tag(sync=True)
        first_ms = traitlets.Float().tag(sync=True)
        second_ms = traitlets.Float().tag(sync=True)
        wanted_ms = traitlets.Float().tag(sync=True)  # of the page: the time that it has come to
        chosen = traitlets.Int(0).tag(sync=True)  # the number of the object that was pointed at

        def __init__(self, catalogue: Catalogue, clock_ms: float, rate: float) -> None:
            super().__init__(**traits(catalogue, clock_ms, rate))
            self._catalogue = catalogue
            self.observe(self._follow, "wanted_ms")

        def _follow(self, change: Any) -> None:  # noqa: ANN401 - of traitlets
            with self.hold_sync():
                for name, value in frames(self._catalogue, change["new"]).items():
                    setattr(self, name, value)

    return Globe
