"""When nobody was looking: gaps in an object's history, and who filled the rest."""

from __future__ import annotations

from collections import Counter

import msgspec
import numpy as np

from commonsky.astro.epoch import NS_PER_S, utc_text
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.history import History

NS_PER_HOUR = 3600 * NS_PER_S
LONGEST = 10  # gaps that are told
UNUSUAL = 3.0  # times the usual interval
LEAST_HOURS = 72.0  # shorter gaps hide little at the pace of element sets


class Gap(msgspec.Struct, frozen=True):
    """A time without any element set."""

    not_before: str
    not_after: str
    hours: float


class Custody(msgspec.Struct, frozen=True, kw_only=True):
    """How closely one object was followed, by whom, and the longest times that it was not."""

    object: int
    sets: int
    first: str
    last: str
    usual_interval_h: float | None  # null with fewer than two sets
    gaps: tuple[Gap, ...]
    gap_share: float  # of the span
    sources: tuple[tuple[str, int], ...]


def custody(history: History, catalogue: Catalogue) -> list[Custody]:
    """Return how closely each object of a history was followed; `catalogue` is what it is of."""
    return [_of(history, catalogue, one) for one in range(len(history))]


def _of(history: History, catalogue: Catalogue, one: int) -> Custody:
    sets = slice(int(history.first[one]), int(history.first[one + 1]))
    epochs = history.elements.epoch_tai_ns[sets]
    hours = np.diff(epochs) / NS_PER_HOUR
    usual = float(np.median(hours)) if len(hours) else None
    limit = max(LEAST_HOURS, UNUSUAL * (usual or 0.0))
    long = np.flatnonzero(hours > limit)
    longest = np.sort(long[np.argsort(hours[long], kind="stable")[::-1][:LONGEST]])
    span = float(hours.sum())
    sources = Counter(catalogue.source[history.row[sets]].tolist())
    return Custody(
        object=int(history.object_number[one]),
        sets=len(epochs),
        first=utc_text(int(epochs[0]), 0),
        last=utc_text(int(epochs[-1]), 0),
        usual_interval_h=None if usual is None else round(usual, 2),
        gaps=tuple(
            Gap(
                utc_text(int(epochs[k]), 0), utc_text(int(epochs[k + 1]), 0),
                round(float(hours[k]), 1),
            )
            for k in longest.tolist()
        ),
        gap_share=round(float(hours[long].sum()) / span, 4) if span else 0.0,
        sources=tuple(sorted(sources.items(), key=lambda said: (-said[1], said[0]))),
    )  # fmt: skip
