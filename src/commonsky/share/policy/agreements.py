"""Agreements and groups: who may have what on which legal basis, and until when."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from commonsky.astro.epoch import tai_ns
from commonsky.errors import OutOfSpan, PolicyError, UnknownEpoch

AGREEMENTS, GROUPS = "agreements.json", "groups.json"


class Agreement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """One agreement; times are UTC, "" is unbounded."""

    id: str
    parties: tuple[str, ...]
    valid_from: str = ""
    valid_until: str = ""
    may_relay: bool = False  # a party may pass on to the other parties what it got under this

    @cached_property
    def from_tai_ns(self) -> int:
        """When it begins; 0 is always."""
        return tai_ns(self.valid_from) if self.valid_from else 0

    @cached_property
    def until_tai_ns(self) -> int:
        """When it ends, 0 is never."""
        return tai_ns(self.valid_until) if self.valid_until else 0

    def holds(self, nation: str, now_tai_ns: int) -> bool:
        """Whether it lets a nation have something now: from its first nanosecond to its end."""
        end = self.until_tai_ns
        return (
            nation in self.parties
            and now_tai_ns >= self.from_tai_ns
            and (end == 0 or now_tai_ns < end)
        )

    def told(self) -> str:
        """Return it in plain words."""
        begin, end = self.valid_from or "always", self.valid_until or "further notice"
        relay = "; parties may relay to parties" if self.may_relay else ""
        return f"{self.id}: {', '.join(self.parties)}, from {begin} until {end}{relay}"


def agreements(folder: Path) -> dict[str, Agreement]:
    """Return the agreements of a policy folder by id."""
    path = folder / AGREEMENTS
    try:
        found = msgspec.json.decode(path.read_bytes(), type=tuple[Agreement, ...])
        for one in found:
            begin, end = one.from_tai_ns, one.until_tai_ns
            if 0 < end <= begin:
                raise PolicyError(f"{path}: {one.id} ends before it begins")
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError, UnknownEpoch, OutOfSpan) as error:
        raise PolicyError(f"{path} lists no agreements: {error}") from None
    if len({one.id for one in found}) < len(found):
        raise PolicyError(f"{path} names an agreement twice")
    return {one.id: one for one in found}


def groups(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the nations of each group; they are looked up here, at the moment of sending."""
    path = folder / GROUPS
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[str, ...]])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        raise PolicyError(f"{path} lists no groups: {error}") from None


def entities(members: Mapping[str, Sequence[str]]) -> str:
    """Return nations and groups as Cedar's entities."""
    nations = sorted({nation for group in members.values() for nation in group})
    told: list[dict[str, object]] = [
        {"uid": {"type": "Commonsky::Group", "id": name}, "attrs": {}, "parents": []}
        for name in sorted(members)
    ]
    told += [
        {
            "uid": {"type": "Commonsky::Nation", "id": nation},
            "attrs": {},
            "parents": [
                {"type": "Commonsky::Group", "id": name}
                for name in sorted(members)
                if nation in members[name]
            ],
        }
        for nation in nations
    ]
    return json.dumps(told, sort_keys=True)
