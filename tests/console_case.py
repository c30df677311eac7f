"""
A small node with its console on the loopback, to be looked at or driven by a browser.

    python -m tests.console_case --port 7210
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from commonsky.show.api.keys import ALL_BUT_KEYS
from commonsky.show.api.server import Listener
from tests.api_case import Case, case_in, closed, listening, seen


@contextmanager
def console(folder: Path, **options: Any) -> Iterator[tuple[Case, Listener]]:
    """A node of NOR in a folder, seen, with its API and console."""
    case = case_in(folder)
    seen(case)
    try:
        with listening(case, **options) as listener:
            yield case, listener
    finally:
        closed(case)


def main() -> None:
    """Serve until it is interrupted."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--port", type=int, default=0)
    port = asked.parse_args().port
    with (
        tempfile.TemporaryDirectory() as folder,
        console(Path(folder), port=port, open_scopes=ALL_BUT_KEYS) as (
            case,
            listener,
        ),
    ):
        print(listener.address, flush=True)  # noqa: T201 - for whoever looks
        print("key", case.secrets["admin"], flush=True)  # noqa: T201 - of this case alone
        while True:
            time.sleep(1.0)
            seen(case)


if __name__ == "__main__":
    main()
