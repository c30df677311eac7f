"""`commonsky node`: made, run, examined."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import FrameType

import msgspec

from commonsky.node.assembly import (
    Options,
    Reach,
    assembled,
    clock_of,
    initialised,
    keys_of,
    renewed,
)
from commonsky.node.clock import RealClock
from commonsky.node.cycle import Turn
from commonsky.node.doctor import findings
from commonsky.node.home import NATIONS, Home, opened
from commonsky.node.lock import alone
from commonsky.node.running import Running
from commonsky.share.partner.process import PartnerProcess
from commonsky.share.peers import Partner
from commonsky.share.pull import HttpsTransport
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.voice import Voice, announce_compilation


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
        partner = PartnerProcess(
            home.outbox,
            home.partner,
            host=home.configuration.partner_host,
            port=home.configuration.port + 1,
        )
        clock = clock_of(home)
        lines: dict[str, HttpsTransport] = {}
        node = assembled(home, clock, reach(home, lines), Options(screens=screens))
        partner.start()
        voice.say(f"{home.nation} in {home.realm}: partners at {partner.host}:{partner.port}")
        voice.say(f"the partner listener is held by {partner.confinement}")

        def renew() -> None:
            renewed(node, reach(home, lines))

        def wait(nation: str, size: int, timeout_s: float) -> bool:
            return lines[nation].wait(size, timeout_s)

        def observe(turn: Turn, seconds: float) -> None:
            for line in told(turn, seconds):
                voice.say(line)

        running = Running(node, partner, wait, renew, observe)

        def end(_signal: int, _frame: FrameType | None) -> None:
            running.stop()

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, end)
            signal.signal(signal.SIGTERM, end)
        try:
            running.run()
        finally:
            partner.stop()
            node.close()
            voice.say(f"{home.nation} has stopped; nothing is lost")


def at_port(home: Home, port: int | None) -> Home:
    """Return a node that listens at another port than its configuration says."""
    if port is None:
        return home
    return replace(home, configuration=msgspec.structs.replace(home.configuration, port=port))


def reach(home: Home, lines: dict[str, HttpsTransport]) -> Reach:
    """Return how this node reads the log of a partner: over the network, a line for each."""

    def transport(partner: Partner) -> HttpsTransport:
        known = lines.get(partner.nation)
        if known is not None and known.address == partner.address:
            return known
        if known is not None:
            known.close()
        lines[partner.nation] = HttpsTransport(partner.address, home.partner, partner.nation)
        return lines[partner.nation]

    return transport


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
    """Write what is wrong with a node; exit code 1 where something is."""
    found = findings(folder)
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    wrong = [finding for finding in found if finding.is_wrong]
    if wrong:
        raise Misuse(f"{len(wrong)} things are wrong with {folder}")
