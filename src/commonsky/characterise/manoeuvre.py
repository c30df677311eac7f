"""
Manoeuvres, from histories of element sets: when, how large, of what kind, and how surely.

Each object is judged by itself: what is found of it does not depend on what else is in the table.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.characterise.detection import Steps, steps
from commonsky.characterise.history import History
from commonsky.characterise.impulse import delta_v_rtn_km_s
from commonsky.characterise.manoeuvre_type import kinds
from commonsky.characterise.prediction import AXIS

FALSE_DISCOVERY: Final = 0.07


@dataclass(frozen=True, slots=True)
class Manoeuvres:
    """
    Manoeuvres of k rows, object after object and each object's in order of time.

    Each lies between two sets, input rows `row_before` and `row_after`, and may be several burns.
    Delta-v is radial, transverse, normal; a component is nan where it is not determined, and the
    sign of the normal one is that of a burn in the ascending node's half of the orbit.  `score` is
    -log10 of the chance that a quiet gap looks so; `detectable_km_s` is the transverse delta-v
    that would have been found there in half of the cases.
    """

    catalogue_number: Ints
    row_before: Ints
    row_after: Ints
    not_before_tai_ns: Ints
    not_after_tai_ns: Ints
    epoch_tai_ns: Ints
    delta_v_rtn_km_s: Floats  # (k, 3)
    delta_v_km_s: Floats
    delta_v_sigma_km_s: Floats
    kind: NDArray[np.int8]  # Kind
    score: Floats
    detectable_km_s: Floats

    def __len__(self) -> int:
        return len(self.catalogue_number)

    def take(self, rows: Ints) -> Manoeuvres:
        """Return these rows, in that order."""
        return Manoeuvres(*(getattr(self, column.name)[rows] for column in fields(self)))


def manoeuvres(
    history: History, *, false_discovery: float = FALSE_DISCOVERY,
    executor: Executor | None = None,
) -> Manoeuvres:  # fmt: skip
    """
    Return the manoeuvres of every object, of which about this share may be false.

    Of an object that never manoeuvres, as many false ones as that in a year at most.  `executor`
    spreads objects over threads; the result does not depend on it.
    """
    if not 0.0 < false_discovery < 1.0:
        raise ValueError(
            f"a share of false discoveries between 0 and 1 is needed, found {false_discovery}"
        )
    found, _ = steps(history, false_discovery, executor)
    return _told(history, found)


def detectability_km_s(history: History, *, executor: Executor | None = None) -> Floats:
    """(m,) transverse delta-v that would be found in half of the cases; nan of too few sets."""
    _, floor_km = steps(history, FALSE_DISCOVERY, executor)
    return floor_km * _half_rate_rad_s(history.elements, history.first[:-1])


def _half_rate_rad_s(elements: MeanElements, place: Ints) -> Floats:
    """(k,) from a step of the axis to a transverse delta-v: half a mean motion."""
    return np.asarray(elements.mean_motion_rad_min[place] / 120.0, np.float64)


def _told(history: History, found: Steps) -> Manoeuvres:
    """The manoeuvres that steps are, with all that is said of them."""
    epoch = history.elements.epoch_tai_ns
    place = found.place
    motion = history.elements.mean_motion_rad_min[place] / 60.0
    rtn, size, sigma = delta_v_rtn_km_s(found.steps_km, found.sigmas_km, motion)
    return Manoeuvres(
        history.object_number[found.owner], history.row[place], history.row[place + 1],
        epoch[place], epoch[place + 1],
        np.clip(found.epoch_tai_ns, epoch[place], epoch[place + 1]), rtn, size, sigma,
        kinds(
            found.owner, epoch[place] / NS_PER_DAY,
            history.elements.semi_major_axis_km[place], found.steps_km[:, AXIS], rtn,
        ),
        found.score,
        found.floor_km * _half_rate_rad_s(history.elements, place),
    )  # fmt: skip
