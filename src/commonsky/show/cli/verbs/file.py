"""How a catalogue file is named on the command line."""

from __future__ import annotations

from cyclopts import Parameter

HELP = (
    "Any mix of OMM (CSV, JSON, XML, KVN) and TLE files, plain or .gz, .xz, .zst; - for stdin; "
    "celestrak:GROUP for what was fetched."
)


def no_option(_: type, value: str | tuple[str, ...]) -> None:
    """Refuse what was meant as an option: only a lone hyphen is a file."""
    for name in (value,) if isinstance(value, str) else value:
        if name.startswith("-") and name != "-":
            raise ValueError(f"unknown option {name}")


FILE = Parameter(required=True, allow_leading_hyphen=True, validator=no_option, help=HELP)
