"""A catalogue as a widget: the Python half, with and without anywidget."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from commonsky.astro.sgp4 import propagate
from commonsky.astro.utc import tai_ns_from_utc_ns
from commonsky.errors import NodeError
from commonsky.show import notebook
from commonsky.show.notebook import extension, widget
from tests.api_case import NOW_TAI_NS, sky

CLOCK_MS = 1_764_000_000_000 - 37_000 + 90_000  # a while after `NOW_TAI_NS`


def test_each_module_comes_after_those_that_it_imports() -> None:
    known: set[str] = set()
    for name, source in widget.modules():
        assert {*widget.IMPORT.findall(source)} <= known, name
        assert 'from "../' not in source, f"{name} needs more than the engine"
        known.add(name)
    assert name == widget.ENGINE


def test_the_frames_lie_about_the_time_asked_for() -> None:
    told = widget.frames(sky(), CLOCK_MS)
    assert told["first_ms"] <= CLOCK_MS < told["second_ms"]
    assert told["second_ms"] - told["first_ms"] == 60_000
    for name in ("first", "second"):
        values = np.frombuffer(told[name], "<f4").reshape(-1, 6)
        epoch = np.array([tai_ns_from_utc_ns(told[f"{name}_ms"] * 1_000_000)])
        states = propagate(sky().elements, epoch)
        good = states.status[:, 0] == 0
        size = np.linalg.norm(values[good, :3], axis=1)
        assert np.allclose(size, np.linalg.norm(states.position_km[good, 0], axis=1), rtol=1e-6)
        assert np.isnan(values[~good]).all()


def test_a_globe_without_anywidget_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    widget.widget_class.cache_clear()
    with pytest.raises(NodeError, match=r"commonsky\[notebook\]"):
        notebook.globe(sky())


def test_too_many_objects_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widget, "MOST_OBJECTS", 3)
    with pytest.raises(ValueError, match="3 objects at most"):
        notebook.globe(sky())


@pytest.mark.filterwarnings("ignore")
def test_a_widget_follows_the_time_of_its_page() -> None:
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    widget.widget_class.cache_clear()
    one = notebook.globe(sky(), "2025-11-24T16:00:00Z")
    assert len(one.first) == 24 * len(sky())
    before = one.first
    one.wanted_ms = one.second_ms + 1.0
    assert one.first_ms <= one.wanted_ms < one.second_ms
    assert one.first != before
    assert one._repr_mimebundle_()


def test_a_loaded_extension_shows_catalogues(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: dict[Any, Any] = {}

    class Formatter:
        display_formatter: Any
        mimebundle_formatter: Any

        def for_type(self, kind: type, show: Any) -> None:
            shown[kind] = show

    class Widget:
        def _repr_mimebundle_(self, **told: Any) -> Any:
            return {"text/plain": "a globe", **told}

    shell = Formatter()
    shell.display_formatter = shell.mimebundle_formatter = shell
    notebook.load_ipython_extension(shell)
    monkeypatch.setattr(extension, "globe", lambda _: Widget())
    assert shown[type(sky())](sky(), include=None) == {"text/plain": "a globe", "include": None}


def test_now_is_where_it_begins_without_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[float] = []
    monkeypatch.setattr(widget, "now_tai_ns", lambda: NOW_TAI_NS)
    monkeypatch.setattr(
        widget, "widget_class", lambda: lambda _, clock_ms, __: found.append(clock_ms)
    )
    notebook.globe(sky())
    assert found == [CLOCK_MS - 90_000]
