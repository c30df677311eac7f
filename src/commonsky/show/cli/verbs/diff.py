"""`commonsky diff`: what it takes."""

from __future__ import annotations

from typing import Annotated

from commonsky.show.cli.verbs.file import FILE


def diff(old: Annotated[str, FILE], new: Annotated[str, FILE], /) -> None:
    """Tell which objects appeared, went, or have other elements: one JSON object a line."""
    from commonsky.show.cli.holdings import show_difference  # noqa: PLC0415 - help needs no NumPy

    show_difference(old, new)
