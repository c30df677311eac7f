"""
Element sets from CelesTrak, by its usage policy of 2026-05-22.

That policy asks machines for three things: not to fetch one query twice within the two hours in
which the data change, to share one cache, and to stop at any answer that is not 200 until a
person has looked.  A stop is a file in the cache; while it stands, no process asks again.

Reference: https://celestrak.org/usage-policy.php
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec

from commonsky import __version__
from commonsky.astro.epoch import NS_PER_S, tai_ns_from_utc_ns, utc_text
from commonsky.errors import SourceRefused, UnreadableInput
from commonsky.share.sources.cache import (
    FetchRecord,
    locked,
    read_record,
    sha256_of,
    write_record,
    write_whole,
)
from commonsky.share.sources.download import Answer, Broken, Limits, Received, Refused, ask

GP_URL = "https://celestrak.org/NORAD/elements/gp.php"
BETWEEN_FETCHES_NS = 2 * 3600 * NS_PER_S
STOP_NAME = "STOPPED.json"
ENDED_WHILE_ASKING = "the process ended while asking"
REQUIRED_COLUMNS = frozenset(
    {
        "OBJECT_NAME",
        "OBJECT_ID",
        "EPOCH",
        "MEAN_MOTION",
        "ECCENTRICITY",
        "INCLINATION",
        "RA_OF_ASC_NODE",
        "ARG_OF_PERICENTER",
        "MEAN_ANOMALY",
        "NORAD_CAT_ID",
        "BSTAR",
    }
)
QUERIES = {
    "GROUP": re.compile(r"[a-z0-9-]{1,40}"),
    "CATNR": re.compile(r"[1-9][0-9]{0,8}"),
    "INTDES": re.compile(r"[0-9]{4}-[0-9]{3}"),
}
CONTACT = re.compile(r"[!-'*-~]+@[!-'*-~]+\.[!-'*-~]+|https://[!-'*-~]+")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file of element sets in the cache."""

    path: Path
    fresh: bool  # the source was asked just now
    age_s: float  # since the source last sent or confirmed it
    sha256: str
    size_bytes: int


class Stop(msgspec.Struct, frozen=True):
    """Why nothing is asked of the source until a person has looked."""

    url: str
    status: int
    reason: str
    when: str


