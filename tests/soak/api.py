"""
Ten thousand silent streams, and a stream that is cut again and again while records come.

`python -m tests.soak.api`; exits with an error where a bound or a record is lost.
"""

from __future__ import annotations

import contextlib
import random
import resource
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from commonsky.show.api.server import Listener
from commonsky.show.api.stream import MOST_STREAMS
from tests.api_case import Case, case_in, client, closed, listening
from tests.unit.test_api_stream import PATH, notices, reading

CLIENTS = 10_000
RECORDS = 100_000
SEED = 7


def silent_streams(listener: Listener, case: Case) -> str:
    """Ask for more streams than there are, read none, and ask for something else."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(CLIENTS + 2000, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    clients = min(CLIENTS, wanted - 2000)
    request = (
        f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {case.secrets['read']}"
        "\r\n\r\n"
    ).encode()
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    held = []
    for _ in range(clients):
        connection = socket.create_connection((listener.host, listener.port))
        held.append(connection)
        with contextlib.suppress(OSError):  # beyond the bound: refused, as it should be
            connection.sendall(request)
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
    streams = len(listener.apis[0].streams)
    assert 0 < streams <= MOST_STREAMS, streams
    for connection in held:
        connection.close()
    end = time.monotonic() + 60.0
    while len(listener.apis[0].streams):
        assert time.monotonic() < end, "streams of clients that are gone stay open"
        time.sleep(0.05)
    with client(listener, case) as ask:
        assert ask.get("/health").status_code == 200
    return f"{clients:,} silent clients: {streams} streams, {grown_kib / 1024:.0f} MiB more"


def cut_streams(listener: Listener, case: Case) -> str:
    """Read records while they come, cut at random, resumed by id: each once, in order."""
    drawn = random.Random(SEED)  # noqa: S311 - repeatable
    begin = case.store.last()

    def write() -> None:
        for _ in range(RECORDS // 500):
            notices(case, 500)
            case.desk.ring()

    writer = threading.Thread(target=write)
    began = time.perf_counter()
    writer.start()
    found: list[int] = []
    last_id, cuts = str(begin), 0
    while len(found) < RECORDS:
        count = min(drawn.randint(1, 3000), RECORDS - len(found))
        with reading(listener, case, last_id) as reader:
            found += reader.sequences(count)
            last_id = reader.last_id
        cuts += 1
    writer.join()
    assert found == list(range(begin + 1, begin + RECORDS + 1))
    seconds = time.perf_counter() - began
    return f"{RECORDS:,} records over {cuts} streams: none lost, none twice; {seconds:.0f} s"


def main() -> None:
    """Do both, and say what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        case = case_in(Path(folder) / "nor")
        with listening(case) as listener:
            sys.stdout.write(silent_streams(listener, case) + "\n")
            sys.stdout.write(cut_streams(listener, case) + "\n")
        closed(case)


if __name__ == "__main__":
    main()
