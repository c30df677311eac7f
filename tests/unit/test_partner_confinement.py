"""What a confined process can still do: told by a process that tries."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from commonsky.node.home import made
from commonsky.node.keys import made_keys
from commonsky.share.partner.confinement import confinement, landlock_version

NOW_TAI_NS = 1_772_000_000 * 10**9

# It applies the very confinement of the listener, and reports which attempts came through.
TRIES = """
import json, os, signal, socket, subprocess, sys
from pathlib import Path
from commonsky.share.partner.confinement import confine

node, port, version = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
folders = [os.open(node / name, os.O_RDONLY) for name in ("outbox", "partner")]
if version:
    said = confine(folders)
else:
    said = confine(folders, 0)
ATTEMPTS = {
    "ledger": lambda: (node / "ledger" / "ledger.sqlite").read_bytes(),
    "root": lambda: (node / "keys" / "root.pem").read_bytes(),
    "keys": lambda: os.listdir(node / "keys"),
    "configuration": lambda: (node / "node.toml").read_bytes(),
    "peers": lambda: os.listdir(node / "peers"),
    "passwd": lambda: Path("/etc/shadow").read_bytes(),
    "write beside": lambda: (node / "new").write_bytes(b"x"),
    "write into outbox": lambda: (node / "outbox" / "GBR" / "new").write_bytes(b"x"),
    "remove": lambda: (node / "outbox" / "GBR" / "checkpoint").unlink(),
    "connect": lambda: socket.create_connection(("127.0.0.1", port), 2).close(),
    "listen": lambda: socket.create_server(("127.0.0.1", 0)).close(),
    "program": lambda: subprocess.run(["/bin/true"], check=True),
    "signal": lambda: os.kill(os.getppid(), 0),
    "up again": lambda: os.setresuid(0, 0, 0) if not version else os.listdir("/root"),
    "outbox": lambda: os.close(os.open("GBR/checkpoint", os.O_RDONLY, dir_fd=folders[0])),
    "outbox list": lambda: os.listdir(folders[0]),
    "certificates": lambda: os.close(os.open("certificate.pem", os.O_RDONLY, dir_fd=folders[1])),
}
done = []
for name, attempt in ATTEMPTS.items():
    try:
        attempt()
        done.append(name)
    except (OSError, ImportError, LookupError):
        pass
print(json.dumps({"said": said, "done": done, "uid": os.getuid()}))
"""
ALLOWED = {"outbox", "outbox list", "certificates"}


@pytest.fixture
def node(tmp_path: Path) -> Path:
    home = made(tmp_path / "nor", "NOR", "test")
    made_keys(home.keys, home.partner, "NOR", "test", NOW_TAI_NS)
    home.ledger.write_bytes(b"everything")
    (home.outbox / "GBR").mkdir()
    (home.outbox / "GBR" / "checkpoint").write_bytes(b"released")
    return home.folder


def attempts(node: Path, version: int) -> dict[str, object]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = subprocess.run(  # noqa: S603 - this very Python
            [sys.executable, "-c", TRIES, str(node), str(port), str(version)],
            capture_output=True,
            check=True,
            timeout=60,
        )
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.skipif(landlock_version() < 6, reason="this kernel's Landlock is older than 6")
def test_landlock_leaves_reading_outbox_and_certificates_alone(node: Path) -> None:
    told = attempts(node, 1)
    assert set(told["done"]) == ALLOWED  # type: ignore[call-overload]
    assert "Landlock" in str(told["said"])


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_without_landlock_root_becomes_nobody(node: Path) -> None:
    told = attempts(node, 0)
    assert told["uid"] == 65534
    # Permissions do not stop a process from speaking to others, or starting programs.
    done = set(told["done"])  # type: ignore[call-overload]
    assert done - {"connect", "listen", "program"} == ALLOWED
    assert "65534" in str(told["said"])


def test_without_any_of_it_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert confinement(0).startswith("nothing but permissions")
    assert "open connections" in confinement(3)
    assert "open connections" not in confinement(4)


def test_a_rule_that_is_refused_stops_everything() -> None:
    if not landlock_version():
        pytest.skip("no Landlock here")
    script = "from commonsky.share.partner.confinement import confine; confine([999])"
    done = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-c", script], capture_output=True, check=False, timeout=60
    )
    assert done.returncode
    assert b"to add a rule" in done.stderr
