"""A real Chromium at the console of a node, that takes note of whatever goes wrong in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
SOFTWARE_GL = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
PATIENCE_MS = 20_000

needs_chromium = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
    pytest.mark.slow,
]


@dataclass(slots=True)
class Opened:
    """A page, and what it complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SOFTWARE_GL))
        try:
            yield found
        finally:
            found.close()


@contextmanager
def opened(
    chromium: Browser, address: str, *, size: tuple[int, int] = (1280, 800), **options: Any
) -> Iterator[Opened]:
    """A page in a profile of its own; `options` are those of a context."""
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        **{"locale": "en-GB", "color_scheme": "dark", "timezone_id": "Asia/Tokyo", **options},
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    one = Opened(page)

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _is_of_the_driver(message.text):
            one.complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: one.complaints.append(str(error)))
    try:
        page.goto(address)
        yield one
    finally:
        context.close()


def _is_of_the_driver(text: str) -> bool:
    """Whether the driver of software graphics complains of itself."""
    return "GPU stall due to ReadPixels" in text or ("WebGL" in text and "fallback" in text)
