"""`commonsky recall`: what it takes."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from commonsky.show.cli.verbs.release import RECORD
from commonsky.show.cli.verbs.where import HERE, NODE, YES


def recall(
    record: RECORD,
    *,
    reason: Annotated[str, Parameter(help="Why; the recipients read it.")] = "",
    yes: YES = False,
    node: NODE = HERE,
) -> None:
    """Take a record back; asked again, tell who has acknowledged and who has not."""
    from commonsky.show.cli.telling import recall_record  # noqa: PLC0415 - light help

    recall_record(node, record, reason, yes=yes)