def fetch(
    group: str,
    *,
    directory: Path,
    contact: str,
    now_utc_ns: Callable[[], int],
    base: str = GP_URL,
    limits: Limits | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Fetched:
    """
    Fetch a group (`active`), or `catnr=25544`, or `intdes=1998-067`, if it is time to.

    Within two hours of the last request the cached file is returned, `fresh` false.  `contact`,
    a mail address or https page, goes into the User-Agent; without one nothing is asked, because
    a source that cannot reach us can only shut us out.  `now_utc_ns` tells POSIX time.

    Raises `SourceRefused` at any status but 200, and from then on until `resume` is called;
    `UnreadableInput` when nothing usable came.  The file of an earlier fetch outlives both.
    """
    key, value = _query(group)
    headers = {"User-Agent": _user_agent(contact)}
    url = f"{_checked_base(base)}?{urlencode({key: value, 'FORMAT': 'csv'})}"
    limits = limits or Limits()
    path = _path(key, value, directory)
    # A process before us may take its whole time.
    with locked(path.parent, wait_s=2 * limits.total_s):
        if (stop := stopped(directory)) is not None:
            raise _refusal(stop, group)
        held = _held_if_too_early(path, group, now_utc_ns())
        if held is not None:
            return held
        record = read_record(path)
        headers |= _conditions(path, record)
        # Written first: a process killed while asking has asked.
        record = msgspec.structs.replace(
            record, asked_utc_ns=now_utc_ns(), failure=ENDED_WHILE_ASKING
        )
        write_record(path, record)
        answer = ask(url, headers, limits, transport)
        return _settled(answer, path, record, group, url, now_utc_ns())


def locate(spec: str, directory: Path) -> Path:
    """Return the cached file of `celestrak:<group>`, without asking the network."""
    source, _, group = spec.partition(":")
    if source != "celestrak":
        raise UnreadableInput(f"{spec!r} names no source; known is celestrak, as celestrak:active")
    path = _path(*_query(group), directory)
    if not path.is_file():
        raise UnreadableInput(
            f"{spec} has never been fetched to {directory}; "
            f"do so with `commonsky fetch celestrak {group}`"
        )
    try:
        damage = _damage(path, read_record(path))
    except OSError as error:
        raise UnreadableInput(f"{path} cannot be read: {error.strerror}") from error
    if damage:
        raise UnreadableInput(f"{spec} is at {path}, but {damage}; fetch it again")
    return path


def stopped(directory: Path) -> Stop | None:
    """Return why the source is not asked, or None if it may be."""
    path = directory / "celestrak" / STOP_NAME
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(content, type=Stop)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Stop(url="", status=0, reason=f"{path} cannot be read", when="an unknown time")


def resume(directory: Path) -> Stop | None:
    """Let the source be asked again, after a person has looked; return what had stopped it."""
    found = stopped(directory)
    if found is not None:
        (directory / "celestrak" / STOP_NAME).unlink(missing_ok=True)
    return found


def _query(group: str) -> tuple[str, str]:
    """Key and value of a query, of which nothing can break out."""
    key, equals, value = group.partition("=")
    key, value = (key.upper(), value) if equals else ("GROUP", group)
    if key not in QUERIES or not QUERIES[key].fullmatch(value):
        raise UnreadableInput(
            f"{group[:60]!r} is no query to CelesTrak; write a group of lower-case letters, "
            "digits and hyphens (active, last-30-days), catnr=25544 or intdes=1998-067"
        )
    return key, value


def _path(key: str, value: str, directory: Path) -> Path:
    return directory / "celestrak" / f"{key.lower()}.{value}.csv"


def _user_agent(contact: str) -> str:
    if len(contact) > 200 or not CONTACT.fullmatch(contact):
        raise UnreadableInput(
            "CelesTrak must be able to reach whoever fetches, but the contact is "
            f"{contact[:60]!r}; give a mail address or an https page with --contact or "
            "COMMONSKY_CONTACT"
        )
    return f"commonsky/{__version__} (+contact: {contact})"


def _checked_base(base: str) -> str:
    parts = urlsplit(base)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise UnreadableInput(f"{base} is not https: whoever stands between could change orbits")
    return base


def _refusal(stop: Stop, group: str) -> SourceRefused:
    return SourceRefused(
        f"CelesTrak answered {stop.status} at {stop.when} to {stop.url} ({stop.reason}), and is "
        f"not asked again before you have looked: {_what_to_do(stop.status, group)}"
    )


def _what_to_do(status: int, group: str) -> str:
    cause = {
        301: "the address has changed, so see whether there is a newer commonsky",
        403: "you may have asked too often, from this or another machine behind your address",
        404: f"there may be no {group!r}; compare https://celestrak.org/NORAD/elements/",
    }.get(status, "see https://celestrak.org/usage-policy.php")
    return f"{cause}. When it is settled, `commonsky fetch celestrak {group} --resume`"


def _held_if_too_early(path: Path, group: str, now_utc_ns: int) -> Fetched | None:
    """The cached file, if the source was asked within two hours; None if it may be asked."""
    record = read_record(path)
    if record.asked_utc_ns > now_utc_ns:
        # A clock was set back.  How long ago we asked is unknown, so it was now.
        record = msgspec.structs.replace(
            record,
            asked_utc_ns=now_utc_ns,
            confirmed_utc_ns=min(record.confirmed_utc_ns, now_utc_ns),
        )
        write_record(path, record)
    next_utc_ns = record.asked_utc_ns + BETWEEN_FETCHES_NS
    if record.asked_utc_ns == 0 or now_utc_ns >= next_utc_ns:
        return None
    damage = _damage(path, record) if path.is_file() else "its file is gone"
    if record.failure or damage:
        held = f"; what came before is at {path}" if not damage else ""
        raise UnreadableInput(
            f"CelesTrak was asked for {group} at {_utc(record.asked_utc_ns)} and there is nothing "
            f"usable ({record.failure or damage}); its policy lets us ask again at "
            f"{_utc(next_utc_ns)}{held}"
        )
    return _fetched(path, record, now_utc_ns, fresh=False)


def _damage(path: Path, record: FetchRecord) -> str:
    """Return why a file is not what the source sent, or nothing if it is, as far as is known."""
    # A process that ended while asking may have put a new file there, which is whole.
    known = record.sha256 and record.failure != ENDED_WHILE_ASKING
    return "it was changed after it came" if known and sha256_of(path) != record.sha256 else ""


def _utc(posix_utc_ns: int) -> str:
    return utc_text(tai_ns_from_utc_ns(posix_utc_ns), 0)


def _fetched(path: Path, record: FetchRecord, now_utc_ns: int, *, fresh: bool) -> Fetched:
    # A record that was lost says nothing of the file; the file itself does.
    since_utc_ns = record.confirmed_utc_ns or path.stat().st_mtime_ns
    age_s = max(now_utc_ns - since_utc_ns, 0) / NS_PER_S
    return Fetched(path, fresh, age_s, sha256_of(path), path.stat().st_size)


def _conditions(path: Path, record: FetchRecord) -> dict[str, str]:
    """Headers that let the source say "unchanged", if what we hold is what it sent."""
    if not record.sha256 or sha256_of(path) != record.sha256:
        return {}
    conditions = {"If-None-Match": record.etag, "If-Modified-Since": record.last_modified}
    return {name: value for name, value in conditions.items() if value.isascii() and value}


def _settled(
    answer: Answer, path: Path, record: FetchRecord, group: str, url: str, now_utc_ns: int
) -> Fetched:
    """Keep what came of a request, and return the file or raise."""
    match answer:
        case Refused(status, reason):
            stop = Stop(url=url, status=status, reason=reason, when=_utc(now_utc_ns))
            write_whole(path.parent / STOP_NAME, msgspec.json.encode(stop))
            write_record(path, msgspec.structs.replace(record, failure=f"status {status}"))
            raise _refusal(stop, group)
        case Broken(reason, asked):
            _fail(path, record, group, reason, asked=asked)
        case Received(body, etag, last_modified):
            if problem := gp_problem(body):
                _fail(path, record, group, problem, asked=True)
            write_whole(path, body)
            record = FetchRecord(
                sha256=hashlib.sha256(body).hexdigest(),
                size_bytes=len(body),
                etag=etag,
                last_modified=last_modified,
            )
    record = msgspec.structs.replace(
        record, asked_utc_ns=now_utc_ns, confirmed_utc_ns=now_utc_ns, failure=""
    )
    write_record(path, record)
    return _fetched(path, record, now_utc_ns, fresh=True)


def _fail(path: Path, record: FetchRecord, group: str, reason: str, *, asked: bool) -> None:
    """Keep why nothing came, and raise; what never reached the source does not count as asked."""
    asked_utc_ns = record.asked_utc_ns if asked else 0
    write_record(path, msgspec.structs.replace(record, asked_utc_ns=asked_utc_ns, failure=reason))
    held = f"; what came before is still at {path}" if path.is_file() else ""
    raise UnreadableInput(f"CelesTrak gave no usable {group}: {reason}{held}")


def gp_problem(body: bytes) -> str:
    """Return why a body is no CSV of element sets with at least one, or nothing if it is."""
    text = body.removeprefix(b"\xef\xbb\xbf")
    first, _, rest = text.partition(b"\n")
    columns = first.decode("ascii", "replace").strip().split(",")
    missing = REQUIRED_COLUMNS.difference(columns)
    if missing:
        beginning = " ".join(re.sub(r"[^ -~]+", " ", text[:80].decode("ascii", "replace")).split())
        return f"it lacks the columns {', '.join(sorted(missing))}; it begins {beginning!r}"
    last = rest.rstrip(b"\r\n").rpartition(b"\n")[2]
    if not last:
        return "it has a heading but no element set"
    found = len(next(csv.reader(io.StringIO(last.decode("utf-8", "replace")))))
    if found != len(columns):
        return f"its last line has {found} fields of {len(columns)}, so the end is missing"
    return ""
