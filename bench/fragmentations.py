"""
Break-ups, launches, decays and swaps in whole catalogues: CPU times, one core.

The peer of the smooth orbits is a loop over objects and moments in Python with the package sgp4,
which takes the same short waves off; it is given a tenth of the objects.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from time import process_time

import numpy as np

from bench.figure import Figure, Unit
from bench.past_breakups import catalogue, here, histories
from bench.past_sky import observed_flux
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.characterise.decay import decays
from commonsky.characterise.fragmentation import arrivals, fragmentations
from commonsky.characterise.history import history
from commonsky.characterise.identity import swaps
from commonsky.characterise.launch import launches
from commonsky.characterise.smooth_orbits import smooth_orbits

FOUR_WEEKS = ("bg_20240709", "bg_20240808")
MOMENTS, PEERS_SHARE = 40, 10
_J2, _MU, _RADIUS_KM = 1.082616e-3, 398600.8, 6378.135


def measure() -> Iterator[Figure]:
    """Yield times of the four-week catalogues, and the speed of parts."""
    if not here():
        return
    before, after = (catalogue(name) for name in FOUR_WEEKS)
    flux = observed_flux()

    def whole() -> int:
        """Everything that is asked of two catalogues."""
        events = fragmentations(before, after)
        return len(events) + len(launches(before, after)) + len(decays(before, after, flux))

    whole()  # compiled once
    start = process_time()
    found = whole()
    yield Figure(
        "break-ups, launches and decays between two catalogues four weeks apart",
        process_time() - start, Unit.S, 60.0, 20.0,
        f"{len(before):,} and {len(after):,} objects, {len(arrivals(before, after))} new; "
        f"{found} findings",
    )  # fmt: skip
    yield against_python(before.elements)
    yield swapping()


def against_python(elements: MeanElements) -> Figure:
    """Return how much faster orbits are smoothed than by a loop in Python."""
    moments = int(np.median(elements.epoch_tai_ns)) - np.arange(MOMENTS) * NS_PER_DAY
    low = elements.take(np.flatnonzero(elements.mean_motion_rad_min > 0.03)[:5000])
    smooth_orbits(low.take(np.arange(10)), moments)
    start = process_time()
    smooth_orbits(low, moments)
    ours = (process_time() - start) / len(low)
    some = low.take(np.arange(0, len(low), PEERS_SHARE * 10))
    start = process_time()
    for k in range(len(some)):
        _by_python(some, k, moments)
    peer = (process_time() - start) / len(some)
    return Figure(
        "orbits freed of short waves, against a loop over objects in Python",
        peer / ours, Unit.TIMES_FASTER, 50.0, 100.0,
        f"{len(low):,} objects at {MOMENTS} moments; {MOMENTS / ours:,.0f} orbits/s",
    )  # fmt: skip


def _by_python(elements: MeanElements, k: int, moments: np.ndarray) -> list[tuple[float, ...]]:
    from sgp4.api import WGS72, Satrec  # noqa: PLC0415 - the peer

    one = Satrec()
    days_1950 = elements.epoch_tai_ns[k] / NS_PER_DAY + 7305.0
    one.sgp4init(
        WGS72, "i", 1, days_1950, elements.bstar_per_earth_radius[k], 0.0, 0.0,
        elements.eccentricity[k], elements.argument_of_perigee_rad[k],
        elements.inclination_rad[k], elements.mean_anomaly_rad[k],
        elements.mean_motion_rad_min[k], elements.raan_rad[k],
    )  # fmt: skip
    return [
        _smooth(*one.sgp4_tsince((int(at) - int(elements.epoch_tai_ns[k])) / 6e10)[1:])
        for at in moments
    ]


def _smooth(position: tuple[float, ...], velocity: tuple[float, ...]) -> tuple[float, ...]:
    """Parameter, eccentricity vector and plane of a state less its short waves."""
    x, y, z = position
    u, v, w = velocity
    radius = math.sqrt(x * x + y * y + z * z)
    rising = (x * u + y * v + z * w) / radius
    hx, hy, hz = y * w - z * v, z * u - x * w, x * v - y * u
    size = math.sqrt(hx * hx + hy * hy + hz * hz)
    tilt, node = math.acos(hz / size), math.atan2(hx, -hy)
    c, s = math.cos(node), math.sin(node)
    latitude = math.atan2(z / max(math.sin(tilt), 1e-9), x * c + y * s)
    level, r, o, i, n = size / radius, radius, latitude, tilt, node
    out = rising
    for _ in range(3):
        p = (r * level) ** 2 / _MU
        first = 0.5 * _J2 * _RADIUS_KM**2 / p
        second = first / p
        flat = math.sqrt(max(1.0 - (p / r - 1.0) ** 2 - out**2 * p / _MU, 1e-9))
        motion = math.sqrt(_MU / (p / flat**2) ** 3)
        ci, si = math.cos(i), math.sin(i)
        wave, crest, bulge = math.sin(2 * o), math.cos(2 * o), 3 * ci * ci - 1
        o = latitude + 0.25 * second * (7 * ci * ci - 1) * wave
        n = node - 1.5 * second * ci * wave
        i = tilt - 1.5 * second * ci * si * crest
        r = (radius - 0.5 * first * si * si * crest) / (1 - 1.5 * second * flat * bulge)
        out = rising + motion * first * si * si * wave
        level = size / radius - motion * first * (si * si * crest + 1.5 * bulge)
    p = (r * level) ** 2 / _MU
    one, other = p / r - 1.0, out * math.sqrt(p / _MU)
    return (
        p, one * math.cos(o) + other * math.sin(o), one * math.sin(o) - other * math.cos(o),
        math.sin(n) * math.sin(i), -math.cos(n) * math.sin(i), math.cos(i),
    )  # fmt: skip


def swapping() -> Figure:
    """Return how fast histories are looked through for swaps."""
    sets = histories("starlink")
    whole = history(sets)
    swaps(whole)
    start = process_time()
    swaps(whole)
    return Figure(
        "histories looked through for swaps", len(sets) / (process_time() - start),
        Unit.RECORDS_PER_S, 2e4, 1e5, f"{len(sets):,} sets of {len(whole):,} objects",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
