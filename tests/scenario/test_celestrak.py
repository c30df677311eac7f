"""CelesTrak's policy, kept against a server that misbehaves in every way."""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from commonsky.errors import SourceRefused, UnreadableInput
from commonsky.node.intake import read_records
from commonsky.share.sources import celestrak
from commonsky.share.sources.cache import locked, record_path
from commonsky.share.sources.download import Limits
from tests.formats_case import DEBRIS, ISS, VANGUARD, csv_of
from tests.misbehaving import Behaviour, answer, chunked, reset, serving

GOOD = csv_of(ISS, VANGUARD, DEBRIS).replace("\n", "\r\n").encode()
CONTACT = "officer@example.org"
HOUR_NS = 3_600_000_000_000
START_NS = 1_743_400_000_000_000_000
QUICK = Limits(largest_bytes=1 << 20, total_s=1.0, silence_s=0.5)


@dataclass
class Desk:
    """One user's cache and clock."""

    directory: Path
    utc_ns: list[int] = field(default_factory=lambda: [START_NS])

    def ask(self, base: str, group: str = "active", contact: str = CONTACT) -> celestrak.Fetched:
        return celestrak.fetch(
            group, directory=self.directory, contact=contact, base=base, limits=QUICK,
            now_utc_ns=lambda: self.utc_ns[0],
        )  # fmt: skip

    def wait(self, hours: float) -> None:
        self.utc_ns[0] += round(hours * HOUR_NS)

    @property
    def file(self) -> Path:
        return self.directory / "celestrak" / "group.active.csv"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return Desk(tmp_path / "cache")


