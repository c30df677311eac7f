"""`commonsky node`: made, run, examined."""

from __future__ import annotations

import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType

import msgspec

from commonsky.errors import CommonskyError
from commonsky.node.assembly import (
    Options,
    assembled,
    clock_of,
    initialised,
    keys_of,
    opened_release,
    renewed,
)
from commonsky.node.clock import RealClock
from commonsky.node.cycle import Turn
from commonsky.node.doctor import findings
from commonsky.node.home import NATIONS, Home, opened
from commonsky.node.journal import Journal
from commonsky.node.lock import alone
from commonsky.node.running import Running
from commonsky.share.partner.process import PartnerProcess
from commonsky.share.peers import Partner
from commonsky.share.pull import HttpsTransport
from commonsky.show.api.application import api
from commonsky.show.api.desk import Desk
from commonsky.show.api.keys import ApiKeys, Scope
from commonsky.show.api.server import Listener, serve
from commonsky.show.cli.access import opening
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.voice import Voice, announce_compilation

DAILY_S = 86_400.0
API_KEYS, JOURNAL = "api-keys.json", "journal.jsonl"


def initialise(folder: Path, nation: str, realm: str, port: int, host: str) -> None:
    """Make a node, and say what comes next."""
    home = initialised(folder, nation, realm, RealClock(), port=port, host=host)
    lines = (
        f"{folder} is the node of {NATIONS[nation]} in the realm {realm}",
        keys_of(home).advice,
        f"its release policy is {home.policy / 'release.cedar'}: read it before partners join",
        f"next: commonsky peer invite {'GBR' if nation != 'GBR' else 'NOR'} --node {folder}",
    )
    sys.stdout.write("\n".join(lines) + "\n")


def run_node(folder: Path, port: int | None, *, screens: bool) -> None:
    """Run a node until it is interrupted."""
    home = at_port(opened(folder), port)
    with Voice() as voice, alone(home) as free:
        if not free:
            raise Misuse(f"the node {folder} is running already")
        if screens:
            announce_compilation(voice)
        work = Work(home, voice, screens=screens)
        try:
            work.run()
        finally:
            work.close()
            voice.say(f"{home.nation} has stopped; nothing is lost")


class Work:
    """A running node: its loop, its partner listener, its API, its journal."""

    def __init__(self, home: Home, voice: Voice, *, screens: bool) -> None:
        self._home, self._voice = home, voice
        self._clock = clock_of(home)
        self._journal = Journal(self._clock, home.nation, home.folder / JOURNAL)
        self._lines: dict[str, HttpsTransport] = {}
        keys_of(home).renew(RealClock().now_tai_ns())
        configuration = home.configuration
        self._partner = PartnerProcess(
            home.outbox, home.partner, host=configuration.partner_host, port=configuration.port + 1
        )
        self._partner.start()
        self.node = assembled(home, self._clock, self._reach, Options(screens=screens))
        self._desk = Desk(
            home,
            self._clock,
            self.node.store,
            self.node.author,
            lambda: opened_release(home, self.node.store),
            confinement=self._partner.confinement,
        )
        self._api = self._serve()
        self._renewed_s = time.monotonic()
        self._running = Running(
            self.node, self._partner, self._wait, self._renew, self._observe, self._between
        )

    def run(self) -> None:
        """Say where it listens, and turn until it is told to stop."""
        voice, home = self._voice, self._home
        voice.say(f"{home.nation} in {home.realm}: the API is at {self._api.address}")
        voice.say(f"the console: {opening(home, self._api.address)}")
        voice.say(f"partners reach {self._partner.host}:{self._partner.port}")
        voice.say(f"the partner listener is held by {self._partner.confinement}")
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._end)
            signal.signal(signal.SIGTERM, self._end)
        self._running.run()

    def close(self) -> None:
        """Stop everything."""
        self._api.stop()
        self._partner.stop()
        for line in self._lines.values():
            line.close()
        self.node.close()
        self._desk.close()
        self._journal.close()

    def _serve(self) -> Listener:
        keys = ApiKeys(self._home.folder / API_KEYS)
        if not len(keys):
            made = keys.make("first", [Scope.ADMIN], self._clock.now_tai_ns())
            self._voice.say(f"a key for the API, told this once: {made}")
        configuration = self._home.configuration
        app = api(self._desk, keys, journal_errors=lambda: self._journal.errors)
        return serve(app, configuration.inner_host, configuration.port)

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._desk.stopped = True
        self._running.stop()

    def _reach(self, partner: Partner) -> HttpsTransport:
        known = self._lines.get(partner.nation)
        if known is not None and known.address == partner.address:
            return known
        if known is not None:
            known.close()
        line = HttpsTransport(partner.address, self._home.partner, partner.nation)
        self._lines[partner.nation] = line
        return line

    def _wait(self, nation: str, size: int, timeout_s: float) -> bool:
        return self._lines[nation].wait(size, timeout_s)

    def _renew(self) -> None:
        renewed(self.node, self._reach)

    def _observe(self, turn: Turn, seconds: float) -> None:
        self._desk.observe(turn, seconds)
        for line in told(turn, seconds):
            self._voice.say(line)

    def _between(self) -> None:
        """What is due between turns: to be looked at, and once a day new certificates and keys."""
        self._desk.look(self.node.picture, self.node.watch)
        if time.monotonic() - self._renewed_s < DAILY_S:
            return
        self._renewed_s = time.monotonic()
        if keys_of(self._home).renew(RealClock().now_tai_ns()):
            self._partner.reload()
        for nation in list(self.node.peers):
            try:
                self.node.learn(nation)
            except CommonskyError as problem:
                self._voice.say(f"the key log of {nation}: {problem}")


def at_port(home: Home, port: int | None) -> Home:
    """Return a node that listens at another port than its configuration says."""
    if port is None:
        return home
    return replace(home, configuration=msgspec.structs.replace(home.configuration, port=port))


def told(turn: Turn, seconds: float) -> list[str]:
    """Return what a turn did, a line for each thing worth saying."""
    lines = [f"{nation}: {count} records" for nation, count in turn.received.items() if count]
    lines += [f"{nation}'s log was REFUSED: {why}" for nation, why in turn.refused.items()]
    if turn.withdrawn:
        lines.append(f"{len(turn.withdrawn)} statements were withdrawn")
    if turn.waiting:
        lines.append(f"{turn.waiting} recalls wait for a person")
    if turn.said:
        lines.append(f"{len(turn.said)} alerts, in {seconds:.2f} s")
    lines += [f"{count} entries for {nation}" for nation, count in turn.sent.items() if count]
    return lines


def examine(folder: Path) -> None:
    """Write what is wrong with a node; exit code 2 where something is."""
    found = findings(folder)
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    wrong = sum(finding.is_wrong for finding in found)
    if wrong:
        what = "one thing is" if wrong == 1 else f"{wrong} things are"
        raise Misuse(f"{what} wrong with {folder}")
