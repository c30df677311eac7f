"""
SGP4 against its published verification cases and, on real catalogues, the `sgp4` package.

Published: SGP4-VER.TLE and tcppver.out of Vallado, Crawford, Hujsak and Kelso (2006), Revisiting
Spacetrack Report #3, AIAA 2006-6753, as PyPI `sgp4` 2.27 carries them.  The package itself is
called by minutes since epoch (`sgp4_tsince`), because Julian dates go wrong over leap seconds.
"""

import json
import os
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import sgp4

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, tai_ns_from_year_day, utc_ns
from commonsky.astro.sgp4 import Mode, Status, propagate
from commonsky.node.intake import read_records
from tests.screening_case import (
    JULIAN_DATE_1970,
    MINUTE_NS,
    catalogue_path,
    elements_of,
    reference_states,
    satellites,
)

PUBLISHED = Path(sgp4.__file__).parent
REFERENCE = Path(__file__).parents[1] / "reference"
PRINTED_KM, PRINTED_KM_S = 5.1e-9, 5.1e-10  # half of the last printed digit
# The reference ends Kepler's equation when a step is below this, and does not take that step.
KEPLER_RAD = 1e-12
# The last minutes of 20413 are 3.5 years from its epoch; PyPI `sgp4` is as far from the print.
LONG_AGO_MIN, LONG_AGO_KM = 1e6, 1.5e-7
GATE_KM = 5e-6
CATALOGUE_NAMES = (
    "bg_20191212", "bg_20191217", "bg_20191223", "bg_20240616", "bg_20240709", "bg_20240808",
    "bg_20250808", "bg_20250901", "celestrak_active_20260710", "celestrak_on_orbit_20241101",
    "heyoka_20240705",
)  # fmt: skip
MODES = {"i": Mode.IMPROVED, "a": Mode.AFSPC}
# Every so many rows of a catalogue; 1 takes three minutes and is for running by hand.
EVERY = int(os.environ.get("COMMONSKY_EVERY", "40"))
# From the middle of a week of epochs: each object is seen a week to both sides of its own.
DAYS = np.array(
    [-10.5, -8.7, -7, -4.9, -3.3, -1.6, -0.25, 0, 0.013, 0.3, 1, 2.5, 4.8, 7, 8.9, 10.5]
)
WEEK_NS = 7 * NS_PER_DAY


class Case(NamedTuple):
    """One published satellite: its elements, minutes, and what is printed for them."""

    number: str
    elements: MeanElements
    minutes: Floats
    printed: Floats  # (k, 6)


def field(line: str, begin: int, end: int) -> float:
    return float(line[begin:end])


def with_exponent(line: str, begin: int, end: int) -> float:
    mantissa = line[begin : end - 2].replace(" ", "")
    return float(f"{mantissa[:-5]}.{mantissa[-5:]}e{line[end - 2 : end]}")


def epoch_of(line: str) -> Ints:
    """TAI ns of an epoch as the reference keeps it: a Julian date in one double, to 40 us."""
    year = int(line[18:20]) + (1900 if int(line[18:20]) >= 57 else 2000)
    ns = round((field(line, 20, 32) - 1.0) * NS_PER_DAY)
    exact = tai_ns_from_year_day(np.array([year]), np.array([ns]))
    utc = int(utc_ns(exact)[0])
    kept = Fraction(utc / NS_PER_DAY + JULIAN_DATE_1970) - Fraction(JULIAN_DATE_1970)
    return exact + round(kept * NS_PER_DAY) - utc


def cases() -> list[Case]:
    """Satellites by their fixed columns, read here so that our own reader is not in the way."""
    blocks = (PUBLISHED / "tcppver.out").read_text("ascii").replace("\r", "").split(" xx\n")
    rows = [[line.split()[:7] for line in block.splitlines()] for block in blocks[1:]]
    lines = (PUBLISHED / "SGP4-VER.TLE").read_text("ascii").splitlines()
    pairs = [(a, b) for a, b in pairwise(lines) if a[:2] == "1 "]
    found = []
    for (one, two), block in zip(pairs, rows, strict=True):
        found.append(case_of(one, two, np.array([row for row in block if len(row) == 7], float)))
    return found


