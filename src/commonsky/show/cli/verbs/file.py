"""How a catalogue file is named on the command line."""

from __future__ import annotations

from cyclopts import Parameter

from commonsky.show.cli.exits import Misuse

HELP = (
    "OMM (CSV, JSON, XML, KVN) or TLE, in any mix, plain or packed (.gz, .xz, .zst); - is stdin, "
    "celestrak:GROUP what `commonsky fetch` brought."
)


def no_option(_: type, value: str | tuple[str, ...]) -> None:
    """Refuse what was meant as an option: only a lone hyphen is a file."""
    for name in (value,) if isinstance(value, str) else value:
        if name.startswith("-") and name != "-":
            raise Misuse(f"unknown option {name} (--help tells the known ones; a file: ./{name})")


FILE = Parameter(required=True, allow_leading_hyphen=True, validator=no_option, help=HELP)
