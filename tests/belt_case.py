"""Histories of the geosynchronous belt that are made up: held, drifting by themselves, moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, tai_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.history import History, history
from commonsky.characterise.longitude import ahead, longitudes, sidereal_rad
from commonsky.characterise.prediction import theory

START = tai_ns("2020-01-01T00:00:00")
REV_DAY = 2 * np.pi / 1440.0


def catalogue(elements: MeanElements, number: Ints) -> Catalogue:
    n = len(number)
    empty, none = np.full(n, "", dtype=np.str_), np.full(n, -1, np.int64)
    zero = np.zeros(n, np.int8)
    return Catalogue(
        elements, number, empty, empty, zero, zero, empty, empty, none, none, empty
    )  # fmt: skip


def belt_elements(
    epoch_tai_ns: Ints, longitude_deg: Floats, drift_deg_day: Floats, tilt: Floats | None = None,
    eccentricity: float = 1e-4,
) -> MeanElements:  # fmt: skip
    """Element sets with these mean longitudes and drifts; `tilt` (n, 2) inclination vectors."""
    n = len(epoch_tai_ns)
    vector = np.full((n, 2), 1e-4) if tilt is None else tilt
    inclination, node = (
        np.hypot(vector[:, 0], vector[:, 1]),
        np.arctan2(vector[:, 1], vector[:, 0]),
    )
    zero = np.zeros(n)
    anomaly = np.radians(longitude_deg) - node + sidereal_rad(epoch_tai_ns)
    sets = MeanElements(
        epoch_tai_ns, np.full(n, 1.0027 * REV_DAY), np.full(n, eccentricity), inclination,
        node % (2 * np.pi), zero, anomaly % (2 * np.pi), zero, zero, zero,
    )  # fmt: skip
    for _ in range(3):  # the mean motion that makes the drift
        made = longitudes(one_history(sets, np.arange(n)))
        off = np.radians(drift_deg_day) - made.drift_rad_day
        sets = replace(sets, mean_motion_rad_min=sets.mean_motion_rad_min + off / 1440.0)
    return sets


def one_history(elements: MeanElements, number: Ints) -> History:
    return history(catalogue(elements, np.asarray(number, np.int64)))


def days(count: int, step: float) -> Ints:
    return START + np.round(np.arange(count) * step * NS_PER_DAY).astype(np.int64)


def held(
    epoch_tai_ns: Ints, longitude_deg: float, rng: np.random.Generator, box_deg: float = 0.05,
    drift_deg_day: float = 0.015,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Longitudes and drifts within a box, as those of a satellite that somebody steers."""
    n = len(epoch_tai_ns)
    return (
        longitude_deg + rng.uniform(-box_deg, box_deg, n),
        rng.uniform(-drift_deg_day, drift_deg_day, n),
    )


def free(epoch_tai_ns: Ints, longitude_deg: float, drift_deg_day: float) -> tuple[Floats, Floats]:
    """Longitudes and drifts of what nobody steers, as SGP4 has them."""
    first = belt_elements(
        epoch_tai_ns[:1], np.array([longitude_deg]), np.array([drift_deg_day])
    )  # fmt: skip
    c = theory(first)
    gone = np.array([
        ahead(c.near, c.deep, c.row, c.is_deep, 0, (at - epoch_tai_ns[0]) / 6e10)
        for at in epoch_tai_ns.tolist()
    ])  # fmt: skip
    return longitude_deg + np.degrees(gone[:, 0]), drift_deg_day + np.degrees(gone[:, 1])


def together(parts: Sequence[tuple[int, Ints, Floats, Floats]]) -> History:
    """One history of several objects: number, epochs, longitudes, drifts."""
    epoch = np.concatenate([part[1] for part in parts])
    number = np.concatenate([np.full(len(part[1]), part[0]) for part in parts])
    elements = belt_elements(
        epoch, np.concatenate([part[2] for part in parts]),
        np.concatenate([part[3] for part in parts]),
    )  # fmt: skip
    return one_history(elements, number)
