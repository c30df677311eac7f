"""Whatever comes to the API's listener: a refusal that teaches, and the node goes on."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from commonsky.errors import NodeError
from commonsky.show.api import question, server
from commonsky.show.api.application import Api
from commonsky.show.api.keys import Scope
from commonsky.show.api.server import Listener
from tests.api_case import Case, asking, case_in, client, closed, listening, seen, unknown_handle
from tests.unit.test_api_stream import everything, wait_until

V1 = "/api/v1"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    case = case_in(tmp_path_factory.mktemp("nor"))
    seen(case, screened=False)
    yield case
    closed(case)


@pytest.fixture(scope="module")
def listener(case: Case) -> Iterator[Listener]:
    with listening(case) as listener:
        yield listener


@pytest.fixture(autouse=True)
def still_well(case: Case, listener: Listener) -> Iterator[None]:
    """After each of these the next question is answered, and nothing was stated."""
    before = case.store.last()
    yield
    with client(listener, case) as ask:
        assert ask.get(f"{V1}/node").json()["data"]["records"] == before


def refused(answer: httpx.Response, status: int, why: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert why in told["detail"]
    assert "Traceback" not in answer.text


SMUGGLED = (
    "POST /api/v1/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/keys HTTP/1.1\r\n\r\n"
)
SCOPES = (
    ("GET", "alerts", "read"),
    ("GET", "stream", "read"),
    ("GET", "frames", "read"),
    ("GET", f"records/{unknown_handle()}", "read"),
    ("POST", f"alerts/{unknown_handle()}/claim", "submit"),
    ("POST", "ingest", "submit"),
    ("POST", f"records/{unknown_handle()}/recall", "release"),
    ("POST", "release/confirm", "release"),
    ("GET", "keys", "admin"),
    ("POST", "keys", "admin"),
    ("DELETE", "keys/00000000", "admin"),
)


@pytest.mark.parametrize(("method", "path", "needed"), SCOPES)
def test_a_key_for_something_else_is_refused(
    case: Case, listener: Listener, method: str, path: str, needed: str
) -> None:
    for scope in ("read", "submit", "release"):
        if scope != needed:
            with client(listener, case, scope) as ask:
                answer = ask.request(method, f"{V1}/{path}", json={})
                refused(answer, 403, f"needs the scope {needed}")


@pytest.mark.parametrize(
    "shown",
    [b"", b"Bearer", b"Bearer a b", b"Basic Y2s6", b"bearer ck_1_2", b"Bearer " + b"x" * 9000],
)
def test_what_is_no_key_is_refused_and_says_how_to_send_one(
    case: Case, listener: Listener, shown: bytes
) -> None:
    with client(listener, case, "") as ask:
        answer = ask.get(f"{V1}/node", headers={b"Authorization": shown})  # type: ignore[arg-type]
        refused(answer, 401)
        assert answer.headers["www-authenticate"] == 'Bearer realm="commonsky"'


def test_a_key_without_its_scheme_is_none(case: Case, listener: Listener) -> None:
    with client(listener, case, "") as ask:
        answer = ask.get(f"{V1}/node", headers={"Authorization": case.secrets["read"]})
        refused(answer, 401)


def test_reading_is_open_only_where_it_was_opened(case: Case) -> None:
    with asking(case, "", open_scopes=[Scope.READ]) as ask:
        assert ask.get(f"{V1}/node").status_code == 200
        refused(ask.get(f"{V1}/keys"), 401)
        refused(ask.post(f"{V1}/ingest", content=b"x"), 401)
        # A key that is shown counts, and a bad one is not taken for none.
        refused(ask.get(f"{V1}/node", headers={"Authorization": "Bearer x"}), 401)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", ""])
def test_a_name_that_was_pointed_here_is_refused(
    case: Case, listener: Listener, host: str
) -> None:
    with client(listener, case) as ask:
        refused(ask.get(f"{V1}/node", headers={"Host": host}), 421, "this listener is")


def test_a_name_that_was_configured_is_taken(case: Case) -> None:
    with asking(case, hosts=("Ops.Example",)) as ask:
        assert ask.get("/health", headers={"Host": "ops.example"}).status_code == 200
        assert ask.get("/health", headers={"Host": "ops.example:7150"}).status_code == 200


def test_the_address_that_it_listens_at_is_taken(case: Case) -> None:
    try:
        elsewhere = Listener(Api(case.desk, case.keys), "127.0.0.2", 0)
    except NodeError:
        pytest.skip("this machine has one address of its own")
    with client(elsewhere, case) as ask:
        assert ask.get(f"{V1}/node").status_code == 200
    elsewhere.stop()


def test_a_page_of_another_site_is_refused(case: Case, listener: Listener) -> None:
    with client(listener, case) as ask:
        for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
            refused(ask.get(f"{V1}/node", headers={"Origin": origin}), 403, "a page of")
        same = {"Origin": listener.address}
        assert ask.get(f"{V1}/node", headers=same).status_code == 200
        preflight = ask.options(f"{V1}/ingest")
        assert "access-control-allow-origin" not in preflight.headers


def test_every_answer_is_protected(case: Case, listener: Listener) -> None:
    with client(listener, case) as ask:
        for path in (f"{V1}/node", "/health", "/docs", "/nothing", f"{V1}/keys"):
            headers = ask.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["cache-control"] == "no-store"
            assert "set-cookie" not in headers
            assert "server" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "records/x",
        "records/" + "0" * 31,
        "records/" + "g" * 32,
        "records/" + "F" * 32,
        "records/" + "0" * 3000,
        "alerts/%00",
        "objects/-1",
        "objects/1e3",
        "objects/" + "9" * 19,
        "objects/%D9%A3",
        "told/ZZZ",
        "told/nor",
        "told/%2e%2e",
    ],
)
def test_what_can_be_nothing_of_ours_is_refused(case: Case, listener: Listener, path: str) -> None:
    with client(listener, case, "admin") as ask:
        refused(ask.get(f"{V1}/{path}"), 422)


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/api/v1/../../node.toml", "/api/v1/records/..%2f..%2fkeys",
     "/%2e%2e/keys", "//etc/passwd", "/api/v1/", "/api", "/api/v2/node", "/docs/../node.toml"],
)  # fmt: skip
def test_paths_lead_nowhere(case: Case, listener: Listener, path: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    answer = raw(listener, head + f"Authorization: Bearer {case.secrets['admin']}\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 422", b"HTTP/1.1 307"))
    assert b"root:" not in answer
    assert b"nation = " not in answer


@pytest.mark.parametrize(
    "query",
    [
        "most=0",
        "most=501",
        "most=-1",
        "most=x",
        "most=1e9",
        "most=99999999999999999999999999",
        "after=1&before=2",
        "after=-1",
        "after=1&after=2",
        "colour=red",
        "kinds=ufo",
        "states=lost",
        "object=x",
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    case: Case, listener: Listener, query: str
) -> None:
    with client(listener, case) as ask:
        refused(ask.get(f"{V1}/alerts?{query}"), 422)


@pytest.mark.parametrize(
    "path",
    [f"{'0' * 32}/60.f32?step={step}" for step in ("0", "nan", "-1", "x", "7", "7200")]
    + [f"{name}/60.f32" for name in ("x", "0" * 31, "A" * 32, "..%2f..%2fkeys")]
    + [f"{'0' * 32}/{time}.f32" for time in ("61", "-60", "1e9", "60.0", "9" * 10, "6" * 300)],
)
def test_a_frame_of_no_picture_or_time_is_refused(
    case: Case, listener: Listener, path: str
) -> None:
    with client(listener, case) as ask:
        status = 404 if "2f" in path else 422
        refused(ask.get(f"{V1}/frames/{path}"), status)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"state": "exploded"}',
        b'{"state": "closed", "until": 5}',
        b'{"state": "closed", "who": "duty officer"}',
        b"\xff\xfe",
        b"[" * 50_000,
    ],
)
def test_a_body_that_is_no_claim_is_refused(case: Case, listener: Listener, body: bytes) -> None:
    with client(listener, case, "submit") as ask:
        path = f"{V1}/alerts/{case.handles['event']}/claim"
        answer = ask.post(path, content=body, headers={"Content-Type": "application/json"})
        refused(answer, 422)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_a_form_of_another_page_is_no_claim(case: Case, listener: Listener, kind: str) -> None:
    with client(listener, case, "submit") as ask:
        path = f"{V1}/alerts/{case.handles['event']}/claim"
        answer = ask.post(path, content=b'{"state": "closed"}', headers={"Content-Type": kind})
        refused(answer, 415, "must be JSON")


def test_a_body_that_is_too_long_is_refused_before_it_is_read(
    case: Case, listener: Listener
) -> None:
    path = f"{V1}/alerts/{case.handles['event']}/claim"
    for length in (question.MOST_BODY_BYTES + 1, 10**13, "9" * 400):
        answer = raw(
            listener,
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {length}\r\nAuthorization: Bearer {case.secrets['submit']}\r\n\r\n",
        )
        assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400")), answer[:80]


def test_a_body_that_does_not_say_how_long_it_is_is_cut(case: Case, listener: Listener) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 65536

    with client(listener, case, "submit") as ask:
        path = f"{V1}/alerts/{case.handles['event']}/claim"
        try:
            answer = ask.post(
                path, content=endless(), headers={"Content-Type": "application/json"}
            )
            refused(answer, 413)
        except httpx.TransportError:
            pass  # closed while we were sending


def test_an_ingest_that_is_too_long_is_refused(
    case: Case, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commonsky.show.api.application.MOST_BYTES", 1000)
    with client(listener, case, "submit") as ask:
        refused(ask.post(f"{V1}/ingest", content=b"x" * 1001), 413, "1,000 bytes")


def test_a_body_that_does_not_come_is_not_waited_for(
    case: Case, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "BODY_S", 0.1)
    answer = raw(
        listener,
        f"POST {V1}/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
        f"Connection: close\r\nAuthorization: Bearer {case.secrets['submit']}\r\n\r\nabc",
    )
    assert answer.startswith(b"HTTP/1.1 408")


def test_a_client_that_goes_away_in_the_middle_harms_nobody(
    case: Case, listener: Listener
) -> None:
    for _ in range(20):
        with socket.create_connection((listener.host, listener.port)) as connection:
            connection.sendall(
                f"POST {V1}/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
                f"Authorization: Bearer {case.secrets['submit']}\r\n\r\nabc".encode()
            )


def test_headers_are_bounded_also_where_they_come_in_one_piece(
    case: Case, listener: Listener
) -> None:
    with client(listener, case) as ask:
        for size in (33_000, 60_000, 200_000):
            answer = ask.get("/health", headers={"X": "y" * size})
            assert answer.status_code in {400, 431}


@pytest.mark.parametrize(
    "request_",
    [
        "GET / HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        "NONSENSE\r\n\r\n",
        SMUGGLED,
        "GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "y" * 100_000 + "\r\n\r\n",
        "GET /" + "y" * 20_000 + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "\x00" * 1000,
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_is_refused(listener: Listener, request_: str) -> None:
    answer = raw(listener, request_, end=True)
    assert answer == b"" or answer.startswith(
        (b"HTTP/1.1 400", b"HTTP/1.1 401", b"HTTP/1.1 414", b"HTTP/1.1 421", b"HTTP/1.1 431")
    ), answer[:200]


def test_silent_connections_are_bounded(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 20)
    with listening(case) as listener:
        silent = connected(listener, 60)
        wait_until(lambda: sum(not is_ended(one) for one in silent) <= 20)
        assert sum(not is_ended(one) for one in silent) == 20
        for connection in silent:
            connection.close()


def is_ended(connection: socket.socket) -> bool:
    """Whether the other side has ended a connection that it never answered."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        # Told once only: from now on it reads as ended.
        return True


