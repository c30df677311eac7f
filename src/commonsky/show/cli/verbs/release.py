"""`commonsky release`: what its verbs take."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from commonsky.show.cli.verbs.where import HERE, NODE, TO

RECORD = Annotated[str, Parameter(help="A record's handle, or its first digits.")]


def preview(*, to: TO, node: NODE = HERE) -> None:
    """Tell what would leave for a recipient, and why, before anything does."""
    from commonsky.show.cli.releasing import preview_release  # noqa: PLC0415 - light help

    preview_release(node, to.upper())


def explain(record: RECORD, *, to: TO, node: NODE = HERE) -> None:
    """Tell why a recipient gets a record, or does not: verdict, rule, level, agreement."""
    from commonsky.show.cli.releasing import explain_release  # noqa: PLC0415 - light help

    explain_release(node, record, to.upper())


def confirm(
    record: RECORD,
    *,
    person: Annotated[str, Parameter(help="Who confirms; two different persons are needed.")],
    node: NODE = HERE,
) -> None:
    """Confirm the class of a record for its first release; it takes two persons."""
    from commonsky.show.cli.releasing import confirm_class  # noqa: PLC0415 - light help

    confirm_class(node, record, person)


def lint(*, node: NODE = HERE) -> None:
    """Check the release policy, and say in plain words what is wrong with it."""
    from commonsky.show.cli.releasing import lint_policy  # noqa: PLC0415 - light help

    lint_policy(node)
