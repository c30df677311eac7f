"""What is wrong with a node, in plain words, and what to do about it."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S
from commonsky.errors import CommonskyError
from commonsky.node.assembly import keys_of, opened_store
from commonsky.node.clock import now_utc_ns
from commonsky.node.home import Home, opened
from commonsky.node.owners import owners
from commonsky.share.partner.confinement import confinement
from commonsky.share.peers import partners
from commonsky.share.policy.lint import lint

LEAST_FREE_BYTES = 1 << 30
CERTIFICATE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    is_wrong: bool
    told: str

    def __str__(self) -> str:
        return f"{'WRONG' if self.is_wrong else 'good ':<5} {self.what:<12} {self.told}"


def findings(folder: Path) -> list[Finding]:
    """Look at everything of a node that can be wrong; each look is one finding or more."""
    try:
        home = opened(folder)
    except CommonskyError as error:
        return [Finding("node", is_wrong=True, told=str(error))]
    found = [Finding("node", is_wrong=False, told=f"{home.nation} in the realm {home.realm}")]
    looks: dict[str, Callable[[Home], Iterator[tuple[bool, str]]]] = {
        "keys": _keys, "ledger": _ledger, "policy": _policy, "owners": _owners,
        "partners": _partners, "listener": _listener, "disk": _disk,
    }  # fmt: skip
    for what, look in looks.items():
        try:
            found += [Finding(what, wrong, told) for wrong, told in look(home)]
        except (CommonskyError, OSError, sqlite3.Error) as error:
            found.append(Finding(what, is_wrong=True, told=str(error)))
    return found


def _keys(home: Home) -> Iterator[tuple[bool, str]]:
    keys = keys_of(home)
    keys.signer()
    yield False, "the log key is the one that the key log names"
    mode = stat.S_IMODE(home.keys.stat().st_mode)
    if mode & 0o077:
        yield True, f"{home.keys} can be read by others: chmod 700 {home.keys}"
    if keys.root_path.exists():
        yield False, f"{keys.root_path} is still here: move it to a safe"
    ends_s = keys.certificate().not_valid_after_utc.timestamp()
    left_days = (ends_s - now_utc_ns() / NS_PER_S) * NS_PER_S / NS_PER_DAY
    yield left_days < CERTIFICATE_DAYS, f"the certificate is good for {left_days:.0f} days"


def _ledger(home: Home) -> Iterator[tuple[bool, str]]:
    with opened_store(home) as store:
        problem = store.problem()
        yield bool(problem), problem or f"{store.last():,} records, whole and of this realm"
        set_aside = sum(1 for _ in store.quarantined())
        if set_aside:
            yield False, f"{set_aside:,} records of partners were set aside; see `commonsky told`"
        for recipient in store.recipients():
            log = store.outgoing_log(recipient)
            covered = max((size for size, _ in store.receipts(recipient)), default=0)
            if log is not None and log.checkpoint_size > covered:
                missing = log.checkpoint_size - covered
                yield False, f"{recipient} has not acknowledged the last {missing:,} entries"


def _policy(home: Home) -> Iterator[tuple[bool, str]]:
    problems = lint(home.policy)
    for problem in problems:
        yield True, problem
    if not problems:
        yield False, "the release policy is in order"


def _owners(home: Home) -> Iterator[tuple[bool, str]]:
    owned = owners(home.owners)
    if owned:
        yield False, f"{len(owned):,} objects have owners who are warned"
    else:
        yield True, f"nobody would be warned: {home.owners} says whose objects are whose"


def _partners(home: Home) -> Iterator[tuple[bool, str]]:
    found = partners(home.peers)
    yield False, ", ".join(sorted(found)) or "none yet: commonsky peer invite"


def _listener(home: Home) -> Iterator[tuple[bool, str]]:
    held = confinement()
    yield held.startswith("nothing"), f"it would be held by {held}"
    yield False, f"partners reach it at {home.configuration.address}"


def _disk(home: Home) -> Iterator[tuple[bool, str]]:
    free = shutil.disk_usage(home.folder).free
    yield free < LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB free"
