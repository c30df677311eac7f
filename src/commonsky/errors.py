"""
The exceptions of commonsky.

* CommonskyError
  + FrameMismatch      two tables in different frames met in one calculation
  + OutOfSpan          an epoch lies outside the data that must cover it
  + UnknownEpoch       a text is not an epoch in any form we accept
  + UnreadableInput    a file, pipe or source gave nothing that could be used
  + MessageError       a message from outside is not what its standard says
  + NotRepresentable   a record cannot be written in the format asked for
  + SourceRefused      a data source said no, and a person must look before it is asked again
  + UnknownObject      a catalogue number was asked for that the catalogue does not hold

Failures of single objects inside a bulk calculation are not exceptions:
they are a `status` column beside the results.
"""

from __future__ import annotations


class CommonskyError(Exception):
    """Base of every error this library raises on purpose."""


class FrameMismatch(CommonskyError):
    """Two tables in different frames met in one calculation."""

    def __init__(self, expected: str, found: str, action: str) -> None:
        super().__init__(f"{action} needs states in {expected}, but they are in {found}")
        self.expected = expected
        self.found = found


class OutOfSpan(CommonskyError):
    """An epoch lies outside the data that must cover it."""


class UnknownEpoch(CommonskyError):
    """A text is not an epoch in any form we accept."""


class UnreadableInput(CommonskyError):
    """A file, pipe or source gave nothing that could be used."""


class MessageError(CommonskyError):
    """A message from outside is not what its standard says."""

    def __init__(self, problem: str, *, line: int, field: str = "") -> None:
        where = f"line {line}, {field}" if field else f"line {line}"
        super().__init__(f"{where}: {problem}")
        self.line = line
        self.field = field
        self.problem = problem


class NotRepresentable(CommonskyError):
    """A record cannot be written in the format asked for."""


class SourceRefused(CommonskyError):
    """A data source said no, and a person must look before it is asked again."""


class UnknownObject(CommonskyError):
    """A catalogue number was asked for that the catalogue does not hold."""
