"""`commonsky validate`: what it takes."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from commonsky.show.cli.verbs.file import no_option

MESSAGES = Parameter(
    required=True,
    allow_leading_hyphen=True,
    validator=no_option,
    help="CDM, OCM, OEM, OMM, OPM, RDM or TDM in KVN, XML or JSON, also packed; - is stdin.",
)
STRICT = Parameter(help="Refuse what departs from the standard, instead of listing it.")


def validate(*files: Annotated[str, MESSAGES], strict: Annotated[bool, STRICT] = False) -> None:
    """Tell whether navigation messages keep their standard, and where they do not."""
    from commonsky.show.cli.validating import show_validity  # noqa: PLC0415 - light help

    show_validity(files, strict=strict)
