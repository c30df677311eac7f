"""`commonsky told`: what it takes."""

from __future__ import annotations

from commonsky.show.cli.verbs.where import HERE, NATION, NODE


def told(nation: NATION, *, node: NODE = HERE) -> None:
    """List everything this node has ever told a nation, with receipts."""
    from commonsky.show.cli.telling import list_told  # noqa: PLC0415 - light help

    list_told(node, nation.upper())
