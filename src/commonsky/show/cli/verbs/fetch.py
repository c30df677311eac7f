"""`commonsky fetch`: what it takes."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter


def fetch(
    source: Annotated[Literal["celestrak"], Parameter(help="Where from.")],
    group: Annotated[
        str,
        Parameter(help="As active, last-30-days, catnr=25544 or intdes=1998-067."),
    ],
    *,
    resume: Annotated[
        bool, Parameter(help="A person has looked at why it stopped, and it may ask again.")
    ] = False,
    contact: Annotated[
        str,
        Parameter(
            env_var="COMMONSKY_CONTACT",
            help="Mail address or https page by which the source can reach you.",
        ),
    ] = "",
) -> None:
    """
    Fetch element sets from a public source, by its usage policy, into the cache.

    One query is asked at most every two hours; any answer but 200 stops all asking until you
    have looked.  Prints the path of the file.
    """
    from commonsky.show.cli.fetching import fetch_group  # noqa: PLC0415 - help needs no NumPy

    fetch_group(source, group, contact=contact, resumed=resume)
