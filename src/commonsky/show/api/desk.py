"""
What the API asks of a node: its ledger, its picture, how its partners do.

The node's own thread tells what it did (`observe`) and lets itself be looked at between turns
(`look`); the threads of the API read.  Neither waits for the other: what is shown may be a turn
old, and says so.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from commonsky.astro.epoch import NS_PER_S
from commonsky.catalogue.catalogue import Catalogue
from commonsky.errors import FeedRefused
from commonsky.ledger.label import Label, join
from commonsky.ledger.record import Kind, Record
from commonsky.ledger.store import Held, Store
from commonsky.ledger.survey import Survey
from commonsky.node.assertions import Refused, Statement
from commonsky.node.clock import Clock
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.home import Home
from commonsky.node.owners import owners
from commonsky.node.release import Release
from commonsky.node.side_by_side import side_by_side
from commonsky.node.statements import Author
from commonsky.show.api.compared import Compared
from commonsky.show.api.environment_kept import EnvironmentKept
from commonsky.show.api.happened_kept import Happened
from commonsky.show.api.operators import FILE as OPERATORS
from commonsky.show.api.operators import Operators
from commonsky.show.api.projections import Projections

FRESH_S = 2.0  # a picture is not made anew more often
OLD_S, WAIT_S = 10.0, 2.0  # where it is older than the first, a question waits so long
STALE_NS = 60 * NS_PER_S
TURNS_KEPT = 1000


class Told(Protocol):
    """What a turn of the node did; see `commonsky.node.cycle.Turn`."""

    received: dict[str, int]
    unreachable: dict[str, str]
    refused: dict[str, FeedRefused]
    new: list[Held]
    said: list[Record]
    waiting: int


class Pictured(Protocol):
    """The picture of a node; see `commonsky.node.picture.Picture`."""

    @property
    def standing(self) -> tuple[Statement | Refused, ...]:
        """What stands at present."""
        ...


class Watched(Protocol):
    """The screening of a node; see `commonsky.node.watch.Watch`."""

    @property
    def conjunctions(self) -> Conjunctions | None:
        """All conjunctions at present, None where nothing is screened."""
        ...


@dataclass(slots=True)
class Reached:
    """How a partner's log was when it was last asked for."""

    state: str = "not asked yet"  # reached, unreachable, refused
    why: str = ""
    at_tai_ns: int = 0
    received: int = 0  # records, since this process began
    refusals: Counter[str] = field(default_factory=Counter)  # by reason
    failures: int = 0


