"""The stream: nothing lost, nothing twice, bounded whatever clients do."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind
from commonsky.show.api.server import Listener
from commonsky.show.api.stream import Streams
from tests.api_case import NOW_TAI_NS, Case, case_in, client, closed, listening

PATH = "/api/v1/stream"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    case = case_in(tmp_path)
    yield case
    closed(case)


def notices(case: Case, count: int, *, objects: int = 0) -> list[int]:
    """State so many notices; return their sequences."""
    label = Label(releasable_to=("AUS",))
    first = case.store.last()
    records = [
        case.author.stated(
            Kind.NOTICE, "text", b"%09d" % k, label, NOW_TAI_NS + k, subject=range(objects)
        )
        for k in range(first, first + count)
    ]
    return case.store.append(records)


class Reader:
    """A reader of server-sent events, as a browser is one."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.iter_lines()
        self.last_id = ""

    def event(self) -> tuple[str, int, dict[str, Any]]:
        """The next event: name, id, data."""
        name, data = "", ""
        for line in self._lines:
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            assert line != ": alive", "no more comes, and more was wanted"
            if field == "id":
                self.last_id = value
            elif field == "event":
                name = value
            elif field == "data":
                data += value
            elif line == "":
                if data:
                    return name, int(self.last_id), json.loads(data)
                name = ""
        raise EOFError

    def sequences(self, count: int) -> list[int]:
        """The ids of the next records."""
        found: list[int] = []
        while len(found) < count:
            name, sequence, _ = self.event()
            if name != "begin":
                found.append(sequence)
        return found


