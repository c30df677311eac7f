"""A part of the synthetic sky, before its objects have numbers, names and epochs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM
from commonsky.catalogue.catalogue import ObjectType, Texts

J2 = 1.082616e-3  # WGS-72, as SGP4
LOWEST_PERIGEE_KM = 190.0


@dataclass(frozen=True, slots=True)
class Batch:
    """
    n objects of one kind, every column (n,), angles at the population's reference epoch.

    `kept` marks satellites that somebody steers; the others drift as drag and J2 have them.
    """

    semi_major_axis_km: Floats
    eccentricity: Floats
    inclination_rad: Floats
    raan_rad: Floats
    argument_of_perigee_rad: Floats
    mean_anomaly_rad: Floats
    bstar_per_earth_radius: Floats
    object_type: NDArray[np.int8]
    rcs_size: NDArray[np.int8]
    kept: NDArray[np.bool_]
    object_name: Texts
    operator: Texts

    def __len__(self) -> int:
        return len(self.eccentricity)

    def take(self, rows: Ints | slice) -> Batch:
        """Return the objects at `rows`, in that order."""
        return Batch(*(getattr(self, column.name)[rows] for column in fields(self)))


def joined(batches: Iterable[Batch]) -> Batch:
    """Return the objects of at least one batch, one below the other."""
    parts = list(batches)
    return Batch(
        *(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Batch))
    )


def secular_rates_rad_s(
    semi_major_axis_km: Floats, eccentricity: Floats, inclination_rad: Floats
) -> tuple[Floats, Floats]:
    """(n,) rates of the ascending node and of the argument of perigee by J2, to first order."""
    motion = np.sqrt(MU_WGS72_KM3_S2 / semi_major_axis_km**3)
    parameter = semi_major_axis_km * (1.0 - eccentricity**2)
    factor = 1.5 * J2 * (RADIUS_WGS72_KM / parameter) ** 2 * motion
    cosine = np.cos(inclination_rad)
    return -factor * cosine, factor * (2.5 * cosine**2 - 0.5)


def angles(rng: np.random.Generator, count: int) -> Floats:
    """(count,) angles anywhere on the circle."""
    return rng.uniform(0.0, 2.0 * np.pi, count)


def sizes(rng: np.random.Generator, count: int, shares: tuple[float, ...]) -> NDArray[np.int8]:
    """(count,) of `RcsSize` by the shares of unknown, small, medium and large."""
    return rng.choice(len(shares), count, p=shares).astype(np.int8)


def letters(number: int) -> str:
    """Return a number in capital letters: A … Z, AA, AB …"""
    text = ""
    number += 1
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("A") + digit) + text
    return text


def kinds(count: int, kind: ObjectType) -> NDArray[np.int8]:
    """(count,) of one type."""
    return np.full(count, kind, np.int8)
