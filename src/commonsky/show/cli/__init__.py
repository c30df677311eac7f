"""The command line: verbs, exit codes, and what goes to which stream."""

from commonsky.show.cli.app import main

__all__ = ["main"]