def drip(connection: socket.socket) -> None:
    """One byte at a time, each in time, all together never."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    for place in range(1000):
        connection.sendall(GOOD[place : place + 1])
        time.sleep(0.05)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + GOOD)
    while True:
        connection.sendall(GOOD)


def silent(connection: socket.socket) -> None:
    connection.recv(1)


def test_a_fetched_file_can_be_read_and_names_who_asks(desk: Desk) -> None:
    with serving(answer(GOOD)) as server:
        found = desk.ask(server.base)
    assert found.fresh
    assert found.path.read_bytes() == GOOD
    assert (found.sha256, found.size_bytes) == (hashlib.sha256(GOOD).hexdigest(), len(GOOD))
    assert len(read_records(celestrak.locate("celestrak:active", desk.directory))) == 3
    (request,) = server.requests
    assert request.startswith("GET /NORAD/elements/gp.php?GROUP=active&FORMAT=csv HTTP/1.1\r\n")
    assert f"(+contact: {CONTACT})" in request
    assert "user-agent: commonsky/" in request.lower()


def test_a_packed_body_is_unpacked(desk: Desk) -> None:
    packed = answer(gzip.compress(GOOD), headers="Content-Encoding: gzip\r\n")
    with serving(packed) as server:
        assert desk.ask(server.base).path.read_bytes() == GOOD


def test_one_query_is_asked_once_in_two_hours(desk: Desk) -> None:
    with serving(answer(GOOD)) as server:
        desk.ask(server.base)
        desk.wait(1.9)
        held = desk.ask(server.base)
        assert (held.fresh, held.age_s) == (False, 1.9 * 3600)
        desk.ask(server.base, "catnr=25544")  # another query
        assert len(server.requests) == 2
        desk.wait(0.2)
        assert desk.ask(server.base).fresh
    assert len(server.requests) == 3


@pytest.mark.parametrize("contact", ["", "me", "a b@c.d", "x@y.z\r\nHost: a", "a@b.c" * 100])
def test_nothing_is_asked_without_a_contact(desk: Desk, contact: str) -> None:
    with serving(answer(GOOD)) as server, pytest.raises(UnreadableInput, match="contact"):
        desk.ask(server.base, contact=contact)
    assert server.requests == []


@pytest.mark.parametrize("group", ["", "ACTIVE", "a&b=c", "../x", "catnr=0", "name=ISS", "a b"])
def test_nothing_breaks_out_of_a_query(desk: Desk, group: str) -> None:
    with serving(answer(GOOD)) as server, pytest.raises(UnreadableInput, match="no query"):
        desk.ask(server.base, group)
    assert server.requests == []


def test_only_https_leaves_the_machine(desk: Desk) -> None:
    with pytest.raises(UnreadableInput, match="not https"):
        desk.ask("http://celestrak.example/gp.php")


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        ("403 Forbidden", "", "asked too often"),
        ("404 Not Found", "", "there may be no 'active'"),
        ("500 Internal Server Error", "", "usage-policy"),
        ("429 Too Many Requests", "Retry-After: 1\r\n", "usage-policy"),
        ("301 Moved Permanently", "Location: http://127.0.0.1:9/\x1b[2J\r\n", "moved to http"),
        ("304 Not Modified", "", "304"),  # nobody asked whether
        ("204 No Content", "", "204"),
        ("206 Partial Content", "", "206"),
    ],
)
def test_any_other_status_stops_all_asking_until_a_person_has_looked(
    desk: Desk, status: str, headers: str, told: str
) -> None:
    with serving(answer(GOOD)) as server:
        desk.ask(server.base)
        desk.file.with_name(record_path(desk.file).name).unlink()
        os.utime(desk.file, ns=(0, 0))
        body = b"" if status[:3] in {"204", "304"} else b"<p>No \x1b[31mmore</p>"
        server.behaviour = answer(body, status, headers.replace("\x1b", ""))
        with pytest.raises(SourceRefused, match=told) as refusal:
            desk.ask(server.base)
        assert status[:3] in str(refusal.value)
        assert "--resume" in str(refusal.value)
        assert str(refusal.value).isprintable()
        server.behaviour = answer(GOOD)
        desk.wait(100.0)
        for group in ("active", "stations", "catnr=5"):
            with pytest.raises(SourceRefused, match="not asked again before you have looked"):
                desk.ask(server.base, group)
        assert len(server.requests) == 2
        assert desk.file.read_bytes() == GOOD  # what came before stands
        stop = celestrak.resume(desk.directory)
        assert stop is not None
        assert stop.status == int(status[:3])
        assert desk.ask(server.base).fresh
    assert len(server.requests) == 3
    assert celestrak.resume(desk.directory) is None


def test_looking_does_not_shorten_the_two_hours(desk: Desk) -> None:
    with serving(answer(b"", "403 Forbidden")) as server:
        with pytest.raises(SourceRefused):
            desk.ask(server.base)
        celestrak.resume(desk.directory)
        with pytest.raises(UnreadableInput, match="ask again at"):
            desk.ask(server.base)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (drip, "not done after 1 s"),
        (endless, "larger than 1048576 bytes"),
        (silent, "timed out"),
        (reset, r"reset|disconnected"),
        (lambda connection: connection.sendall(b"\x00\xffnonsense\r\n\r\n"), "illegal"),
        (answer(GOOD[:-30], length=len(GOOD)), "without sending complete"),
        (chunked(GOOD), "without sending complete"),
        (answer(GOOD[:-30]), "so the end is missing"),
        (answer(b""), "it lacks the columns"),
        (answer(b"No GP data found"), "begins 'No GP data found'"),
        (answer(b"<!DOCTYPE html><html>\x1b[2Jwait</html>"), "begins '<!DOCTYPE html>"),
        (answer(GOOD.splitlines()[0] + b"\r\n"), "a heading but no element set"),
        (answer(b'[{"OBJECT_NAME":"ISS"}]', headers="Content-Type: text/csv\r\n"), "lacks the"),
        (
            answer(gzip.compress(bytes(50_000_000)), headers="Content-Encoding: gzip\r\n"),
            "larger than 1048576 bytes",
        ),
        (answer(gzip.compress(GOOD)[:-9], headers="Content-Encoding: gzip\r\n"), "does not end"),
        (answer(GOOD, headers="Content-Encoding: gzip\r\n"), "damaged"),
        (answer(GOOD, headers="Content-Encoding: br\r\n"), "not asked for"),
    ],
)
def test_what_is_no_whole_answer_is_not_kept(desk: Desk, behaviour: Behaviour, told: str) -> None:
    with serving(answer(GOOD)) as server:
        desk.ask(server.base)
        desk.wait(2.0)
        server.behaviour = behaviour
        with pytest.raises(UnreadableInput, match=told) as failure:
            desk.ask(server.base)
        assert "\x1b" not in str(failure.value)
        assert str(desk.file) in str(failure.value)
        assert desk.file.read_bytes() == GOOD
        # It was asked, so it is let alone; but a broken line is no refusal.
        with pytest.raises(UnreadableInput, match="ask again at 2025-03-31T0"):
            desk.ask(server.base)
        assert len(server.requests) == 2
        server.behaviour = answer(GOOD)
        desk.wait(2.0)
        assert desk.ask(server.base).fresh
    assert not list(desk.file.parent.glob(".group*"))  # nothing half written


def test_the_type_that_a_server_claims_counts_for_nothing(desk: Desk) -> None:
    with serving(answer(GOOD, headers="Content-Type: image/png\r\n")) as server:
        assert desk.ask(server.base).path.read_bytes() == GOOD


def test_an_unchanged_file_is_not_sent_again(desk: Desk) -> None:
    stamp = "Mon, 31 Mar 2025 04:00:00 GMT"
    with serving(answer(GOOD, headers=f'ETag: "a"\r\nLast-Modified: {stamp}\r\n')) as server:
        desk.ask(server.base)
        desk.wait(3.0)
        server.behaviour = answer(b"", "304 Not Modified")
        again = desk.ask(server.base)
        assert (again.fresh, again.age_s) == (True, 0.0)
        assert again.path.read_bytes() == GOOD
        assert 'if-none-match: "a"' in server.requests[1].lower()
        assert f"if-modified-since: {stamp}".lower() in server.requests[1].lower()
        desk.wait(1.0)
        assert desk.ask(server.base).age_s == 3600.0


def test_a_server_that_is_not_there_was_not_asked(desk: Desk) -> None:
    with serving(answer(GOOD)) as server:
        base = server.base
    with pytest.raises(UnreadableInput, match="no connection"):
        desk.ask(base)
    with pytest.raises(UnreadableInput, match="no connection"):
        desk.ask(base)  # at once: nobody has seen the first


def test_a_clock_set_back_makes_us_wait(desk: Desk) -> None:
    with serving(answer(GOOD)) as server:
        desk.ask(server.base)
        desk.wait(-1000.0)
        back = desk.ask(server.base)
        assert (back.fresh, back.age_s) == (False, 0.0)
        desk.wait(1.9)
        assert not desk.ask(server.base).fresh
        desk.wait(0.2)
        assert desk.ask(server.base).fresh
    assert len(server.requests) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\x00", b'{"asked_utc_ns":"x"}', b"[]"])
def test_a_damaged_record_counts_as_asked_when_it_was_written(desk: Desk, content: bytes) -> None:
    with serving(answer(GOOD)) as server:
        desk.ask(server.base)
        record_path(desk.file).write_bytes(content)
        os.utime(record_path(desk.file), ns=(START_NS, START_NS))
        os.utime(desk.file, ns=(START_NS, START_NS))
        desk.wait(1.0)
        assert not desk.ask(server.base).fresh
        desk.wait(1.1)
        assert desk.ask(server.base).fresh
    assert len(server.requests) == 2


def test_a_damaged_file_is_noticed_and_fetched_anew(desk: Desk) -> None:
    with serving(answer(GOOD, headers='ETag: "a"\r\n')) as server:
        desk.ask(server.base)
        desk.file.write_bytes(GOOD.replace(b"25544", b"25545"))
        with pytest.raises(UnreadableInput, match="changed after it came"):
            celestrak.locate("celestrak:active", desk.directory)
        with pytest.raises(UnreadableInput, match="changed after it came"):
            desk.ask(server.base)
        desk.wait(2.0)
        assert desk.ask(server.base).path.read_bytes() == GOOD
        assert "if-none-match" not in server.requests[1].lower()
    assert celestrak.locate("celestrak:active", desk.directory) == desk.file


def test_a_stop_that_cannot_be_read_still_stops(desk: Desk) -> None:
    with serving(answer(GOOD)) as server:
        desk.ask(server.base)
        (desk.file.parent / celestrak.STOP_NAME).write_bytes(b"\xff{")
        with pytest.raises(SourceRefused, match="cannot be read"):
            desk.ask(server.base, "stations")
    assert len(server.requests) == 1


def test_a_file_that_is_gone_is_not_fetched_early(desk: Desk) -> None:
    with serving(answer(GOOD)) as server:
        desk.ask(server.base)
        desk.file.unlink()
        with pytest.raises(UnreadableInput, match="its file is gone"):
            desk.ask(server.base)
        with pytest.raises(UnreadableInput, match="never been fetched"):
            celestrak.locate("celestrak:active", desk.directory)
    assert len(server.requests) == 1


def test_a_cache_that_cannot_be_written_is_told_and_nothing_asked(desk: Desk) -> None:
    desk.directory.parent.mkdir(exist_ok=True)
    desk.directory.write_bytes(b"a file where the cache should be")
    with serving(answer(GOOD)) as server, pytest.raises(UnreadableInput, match="COMMONSKY_CACHE"):
        desk.ask(server.base)
    assert server.requests == []


def test_who_cannot_get_the_lock_asks_nothing(desk: Desk) -> None:
    with (
        serving(answer(GOOD)) as server,
        locked(desk.directory / "celestrak", wait_s=1.0),
        pytest.raises(UnreadableInput, match="another process has held the cache"),
    ):
        desk.ask(server.base)
    assert server.requests == []


def asking(base: str, directory: Path) -> subprocess.Popen[bytes]:
    """Another process that asks with the same cache and clock, and prints whether it was told."""
    code = (
        "import pathlib, sys\n"
        "from commonsky.share.sources import celestrak\n"
        "base, directory = sys.argv[1:3]\n"
        "found = celestrak.fetch('active', directory=pathlib.Path(directory), base=base,\n"
        f"    contact={CONTACT!r}, now_utc_ns=lambda: {START_NS})\n"
        "print(found.fresh)\n"
    )
    command = [sys.executable, "-c", code, base, str(directory)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 - our own words


def slowly(connection: socket.socket) -> None:
    time.sleep(0.5)
    answer(GOOD)(connection)


def test_processes_that_come_together_ask_once(desk: Desk) -> None:
    with serving(slowly) as server:
        processes = [asking(server.base, desk.directory) for _ in range(3)]
        told = sorted(process.communicate(timeout=60)[0] for process in processes)
    assert told == [b"False\n", b"False\n", b"True\n"]
    assert len(server.requests) == 1


def test_a_process_killed_while_asking_has_asked(desk: Desk) -> None:
    with serving(silent) as server:
        process = asking(server.base, desk.directory)
        while not server.requests:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
        process.communicate()
        with pytest.raises(UnreadableInput, match="the process ended while asking"):
            desk.ask(server.base)
        desk.wait(2.0)
        server.behaviour = answer(GOOD)
        assert desk.ask(server.base).fresh
    assert len(server.requests) == 2
