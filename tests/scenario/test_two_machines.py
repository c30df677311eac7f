"""Two nodes as strangers run them: commands and processes that share the loopback alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commonsky.catalogue.population import population
from commonsky.formats.omm_csv_writer import omm_csv
from commonsky.ledger.sqlite import SqliteStore
from commonsky.node.home import opened

COMMONSKY = Path(sys.executable).with_name("commonsky")
OBJECTS = 60
PATIENCE_S = 60.0
QUICK = "bulk_tick_s = 0.2"


def free_port() -> int:
    """A port with a free one after it."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return int(port)


def run(*words: object, code: int = 0) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        [COMMONSKY, *map(str, words)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


def until(what: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < ends, "it has not happened"
        time.sleep(0.1)


class Two:
    """AUS and NOR, introduced by commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        for nation in ("AUS", "NOR"):
            home = self.home(nation)
            run("node", "init", home, "--nation", nation, "--realm", "test", "--port", free_port())
            text = (home / "node.toml").read_text()
            (home / "node.toml").write_text(text.replace("bulk_tick_s = 60.0", QUICK))
        for ours, theirs in (("AUS", "NOR"), ("NOR", "AUS")):
            path = folder / f"{ours}.json"
            run("peer", "invite", theirs, "--node", self.home(ours), "--out", path)
        first = run("peer", "accept", folder / "AUS.json", "--node", self.home("NOR"))
        second = run("peer", "accept", folder / "NOR.json", "--node", self.home("AUS"))
        self.phrases = [told.split("voice:\n")[1].split("\n")[0] for told in (first, second)]

    def home(self, nation: str) -> Path:
        return self.folder / nation.lower()

    def start(self, nation: str) -> None:
        with (self.folder / f"{nation}.txt").open("ab") as said:
            self.running[nation] = subprocess.Popen(  # noqa: S603 - our own command
                [COMMONSKY, "node", "run", self.home(nation), "--no-screen"],
                stdout=subprocess.DEVNULL,
                stderr=said,
            )

    def kill(self, nation: str) -> None:
        self.running[nation].send_signal(signal.SIGKILL)
        self.running.pop(nation).wait()

    def stop(self, nation: str) -> int:
        process = self.running.pop(nation)
        process.send_signal(signal.SIGINT)
        return process.wait(30)

    def held_by(self, nation: str, peer: str) -> list[str]:
        home = opened(self.home(nation))
        with SqliteStore(home.ledger, home.realm) as store:
            return [
                one.record.envelope.handle
                for one in store.since()
                if one.peer == peer and one.record.envelope.subject
            ]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    nodes = Two(tmp_path)
    yield nodes
    for nation in list(nodes.running):
        nodes.kill(nation)


def sky(path: Path, seed: int = 1) -> Path:
    path.write_text("".join(omm_csv(population(OBJECTS, seed))))
    return path


def test_both_sides_see_the_same_phrase(two: Two) -> None:
    assert two.phrases[0] == two.phrases[1]
    assert len(two.phrases[0].split()) == 6


def test_what_is_stated_arrives_is_acknowledged_explained_and_recalled(two: Two) -> None:
    aus, nor = two.home("AUS"), two.home("NOR")
    two.start("AUS")
    two.start("NOR")
    run("ingest", sky(two.folder / "sky.csv"), "--node", aus)
    until(lambda: len(two.held_by("NOR", "AUS")) == OBJECTS)

    def told() -> list[dict[str, object]]:
        lines = run("told", "NOR", "--node", aus).splitlines()
        return [json.loads(line) for line in lines]

    until(lambda: told()[-1]["received"] != 0)
    lines = told()
    assert lines[-1]["told"] == OBJECTS
    assert {line["says"] for line in lines[:-1]} == {"existence"}  # Australia's policy for Norway
    handle = str(lines[0]["handle"])
    why = run("release", "explain", handle[:12], "--to", "NOR", "--node", aus)
    assert "aus-" in why
    assert "it was told to NOR: exists" in why
    run("recall", handle[:12], "--reason", "test", "--yes", "--node", aus)
    until(lambda: "withdrawn there" in run("recall", handle[:12], "--node", aus))
    assert "AUS" in run("picture", "--node", nor)
    assert two.stop("AUS") == 0
    assert two.stop("NOR") == 0


def test_killed_again_and_again_they_lose_nothing_and_say_nothing_twice(two: Two) -> None:
    aus = two.home("AUS")
    for seed in range(4):
        two.start("AUS")
        two.start("NOR")
        run("ingest", sky(two.folder / "sky.csv", seed), "--node", aus)
        time.sleep(0.4 * seed)
        two.kill("AUS")
        two.kill("NOR")
    two.start("AUS")
    two.start("NOR")
    with SqliteStore(opened(aus).ledger, "test") as store:
        stated = [one.record.envelope.handle for one in store.since() if not one.peer]
    until(lambda: len(two.held_by("NOR", "AUS")) >= 4 * OBJECTS)
    held = two.held_by("NOR", "AUS")
    assert sorted(held) == sorted({*held}) == sorted({*stated} & {*held})
    assert len(held) == 4 * OBJECTS
    assert "gap" not in run("feed", "verify", aus / "outbox" / "NOR", "--node", two.home("NOR"))


def test_a_stick_carries_the_same_log(two: Two) -> None:
    aus, nor, stick = two.home("AUS"), two.home("NOR"), two.folder / "stick"
    run("ingest", sky(two.folder / "sky.csv"), "--node", aus)
    assert f"{OBJECTS} " in run("release", "preview", "--to", "NOR", "--node", aus)
    run("feed", "export", stick, "--to", "NOR", "--node", aus)
    served = {
        str(path.relative_to(aus / "outbox" / "NOR")): path.read_bytes()
        for path in (aus / "outbox" / "NOR").rglob("*")
        if path.is_file()
    }
    carried = {
        str(path.relative_to(stick)): path.read_bytes()
        for path in stick.rglob("*")
        if path.is_file()
    }
    assert carried == served
    run("feed", "verify", stick, "--node", nor)
    run("feed", "import", stick, "--node", nor)
    assert len(two.held_by("NOR", "AUS")) == OBJECTS
    checkpoint = stick / "checkpoint"
    text = checkpoint.read_text()
    checkpoint.write_text(text.replace(f"\n{OBJECTS}\n", f"\n{OBJECTS + 1}\n"))
    assert "bad signature" in run("feed", "import", stick, "--node", nor, code=4)


def test_a_node_runs_once(two: Two) -> None:
    two.start("AUS")
    until(lambda: b"partners reach" in (two.folder / "AUS.txt").read_bytes())
    assert "running already" in run("node", "run", two.home("AUS"), code=2)


def test_the_doctor_says_what_is_wrong(two: Two) -> None:
    home = two.home("NOR")
    os.chmod(home / "keys", 0o755)  # noqa: PTH101, S103 - what the doctor must see
    (home / "policy" / "release.cedar").write_text("forbid (principal, action, resource);\n")
    done = subprocess.run(  # noqa: S603 - our own command
        [COMMONSKY, "node", "doctor", home], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
    assert any("chmod 700" in line for line in wrong)
    assert any("list its actions" in line for line in wrong)
