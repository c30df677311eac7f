"""Histories of element sets as SGP4 itself would continue them, with a burn where one is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.sgp4 import propagator
from commonsky.astro.sgp4_layout import ARGPDOT, MDOT, NODEDOT
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.formats.omm_csv_writer import omm_csv
from tests.catalogue_case import catalogue_of

DAYS, BURN_DAY = 40, 20
MIN_PER_DAY = 1440.0
NUMBER = 40_000


def history_of(
    number: int = NUMBER, *, name: str = "ONE", raised_km: float = 0.0, days: int = DAYS,
    mean_motion: float = 0.0625, start_day: float = 0.0, noise_km: float = 0.01, seed: int = 1,
) -> Catalogue:  # fmt: skip
    """One object's daily sets without drag; on the twentieth day it goes up so far."""
    row = {"number": number, "name": name, "bstar": 0.0, "mean_motion": mean_motion,
           "eccentricity": 0.002, "inclination": 1.2}  # fmt: skip
    first = catalogue_of({**row, "day": start_day})
    before = _continued(first, np.arange(min(BURN_DAY, days)))
    if days <= BURN_DAY:
        return _noisy(before, noise_km, seed)
    there = _continued(first, np.array([BURN_DAY]))
    axis = there.elements.semi_major_axis_km
    slower = (axis / (axis + raised_km)) ** 1.5
    burnt = replace(
        there,
        elements=replace(
            there.elements, mean_motion_rad_min=there.elements.mean_motion_rad_min * slower
        ),
    )
    after = _continued(burnt, np.arange(days - BURN_DAY))
    return _noisy(concatenated([before, after]), noise_km, seed)


def _continued(first: Catalogue, days: np.ndarray) -> Catalogue:
    """The same orbit as its own sets say it goes on."""
    elements = first.elements
    epoch = int(elements.epoch_tai_ns[0])
    row = propagator(elements, epoch, epoch + 60 * NS_PER_DAY).near[0]
    minutes = days * MIN_PER_DAY
    turned = 2.0 * np.pi
    rows = first.take(np.zeros(len(days), np.int64))
    return replace(
        rows,
        elements=replace(
            rows.elements,
            epoch_tai_ns=epoch + np.rint(days * NS_PER_DAY).astype(np.int64),
            raan_rad=np.mod(rows.elements.raan_rad + row[NODEDOT] * minutes, turned),
            argument_of_perigee_rad=np.mod(
                rows.elements.argument_of_perigee_rad + row[ARGPDOT] * minutes, turned
            ),
            mean_anomaly_rad=np.mod(rows.elements.mean_anomaly_rad + row[MDOT] * minutes, turned),
        ),
    )


def _noisy(sets: Catalogue, noise_km: float, seed: int) -> Catalogue:
    """Some metres of error in the axis, along the track and across it, as fits have it."""
    rng = np.random.default_rng(seed)
    elements, n = sets.elements, len(sets)
    axis = elements.semi_major_axis_km
    angle = noise_km / axis
    return replace(
        sets,
        elements=replace(
            elements,
            mean_motion_rad_min=elements.mean_motion_rad_min
            * (1.0 + 1e-2 * angle * rng.standard_normal(n)),
            mean_anomaly_rad=elements.mean_anomaly_rad + 10.0 * angle * rng.standard_normal(n),
            inclination_rad=elements.inclination_rad + angle * rng.standard_normal(n),
            raan_rad=elements.raan_rad + angle * rng.standard_normal(n),
        ),
    )


def written(folder: Path, *parts: Catalogue) -> Path:
    """A file of OMM with all of these."""
    path = folder / "sets.csv"
    path.write_text("".join(omm_csv(concatenated(list(parts)))))
    return path
