"""The API beside a node that turns: what is sent is stated, screened, told, claimed, recalled."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from commonsky.catalogue.planted import plant
from commonsky.catalogue.population import population
from commonsky.errors import PeerUnreachable
from commonsky.formats.omm_json_writer import omm_json_objects
from commonsky.node.assembly import Options, assembled, initialised, opened_release
from commonsky.node.clock import SteppedClock
from commonsky.node.cycle import Node
from commonsky.share.peers import Partner
from commonsky.show.api.application import Api
from commonsky.show.api.desk import Desk
from commonsky.show.api.frames import digest_of
from commonsky.show.api.keys import ApiKeys, Scope
from commonsky.show.api.server import Listener
from tests.api_case import NOW_TAI_NS, case_in, client, closed, listening, seen, tell

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
V1 = "/api/v1"


class Unreachable:
    """A partner that nobody reaches."""

    def read(self, path: str, *, most_bytes: int) -> bytes:  # noqa: ARG002 - as a transport
        raise PeerUnreachable("no route")


def nobody(_: Partner) -> Unreachable:
    return Unreachable()


@dataclass(slots=True)
class Turning:
    """A node that turns in a thread of its own, and its API."""

    node: Node
    desk: Desk
    listener: Listener
    secret: str
    stopping: threading.Event

    def run(self) -> None:
        while not self.stopping.wait(0.02):
            began = time.perf_counter()
            turn = self.node.step()
            self.desk.observe(turn, time.perf_counter() - began)
            self.desk.look(self.node.picture, self.node.watch)


@pytest.fixture
def turning(tmp_path: Path) -> Iterator[Turning]:
    clock = SteppedClock(NOW_TAI_NS)
    home = initialised(tmp_path / "nor", "NOR", "test", clock)
    node = assembled(home, clock, nobody, Options(threads=1))  # type: ignore[arg-type]
    desk = Desk(home, clock, node.store, node.author, lambda: opened_release(home, node.store))  # type: ignore[arg-type]
    keys = ApiKeys(home.folder / "api-keys.json")
    secret = keys.make("duty officer", [Scope.ADMIN], NOW_TAI_NS)
    listener = Listener(Api(desk, keys), "127.0.0.1", 0)
    made = Turning(node, desk, listener, secret, threading.Event())
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.stopping.set()
    thread.join()
    listener.stop()
    desk.close()
    node.close()


def test_from_element_sets_to_a_claim_and_back(turning: Turning) -> None:
    sky, _ = plant(population(200, 3), NOW_TAI_NS)
    content = b"[" + b",".join(omm_json_objects(sky)) + b"]"
    headers = {"Authorization": f"Bearer {turning.secret}"}
    with httpx.Client(
        base_url=turning.listener.address, headers=headers, timeout=60.0, trust_env=False
    ) as ask:
        assert ask.post(f"{V1}/ingest", content=content).json()["data"]["accepted"] == len(sky)
        alert = _first_alert(ask)
        assert alert["state"] == "standing"
        assert alert["countdown_s"] > 0.0
        assert {alert["conjunction"]["source1"], alert["conjunction"]["source2"]} == {"NOR"}
        page = _until(ask, f"{V1}/conjunctions?most=1000", lambda page: page["data"])
        pairs = {(one["object1"], one["object2"]) for one in page["data"]}
        assert (alert["conjunction"]["object1"], alert["conjunction"]["object2"]) in pairs
        assert page["completeness"]["complete"], page["completeness"]["gaps"]
        claim = ask.post(f"{V1}/alerts/{alert['handle']}/claim", json={"state": "claimed"})
        assert claim.json()["data"]["claims"][0]["nation"] == "NOR"
        used = ask.get(f"{V1}/records/{alert['handle']}").json()["data"]["lineage"]["used"]
        reason = {"reason": "wrong sensor bias"}
        assert ask.post(f"{V1}/records/{used[0]}/recall", json=reason).status_code == 201
        struck = _until(ask, f"{V1}/alerts/{alert['handle']}", lambda one: one["data"]["struck"])
        by = ask.get(f"{V1}/alerts/{struck['data']['struck_by']}").json()["data"]
        assert by["conjunction"]["state"] == "withdrawn"
        assert ask.get("/health/ready").json()["ready"]


def _first_alert(ask: httpx.Client) -> Any:
    """The alert of the first conjunction that the stream tells of."""
    with ask.stream("GET", f"{V1}/stream?after=0&kinds=conjunction") as answer:
        handle = next(
            found[1]
            for line in answer.iter_lines()
            if (found := re.search(r'"handle":"([0-9a-f]{32})"', line))
        )
    return ask.get(f"{V1}/alerts/{handle}").json()["data"]


def _until(ask: httpx.Client, path: str, so: Any) -> Any:
    """The answer once something is so in it."""
    for _ in range(300):
        answer = ask.get(path).json()
        if so(answer):
            return answer
        time.sleep(0.05)
    raise AssertionError(answer)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_examples_of_the_guide_run(tmp_path: Path) -> None:
    case = case_in(tmp_path / "nor")
    seen(case)
    tell(case, "element set", "GBR")
    sky, _ = plant(population(3, 11), NOW_TAI_NS)
    (tmp_path / "gp.json").write_bytes(b"[" + b",".join(omm_json_objects(sky)) + b"]")
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    commands = re.findall(r"^curl (?:.*\\\n)*.*$", "\n".join(blocks), re.MULTILINE)
    assert len(commands) > 12
    with listening(case) as listener:
        environment = {
            **os.environ, "NODE": listener.address, "KEY": case.secrets["admin"],
            "ALERT": case.handles["event"], "RECORD": case.handles["element set"],
            "no_proxy": "*", "PICTURE": digest_of(case.desk.seen.catalogue),
            "OBJECT": str(case.sky.catalogue_number[0]), "CONJUNCTION": case.handles["standing"],
        }  # fmt: skip
        with client(listener, case) as ask:
            ask.get("/api/v1/frames")
        for command in commands:
            strict = command.replace("curl -sS", "curl -sS --fail-with-body", 1)
            done = subprocess.run(  # noqa: S603 - our own page
                ["/bin/sh", "-c", strict], cwd=tmp_path, env=environment, capture_output=True,
                check=False, timeout=60,
            )  # fmt: skip
            ended_by_us = "--max-time" in command and done.returncode == 28
            assert done.returncode == 0 or ended_by_us, (command, done.stdout, done.stderr)
            assert done.stdout or "-o" in command, command
    states = np.fromfile(tmp_path / "frame.f32", "<f4").reshape(-1, 6)
    header = json.loads((tmp_path / "frames.json").read_text())["data"]
    assert len(states) == len(header["columns"]["number"])
    closed(case)
