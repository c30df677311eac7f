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
  + UnknownRecord      a handle was asked for that the ledger does not hold
  + KnownRecord        a record was to be stored under a handle that is taken
  + LedgerError        a ledger cannot be opened or used: damaged, another realm's, too new
  + KeyRefused         a key, certificate or invitation is not what it must be
  + PolicyError        a release policy cannot be used as it is written
  + NodeError          a node's directory or its configuration is not in order
  + FeedRefused        a peer's log was refused, with a named reason; the peer's fault
  + PeerUnreachable    a peer cannot be reached now; nobody's fault
  + DossierRefused     a dossier is not what was signed, or says something else computed again

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


class UnknownRecord(CommonskyError):
    """A handle was asked for that the ledger does not hold."""


class KnownRecord(CommonskyError):
    """A record was to be stored under a handle that is taken."""


class LedgerError(CommonskyError):
    """A ledger cannot be opened or used: damaged, another realm's, too new."""


class KeyRefused(CommonskyError):
    """A key, certificate or invitation is not what it must be."""


class PolicyError(CommonskyError):
    """A release policy cannot be used as it is written."""


class NodeError(CommonskyError):
    """A node's directory or its configuration is not in order."""


class FeedRefused(CommonskyError):
    """A peer's log was refused; `reason` is one of a fixed set of words, as fork or rewind."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class PeerUnreachable(CommonskyError):
    """A peer cannot be reached now."""


class DossierRefused(CommonskyError):
    """A dossier is not what was signed, or says something else when it is computed again."""
