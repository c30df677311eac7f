"""A ledger's file, opened: one writer, a reader for each thread, the right realm and version."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from commonsky.errors import LedgerError
from commonsky.ledger.schema import APPLICATION_ID, MIGRATIONS

BUSY_MS = 10_000
PRAGMAS = (
    f"busy_timeout={BUSY_MS}", "page_size=8192", "journal_mode=wal", "synchronous=full",
    "foreign_keys=on", "secure_delete=on", "cache_size=-16000",
)  # fmt: skip

REMEDIES = {
    sqlite3.SQLITE_BUSY: f"; another process has been writing for {BUSY_MS // 1000} s",
    sqlite3.SQLITE_CANTOPEN: "; its folder must exist and belong to this user",
    sqlite3.SQLITE_CORRUPT: "; restore a copy, and let partners' logs fill in what came since",
    sqlite3.SQLITE_FULL: "; nothing that was stored is lost, free some space and do this again",
    sqlite3.SQLITE_NOTADB: "; it is something else, or its beginning was overwritten",
    sqlite3.SQLITE_READONLY: "; the file and its folder must be this user's to write",
}


class Connection:
    """One SQLite file; writes go through `transaction`, reads through `reader`."""

    def __init__(self, path: Path, realm: str) -> None:
        self.path, self.realm = path, realm
        self._lock = threading.RLock()
        self._depth = 0
        self._failed = False
        self._threads = threading.local()
        self._readers: list[sqlite3.Connection] = []
        with told(path):
            self.writer = self._connected()
            try:
                self._prepare()
            except BaseException:
                self.writer.close()
                raise

    def _connected(self) -> sqlite3.Connection:
        if not self.path.exists():
            # Before SQLite makes it, which gives the log beside it the same permissions.
            try:
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            except OSError as error:
                raise LedgerError(f"no ledger can be made at {self.path}: {error}") from error
        return sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)

    def _prepare(self) -> None:
        """Look before anything is changed: a file of somebody else stays as it is."""
        self.writer.execute(f"pragma busy_timeout={BUSY_MS}")
        (application,) = self.writer.execute("pragma application_id").fetchone()
        (tables,) = self.writer.execute("select count(*) from sqlite_master").fetchone()
        if tables and application != APPLICATION_ID:
            raise LedgerError(f"{self.path} is a database, but no ledger of commonsky")
        version = self._version()
        if version > len(MIGRATIONS):
            raise LedgerError(
                f"{self.path} is a ledger of version {version}, written by a newer commonsky; "
                f"this one knows versions up to {len(MIGRATIONS)}"
            )
        if version:
            self._check_realm()
        set_up(self.writer)
        for before in range(version, len(MIGRATIONS)):
            self._migrate(before)
        self._check_realm()

    def _check_realm(self) -> None:
        (realm,) = self.writer.execute("select name from realm").fetchone()
        if realm != self.realm:
            raise LedgerError(
                f"{self.path} belongs to the realm {realm!r}, and was opened for {self.realm!r}"
            )

    def _version(self) -> int:
        (version,) = self.writer.execute("pragma user_version").fetchone()
        return int(version)

    def _migrate(self, version: int) -> None:
        """Bring the ledger from a version to the next, or leave it as it is."""
        self.writer.execute("begin exclusive")
        try:
            if self._version() == version:  # else another process was quicker
                for statement in MIGRATIONS[version].split(";"):
                    self.writer.execute(statement)
                if version == 0:
                    self.writer.execute(f"pragma application_id={APPLICATION_ID}")
                    self.writer.execute("insert into realm values(?)", (self.realm,))
                self.writer.execute(f"pragma user_version={version + 1}")
            self.writer.execute("commit")
        except BaseException:
            if self.writer.in_transaction:
                self.writer.execute("rollback")
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Make what is inside durable together; inside another, part of it."""
        with self._lock, told(self.path):
            if self._depth == 0:
                self.writer.execute("begin immediate")
                self._failed = False
            self._depth += 1
            try:
                yield self.writer
                if self._depth == 1:
                    self._commit()
            except BaseException:
                self._failed = True
                if self._depth == 1 and self.writer.in_transaction:
                    self.writer.execute("rollback")
                raise
            finally:
                self._depth -= 1

    def _commit(self) -> None:
        # A part that failed may have left rows behind, whoever caught its error.
        if self._failed:
            raise LedgerError("a part of this transaction failed, so nothing of it was stored")
        self.writer.execute("commit")

    @property
    def reader(self) -> sqlite3.Connection:
        """A connection to read by; inside a transaction of this thread, the writer."""
        if self._depth and self._lock.acquire(blocking=False):
            # Ours already, or free at this moment: only the owner sees a depth.
            inside = self._depth > 0
            self._lock.release()
            if inside:
                return self.writer
        connection: sqlite3.Connection | None = getattr(self._threads, "reader", None)
        if connection is None:
            with told(self.path):
                connection = self._threads.reader = self._connected()
                self._readers.append(connection)
                set_up(connection)
                connection.execute("pragma query_only=on")
        return connection

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with told(self.path):
            return self.reader.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query, None where it has none."""
        with told(self.path):
            found: tuple[Any, ...] | None = self.reader.execute(query, values).fetchone()
            return found

    def rewrite(self) -> None:
        """
        Write the file anew without what was deleted, and empty the log of writes.

        SQLite leaves copies of rows in pages that it has balanced, also when it deletes securely.
        """
        with self._lock, told(self.path):
            if self._depth:
                raise LedgerError("the file cannot be written anew inside a transaction")
            self.writer.execute("vacuum")
            busy, *_ = self.writer.execute("pragma wal_checkpoint(truncate)").fetchone()
        if busy:
            raise LedgerError(
                f"{self.path}-wal still holds what was deleted, because somebody is reading the "
                "ledger; do it again"
            )

    def close(self) -> None:
        """Close all connections; an open transaction is undone."""
        for connection in (*self._readers, self.writer):
            connection.close()


def set_up(connection: sqlite3.Connection) -> None:
    """Let a connection be durable at every commit, and delete securely."""
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite into ours."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        remedy = REMEDIES.get(code, "")
        raise LedgerError(f"the ledger {path} cannot be used: {error}{remedy}") from error
