"""Starter policies: ten nations, ten different ways to share, each readable in a minute."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import msgspec

from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind
from commonsky.share.policy.agreements import AGREEMENTS, GROUPS, Agreement
from commonsky.share.policy.classes import RecordClass
from commonsky.share.policy.confirmation import Confirmations
from commonsky.share.policy.rules import POLICY

TEN = ("AUS", "CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "NOR", "NZL", "USA")
MEMBERS = {
    "TEN": TEN,
    "FIVE-EYES": ("AUS", "CAN", "GBR", "NZL", "USA"),
    "NATO": ("CAN", "DEU", "FRA", "GBR", "ITA", "NOR", "USA"),
    "OLYMPIC-DEFENDER": ("AUS", "CAN", "DEU", "FRA", "GBR", "NZL", "USA"),
}
OPEN_EXCHANGE = Agreement(id="OPEN-EXCHANGE", parties=TEN)
STATED = (Kind.ELEMENT_SET.value, Kind.CONJUNCTION.value)


def install(folder: Path, nation: str) -> None:
    """Write a nation's starter policy, groups and agreements; its classes count as confirmed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    rules = files("commonsky.share.policy").joinpath("starters", f"{nation}.cedar")
    (folder / POLICY).write_text(rules.read_text(encoding="utf-8"), encoding="utf-8")
    pretty = msgspec.json.format(msgspec.json.encode(MEMBERS), indent=2)
    (folder / GROUPS).write_bytes(pretty + b"\n")
    pretty = msgspec.json.format(msgspec.json.encode((OPEN_EXCHANGE,)), indent=2)
    (folder / AGREEMENTS).write_bytes(pretty + b"\n")
    Confirmations(folder).begin_with(starter_classes(nation))


def starter_classes(nation: str) -> list[RecordClass]:
    """Return the classes that a node states from its first day: unclassified, to all ten."""
    usual = Label(releasable_to=TEN)
    return [
        RecordClass(
            kind=kind,
            originator=nation,
            classification=0,
            releasable_to=usual.releasable_to,
            agreements=agreements,
        )
        for kind in STATED
        for agreements in ((), (OPEN_EXCHANGE.id,))
    ]
