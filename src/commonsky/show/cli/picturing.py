"""`commonsky picture`: what a node holds, from whom, and where nations disagree."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from commonsky.astro.epoch import utc_text
from commonsky.ledger.record import Kind
from commonsky.node.assembly import opened_store
from commonsky.node.home import opened
from commonsky.node.picture import Picture
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.voice import Voice

EXAMPLES = 20


def show_picture(folder: Path, nation: str, other: str) -> None:
    """Write what is held, by nation; with another nation, where the two disagree."""
    home = opened(folder)
    with Voice() as voice, opened_store(home) as store:
        with voice.during("reading the ledger"):
            picture = Picture.of(store.heads(Kind.ELEMENT_SET), home.nation)
            existing = Counter(held.peer for held in store.since(kinds=[Kind.EXISTENCE]))
        out = sys.stdout
        shown = picture.said_by(nation) if nation and nation != home.nation else picture
        out.write(f"{home.nation} in {home.realm} holds statements about {len(shown):,} objects\n")
        for name, mark in shown.watermarks.items():
            whose = "its own" if name == home.nation else f"from {name}"
            newest = utc_text(mark.newest_epoch_tai_ns, 0) if mark.newest_epoch_tai_ns else "none"
            out.write(
                f"  {whose:<10} {mark.statements:>8,} statements, newest epoch {newest}"
                + (f", {mark.rejected:,} of no use" if mark.rejected else "")
                + "\n"
            )
        for name, count in sorted(existing.items()):
            if name:
                out.write(f"  from {name:<5} {count:>8,} objects known to exist, orbit withheld\n")
        if other:
            known = {*picture.watermarks}
            if other not in known:
                raise Misuse(
                    f"{home.nation} holds no statement of {other}; it has {sorted(known)}"
                )
            _compare(picture, nation or home.nation, other)


def _compare(picture: Picture, nation: str, other: str) -> None:
    """Write where two nations say different things."""
    from commonsky.node.difference import differences  # noqa: PLC0415 - loads SGP4

    told = differences(picture.said_by(nation), picture.said_by(other))
    out = sys.stdout
    out.write(
        f"{nation} against {other}: {told.same:,} objects alike, {len(told.apart):,} apart, "
        f"{told.only_first:,} known to {nation} alone, {told.only_second:,} to {other} alone\n"
    )
    for one in told.apart[:EXAMPLES]:
        out.write(f"  {one}\n")
    if len(told.apart) > EXAMPLES:
        out.write(f"  and {len(told.apart) - EXAMPLES:,} more\n")
