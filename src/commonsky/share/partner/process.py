"""The listener's process as its node sees it: started, rung, started again when it dies."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from commonsky.errors import NodeError

LOG = logging.getLogger(__name__)
START_S, STOP_S = 20.0, 5.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 30.0
STEADY_S = 60.0  # after so long, a death is the first again
MOST_STDERR = 4000
# Nothing else of our environment is its business.
PASSED = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "SYSTEMROOT", "LD_LIBRARY_PATH")


class PartnerProcess:
    """
    The partner listener of one node.

    `port` is the one it listens at, `confinement` what holds it, `counts` what it has answered
    and refused since it was started.
    """

    def __init__(self, outbox: Path, tls: Path, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """With port 0 the system chooses one, which stays the same through restarts."""
        self._outbox, self._tls, self.host, self.port = outbox, tls, host, port
        self.confinement = ""
        self.counts: dict[str, int] = {}
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    @property
    def pid(self) -> int:
        """The process that listens now, 0 if none does."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else 0

    def start(self) -> None:
        """Start it, and return when it listens."""
        self._stopping.clear()
        self._launch()
        self._keeper = threading.Thread(target=self._keep, name="partner", daemon=True)
        self._keeper.start()

    def ring(self, nation: str) -> None:
        """Say that the checkpoint of a nation's log has changed."""
        self._send(f"{nation}\n")

    def reload(self) -> None:
        """Say that partners, or our own certificate, have changed."""
        self._send("reload\n")

    def stop(self) -> None:
        """End it; partners find nobody until it is started again."""
        self._stopping.set()
        self._end()
        if self._keeper is not None:
            self._keeper.join()
            self._keeper = None
        # One that was being started meanwhile.
        self._end()

    def _end(self) -> None:
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError), self._lock:
                process.stdin.close()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._keeper is None:
            _close(process)

    def _send(self, line: str) -> None:
        """A ring that is lost with a dying process is made good when the next one looks itself."""
        process = self._process
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(OSError, ValueError), self._lock:
            process.stdin.write(line.encode())
            process.stdin.flush()

    def _command(self) -> Sequence[str]:
        folders = [str(path.resolve()) for path in (self._outbox, self._tls)]
        module = ["-P", "-m", "commonsky.share.partner"]
        place = ["--host", self.host, "--port", str(self.port)]
        return [sys.executable, *module, "--outbox", folders[0], "--tls", folders[1], *place]

    def _launch(self) -> None:
        environment = {name: os.environ[name] for name in PASSED if name in os.environ}
        process = subprocess.Popen(  # noqa: S603 - our own module
            self._command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd="/",
        )
        ready = self._first_line(process)
        if not ready:
            _, said = process.communicate()
            why = said[-MOST_STDERR:].decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise NodeError(
                f"the partner listener cannot listen at {self.host}:{self.port}: {why}"
            )
        told = json.loads(ready)
        self.port, self.confinement = told["port"], told["confinement"]
        self._process = process
        self.starts += 1

    def _first_line(self, process: subprocess.Popen[bytes]) -> bytes:
        """What it says when it listens; nothing if it ends before, or takes too long."""
        hurry = threading.Timer(START_S, process.kill)
        hurry.start()
        try:
            return process.stdout.readline() if process.stdout is not None else b""
        finally:
            hurry.cancel()

    def _keep(self) -> None:
        """Read what it tells, and start another when it has died."""
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            began_s = time.monotonic()
            process = self._process
            if process is not None:
                self._listen(process)
                pause_s = FIRST_PAUSE_S if time.monotonic() - began_s > STEADY_S else pause_s
            if self._stopping.wait(pause_s):
                return
            pause_s = min(2.0 * pause_s, LONGEST_PAUSE_S)
            try:
                self._launch()
            except NodeError as problem:
                self._process = None
                LOG.error("%s; tried again in %g s", problem, pause_s)  # noqa: TRY400

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None or process.stderr is None:
            return
        for line in process.stdout:
            try:
                self.counts = dict(json.loads(line)["counts"])
            except (ValueError, KeyError, TypeError):
                LOG.warning("the partner listener said %r", line[:200])
        said = process.stderr.read(MOST_STDERR).decode("utf-8", "replace").strip()
        status = process.wait()
        _close(process)
        if not self._stopping.is_set():
            LOG.warning("the partner listener ended with %d: %s", status, said or "no reason")


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
