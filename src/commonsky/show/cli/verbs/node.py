"""`commonsky node`: what its verbs take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from commonsky.show.cli.verbs.where import HERE, REALM


def init(
    directory: Annotated[Path, Parameter(help="Where the node shall live; made if missing.")],
    *,
    nation: Annotated[str, Parameter(help="Three letters, as NOR.")],
    realm: Annotated[
        str, Parameter(help="ops, exercise/<id> or test; fixed for the node's life.")
    ] = REALM,
    port: Annotated[
        int,
        Parameter(
            validator=validators.Number(gte=1, lte=65534),
            help="Of the inner listener; partners use the next one.",
        ),
    ] = 7150,
    host: Annotated[
        str, Parameter(help="Where partners reach this node: a name or an address.")
    ] = "127.0.0.1",
) -> None:
    """Make a nation's node: directory, keys, starter policy."""
    from commonsky.show.cli.nodes import initialise  # noqa: PLC0415 - help needs no cryptography

    initialise(directory, nation.upper(), realm, port, host)


def run(
    directory: Annotated[Path, Parameter(help="The node's directory.")] = HERE,
    *,
    port: Annotated[
        int | None,
        Parameter(
            validator=validators.Number(gte=1, lte=65534),
            help="Of the inner listener, instead of node.toml's; partners use the next one.",
        ),
    ] = None,
    screen: Annotated[
        bool,
        Parameter(negative="--no-screen", help="Whether to screen; exchange goes on without."),
    ] = True,
) -> None:
    """Run a node until Ctrl-C."""
    from commonsky.show.cli.nodes import run_node  # noqa: PLC0415 - help needs no NumPy

    run_node(directory, port, screens=screen)


def doctor(directory: Annotated[Path, Parameter(help="The node's directory.")] = HERE) -> None:
    """Say in plain words what is wrong with a node."""
    from commonsky.show.cli.nodes import examine  # noqa: PLC0415 - help needs no cryptography

    examine(directory)
