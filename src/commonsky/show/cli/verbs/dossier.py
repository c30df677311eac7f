"""`commonsky dossier`: what its verbs take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from commonsky.show.cli.verbs.file import HELP, no_option

FILES = Parameter(allow_leading_hyphen=True, validator=no_option, help=HELP)
REGISTER = Parameter(
    name="--register",
    help="CelesTrak's SATCAT as CSV, or a table of ours: whose objects are whose, filed "
    "longitudes, ends of missions, what is withheld; may be given several times.",
)
CIRCUMSTANCES = Parameter(
    name="--circumstances",
    help="A TOML file of what orbits do not show: notices, consent, other explanations.",
)
RULE = Parameter(name="--rule", help="A rule's id; may be given several times, all without it.")
ON = Parameter(name="--on", help="The UTC day whose law and pledges count, as 2024-11-01; today.")


def make(
    *files: Annotated[str, FILES],
    object: Annotated[  # noqa: A002 - the option's name
        tuple[int, ...],
        Parameter(
            name="--object", required=True, help="A catalogue number; several are one case."
        ),
    ],
    beside: Annotated[
        tuple[int, ...],
        Parameter(
            name="--beside",
            help="A neighbour or a piece whose records count, but that no rule is held against.",
        ),
    ] = (),
    output: Annotated[Path, Parameter(name="--output", help="A folder of its own.")],
    title: Annotated[str, Parameter(name="--title", help="What it is called.")] = "",
    since: Annotated[str, Parameter(name="--since", help="Only sets from then on, UTC.")] = "",
    until: Annotated[str, Parameter(name="--until", help="Only sets until then, UTC.")] = "",
    on: Annotated[str, ON] = "",
    rule: Annotated[tuple[str, ...], RULE] = (),
    kind: Annotated[
        tuple[str, ...],
        Parameter(name="--kind", help="Kinds of events; all without it."),
    ] = (),
    register: Annotated[tuple[Path, ...], REGISTER] = (),
    circumstances: Annotated[tuple[Path, ...], CIRCUMSTANCES] = (),
    node: Annotated[
        Path | None,
        Parameter(
            name="--node",
            help="Sign with the key of this node; without files, its records are the evidence.",
        ),
    ] = None,
) -> None:
    """Make a dossier from element sets, registers and what people state."""
    from commonsky.show.cli.dossiers import Sought, make_dossier  # noqa: PLC0415 - quick help

    sought = Sought(object, beside, title, since, until, on, rule, kind, register, circumstances)
    make_dossier(files, sought, output, node)


def verify(
    folder: Annotated[Path, Parameter(help="A dossier's folder.")],
    key: Annotated[
        tuple[str, ...],
        Parameter(name="--key", help="A key that signed, as `dossier make` prints it."),
    ] = (),
) -> None:
    """Check a dossier and compute it again from its records."""
    from commonsky.show.cli.dossiers import verify_dossier  # noqa: PLC0415 - quick help

    verify_dossier(folder, key)
