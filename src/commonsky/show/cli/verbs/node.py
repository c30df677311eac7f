"""`commonsky node`: what its verbs take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

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


def open_(
    directory: Annotated[Path, Parameter(help="The node's directory.")] = HERE,
    *,
    port: Annotated[
        int | None, Parameter(help="Where the node runs, instead of node.toml's.")
    ] = None,
) -> None:
    """Print an address that opens a running node's console once."""
    from commonsky.show.cli.access import tell_opening  # noqa: PLC0415 - help needs no server

    tell_opening(directory, port)


def key(
    directory: Annotated[Path, Parameter(help="The node's directory.")] = HERE,
    *,
    name: Annotated[str, Parameter(help="Whom it is for: a person, or a program.")],
    role: Annotated[
        Literal["read-only", "watch", "release", "exercise-control", "admin"],
        Parameter(help="What it is good for."),
    ] = "read-only",
) -> None:
    """Make a key for somebody."""
    from commonsky.show.api.keys import Role  # noqa: PLC0415 - help needs no server
    from commonsky.show.cli.access import make_key  # noqa: PLC0415

    make_key(directory, name, Role(role))


def keys(
    directory: Annotated[Path, Parameter(help="The node's directory.")] = HERE,
    *,
    remove: Annotated[str, Parameter(help="The number of a key to remove first.")] = "",
) -> None:
    """List whose keys are good."""
    from commonsky.show.cli.access import tell_keys  # noqa: PLC0415 - help needs no server

    tell_keys(directory, remove)
