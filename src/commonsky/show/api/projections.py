"""
Long runs of how crowded it gets, beside the work of a node: one at a time, and never in its way.

They are kept in memory, the newest few; nothing of them is a record, and nothing leaves the node.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus

import msgspec

from commonsky.environment.index import Criterion
from commonsky.environment.scenario import Scenario
from commonsky.node.entropy import Entropy, system
from commonsky.node.environment import digest_of, project
from commonsky.show.api.answer import Marking
from commonsky.show.api.environment_kept import Surveyed
from commonsky.show.api.problem import Problem, unknown
from commonsky.show.crowding import Projection, projection_document

LOG = logging.getLogger(__name__)
MOST_KEPT = 8
AT_ONCE = 1
AGAIN_S = "30"
POLITE = 10  # the niceness of a run's thread: whoever warns goes first


class RunState(StrEnum):
    """What has become of a run."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RunTold(msgspec.Struct, frozen=True, kw_only=True):
    """A run: `share` of it is done, 0 to 1; `projection` is there once it is."""

    id: str
    state: RunState
    share: float
    why: str  # it failed, "" where it did not
    begun: str
    years: float
    runs: int
    seed: int
    policy: dict[str, float]
    marking: Marking
    projection: Projection | None = None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A run that is asked for, with all that it depends on."""

    surveyed: Surveyed
    scenario: Scenario
    runs: int
    seed: int
    criteria: tuple[Criterion, ...]
    policy: dict[str, float]
    begun: str
    marking: Marking


class _CancelledError(Exception):
    """Somebody wants a run to end."""


class _Run:
    """One run in its thread."""

    def __init__(self, name: str, wanted: Wanted, ended: Callable[[], None]) -> None:
        self.name, self._wanted, self._ended = name, wanted, ended
        self._share, self._why = 0.0, ""
        self._state = RunState.RUNNING
        self._projection: Projection | None = None
        self._cancel = threading.Event()
        self._thread = threading.Thread(target=self._go, name=f"projection {name}", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self._state is RunState.RUNNING

    def told(self, *, whole: bool = True) -> RunTold:
        """Return how it is."""
        wanted = self._wanted
        return RunTold(
            id=self.name, state=self._state, share=round(self._share, 4), why=self._why,
            begun=wanted.begun, years=wanted.scenario.years, runs=wanted.runs, seed=wanted.seed,
            policy=wanted.policy, marking=wanted.marking,
            projection=self._projection if whole else None,
        )  # fmt: skip

    def cancel(self, wait_s: float = 0.0) -> None:
        """Let it end soon; what is done already stays."""
        self._cancel.set()
        self._thread.join(wait_s)

    def _tell(self, share: float) -> None:
        self._share = share
        if self._cancel.is_set():
            raise _CancelledError

    def _go(self) -> None:
        _step_back()
        try:
            self._projection = self._made()
            self._share, self._state = 1.0, RunState.DONE
        except _CancelledError:
            self._state = RunState.CANCELLED
        except MemoryError as error:
            self._why, self._state = str(error), RunState.FAILED
        except Exception:
            LOG.exception("a projection failed", extra={"projection": self.name})
            self._why = "something failed in this node that should not; its journal says what"
            self._state = RunState.FAILED
        finally:
            self._ended()

    def _made(self) -> Projection:
        wanted = self._wanted
        objects, scenario = wanted.surveyed.objects, wanted.scenario
        self._tell(0.0)
        seeds = range(wanted.seed, wanted.seed + wanted.runs)
        runs = project(objects, scenario, seeds, None, self._tell)
        digest = digest_of(objects, scenario)
        return projection_document(objects, scenario, runs, digest, wanted.criteria)


class Projections:
    """The runs of one node."""

    def __init__(self, entropy: Entropy = system) -> None:
        self._entropy = entropy
        self._runs: OrderedDict[str, _Run] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, wanted: Wanted) -> RunTold:
        """Start a run; where one is under way, a `Problem`."""
        with self._lock:
            under_way = [run.name for run in self._runs.values() if run.is_running]
            if len(under_way) >= AT_ONCE:
                raise Problem(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    f"the run {under_way[0]} is under way: wait for it, or cancel it",
                    headers={"Retry-After": AGAIN_S},
                )
            name = self._entropy(b"projection", 4).hex()
            self._runs[name] = _Run(name, wanted, self._forget)
            return self._runs[name].told()

    def all(self) -> tuple[RunTold, ...]:
        """Return the runs that are kept, the newest first, without what they foretell."""
        with self._lock:
            return tuple(run.told(whole=False) for run in reversed(self._runs.values()))

    def one(self, name: str) -> RunTold:
        """Return a run, and what it foretells."""
        return self._run(name).told()

    def cancel(self, name: str) -> RunTold:
        """Let a run end soon, and return how it is."""
        run = self._run(name)
        run.cancel(1.0)
        return run.told(whole=False)

    def close(self) -> None:
        """End all runs, for whoever shuts down; none of them goes on much longer than a second."""
        with self._lock:
            under_way = [run for run in self._runs.values() if run.is_running]
        for run in under_way:
            run.cancel()
        for run in under_way:
            run.cancel(2.0)

    def _run(self, name: str) -> _Run:
        with self._lock:
            found = self._runs.get(name)
        if found is None:
            raise unknown(f"no run {name} is kept: the newest {MOST_KEPT} are, until a restart")
        return found

    def _forget(self) -> None:
        """Keep the newest."""
        with self._lock:
            while len(self._runs) > MOST_KEPT:
                self._runs.popitem(last=False)


def _step_back() -> None:
    """Let this thread come after all others, where the system can tell threads apart."""
    if hasattr(os, "sched_getaffinity"):  # Linux, whose threads have a niceness of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), POLITE)