def case_of(one: str, two: str, numbers: Floats) -> Case:
    """A satellite of its two lines and the rows printed for it."""
    elements = MeanElements(
        epoch_of(one),
        np.array([field(two, 52, 63) * 2.0 * np.pi / 1440.0]),
        np.array([float("0." + two[26:33].replace(" ", "0"))]),
        np.radians([field(two, 8, 16)]), np.radians([field(two, 17, 25)]),
        np.radians([field(two, 34, 42)]), np.radians([field(two, 43, 51)]),
        np.array([with_exponent(one, 53, 61)]), np.zeros(1), np.zeros(1),
    )  # fmt: skip
    return Case(one[2:7], elements, numbers[:, 0], numbers[:, 1:])


def quoted_cases() -> list[Case]:
    """A few of the same, kept here."""
    quoted = json.loads((REFERENCE / "sgp4_ver.json").read_text("utf-8"))["satellites"]
    return [case_of(one["lines"][0], one["lines"][1], np.array(one["states"])) for one in quoted]


def test_quoted_satellites_are_the_published_ones() -> None:
    published = {case.number: case for case in cases()}
    for case in quoted_cases():
        whole = published[case.number]
        rows = [whole.minutes.tolist().index(minute) for minute in case.minutes]
        assert (whole.printed[rows] == case.printed).all()


@pytest.mark.parametrize("case", [*cases(), *quoted_cases()], ids=lambda case: case.number)
def test_published_satellite_to_the_printed_digits(case: Case) -> None:
    epoch = int(case.elements.epoch_tai_ns[0])
    epochs = epoch + np.rint(case.minutes * MINUTE_NS).astype(np.int64)
    together = propagate(case.elements, epochs)
    singly = [propagate(case.elements, epochs[k : k + 1]) for k in range(len(epochs))]
    assert [int(one.status[0, 0]) for one in singly] == together.status[0].tolist()
    # What is printed for 33334, which has no state at all, is the satellite before it.
    good = together.status[0] == Status.GOOD
    assert good.all() or case.number == "33334"
    position = np.array([one.position_km[0, 0] for one in singly])
    velocity = np.array([one.velocity_km_s[0, 0] for one in singly])
    room = np.where(case.minutes > LONG_AGO_MIN, LONG_AGO_KM, PRINTED_KM)[good, None]
    assert (np.abs(position - case.printed[:, :3])[good] <= room).all()
    assert (np.abs(velocity - case.printed[:, 3:])[good] <= PRINTED_KM_S).all()
    room = room + KEPLER_RAD * case.elements.semi_major_axis_km[0] * 2.0
    assert (np.abs(together.position_km[0] - case.printed[:, :3])[good] <= room).all()
    assert (
        np.abs(together.velocity_km_s[0] - case.printed[:, 3:])[good] <= 2 * PRINTED_KM_S
    ).all()


def test_published_errors() -> None:
    """What the reference refuses, and when; as PyPI `sgp4` lists it for the same file."""
    lines = (PUBLISHED / "SGP4-VER.TLE").read_text("ascii").splitlines()
    spans = [line[69:].split() for line in lines if line[:2] == "2 "]
    refused = []
    for case, (start, stop, step) in zip(cases(), spans, strict=True):
        minutes = np.arange(float(start), float(stop) + 0.5 * float(step), float(step))
        epochs = case.elements.epoch_tai_ns[0] + np.rint(minutes * MINUTE_NS).astype(np.int64)
        status = propagate(case.elements, epochs).status[0]
        _, _, error = reference_states(case.elements, epochs)
        assert status.tolist() == error[0].tolist()
        refused += status[status != 0][:1].tolist()
    assert refused == [1, 1, 6, 6, 4, 3, 6]