def test_silent_connections_are_ended(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "REQUEST_S", 0.3)
    with listening(case) as listener:
        silent = connected(listener, 20)
        assert [everything(connection) for connection in silent] == [b""] * 20
        for connection in silent:
            connection.close()


def test_a_client_that_takes_nothing_of_what_it_asked_is_cut(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "STUCK_S", 0.2)
    with listening(case) as listener, socket.socket() as stubborn:
        stubborn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stubborn.connect((listener.host, listener.port))
        stubborn.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
        waiting = select.poll()
        waiting.register(stubborn, select.POLLERR)
        assert waiting.poll(20_000), "it was not cut"
        with client(listener, case) as ask:
            assert ask.get("/health").status_code == 200


def test_a_client_that_takes_slowly_is_not_cut(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "STUCK_S", 0.2)
    request = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n"
    with listening(case) as listener, socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        slow.connect((listener.host, listener.port))
        slow.sendall((request + b"\r\n") * 29 + request + b"Connection: close\r\n\r\n")
        taken = b""
        while piece := slow.recv(1 << 16):
            taken += piece
            time.sleep(0.01)
        assert taken.count(b"HTTP/1.1 200") == 30


def connected(listener: Listener, count: int) -> list[socket.socket]:
    """So many connections, less those that were ended before they were made."""
    made = []
    for _ in range(count):
        with contextlib.suppress(ConnectionResetError):
            address = (listener.host, listener.port)
            made.append(socket.create_connection(address, timeout=20.0))
    return made


