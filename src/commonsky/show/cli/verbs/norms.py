"""`commonsky norms`: what its verbs take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from commonsky.show.cli.verbs.dossier import CIRCUMSTANCES, ON, REGISTER, RULE
from commonsky.show.cli.verbs.events import KIND, OBJECT
from commonsky.show.cli.verbs.file import FILE

FORMAT = Parameter(help="What is written.")


def list_(
    *,
    format: Annotated[Literal["text", "ndjson"], FORMAT] = "text",  # noqa: A002 - the option's name
) -> None:
    """List the rules."""
    from commonsky.show.cli.norms import list_rules  # noqa: PLC0415 - quick help

    list_rules(format)


def explain(
    *rule: Annotated[str, Parameter(required=True, help="A rule's id, as IADC-5.3.2.")],
) -> None:
    """Tell what rules ask."""
    from commonsky.show.cli.norms import explain_rules  # noqa: PLC0415 - quick help

    explain_rules(rule)


def check(
    *files: Annotated[str, FILE],
    object: Annotated[tuple[int, ...], OBJECT] = (),  # noqa: A002 - the option's name
    rule: Annotated[tuple[str, ...], RULE] = (),
    on: Annotated[str, ON] = "",
    register: Annotated[tuple[Path, ...], REGISTER] = (),
    circumstances: Annotated[tuple[Path, ...], CIRCUMSTANCES] = (),
    kind: Annotated[tuple[str, ...], KIND] = (),
    whole: Annotated[
        bool, Parameter(name="--whole", help="Also rules that do not apply, and why.")
    ] = False,
    format: Annotated[Literal["text", "ndjson"], FORMAT] = "text",  # noqa: A002 - the option's name
) -> None:
    """Hold objects against rules."""
    from commonsky.show.cli.norms import Held, check_norms  # noqa: PLC0415 - quick help

    held = Held(object, rule, on, register, circumstances, kind, whole)
    check_norms(files, held, format)
