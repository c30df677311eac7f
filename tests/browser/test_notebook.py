"""The widget's module in a page of a browser, with a model that stands in for the notebook."""

from __future__ import annotations

import base64
import json
from importlib.resources import files

from playwright.sync_api import Page

from commonsky.show.notebook import widget
from tests.api_case import sky
from tests.browser.console_case import browser, needs_chromium

pytestmark = needs_chromium
PAGE = "<!doctype html><title>A notebook</title><body><div id='cell'></div></body>"
ADDRESS = "http://notebook.test/"
MODEL = """
async ([source, values, names]) => {
  const letters = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const bytes = (text) => new DataView(letters(text).buffer);
  for (const name of names) values[name] = bytes(values[name]);
  const said = {};
  const model = {
    get: (name) => values[name],
    set: (name, value) => { values[name] = said[name] = value; },
    save_changes: () => {}, on: () => {}, off: () => {},
  };
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const widget = (await import(url)).default;
  window.said = said;
  window.end = await widget.render({ model, el: document.getElementById("cell") });
}
"""


def shown(page: Page) -> list[str]:
    """Show the widget in a page, and return what went wrong there."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(ADDRESS)
    page.add_style_tag(content=(files("commonsky.show.notebook") / "widget.css").read_text())
    told = widget.traits(sky(), 1_764_000_000_000, 60.0)
    names = [name for name, value in told.items() if isinstance(value, bytes)]
    plain = {
        name: base64.b64encode(value).decode() if name in names else value
        for name, value in told.items()
    }
    source = (files("commonsky.show.notebook") / "widget.js").read_text()
    page.evaluate(MODEL, [source, json.loads(json.dumps(plain)), names])
    return complaints


def test_the_module_draws_asks_for_more_and_tells_what_is_pointed_at() -> None:
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 800, "height": 560})
        complaints = shown(page)
        page.wait_for_function("document.querySelector('.commonsky-told').textContent.length > 9")
        page.click("text=Map")
        page.wait_for_function("window.said.wanted_ms > 1764000000000")
        picture = page.locator(".commonsky-sky").screenshot()
        assert len(picture) > 10_000, "an empty canvas is smaller"
        for x in range(10, 790, 12):
            for y in range(10, 470, 12):
                if not page.evaluate("window.said.chosen"):
                    page.mouse.click(x, y)
        assert page.evaluate("window.said.chosen") in sky().catalogue_number.tolist()
        assert "(9" in page.inner_text(".commonsky-told")
        page.evaluate("window.end()")
        assert complaints == []
