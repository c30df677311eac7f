"""`commonsky version`."""

from __future__ import annotations

import sys

from commonsky import __version__


def version() -> None:
    """Tell the version."""
    sys.stdout.write(f"commonsky {__version__}\n")
