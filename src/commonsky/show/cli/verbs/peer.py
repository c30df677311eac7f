"""`commonsky peer`: what its verbs take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from commonsky.show.cli.verbs.where import HERE, NATION, NODE, YES

INVITATION = Annotated[Path, Parameter(help="The invitation's file.")]


def invite(
    nation: NATION,
    *,
    out: Annotated[Path | None, Parameter(help="Where the invitation is written.")] = None,
    node: NODE = HERE,
) -> None:
    """Write an invitation for another nation: our address, root, log key and certificate."""
    from commonsky.show.cli.peering import write_invitation  # noqa: PLC0415 - light help

    write_invitation(node, nation.upper(), out)


def accept(invitation: INVITATION, *, yes: YES = False, node: NODE = HERE) -> None:
    """Accept another nation's invitation; both sides compare a short phrase."""
    from commonsky.show.cli.peering import accept_invitation  # noqa: PLC0415 - light help

    accept_invitation(node, invitation, yes=yes)


def list_(*, node: NODE = HERE) -> None:
    """List the partners of this node."""
    from commonsky.show.cli.peering import list_peers  # noqa: PLC0415 - light help

    list_peers(node)


def remove(nation: NATION, *, yes: YES = False, node: NODE = HERE) -> None:
    """Remove a partner: their certificate is refused from now on."""
    from commonsky.show.cli.peering import remove_peer  # noqa: PLC0415 - light help

    remove_peer(node, nation.upper(), yes=yes)
