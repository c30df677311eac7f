"""
From files to conjunctions: where formats, catalogue, screening and assessment meet.

Plain functions without keys or database; the command line, the API and a node's cycle call them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import index
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_DAY, tai_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.catalogue.merge import age_days, default_start, merge
from commonsky.errors import UnknownObject
from commonsky.node.assessment import Sky, conjunctions, in_teme, summary_of
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.executor import workers
from commonsky.node.intake import read_records
from commonsky.screen import screener
from commonsky.screen.screening import STEP_S
from commonsky.screen.volume import Volume

DEFAULT_KM = 5.0
MOST_DAYS = 366.0  # no element set is worth anything after so long

Progress = Callable[[str, float, float], None]
Epoch = str | int


def read(*paths: str | Path, stdin: BinaryIO | None = None) -> Catalogue:
    """
    Return the newest element set of each object in these files.

    OMM in CSV, JSON, XML or KVN, TLE, 2LE, 3LE, or a mix, plain or packed by gzip, xz or zstd; `-`
    is standard input.  Bad records are set aside and older ones superseded, as
    `catalogue.provenance` counts.  A file with nothing to use is an `UnreadableInput`.
    """
    return merge(read_records(*paths, stdin=stdin)).catalogue


@dataclass(frozen=True, slots=True)
class Scope:
    """What a screening covers: whom, when, and how near."""

    start_tai_ns: int
    stop_tai_ns: int
    volume: Volume
    primaries: frozenset[int] | None  # catalogue numbers; None for all
    max_age_days: float = np.inf  # of elements, before or after the start

    def young(self, catalogue: Catalogue) -> NDArray[np.bool_]:
        """(n,) which element sets are young enough to be screened."""
        return np.asarray(np.abs(age_days(catalogue, self.start_tai_ns)) <= self.max_age_days)

    def excluded(self, count: int) -> dict[str, int]:
        """Return why so many objects are left out."""
        return {} if self.max_age_days == np.inf else {self._too_old: count}

    @property
    def _too_old(self) -> str:
        return f"older than {self.max_age_days:g} days"

    def primary(self, numbers: Ints) -> NDArray[np.bool_] | None:
        """(n,) which objects of these catalogue numbers may be primaries; None for all."""
        if self.primaries is None:
            return None
        wanted = np.array(sorted(self.primaries), np.int64)
        unknown = wanted[~np.isin(wanted, numbers)]
        if len(unknown):
            named = ", ".join(map(str, unknown[:5].tolist()))
            but = "" if self.max_age_days == np.inf else f"; those {self._too_old} are left out"
            raise UnknownObject(f"no object of the catalogue has the number {named}{but}")
        return np.isin(numbers, wanted)


def screen(
    catalogue: Catalogue,
    start: Epoch | None = None,
    days: float = 1.0,
    threshold_km: float | None = None,
    *,
    volume: Volume | None = None,
    primaries: Collection[int] | None = None,
    max_age_days: float | None = None,
    ephemerides: Sequence[Ephemeris] = (),
    hard_body_radius_km: Mapping[int, float] | None = None,
    threads: int | None = None,
    step_s: float = STEP_S,
    progress: Progress | None = None,
) -> Conjunctions:
    """
    Return every close approach of the catalogue's objects in the days from `start` on.

    `start` is UTC as text, or TAI ns as in `commonsky.astro.epoch`; without it, the newest epoch
    that is not more than a day after the median epoch.  Near is `threshold_km` (5), or a `volume`
    about each primary; `primaries` are catalogue numbers, without them all meet all.  Ephemerides
    stand beside the element sets of the same objects.  `hard_body_radius_km` says how large the
    objects named are.  The result depends neither on threads nor on `step_s`.
    """
    scope = asked(catalogue, start, days, threshold_km, volume, primaries, max_age_days)
    chosen = catalogue.take(np.flatnonzero(scope.young(catalogue)))
    beside = tuple(in_teme(one) for one in ephemerides)
    others = np.array([one.catalogue_number for one in beside], np.int64)
    primary = scope.primary(np.concatenate([chosen.catalogue_number, others]))
    radii = hard_body_radius_km or {}
    with workers(threads) as executor:
        # Names and classes are looked up while kernels, which need no interpreter, screen.
        looked_up = executor.submit(Sky.of, chosen, beside, radii) if executor else None
        found = screener.screen(
            chosen.elements,
            chosen.catalogue_number,
            scope.start_tai_ns,
            scope.stop_tai_ns,
            scope.volume,
            ephemerides=beside,
            primary=primary,
            step_s=step_s,
            executor=executor,
            progress=staged(progress, "screening"),
        )
        sky = looked_up.result() if looked_up else Sky.of(chosen, beside, radii)
        span = (scope.start_tai_ns, scope.stop_tai_ns)
        excluded = scope.excluded(len(catalogue) - len(chosen))
        covered = summary_of(sky, found, span, scope.volume, scope.primaries, excluded)
        return conjunctions(
            sky, found.encounters, covered, scope.volume, primary=primary, executor=executor,
            progress=staged(progress, "assessing"),
        )  # fmt: skip


def asked(
    catalogue: Catalogue,
    start: Epoch | None,
    days: float,
    threshold_km: float | None,
    volume: Volume | None,
    primaries: Collection[int] | None,
    max_age_days: float | None,
) -> Scope:
    """Return the scope of a screening, asked for as `screen` takes it."""
    if not 0.0 < days <= MOST_DAYS:
        raise ValueError(f"days must be positive, and at most {MOST_DAYS:g}, but is {days}")
    if volume is not None and threshold_km is not None:
        raise ValueError("threshold_km and volume are two ways to say the same; give one")
    if max_age_days is not None and not max_age_days >= 0.0:
        raise ValueError(f"max_age_days must not be negative, but is {max_age_days}")
    if primaries is not None and len(primaries) == 0:
        raise ValueError("no primaries are named; leave them out where all objects meet all")
    begin = epoch_of(catalogue, start)
    near = volume or Volume.sphere(DEFAULT_KM if threshold_km is None else threshold_km)
    names = None if primaries is None else frozenset(index(number) for number in primaries)
    stop = begin + round(days * NS_PER_DAY)
    return Scope(begin, stop, near, names, np.inf if max_age_days is None else max_age_days)


def epoch_of(catalogue: Catalogue, start: Epoch | None) -> int:
    """Return an epoch in TAI ns, as `screen` takes it."""
    if start is None:
        return default_start(catalogue)
    if isinstance(start, str):
        return tai_ns(start)
    try:
        return index(start)
    except TypeError:
        raise ValueError(
            f"start must be UTC as text or TAI ns as an integer, but is a {type(start).__name__}"
        ) from None


def staged(progress: Progress | None, stage: str) -> Callable[[float, float], None] | None:
    """Return the progress of one stage, named."""
    if progress is None:
        return None
    return lambda done, total: progress(stage, done, total)
