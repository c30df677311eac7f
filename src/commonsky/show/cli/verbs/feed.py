"""`commonsky feed`: what its verbs take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from commonsky.show.cli.verbs.where import HERE, NODE, TO

FOLDER = Annotated[Path, Parameter(help="A directory, as on a USB stick or behind a diode.")]


def export(directory: FOLDER, *, to: TO, node: NODE = HERE) -> None:
    """Write the log for a recipient into a directory, byte by byte as it is served."""
    from commonsky.show.cli.feeding import export_feed  # noqa: PLC0415 - light help

    export_feed(node, directory, to.upper())


def import_(
    directory: FOLDER,
    *,
    from_: Annotated[
        str, Parameter(name="--from", help="Whose log it is; else found out by its origin.")
    ] = "",
    node: NODE = HERE,
) -> None:
    """Take in a partner's log from a directory."""
    from commonsky.show.cli.feeding import import_feed  # noqa: PLC0415 - light help

    import_feed(node, directory, from_.upper())


def verify(
    place: Annotated[str, Parameter(help="A directory, or a partner's address (host:port).")],
    *,
    from_: Annotated[
        str, Parameter(name="--from", help="Whose log it is; else this node's own, by its origin.")
    ] = "",
    node: NODE = HERE,
) -> None:
    """Check a log: signatures, inclusion, consistency, gaps, forks, receipts."""
    from commonsky.show.cli.feeding import verify_feed  # noqa: PLC0415 - light help

    verify_feed(node, place, from_.upper())
