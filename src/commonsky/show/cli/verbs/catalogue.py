"""`commonsky catalogue`: what it takes."""

from __future__ import annotations

from typing import Annotated

from commonsky.show.cli.verbs.file import FILE


def catalogue(*files: Annotated[str, FILE]) -> None:
    """Tell what catalogue files hold: objects by type, orbit, age; what was set aside."""
    from commonsky.show.cli.holdings import show_catalogue  # noqa: PLC0415 - help needs no NumPy

    show_catalogue(files)
