"""`commonsky fetch`: what it takes."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter


def fetch(
    source: Annotated[Literal["celestrak"], Parameter(help="Where from.")],
    group: Annotated[
        str,
        Parameter(help="What: active, last-30-days, ..., catnr=25544, intdes=1998-067."),
    ],
    /,
    *,
    resume: Annotated[
        bool,
        Parameter(
            show_default=False,
            help="Ask again after a refusal; say so only when you have looked why it refused.",
        ),
    ] = False,
    contact: Annotated[
        str,
        Parameter(
            env_var="COMMONSKY_CONTACT",
            show_default=False,
            help="Mail address or https page by which the source can reach you; it is needed.",
        ),
    ] = "",
) -> None:
    """Fetch element sets from a public source, by its usage policy, into the cache."""
    from commonsky.show.cli.fetching import fetch_group  # noqa: PLC0415 - help needs no NumPy

    fetch_group(source, group, contact=contact, resumed=resume)
