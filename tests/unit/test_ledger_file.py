from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from commonsky.errors import LedgerError
from commonsky.ledger import connection
from commonsky.ledger.record import Kind
from commonsky.ledger.schema import APPLICATION_ID, MIGRATIONS
from commonsky.ledger.sqlite import SqliteStore
from tests.feed_case import REALM, record

ROOT = Path(__file__).parents[2]
RELEASED = sorted((ROOT / "tests" / "reference").glob("ledger_*.sql"))


def written(path: Path, version: Path) -> Path:
    """A ledger as that version wrote it."""
    old = sqlite3.connect(path, isolation_level=None)
    old.executescript(version.read_text())
    old.execute(f"pragma application_id={APPLICATION_ID}")
    old.execute(f"pragma user_version={int(version.stem.removeprefix('ledger_'))}")
    old.execute("pragma journal_mode=wal")
    old.close()
    return path


def content(path: Path) -> dict[str, list[object]]:
    """Every row of every table."""
    reader = sqlite3.connect(path)
    names = [row[0] for row in reader.execute("select name from sqlite_master where type='table'")]
    found = {name: sorted(reader.execute(f"select * from {name}"), key=repr) for name in names}  # noqa: S608
    reader.close()
    return found  # type: ignore[return-value]


def shape(path: Path) -> list[str]:
    reader = sqlite3.connect(path)
    rows = reader.execute("select sql from sqlite_master where sql is not null").fetchall()
    reader.close()
    return sorted(re.sub(r"\s+", " ", row[0].replace('"', "")) for row in rows)


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own."""
    return subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=60,
    )  # fmt: skip


def test_every_released_version_has_a_ledger_to_try() -> None:
    assert [path.stem for path in RELEASED] == [
        f"ledger_{version}" for version in range(1, len(MIGRATIONS) + 1)
    ], "keep one of the version before, and never change what a released one wrote"


@pytest.mark.parametrize("version", RELEASED, ids=lambda path: path.stem)
def test_a_ledger_of_every_version_is_brought_to_this_one(tmp_path: Path, version: Path) -> None:
    path = written(tmp_path / "old.sqlite", version)
    before = content(path)
    assert all(before.values()), "something is in every table"
    with SqliteStore(path, REALM) as store:
        assert [held.record.envelope.kind for held in store.since()] == [
            *[Kind.ELEMENT_SET] * 4, Kind.CONJUNCTION, Kind.RETRACTION, Kind.ELEMENT_SET,
        ]  # fmt: skip
        assert [held.sequence for held in store.heads(Kind.ELEMENT_SET)] == [1, 2, 4, 7]
        assert [held.record.body is None for held in store.since(most=4)] == [False] * 3 + [True]
        first, second = store.outgoing("GBR")
        assert first.body == store.held(first.handle).record.body
        assert second.body not in (None, first.body)
        assert store.receipts("GBR") == [(2, b"cosigned")]
        incoming, log = store.incoming_log("NOR"), store.outgoing_log("GBR")
        assert (incoming and incoming.size, log and log.checkpoint) == (2, b"note")
        assert [one.reason for one in store.quarantined()] == ["no envelope"]
        assert store.derived(b"key" * 8) == b"value"
        assert store.cursor("cycle") == 5
        assert store.append([record(20)]) == [8]
    assert len(content(path)["record"]) == len(before["record"]) + 1
    SqliteStore(tmp_path / "new.sqlite", REALM).close()
    assert shape(path) == shape(tmp_path / "new.sqlite")


NEXT = "create table more(x text); update record set peer='X'; insert into more values('a')"


def test_a_migration_runs_once_and_keeps_what_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "old.sqlite", RELEASED[0])
    monkeypatch.setattr(connection, "MIGRATIONS", (*MIGRATIONS[:1], NEXT))
    for _ in range(2):
        with SqliteStore(path, REALM) as store:
            assert [held.peer for held in store.since()] == ["X"] * 7
    assert content(path)["more"] == [("a",)]


def test_a_migration_that_fails_leaves_the_version_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "old.sqlite", RELEASED[0])
    before = content(path)
    monkeypatch.setattr(connection, "MIGRATIONS", (*MIGRATIONS[:1], NEXT + "; select nonsense"))
    with pytest.raises(LedgerError, match="nonsense"):
        SqliteStore(path, REALM)
    assert content(path) == before


def test_a_kill_in_a_migration_leaves_the_version_before(tmp_path: Path) -> None:
    path = written(tmp_path / "old.sqlite", RELEASED[0])
    before = content(path)
    # Small pages of cache, so that half of the migration is in the file's log when it ends.
    filling = "insert into more select randomblob(4000) from record, record, record, record"
    killed = run(
        f"""
        import os, signal, sys
        from pathlib import Path
        from commonsky.ledger import connection
        from commonsky.ledger.sqlite import SqliteStore

        class Killing(connection.Connection):
            def _connected(self):
                found = super()._connected()
                found.create_function("end", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
                return found

        connection.MIGRATIONS = (*connection.MIGRATIONS[:1], sys.argv[2])
        connection.PRAGMAS = (*connection.PRAGMAS, "cache_size=10")
        Killing(Path(sys.argv[1]), {REALM!r})
        """,
        path,
        f"{NEXT}; {filling}; select end()",
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert path.with_name("old.sqlite-wal").stat().st_size > 1_000_000
    assert content(path) == before
    with SqliteStore(path, REALM) as store:
        assert store.problem() == ""


def test_two_that_open_an_old_ledger_at_once_migrate_it_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    code = f"""
        import sys
        from pathlib import Path
        from commonsky.ledger import connection
        from commonsky.ledger.sqlite import SqliteStore
        connection.MIGRATIONS = (*connection.MIGRATIONS[:1], {NEXT!r})
        sys.stdin.readline()
        with SqliteStore(Path(sys.argv[1]), {REALM!r}) as store:
            print(store.last())
        """
    several = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", textwrap.dedent(code), str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for _ in range(4)
    ]  # fmt: skip
    for one in several:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    assert [one.communicate(timeout=60)[0] for one in several] == ["0\n"] * 4
    assert [one.returncode for one in several] == [0] * 4
    assert content(path)["more"] == [("a",)]


class TestRefused:
    def untouched(self, path: Path, realm: str, told: str) -> None:
        before = path.read_bytes()
        with pytest.raises(LedgerError, match=told):
            SqliteStore(path, realm)
        assert path.read_bytes() == before
        assert [one.name for one in path.parent.iterdir()] == [path.name]

    def test_another_realm(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.sqlite"
        SqliteStore(path, "exercise/gs26").close()
        self.untouched(path, "ops", "realm 'exercise/gs26', and was opened for 'ops'")

    def test_another_realm_is_not_even_migrated(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "ledger.sqlite"
        SqliteStore(path, "exercise/gs26").close()
        monkeypatch.setattr(connection, "MIGRATIONS", (*MIGRATIONS, NEXT))
        self.untouched(path, "ops", "belongs to the realm")

    def test_a_newer_version(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "ledger.sqlite"
        with monkeypatch.context() as newer:
            newer.setattr(connection, "MIGRATIONS", (*MIGRATIONS, NEXT))
            SqliteStore(path, REALM).close()
        self.untouched(path, REALM, f"version {len(MIGRATIONS) + 1}, written by a newer commonsky")

    def test_somebody_elses_database(self, tmp_path: Path) -> None:
        path = tmp_path / "mail.sqlite"
        other = sqlite3.connect(path)
        other.execute("create table mail(text)")
        other.close()
        self.untouched(path, REALM, "is a database, but no ledger")

    @pytest.mark.parametrize(
        "text", [b"no database " * 1000, b"SQLite format 3\0" + b"\xff" * 5000]
    )
    def test_what_is_no_database(self, tmp_path: Path, text: bytes) -> None:
        path = tmp_path / "ledger.sqlite"
        path.write_bytes(text)
        self.untouched(path, REALM, "it is something else, or its beginning was overwritten")

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(LedgerError, match="no ledger can be made"):
            SqliteStore(tmp_path / "nowhere" / "ledger.sqlite", REALM)
        with pytest.raises(LedgerError, match="its folder must exist"):
            SqliteStore(tmp_path, REALM)

    def test_a_folder_that_is_anothers(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o555)
        code = f"""
            import sys
            from pathlib import Path
            from commonsky.errors import LedgerError
            from commonsky.ledger.sqlite import SqliteStore
            if len(sys.argv) > 2:
                import os
                os.chdir(sys.argv[1])  # while it may
                os.setuid(int(sys.argv[2]))
            try:
                SqliteStore(Path("ledger.sqlite"), {REALM!r})
            except LedgerError as error:
                print(error)
            """
        # To root every folder is open.
        done = run(code, tmp_path, *([65534] if os.geteuid() == 0 else []))
        tmp_path.chmod(0o755)
        assert "no ledger can be made at ledger.sqlite: [Errno 13]" in done.stdout, done.stderr
        assert not [*tmp_path.iterdir()]


def test_nobody_else_may_read_any_file_of_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with SqliteStore(tmp_path / "ledger.sqlite", REALM) as store:
            store.append([record(1)])
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(
        ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"), 0o600
    )


def test_it_is_durable_at_every_commit(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "ledger.sqlite", REALM) as store:
        for name, value in (("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1)):
            writer = store._connection.writer  # noqa: SLF001 - the pragma is of the connection
            assert writer.execute(f"pragma {name}").fetchone() == (value,)


READINGS: dict[str, Callable[[SqliteStore], object]] = {
    "record": lambda store: [*store.since()],
    "head": lambda store: [*store.heads(Kind.ELEMENT_SET)],
    "sqlite_autoindex_record_1": lambda store: store.known([record(1).envelope.handle]),
    "outgoing_log": lambda store: store.outgoing_log("GBR"),
}


@pytest.mark.parametrize("name", READINGS)
def test_a_damaged_ledger_is_told_of(tmp_path: Path, name: str) -> None:
    path = tmp_path / "ledger.sqlite"
    with SqliteStore(path, REALM) as store:
        store.append([record(k) for k in range(400)])
        query = "select rootpage from sqlite_master where name=?"
        (page,) = store._connection.row(query, (name,)) or ()  # noqa: SLF001 - where it lies
    damaged = bytearray(path.read_bytes())
    damaged[8192 * (page - 1) : 8192 * page - 8000] = b"\xff" * 192
    path.write_bytes(damaged)
    with SqliteStore(path, REALM) as store:
        assert "damaged" in store.problem()
        with pytest.raises(LedgerError, match="malformed; restore a copy"):
            READINGS[name](store)