def worst(elements: MeanElements, epochs: Ints, mode: str) -> tuple[float, int, int]:
    """
    Largest distance (km) from the `sgp4` package, and how many states it has not, or not surely.

    Also counted: states that runaway drag blows up until the last place of the minutes is worth
    more than the gate.  Their distance is the one at exactly the same minutes.
    """
    position, _, error = reference_states(elements, epochs, mode)
    ours = propagate(elements, epochs, mode=MODES[mode])
    differ = np.argwhere(ours.status != error)
    assert len(differ) == 0, differ
    near = np.abs(epochs[None, :] - elements.epoch_tai_ns[:, None]) <= WEEK_NS
    apart = np.where((error == 0) & near, np.linalg.norm(ours.position_km - position, axis=2), 0.0)
    unsure = np.argwhere(apart > GATE_KM)
    for o, k in unsure.tolist():
        row = elements.take(np.array([o]))
        minutes = (int(epochs[k]) - int(elements.epoch_tai_ns[o])) / MINUTE_NS
        beside = satellites(row, mode)[0].sgp4_tsince(np.nextafter(minutes, np.inf))[1]
        jump = float(np.linalg.norm(np.array(beside) - position[o, k]))
        assert apart[o, k] < 4.0 * jump, (o, k, apart[o, k], jump)
        # Alone, minutes count from that very time and need no sum that might round.
        alone = propagate(row, epochs[k : k + 1], mode=MODES[mode]).position_km[0, 0]
        apart[o, k] = np.linalg.norm(alone - position[o, k])
    return float(apart.max(initial=0.0)), int((error != 0).sum()), len(unsure)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", CATALOGUE_NAMES)
def test_real_catalogue(name: str, mode: str) -> None:
    """A week to both sides of the epochs."""
    records = read_records(catalogue_path(name)).elements
    rows = np.arange(EVERY // 2 if mode == "a" else 0, len(records), EVERY)
    some = records.take(rows)
    week = some.epoch_tai_ns // WEEK_NS
    apart, total, unsure = 0.0, 0, 0
    for number in np.unique(week).tolist():
        part = some.take(np.flatnonzero(week == number))
        middle = number * WEEK_NS + WEEK_NS // 2
        epochs = middle + np.rint(DAYS * NS_PER_DAY).astype(np.int64)
        far, errors, jumps = worst(part, epochs, mode)
        apart, total, unsure = max(apart, far), total + errors, unsure + jumps
    print(  # noqa: T201 - the table of figures, where pytest is asked to show it
        f"{name} {mode}: {len(rows)} sets, {1e6 * apart:.3f} mm, {total} without a state, "
        f"{unsure} unsure"
    )
    assert apart < GATE_KM
    assert unsure < 10


def test_far_epochs() -> None:
    """Thirty years to both sides of the epoch, where rounding and drag have grown."""
    rng = np.random.default_rng(3)
    n = 60
    some = elements_of(
        *(
            {
                "mean_motion": m, "eccentricity": e, "inclination": i, "anomaly": a,
                "bstar": 1e-7 if m > 0.03 else 0.0,
            }
            for m, e, i, a in zip(
                np.tile([0.06, 0.045, 0.00875, 0.004375], n // 4), rng.uniform(0, 0.2, n),
                rng.uniform(0.0, 3.1, n), rng.uniform(0, 6.28, n), strict=True,
            )
        )
    )  # fmt: skip
    start = int(some.epoch_tai_ns[0])
    epochs = start + np.array([-30, -29.9, -3, 3, 29.9, 30.0]) * 365.25 * NS_PER_DAY
    position, _, error = reference_states(some, epochs.astype(np.int64))
    ours = propagate(some, epochs.astype(np.int64))
    assert (ours.status == error).all()
    # 1.6e7 minutes: angles of 1e6 rad, whose last place is 1e-10.
    assert np.linalg.norm(ours.position_km - position, axis=2)[error == 0].max() < 3e-4
