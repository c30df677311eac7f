"""
Keys to the API, each for a scope or more; kept as hashes alone.

A key is 256 random bits, so that one SHA-256 is enough: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import threading
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import msgspec

from commonsky.errors import KeyRefused
from commonsky.node.entropy import Entropy, system

FILE = "api-keys.json"
KEY = re.compile(r"ck_([0-9a-f]{8})_([0-9a-f]{64})")
NAME = re.compile(r"[\w .@-]{1,64}")
NO_HASH = "0" * 64
OPERATIONS = "ops"


class Scope(StrEnum):
    """What a key is good for; `admin` is good for all."""

    READ = "read"  # see what this nation holds
    SUBMIT = "submit"  # ingest, and claim alerts
    RELEASE = "release"  # confirm classes, recall records
    EXERCISE = "exercise"  # the clock and injects of an exercise; never in operations
    ADMIN = "admin"  # keys


class Role(StrEnum):
    """What a person is at a node, as the scopes of a key."""

    READ_ONLY = "read-only"
    WATCH = "watch"
    RELEASE = "release"
    EXERCISE_CONTROL = "exercise-control"
    ADMIN = "admin"


SCOPES_OF = {
    Role.READ_ONLY: (Scope.READ,),
    Role.WATCH: (Scope.READ, Scope.SUBMIT),
    Role.RELEASE: (Scope.READ, Scope.SUBMIT, Scope.RELEASE),
    Role.EXERCISE_CONTROL: (Scope.READ, Scope.SUBMIT, Scope.EXERCISE),
    Role.ADMIN: (Scope.ADMIN,),
}


class ApiKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of a key: whose it is, for what, and its hash."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    sha256: str
    made_tai_ns: int

    def allows(self, scope: Scope) -> bool:
        """Whether this key is good for a scope."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


ALL_BUT_KEYS = tuple(one for one in Scope if one is not Scope.ADMIN)


def unkept(name: str, scopes: Iterable[Scope]) -> ApiKey:
    """Return what stands for somebody who shows no key; nothing opens it."""
    return ApiKey(id="", name=name, scopes=tuple(sorted({*scopes})), sha256=NO_HASH, made_tai_ns=0)


def in_realm(scopes: Iterable[Scope], realm: str) -> tuple[Scope, ...]:
    """Return those scopes that mean something in a realm: operations are no exercise."""
    return tuple(one for one in scopes if one is not Scope.EXERCISE or realm != OPERATIONS)


def check_realm(scopes: Iterable[Scope], realm: str) -> None:
    """Refuse a key for exercise control at a node in operations."""
    if Scope.EXERCISE in scopes and realm == OPERATIONS:
        raise KeyRefused("this node is in operations: there is no exercise to control")


def role_of(scopes: Iterable[Scope]) -> Role | None:
    """Return the role that has just these scopes."""
    wanted = {*scopes}
    if Scope.ADMIN in wanted:
        return Role.ADMIN
    return next((role for role, its in SCOPES_OF.items() if {*its} == wanted), None)


ANYBODY = unkept("anybody on this machine", (Scope.READ,))


class ApiKeys:
    """The keys of one node, in one file that nobody else may read."""

    def __init__(self, path: Path, entropy: Entropy = system) -> None:
        self._path, self._entropy = path, entropy
        self._lock = threading.Lock()
        self._read_as = _version(path)
        self._keys = _read(path)

    def __len__(self) -> int:
        return len(self.all())

    def all(self) -> list[ApiKey]:
        """Return the keys that are good now."""
        return list(self._current().values())

    def _current(self) -> dict[str, ApiKey]:
        """The keys as the file has them, which the command line may have changed."""
        version = _version(self._path)
        if version != self._read_as:
            self._keys = _read(self._path)
            self._read_as = version
        return self._keys

    def make(self, name: str, scopes: Iterable[Scope], now_tai_ns: int) -> str:
        """Make a key and return it: this is the only time that anybody sees it."""
        if not NAME.fullmatch(name):
            raise KeyRefused(
                f"a key is for somebody: 1 to 64 letters, digits, spaces or . @ - _, not {name!r}"
            )
        drawn = self._entropy(b"api key", 36)
        public, secret = drawn[:4].hex(), drawn[4:].hex()
        key = ApiKey(
            id=public,
            name=name,
            scopes=tuple(sorted({*scopes})),
            sha256=hashlib.sha256(secret.encode()).hexdigest(),
            made_tai_ns=now_tai_ns,
        )
        if not key.scopes:
            raise KeyRefused(f"a key needs a scope: {', '.join(Scope)}")
        with self._lock:
            keys = self._current()
            if public in keys:
                raise KeyRefused("this key's number is taken; make another")
            self._write({**keys, public: key})
        return f"ck_{public}_{secret}"

    def remove(self, public: str) -> ApiKey:
        """Let a key be good for nothing from now on."""
        with self._lock:
            left = dict(self._current())
            if public not in left:
                raise KeyRefused(f"this node has no key {public!r}")
            gone = left.pop(public)
            self._write(left)
        return gone

    def holds(self, key: ApiKey) -> bool:
        """Whether a key is still good here."""
        return self._current().get(key.id) == key

    def opened_by(self, told: str) -> ApiKey:
        """Return the key that somebody has shown; anything else is a `KeyRefused`."""
        found = KEY.fullmatch(told)
        if found is None:
            raise KeyRefused("this is no key of commonsky: they read ck_<8 digits>_<64 digits>")
        key = self._current().get(found[1])
        # The same work for a number that exists and one that does not.
        wanted = NO_HASH if key is None else key.sha256
        shown = hashlib.sha256(found[2].encode()).hexdigest()
        if not hmac.compare_digest(wanted, shown) or key is None:
            raise KeyRefused("this key is not, or no longer, good here")
        return key

    def _write(self, keys: dict[str, ApiKey]) -> None:
        content = msgspec.json.encode([*keys.values()])
        unfinished = self._path.with_name(self._path.name + ".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(self._path)
        self._keys, self._read_as = keys, _version(self._path)


def _version(path: Path) -> tuple[int, int, int]:
    """What changes when a file is replaced."""
    try:
        told = path.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return (told.st_ino, told.st_mtime_ns, told.st_size)


def _read(path: Path) -> dict[str, ApiKey]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise KeyRefused(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return {key.id: key for key in msgspec.json.decode(content, type=list[ApiKey])}
    except msgspec.DecodeError as error:
        raise KeyRefused(f"{path} holds what are no keys: {error}") from None
