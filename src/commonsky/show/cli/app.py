"""The composition root: which verb does what, and how a run ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Parameter

from commonsky import __version__
from commonsky.errors import (
    CommonskyError,
    MessageError,
    SourceRefused,
    UnknownEpoch,
    UnknownObject,
    UnreadableInput,
)
from commonsky.show.cli.exits import Exit, Misuse
from commonsky.show.cli.plain import plain

SUMMARY = """
What is up there, what will come close to what, how likely is a collision, and how far to trust it.

Data go to stdout, everything else to stderr.  `-` is stdin, `celestrak:active` a fetched group.
"""
EXITS = """
Exit codes: 0 it ran · 1 it failed · 2 usage · 3 unreadable input · 4 a data source refused, look
before asking again · 130 interrupted.  COMMONSKY_DEBUG=1 shows where an error came from.
"""
VERBS = {
    "screen": "Which objects of a catalogue come close to each other, and how dangerous it is.",
    "catalogue": "What catalogue files hold.",
    "diff": "What changed from one catalogue to another.",
    "fetch": "Fetch element sets from a public source, by its usage policy.",
    "population": "Write a synthetic sky of any size as OMM CSV.",
    "demo": "Screen an embedded population with twelve planted encounters; needs no network.",
    "version": "Tell the version.",
}


EXIT_OF: tuple[tuple[type[BaseException], Exit], ...] = (
    (UnreadableInput, Exit.UNREADABLE),
    (MessageError, Exit.UNREADABLE),
    (SourceRefused, Exit.REFUSED),
    (UnknownEpoch, Exit.USAGE),
    (UnknownObject, Exit.USAGE),
    (CycloptsError, Exit.USAGE),
    (Misuse, Exit.USAGE),
)
TOLD = (CommonskyError, CycloptsError, OSError, ImportError, MemoryError)


def commonsky() -> App:
    """Return the application; verbs are imported when they are called."""
    app = App(
        "commonsky",
        help=SUMMARY,
        help_epilogue=EXITS,
        version=__version__,
        help_format="plaintext",
        default_parameter=Parameter(negative=()),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for verb, told in VERBS.items():
        app.command(f"commonsky.show.cli.verbs.{verb}:{verb}", name=verb, help=told)
    return app


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(tokens: Sequence[str]) -> int:
    """Run one command and return its exit code; errors are one line on stderr."""
    debug = bool(os.environ.get("COMMONSKY_DEBUG"))
    try:
        commonsky()(list(tokens), exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has enough.  Python would complain again while flushing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.RAN
    except KeyboardInterrupt:
        sys.stderr.write("commonsky: interrupted\n")
        return Exit.INTERRUPTED
    except Exception as error:
        if debug and not isinstance(error, CycloptsError):
            raise
        sys.stderr.write(f"commonsky: {_one_line(error, tokens)}\n")
        return next((code for kind, code in EXIT_OF if isinstance(error, kind)), Exit.FAILED)
    return Exit.RAN


def _one_line(error: BaseException, tokens: Sequence[str]) -> str:
    told = plain(" ".join(str(error).split())) or type(error).__name__
    if not isinstance(error, TOLD):
        return f"unexpected {type(error).__name__}: {told} (COMMONSKY_DEBUG=1 shows where)"
    if not isinstance(error, CycloptsError):
        return told
    verb = f" {tokens[0]}" if tokens and tokens[0] in VERBS else ""
    return f"{told} (see `commonsky{verb} --help`)"
