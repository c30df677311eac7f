"""Browsers at the API's listener: who is let in, as whom, and what no other page can do by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from commonsky.node.clock import RealClock
from commonsky.show.api.application import Api
from commonsky.show.api.doors import TRIES
from commonsky.show.api.fleet import Fleet
from commonsky.show.api.keys import ALL_BUT_KEYS, SCOPES_OF, Role, Scope
from commonsky.show.api.openings import Openings
from commonsky.show.api.routes import RESOURCES
from commonsky.show.api.server import Listener
from tests.api_case import NOW_TAI_NS, Case, case_in, client, closed, listening, seen

V1 = "/api/v1"
PAGE = {"Sec-Fetch-Site": "same-origin", "X-Commonsky": "1"}
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    case = case_in(tmp_path_factory.mktemp("nor"))
    seen(case, screened=False)
    yield case
    closed(case)


@pytest.fixture
def listener(case: Case) -> Iterator[Listener]:
    with listening(case) as listener:
        yield listener


@pytest.fixture
def browser(case: Case, listener: Listener) -> Iterator[httpx.Client]:
    with client(listener, case, "") as asked:
        yield asked


def key_for(case: Case, role: Role) -> str:
    name = f"{role} number {len(case.keys)}"
    with_system = type(case.keys)(case.home.folder / "api-keys.json")
    return with_system.make(name, SCOPES_OF[role], NOW_TAI_NS)


def token(case: Case) -> str:
    return Openings(case.home.folder).make(RealClock().now_tai_ns())


def signed_in(browser: httpx.Client, key: str) -> httpx.Response:
    return browser.post("/sign-in", data={"key": key}, headers={"Sec-Fetch-Site": "same-origin"})


def test_an_address_opens_the_console_once(case: Case, browser: httpx.Client) -> None:
    address = f"/open/{token(case)}"
    assert browser.head(address).status_code == 405
    assert browser.get(f"{V1}/node").status_code == 401
    answer = browser.get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["referrer-policy"] == "no-referrer"
    cookie = answer.headers["set-cookie"]
    assert re.match(rf"commonsky-NOR-{browser.base_url.port}=[0-9a-f]{{64}};", cookie)
    for part in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"):
        assert part in cookie
    assert "Secure" not in cookie
    assert browser.get(f"{V1}/node").status_code == 200
    told = browser.get(f"{V1}/session").json()
    assert told["name"] == "whoever runs this node"
    assert told["scopes"] == ["exercise", "read", "submit"]
    browser.cookies.clear()
    again = browser.get(address)
    assert again.status_code == 403
    assert "used already" in again.text
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("wrong", ["0" * 64, "x", "%2e%2e", "..%2fapi-keys.json", "é" * 64])
def test_a_guessed_address_opens_nothing(browser: httpx.Client, wrong: str) -> None:
    answer = browser.get(f"/open/{wrong}")
    assert answer.status_code in {403, 404}
    assert "set-cookie" not in answer.headers


def test_a_proxy_with_tls_before_it_makes_the_cookie_secure(
    case: Case, browser: httpx.Client
) -> None:
    answer = browser.get(f"/open/{token(case)}", headers={"X-Forwarded-Proto": "https"})
    assert "; Secure" in answer.headers["set-cookie"]


def test_the_page_that_takes_a_key_holds_no_script_and_can_be_sent(browser: httpx.Client) -> None:
    answer = browser.get("/sign-in")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers.get_list("referrer-policy") == ["same-origin"]
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in answer.text
    assert 'action="/sign-in"' in answer.text


def test_a_key_begins_a_session_as_whom_it_was_made_for(case: Case, browser: httpx.Client) -> None:
    key = key_for(case, Role.RELEASE)
    answer = signed_in(browser, f" {key} ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert key[-64:] not in str(answer.headers)
    told = browser.get(f"{V1}/session").json()
    assert (told["role"], told["open"]) == ("release", False)
    assert told["name"].startswith("release number")
    first = dict(browser.cookies)
    signed_in(browser, key)
    assert dict(browser.cookies) != first
    stale = browser.get(
        f"{V1}/node", headers={"Cookie": "; ".join("=".join(one) for one in first.items())}
    )
    assert stale.status_code == 401


def test_the_way_out_ends_a_session(case: Case, browser: httpx.Client) -> None:
    signed_in(browser, key_for(case, Role.WATCH))
    (held,) = browser.cookies.jar
    assert browser.post("/sign-out").status_code == 403
    assert browser.get(f"{V1}/node").status_code == 200
    assert browser.post("/sign-out", headers=PAGE).status_code == 204
    assert not dict(browser.cookies)
    kept = {"Cookie": f"{held.name}={held.value}"}
    assert browser.get(f"{V1}/node", headers=kept).status_code == 401


def test_wrong_keys_are_refused_and_then_not_even_looked_at(
    case: Case, browser: httpx.Client
) -> None:
    wrong = "ck_" + "0" * 8 + "_" + "0" * 64
    for _ in range(TRIES):
        answer = signed_in(browser, wrong)
        assert answer.status_code == 403
        assert "0" * 64 not in answer.text
        assert "set-cookie" not in answer.headers
    answer = signed_in(browser, key_for(case, Role.WATCH))
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 6
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [b"", b"key=", b"key=%00%ff", b"key=" + b"a" * 9000, b"&" * 4000, b"\xff\xfe", b"key=<b>"],
)
def test_what_is_no_form_begins_nothing(browser: httpx.Client, body: bytes) -> None:
    answer = browser.post("/sign-in", content=body, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code in {400, 403, 413}
    assert "set-cookie" not in answer.headers
    assert "<b>" not in answer.text


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site"},
                {"Origin": "http://127.0.0.1:1"}, {"Origin": "null"}],
)  # fmt: skip
def test_no_other_page_signs_anybody_in(
    case: Case, browser: httpx.Client, headers: dict[str, str]
) -> None:
    answer = browser.post("/sign-in", data={"key": case.secrets["read"]}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


FORGED: tuple[dict[str, str], ...] = (
    {},
    {"X-Commonsky": "1"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-site", "X-Commonsky": "1"},
    {"Sec-Fetch-Site": "cross-site", "X-Commonsky": "1"},
    {"Sec-Fetch-Site": "none", "X-Commonsky": "1"},
    {"Origin": "http://127.0.0.1:1", "X-Commonsky": "1"},
    {"Origin": "null", "X-Commonsky": "1"},
)


@pytest.mark.parametrize("headers", FORGED)
def test_no_other_page_does_anything_by_a_session(
    case: Case, browser: httpx.Client, headers: dict[str, str]
) -> None:
    signed_in(browser, key_for(case, Role.WATCH))
    before = case.store.last()
    path = f"{V1}/alerts/{case.handles['event']}/claim"
    answer = browser.post(path, json={"state": "acknowledged"}, headers=headers)
    assert answer.status_code in {401, 403}
    assert case.store.last() == before


@pytest.mark.parametrize("own", [PAGE, {"Origin": "", "X-Commonsky": "1"}])
def test_a_page_of_ours_does_what_its_session_may(
    case: Case, listener: Listener, browser: httpx.Client, own: dict[str, str]
) -> None:
    headers = {name: value or listener.address for name, value in own.items()}
    signed_in(browser, key_for(case, Role.WATCH))
    path = f"{V1}/alerts/{case.handles['event']}/claim"
    assert browser.post(path, json={"state": "claimed"}, headers=headers).status_code == 201
    assert browser.get(f"{V1}/keys", headers=headers).status_code == 403


def test_another_page_cannot_even_read_by_a_session(case: Case, browser: httpx.Client) -> None:
    signed_in(browser, key_for(case, Role.WATCH))
    assert browser.get(f"{V1}/node", headers={"Sec-Fetch-Site": "same-site"}).status_code == 401


def test_the_cookie_of_another_node_opens_nothing(
    case: Case, browser: httpx.Client, tmp_path: Path
) -> None:
    signed_in(browser, key_for(case, Role.WATCH))
    (held,) = browser.cookies.jar
    other = case_in(tmp_path)
    with listening(other) as listener, client(listener, other, "") as asked:
        for name in (held.name, f"commonsky-NOR-{listener.port}"):
            answer = asked.get(f"{V1}/node", headers={"Cookie": f"{name}={held.value}"})
            assert answer.status_code == 401
    closed(other)


def test_a_removed_key_ends_its_session_and_its_stream(case: Case, browser: httpx.Client) -> None:
    key = key_for(case, Role.WATCH)
    signed_in(browser, key)
    with browser.stream("GET", f"{V1}/stream?after=0") as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("retry")
        case.keys.remove(key[3:11])
        case.desk.ring()
        # It ends before the next sign of life.
        assert all(line != ": alive" for line in lines)
    assert browser.get(f"{V1}/node").status_code == 401
    assert browser.get(f"{V1}/session").json()["scopes"] == []


def test_reading_changes_nothing(case: Case, browser: httpx.Client) -> None:
    signed_in(browser, key_for(case, Role.ADMIN))
    before, keys = case.store.last(), case.keys.all()
    number, handle = str(case.sky.catalogue_number[0]), case.handles["standing"]
    for one in RESOURCES:
        path = one.path.format(
            handle=handle,
            number=number,
            nation="GBR",
            id="0" * 8,
            picture="0" * 32,
            seconds=60,
            name="none",
        )
        if one.method == "GET" and not path.endswith("/stream"):
            browser.get(path, headers=PAGE)
    assert (case.store.last(), case.keys.all()) == (before, keys)


@pytest.mark.parametrize("role", Role)
def test_each_resource_is_for_the_roles_that_it_says(
    case: Case, browser: httpx.Client, role: Role
) -> None:
    """Refused or not; what is asked makes no sense, so that nothing happens."""
    signed_in(browser, key_for(case, role))
    for one in RESOURCES:
        if one.path.endswith("/stream"):
            continue
        path = re.sub(r"{\w+}", "x", one.path) + "?colour=red"
        status = browser.request(one.method, path, headers=PAGE, json={}).status_code
        may = one.scope is None or one.scope in SCOPES_OF[role] or role is Role.ADMIN
        assert (status not in {401, 403}) == may, (one.method, one.path, status)


def test_an_open_node_says_so_and_keeps_its_keys(case: Case) -> None:
    with listening(case, open_scopes=ALL_BUT_KEYS) as listener, client(listener, case, "") as ask:
        told = ask.get(f"{V1}/session").json()
        assert (told["open"], told["name"]) == (True, "")
        assert told["scopes"] == sorted(ALL_BUT_KEYS)
        path = f"{V1}/alerts/{case.handles['event']}/claim"
        assert ask.post(path, json={"state": "claimed"}).status_code == 403
        for site in ("cross-site", "same-site"):
            forged = {"Sec-Fetch-Site": site, "X-Commonsky": "1"}
            answer = ask.post(path, json={"state": "claimed"}, headers=forged)
            assert answer.status_code == 403
        assert ask.post(path, json={"state": "claimed"}, headers=PAGE).status_code == 201
        assert ask.post(f"{V1}/keys", json={}, headers=PAGE).status_code == 401


def test_a_key_with_anybodys_name_is_somebodys(case: Case, browser: httpx.Client) -> None:
    keys = type(case.keys)(case.home.folder / "api-keys.json")
    signed_in(browser, keys.make("anybody on this machine", [Scope.READ], NOW_TAI_NS))
    assert not browser.get(f"{V1}/session").json()["open"]


def test_each_node_of_a_fleet_has_its_own_sessions(case: Case) -> None:
    apis = {"NOR": Api(case.desk, case.keys), "GBR": Api(case.desk, case.keys)}
    listener = Listener(Fleet(apis), "127.0.0.1", 0)
    with client(listener, case, "") as ask:
        answer = ask.get(f"/NOR/open/{token(case)}")
        assert answer.headers["location"] == "/NOR/"
        assert "Path=/NOR/" in answer.headers["set-cookie"]
        assert ask.get(f"/NOR{V1}/node").status_code == 200
        assert ask.get(f"/GBR{V1}/node").status_code == 401
        told = ask.get(f"/NOR{V1}/session").json()["nations"]
        assert told[1] == {"nation": "GBR", "name": "United Kingdom", "address": "/GBR/"}
    listener.stop()


def test_roles_are_made_over_the_api(case: Case, listener: Listener) -> None:
    with client(listener, case, "admin") as admin:
        made = admin.post(f"{V1}/keys", json={"name": "Ola", "role": "watch"})
        assert made.status_code == 201
        (told,) = [one for one in admin.get(f"{V1}/keys").json() if one["name"] == "Ola"]
        assert (told["role"], told["scopes"]) == ("watch", ["read", "submit"])
        assert admin.post(f"{V1}/keys", json={"name": "Ola", "role": "king"}).status_code == 422
        assert admin.post(f"{V1}/keys", json={"name": "Ola"}).status_code == 409


ASSETS = ("/", "/console/main.js", "/console/style.css", "/console/words/en.json")


@pytest.mark.parametrize("path", ASSETS)
def test_every_file_of_the_page_carries_the_policy(browser: httpx.Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.headers.get_list("content-security-policy") == [POLICY]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    assert "set-cookie" not in answer.headers
    head = browser.head(path)
    assert (head.status_code, head.content) == (200, b"")
    again = browser.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    # A part of a file is nothing that we serve: the whole is the answer.
    assert browser.get(path, headers={"Range": "bytes=0-3"}).content == answer.content


@pytest.mark.parametrize(
    "path",
    ["../api/keys.py", "..%2f..%2fapi%2fkeys.py", "%2e%2e/__init__.py", "/etc/passwd", "tsconfig",
     "%2fetc%2fpasswd", "__init__.py", "words/en/queue.json/x", "words/..%2f..%2fx.json",
     "words/xx.json", "nothing.js", "a%00.js", "style", "", "x" * 4000 + ".js", "é.js"],
)  # fmt: skip
def test_no_other_file_is_served(browser: httpx.Client, path: str) -> None:
    answer = browser.get(f"/console/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "import" not in answer.text


def test_a_page_under_another_name_is_refused(browser: httpx.Client) -> None:
    for path in (*ASSETS, "/sign-in", f"/open/{'0' * 64}"):
        assert browser.get(path, headers={"Host": "evil.example"}).status_code == 421
