"""`commonsky convert`: what it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from commonsky.show.cli.verbs.file import no_option

MESSAGES = Parameter(
    required=True,
    allow_leading_hyphen=True,
    validator=no_option,
    help="CDM, OCM, OEM, OMM, OPM, RDM or TDM in KVN, XML or JSON, also packed; - is stdin.",
)


def convert(
    *files: Annotated[str, MESSAGES],
    to: Annotated[Literal["kvn", "xml", "json"], Parameter(help="How they are to be written.")],
    out: Annotated[
        Path, Parameter(help="A folder for a file each; - is stdout, one after another.")
    ] = Path("-"),
) -> None:
    """Write navigation messages in another notation, with the very digits they have."""
    from commonsky.show.cli.converting import convert_files  # noqa: PLC0415 - quick help

    convert_files(files, to, out)
