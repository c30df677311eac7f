"""`commonsky node open`, `key` and `keys`: who may come to a node's console and API."""

from __future__ import annotations

import sys
from pathlib import Path

from commonsky.node.clock import RealClock
from commonsky.node.home import Home, opened
from commonsky.show.api.keys import (
    FILE,
    SCOPES_OF,
    ApiKeys,
    Role,
    check_realm,
    role_of,
)
from commonsky.show.api.openings import VALID_NS, Openings

MINUTES = VALID_NS // 60_000_000_000


def opening(home: Home, address: str) -> str:
    """Return an address that opens the console of a node once."""
    return f"{address}/open/{Openings(home.folder).make(RealClock().now_tai_ns())}"


def tell_opening(folder: Path, port: int | None) -> None:
    """Write a fresh one-time address of a node that runs."""
    home = opened(folder)
    configuration = home.configuration
    host = configuration.inner_host
    host = f"[{host}]" if ":" in host else host
    address = opening(home, f"http://{host}:{port or configuration.port}")
    sys.stdout.write(f"{address}\n")
    sys.stderr.write(f"good once, for {MINUTES} minutes, while the node runs\n")


def make_key(folder: Path, name: str, role: Role) -> None:
    """Make a key for somebody, and write it this once."""
    home = opened(folder)
    check_realm(SCOPES_OF[role], home.realm)
    made = ApiKeys(home.folder / FILE).make(name, SCOPES_OF[role], RealClock().now_tai_ns())
    sys.stderr.write(f"a key for {name}, {role}, told this once:\n")
    sys.stdout.write(f"{made}\n")


def tell_keys(folder: Path, remove: str) -> None:
    """Write whose keys are good, after one has been removed."""
    keys = ApiKeys(opened(folder).folder / FILE)
    if remove:
        gone = keys.remove(remove)
        sys.stderr.write(f"the key of {gone.name} is good for nothing now; its sessions end\n")
    for key in keys.all():
        role = role_of(key.scopes) or ",".join(key.scopes)
        sys.stdout.write(f"{key.id}  {role:<16}  {key.name}\n")