@contextmanager
def reading(listener: Listener, case: Case, last_id: str = "", **query: Any) -> Iterator[Reader]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    with (
        client(listener, case) as ask,
        ask.stream("GET", PATH, headers=headers, params=query) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Reader(answer)


def test_records_come_as_they_are_stored(case: Case) -> None:
    with listening(case) as listener, reading(listener, case) as reader:
        assert reader.event()[:2] == ("begin", case.store.last())
        sequences = notices(case, 3)
        case.desk.ring()
        for sequence in sequences:
            name, found, data = reader.event()
            assert (name, found, data["sequence"]) == ("notice", sequence, sequence)
            assert data["handle"] == list(case.store.since(sequence - 1, most=1))[0].record.envelope.handle  # fmt: skip  # noqa: E501, RUF015


def test_a_resume_loses_nothing_and_repeats_nothing(case: Case) -> None:
    begin = case.store.last()
    wanted = notices(case, 700)
    found: list[int] = []
    last_id = str(begin)
    with listening(case) as listener:
        for count in (1, 2, 199, 1, 203, 294):
            with reading(listener, case, last_id) as reader:
                found += reader.sequences(count)
                last_id = reader.last_id
    assert found == wanted


def test_whoever_is_cut_before_the_first_record_loses_none(case: Case) -> None:
    with listening(case) as listener:
        with reading(listener, case) as reader:
            reader.event()
            last_id = reader.last_id
        wanted = notices(case, 2)
        with reading(listener, case, last_id) as reader:
            assert reader.sequences(2) == wanted


def test_what_is_stored_while_a_stream_reads_comes_too(case: Case) -> None:
    begin = case.store.last()
    wanted: list[int] = []

    def write() -> None:
        for _ in range(40):
            wanted.extend(notices(case, 25))
            case.desk.ring()

    with listening(case) as listener, reading(listener, case, after=begin) as reader:
        writer = threading.Thread(target=write)
        writer.start()
        found = reader.sequences(1000)
        writer.join()
    assert found == wanted


def test_kinds_narrow_a_stream_and_the_place_is_told_all_the_same(case: Case) -> None:
    with listening(case) as listener, reading(listener, case, after=0, kinds="warning") as reader:
        name, sequence, _ = reader.event()
        assert name == "begin"
        name, sequence, data = reader.event()
        assert (name, data["handle"]) == ("warning", case.handles["warning"])
        assert sequence < case.store.last()
        for line in reader._lines:  # noqa: SLF001 - what is behind the last event
            if line.startswith("id: "):
                assert int(line[4:]) == case.store.last()
                break


@pytest.mark.parametrize(
    ("last_id", "status"),
    [("x", 422), ("-1", 422), ("9" * 40, 422), ("٣", 422), ("99999", 409)],
)
def test_an_id_of_no_record_of_this_ledger_is_refused(
    case: Case, last_id: str, status: int
) -> None:
    with listening(case) as listener, client(listener, case) as ask:
        headers = {b"Last-Event-ID": last_id.encode()}
        answer = ask.get(PATH, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_silent_stream_gives_signs_of_life(case: Case) -> None:
    def hasty(desk: Any, executor: Any) -> Streams:
        return Streams(desk, executor, heartbeat_s=0.05)

    with listening(case, streams=hasty) as listener, reading(listener, case) as reader:
        reader.event()
        assert [next(reader._lines) for _ in range(4)] == [": alive", ""] * 2  # noqa: SLF001


def test_streams_are_bounded_and_their_places_given_back(case: Case) -> None:
    def few(desk: Any, executor: Any) -> Streams:
        return Streams(desk, executor, most=3)

    with listening(case, streams=few) as listener, client(listener, case) as ask:
        with (
            reading(listener, case) as one,
            reading(listener, case) as two,
            reading(listener, case) as three,
        ):
            for reader in (one, two, three):
                reader.event()
            refused = ask.get(PATH)
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "10"
            assert ask.get("/health").status_code == 200
        wait_until(lambda: not listener.apis[0].streams)
        with reading(listener, case) as reader:
            assert reader.event()[0] == "begin"


def test_streams_that_come_at_once_are_bounded_too(case: Case) -> None:
    def few(desk: Any, executor: Any) -> Streams:
        return Streams(desk, executor, most=3)

    request = (
        f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {case.secrets['read']}"
        "\r\n\r\n"
    ).encode()
    with listening(case, streams=few) as listener:
        address = (listener.host, listener.port)
        held = [socket.create_connection(address, timeout=20.0) for _ in range(12)]
        for connection in held:
            connection.sendall(request)
        statuses = [connection.recv(12) for connection in held]
        assert sorted(statuses) == [b"HTTP/1.1 200"] * 3 + [b"HTTP/1.1 503"] * 9
        for connection in held:
            connection.close()
        wait_until(lambda: len(listener.apis[0].streams) == 0)


def test_a_refused_stream_keeps_no_place(case: Case) -> None:
    with listening(case) as listener, client(listener, case) as ask:
        assert ask.get(PATH, params={"after": 99999}).status_code == 409
        assert ask.get(PATH, params={"kinds": "ufo"}).status_code == 422
        assert len(listener.apis[0].streams) == 0


def test_a_slow_client_is_cut_and_resumes(case: Case) -> None:
    def impatient(desk: Any, executor: Any) -> Streams:
        return Streams(desk, executor, slow_s=0.3)

    begin = case.store.last()
    wanted = notices(case, 1500, objects=3000)
    with listening(case, streams=impatient) as listener:
        with socket.create_connection((listener.host, listener.port)) as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.sendall(
                f"GET {PATH}?after={begin} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                f"{case.secrets['read']}\r\n\r\n".encode()
            )
            wait_until(lambda: listener.apis[0].streams.cut == 1)
            received = everything(slow)
        place = max(int(line[4:]) for line in received.split(b"\n")[:-1] if line[:4] == b"id: ")
        assert begin < place < wanted[-1]
        with reading(listener, case, str(place)) as reader:
            assert reader.sequences(wanted[-1] - place) == list(range(place + 1, wanted[-1] + 1))


def test_streams_end_when_the_node_stops(case: Case) -> None:
    with listening(case) as listener, reading(listener, case) as reader:
        reader.event()
        listener.stop()
        with pytest.raises(EOFError):
            reader.event()


def everything(connection: socket.socket) -> bytes:
    """What is still to be read of a connection that was cut."""
    pieces = []
    try:
        while piece := connection.recv(1 << 16):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def wait_until(so: Any, seconds: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end
        time.sleep(0.01)