def test_too_many_questions_at_once_are_refused(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commonsky.show.api.application.MOST_WAITING", 0)
    with asking(case) as ask:
        answer = ask.get(f"{V1}/node")
        refused(answer, 503, "wait already")
        assert answer.headers["retry-after"] == "1"


def test_what_was_not_foreseen_says_nothing_of_itself(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> Any:
        raise RuntimeError("the secret is 1234")

    monkeypatch.setattr("commonsky.show.api.state.node", failing)
    with asking(case) as ask:
        answer = ask.get(f"{V1}/node")
        refused(answer, 500, "its journal says what")
        assert "1234" not in answer.text


def test_a_port_that_is_taken_is_told(case: Case, listener: Listener) -> None:
    with pytest.raises(NodeError, match="cannot listen"):
        Listener(Api(case.desk, case.keys), listener.host, listener.port)


def test_a_ledger_that_is_gone_is_told_and_not_taken_for_empty(tmp_path: Path) -> None:
    case = case_in(tmp_path)
    case.home.ledger.rename(tmp_path / "elsewhere")
    with asking(case) as ask:
        refused(ask.get(f"{V1}/alerts"), 503, "cannot be used")
        refused(ask.get("/health/ready"), 503, "cannot be used")
    closed(case)


def raw(listener: Listener, text: str, *, end: bool = False) -> bytes:
    """What comes back when these bytes are sent."""
    with socket.create_connection((listener.host, listener.port), timeout=20.0) as connection:
        with contextlib.suppress(OSError):  # refused before all of it was sent
            connection.sendall(text.encode("latin-1"))
            if end:
                connection.shutdown(socket.SHUT_WR)
        return everything(connection) if end else connection.recv(1 << 16)