@dataclass(frozen=True)
class View:
    """The picture as it was at one moment; nothing of it changes any more."""

    at_tai_ns: int
    standing: tuple[Statement | Refused, ...]
    conjunctions: Conjunctions | None

    @cached_property
    def statements(self) -> list[Statement]:
        """What stands and can be used."""
        return [one for one in self.standing if isinstance(one, Statement)]

    @cached_property
    def refused(self) -> list[Refused]:
        """What stands and cannot be used."""
        return [one for one in self.standing if isinstance(one, Refused)]

    @cached_property
    def compared(self) -> Compared:
        """The statements compared with each other, at the time of this view."""
        return Compared.of(self.statements, self.at_tai_ns)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every statement as a row, equal ones sharing it."""
        return side_by_side(self.statements).catalogue

    @cached_property
    def label(self) -> Label:
        """The label of all statements together."""
        return join({one.key[2] for one in self.statements})

    @cached_property
    def counts(self) -> dict[str, tuple[int, int, int]]:
        """Of each nation: its statements, the objects they are about, and what is unusable."""
        several: dict[str, list[int]] = {}
        for one in self.statements:
            several.setdefault(one.key[0], []).append(one.number)
        refused = Counter(one.key[0] for one in self.refused)
        return {
            nation: (len(numbers), len({*numbers}), refused[nation])
            for nation in sorted({*several, *refused})
            for numbers in [several.get(nation, [])]
        }


UNSEEN = View(0, (), None)


class Desk:
    """Everything that the API knows of a node."""

    def __init__(
        self,
        home: Home,
        clock: Clock,
        store: Store,
        author: Author,
        release: Callable[[], Release],
        *,
        confinement: str = "",
    ) -> None:
        """`release` makes a deciding part of its own, so that the node's is left alone."""
        self.home, self.clock, self.store, self.author = home, clock, store, author
        self.release, self.confinement = release, confinement
        self.survey = Survey(home.ledger)
        self.owned = owners(home.owners)
        self.operators = Operators(home.folder / OPERATORS)
        self.environment, self.projections = EnvironmentKept(), Projections()
        self.happened = Happened()
        self.reached: dict[str, Reached] = {}
        self.turns: deque[float] = deque(maxlen=TURNS_KEPT)
        self.turn_count = 0
        self.waiting = 0
        self.stopped = False
        self._turned_s: float | None = None
        self._view = UNSEEN
        self._changed, self._wanted = True, False
        self._looked_s = -np.inf
        self._looked = threading.Condition()
        self._listeners: set[Callable[[], None]] = set()
        self.observers: list[Callable[[float, bool], None]] = []

    def observe(self, turn: Told, seconds: float) -> None:
        """Take note of a turn; called by the node's thread."""
        now = self.clock.now_tai_ns()
        for nation, count in turn.received.items():
            one = self.reached.setdefault(nation, Reached())
            one.state, one.why, one.at_tai_ns = "reached", "", now
            one.received += count
        for nation, why in turn.unreachable.items():
            one = self.reached.setdefault(nation, Reached())
            one.state, one.why, one.at_tai_ns = "unreachable", why, now
            one.failures += 1
        for nation, refusal in turn.refused.items():
            one = self.reached.setdefault(nation, Reached())
            one.state, one.why, one.at_tai_ns = "refused", str(refusal), now
            one.refusals[refusal.reason] += 1
        self.waiting = turn.waiting
        self.turns.append(seconds)
        self.turn_count += 1
        self._turned_s = time.monotonic()
        # Time alone moves the span that is screened.
        self._changed |= bool(turn.new or turn.said) or now - self._view.at_tai_ns > STALE_NS
        screened = any(held.record.envelope.kind is Kind.ELEMENT_SET for held in turn.new)
        for observer in self.observers:
            observer(seconds, screened or bool(turn.said))
        self.ring()

    def look(self, picture: Pictured, watch: Watched | None) -> bool:
        """
        Let the picture be seen, if anybody asked for it and it has changed; return whether.

        Called by the node's thread, between turns.
        """
        late = time.monotonic() - self._looked_s >= FRESH_S
        if not (self._wanted and self._changed and late):
            return False
        self.show(picture, watch)
        return True

    def show(self, picture: Pictured, watch: Watched | None) -> None:
        """Let the picture be seen as it is now."""
        self._changed = self._wanted = False
        table = watch.conjunctions if watch is not None else None
        view = View(self.clock.now_tai_ns(), picture.standing, table)
        with self._looked:
            self._view, self._looked_s = view, time.monotonic()
            self._looked.notify_all()

    def view(self) -> View:
        """Return the picture as it was seen last; waits a little for one that is not too old."""
        with self._looked:
            if self._changed and not self.is_new:
                self._wanted = True
                if time.monotonic() - self._looked_s > OLD_S:
                    self._looked.wait_for(lambda: not self._changed, WAIT_S)
            return self._view

    @property
    def seen(self) -> View:
        """The picture as it was seen last; waits for nothing."""
        self._wanted |= self._changed
        return self._view

    @property
    def is_new(self) -> bool:
        """Whether the node has not turned yet, so that nothing is to be waited for."""
        return self._turned_s is None

    @property
    def since_turn_s(self) -> float:
        """Seconds since the last turn ended, inf where there was none."""
        return float("inf") if self._turned_s is None else time.monotonic() - self._turned_s

    @property
    def partners(self) -> list[str]:
        """The nations we have logs for, or from."""
        return sorted({*self.survey.partners(), *self.reached})

    def listen(self, bell: Callable[[], None]) -> None:
        """Have a function called, from any thread, whenever something may be new."""
        self._listeners.add(bell)

    def leave(self, bell: Callable[[], None]) -> None:
        """Call a function no more."""
        self._listeners.discard(bell)

    def ring(self) -> None:
        """Say that something may be new in the ledger."""
        for bell in tuple(self._listeners):
            bell()

    def close(self) -> None:
        """Close what was opened here, and end what was begun."""
        self.projections.close()
        self.survey.close()
