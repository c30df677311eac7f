"""A ledger's file, opened: one writer, a reader for each thread, the right realm and version."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commonsky.errors import LedgerError
from commonsky.ledger.schema import APPLICATION_ID, MIGRATIONS

BUSY_MS = 10_000
PRAGMAS = (
    f"busy_timeout={BUSY_MS}", "page_size=8192", "journal_mode=wal", "synchronous=full",
    "foreign_keys=on", "secure_delete=on", "cache_size=-16000",
)  # fmt: skip


class Connection:
    """One SQLite file; writes go through `transaction`, reads through `reader`."""

    def __init__(self, path: Path, realm: str) -> None:
        self.path, self.realm = path, realm
        self._lock = threading.RLock()
        self._depth = 0
        self._threads = threading.local()
        self._readers: list[sqlite3.Connection] = []
        with told(path):
            self.writer = self._opened()
            try:
                self._prepare()
            except BaseException:
                self.writer.close()
                raise

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            connection.execute(f"pragma {pragma}")
        return connection

    def _prepare(self) -> None:
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
        for migration in MIGRATIONS[version:]:
            self._migrate(migration)
        (realm,) = self.writer.execute("select name from realm").fetchone()
        if realm != self.realm:
            raise LedgerError(
                f"{self.path} belongs to the realm {realm!r}, and was opened for {self.realm!r}"
            )
        os.chmod(self.path, 0o600)  # noqa: PTH101 - no error where it is another's file to be read

    def _version(self) -> int:
        (version,) = self.writer.execute("pragma user_version").fetchone()
        return int(version)

    def _migrate(self, migration: str) -> None:
        self.writer.execute("begin exclusive")
        try:
            version = self._version()
            if version < len(MIGRATIONS):  # else another process was quicker
                for statement in migration.split(";"):
                    self.writer.execute(statement)
                if version == 0:
                    self.writer.execute(f"pragma application_id={APPLICATION_ID}")
                    self.writer.execute("insert into realm values(?)", (self.realm,))
                self.writer.execute(f"pragma user_version={version + 1}")
        except BaseException:
            self.writer.execute("rollback")
            raise
        self.writer.execute("commit")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Make what is inside durable together; inside another, part of it."""
        with self._lock, told(self.path):
            if self._depth == 0:
                self.writer.execute("begin immediate")
            self._depth += 1
            try:
                yield self.writer
            except BaseException:
                self._depth -= 1
                if self._depth == 0 and self.writer.in_transaction:
                    self.writer.execute("rollback")
                raise
            self._depth -= 1
            if self._depth == 0:
                try:
                    self.writer.execute("commit")
                except BaseException:
                    if self.writer.in_transaction:
                        self.writer.execute("rollback")
                    raise

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
                connection = self._threads.reader = self._opened()
            self._readers.append(connection)
        return connection

    def checkpoint(self) -> None:
        """Move everything from the log of writes into the file, and empty it."""
        with self._lock, told(self.path):
            self.writer.execute("pragma wal_checkpoint(truncate)").fetchall()

    def close(self) -> None:
        """Close all connections; an open transaction is undone."""
        for connection in (*self._readers, self.writer):
            connection.close()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite into ours."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger {path} cannot be used: {error}") from error
