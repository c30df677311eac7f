"""A real browser's session: no script can read it, and no markup of partners becomes script."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect

from commonsky.node.clock import RealClock
from commonsky.show.api.keys import ApiKeys, Role, Scope
from commonsky.show.api.openings import Openings
from commonsky.show.api.server import Listener
from tests.api_case import NOW_TAI_NS, Case
from tests.browser.console_case import browser, needs_chromium, opened
from tests.console_case import console

pytestmark = needs_chromium

INJECTED = """() => {
  const script = document.createElement("script");
  let refused = "";
  try { script.textContent = "window.injected = 1"; } catch (error) { refused = error.name; }
  document.body.append(script);
  return [refused, window.injected ?? null];
}"""
SINK = """() => {
  const one = document.createElement("div");
  try { one.innerHTML = "<img src=x onerror='window.injected = 1'>"; } catch (error) {
    return [error.name, one.childNodes.length];
  }
  return ["", one.childNodes.length];
}"""
STYLED = """() => {
  const one = document.createElement("p");
  one.setAttribute("style", "position: fixed");
  document.body.append(one);
  return getComputedStyle(one).position;
}"""
SENT = """async ([method, where]) => {
  try { await fetch(where, { method, mode: "no-cors", credentials: "include" }); } catch (error) {
    return error.name;
  }
  return "";
}"""
FORM = """(where) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: where, enctype: "text/plain" });
  document.body.append(form);
  form.submit();
}"""
STORED = "() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href])"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Listener]]:
    with console(tmp_path_factory.mktemp("nor")) as told:
        yield told


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


def address_of(case: Case, listener: Listener) -> str:
    token = Openings(case.home.folder).make(RealClock().now_tai_ns())
    return f"{listener.address}/open/{token}"


def test_a_one_time_address_opens_the_page_and_leaves_no_secret_to_scripts(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    case, listener = served
    address = address_of(case, listener)
    with opened(chromium, address) as one:
        page = one.page
        expect(page.locator("cs-queue")).to_be_visible()
        assert page.url.startswith(f"{listener.address}/")
        assert "/open/" not in page.url
        assert page.evaluate("document.cookie") == ""
        assert page.evaluate("document.referrer") == ""
        (cookie,) = page.context.cookies()
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Strict"
        stored = page.evaluate(STORED)
        assert cookie["value"] not in stored
        assert address[-64:] not in stored
        assert page.evaluate("async () => (await fetch('api/v1/node')).status") == 200
        assert one.complaints == []
    with opened(chromium, address) as again:
        assert "used already" in again.page.locator("body").inner_text()


def test_markup_becomes_no_script(served: tuple[Case, Listener], chromium: Browser) -> None:
    case, listener = served
    with opened(chromium, address_of(case, listener)) as one:
        page = one.page
        expect(page.locator("cs-queue")).to_be_visible()
        assert page.evaluate(INJECTED) == ["TypeError", None]
        assert page.evaluate(SINK) == ["TypeError", 0]
        assert page.evaluate(STYLED) == "static"
        # Nothing is sent anywhere but to the listener itself.
        assert page.evaluate(SENT, ["POST", "http://127.0.0.1:9/"]) == "TypeError"
        assert page.evaluate("window.injected ?? null") is None


def test_a_person_signs_in_with_a_key_and_out_again(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    case, listener = served
    keys = ApiKeys(case.home.folder / "api-keys.json")
    secret = keys.make("the second desk", [Scope.READ, Scope.SUBMIT], NOW_TAI_NS)
    with opened(chromium, f"{listener.address}/sign-in", java_script_enabled=False) as one:
        assert one.complaints == []
        one.page.fill("#key", "ck_wrong")
        one.page.click("button")
        expect(one.page.locator("body")).to_contain_text("This is no key of commonsky")
        one.page.fill("#key", secret)
        one.page.click("button")
        expect(one.page).to_have_url(f"{listener.address}/")
        (cookie,) = one.page.context.cookies()
        state = one.page.context.storage_state()
    with opened(chromium, listener.address, storage_state=state) as one:
        page = one.page
        expect(page.locator("cs-queue")).to_be_visible()
        told = page.evaluate("async () => (await fetch('api/v1/session')).json()")
        assert (told["name"], told["role"]) == ("the second desk", Role.WATCH)
        assert cookie["value"] not in page.evaluate(STORED)
        status = page.evaluate(
            "async () => (await fetch('sign-out', { method: 'POST',"
            " headers: { 'X-Commonsky': '1' } })).status"
        )
        assert status == 204
        assert page.context.cookies() == []
        assert page.evaluate("async () => (await fetch('api/v1/node')).status") == 401


@pytest.fixture
def stranger() -> Iterator[str]:
    """The address of an empty page of somebody else on the same machine."""

    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_of_another_port_does_nothing_by_a_session(
    served: tuple[Case, Listener], chromium: Browser, stranger: str
) -> None:
    """Another port of the machine is the same site to a browser: its cookies go along."""
    case, listener = served
    before = case.store.last()
    with opened(chromium, address_of(case, listener)) as one:
        page = one.page
        expect(page.locator("cs-queue")).to_be_visible()
        page.goto(stranger)
        node = f"{listener.address}/api/v1/node"
        # What it reads is kept from it ...
        with page.expect_event("requestfailed", lambda asked: asked.url == node):
            page.evaluate(SENT, ["GET", node])
        # ... and what it sends is refused, though the cookie goes along.
        claim = f"{listener.address}/api/v1/alerts/{case.handles['event']}/claim"
        with page.expect_response(claim) as met:
            page.evaluate(FORM, claim)
        assert "commonsky-NOR-" in met.value.request.all_headers()["cookie"]
        assert met.value.status == 403
    assert case.store.last() == before
