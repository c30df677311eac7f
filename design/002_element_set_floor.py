"""
How wrong a fresh element set is, which no other element set can tell: radar ranges of a satellite.

Run from the repository root: python design/002_element_set_floor.py [folder of real data]
It takes about a minute.

Real: tracking of TOPEX/Poseidon (22076; 1336 km, not manoeuvring then) by the radars of
Ascension, Antigua and Kaena Point, December 1996 and January 1997, one-second ranges and angles,
published by CelesTrak with the fundamentals of astrodynamics; element sets of the same weeks.

Each pass is fitted by an offset of the propagated set, constant on its radial, transverse and
normal axes, together with the biases of azimuth and elevation, so that ranges decide.  What is
found here and not in the differences of sets is shared by all sets of an object: old tracking,
and what SGP4 leaves out of the Earth's gravity.
"""

from __future__ import annotations

import io
import re
import sys
import tarfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sgp4.api import WGS72, Satrec

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import tai_ns_from_year_day, utc_ns
from commonsky.astro.frames import rotated, rotation_rtn, transform
from commonsky.astro.states import Frame
from commonsky.node.intake import read_records

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
RANGE_KM, ANGLE_RAD = 0.05, np.radians(0.03)  # what an observation is good for
WORST_RANGE_KM = 0.15  # root mean square of a pass that was understood
WORST_SIGMA_KM = 0.5  # of an offset that is told at all
LOWEST_RAD = np.radians(10.0)
FEWEST, MOST = 60, 120  # observations of a pass
PASS_NS, NS_PER_DAY = 300_000_000_000, 86_400_000_000_000
AGES_DAYS = (0.0, 0.5, 1.0, 2.0, 3.0, 4.5, 7.0)
SETS_BACK = 6
SENSOR = re.compile(r" ?(\d{3}) +(-?[\d.]+) +(-?[\d.]+) +(-?[\d.]+)")
MEDIAN = 0.6745


class Track(NamedTuple):
    """Observations in time order: TAI ns, km, rad; the sensor of each."""

    epoch_tai_ns: Ints
    range_km: Floats
    azimuth_rad: Floats
    elevation_rad: Floats
    sensor: Ints

    def take(self, rows: Ints) -> Track:
        """Return the observations at `rows`."""
        return Track(
            self.epoch_tai_ns[rows], self.range_km[rows], self.azimuth_rad[rows],
            self.elevation_rad[rows], self.sensor[rows],
        )  # fmt: skip


class Site(NamedTuple):
    """A radar: where it is, and its east, north and up, in ITRF."""

    position_km: Floats
    axes: Floats


def observations(text: str) -> Track:
    """Read the fixed columns of the B3 format."""
    rows = []
    for line in text.splitlines():
        try:
            second = float(line[18:23]) / 1e3 + 60.0 * int(line[16:18]) + 3600.0 * int(line[14:16])
            rows.append((
                1900 + int(line[9:11]), round((int(line[11:14]) - 1) * 86400e9 + second * 1e9),
                int(line[38:45]) * 1e-5 * 10.0 ** int(line[45]), int(line[30:37]) * 1e-4,
                int(line[23:29]) * 1e-4, int(line[6:9]),
            ))  # fmt: skip
        except ValueError:
            continue
    year, of_year, distance, azimuth, elevation, sensor = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    track = Track(tai_ns_from_year_day(year, of_year), distance, np.radians(azimuth),
                  np.radians(elevation), sensor)  # fmt: skip
    return track.take(np.lexsort((track.epoch_tai_ns, track.sensor)))


def sites(text: str) -> dict[int, Site]:
    """Return the radars by number; geodetic latitude, longitude, height."""
    found = {}
    for number, *numbers in (m.groups() for m in map(SENSOR.match, text.splitlines()) if m):
        latitude, longitude = np.radians([float(numbers[0]), float(numbers[1])])
        height_km, flattening = float(numbers[2]) / 1000.0, 1.0 / 298.257223563
        squared = flattening * (2.0 - flattening)
        curvature_km = 6378.137 / np.sqrt(1.0 - squared * np.sin(latitude) ** 2)
        up = np.array([np.cos(latitude) * np.cos(longitude),
                       np.cos(latitude) * np.sin(longitude), np.sin(latitude)])  # fmt: skip
        east = np.array([-np.sin(longitude), np.cos(longitude), 0.0])
        along = np.array([1.0, 1.0, 1.0 - squared])
        position = (curvature_km * along + height_km) * up
        found[int(number)] = Site(position, np.stack([east, np.cross(up, east), up]))
    return found


def satellite(elements: MeanElements, row: int) -> Satrec:
    """Return one element set for the sgp4 package."""
    made = Satrec()
    days = float(utc_ns(elements.epoch_tai_ns[row : row + 1])[0]) / NS_PER_DAY + 7306.0
    made.sgp4init(
        WGS72, "i", 0, days,
        elements.bstar_per_earth_radius[row], 0.0, 0.0, elements.eccentricity[row],
        elements.argument_of_perigee_rad[row], elements.inclination_rad[row],
        elements.mean_anomaly_rad[row], elements.mean_motion_rad_min[row], elements.raan_rad[row],
    )  # fmt: skip
    return made


def offset(track: Track, site: Site, one: Satrec, epoch_tai_ns: int) -> tuple[Floats, Floats]:
    """Offset and its formal sigmas (3,), nan where the pass was not understood."""
    told = [one.sgp4_tsince(minute)[1:] for minute in (track.epoch_tai_ns - epoch_tai_ns) / 60e9]
    position, velocity = (np.array(column) for column in zip(*told, strict=True))
    axes = np.swapaxes(rotation_rtn(position, velocity), 1, 2)

    def residuals(unknown: Floats) -> Floats:
        moved = position + rotated(axes, np.broadcast_to(unknown[:3], position.shape))
        itrf, _ = transform(moved, velocity, track.epoch_tai_ns, Frame.TEME, Frame.ITRF)
        east, north, up = site.axes @ (itrf - site.position_km).T
        distance = np.sqrt(east**2 + north**2 + up**2)
        turn = np.mod(track.azimuth_rad - np.arctan2(east, north) + np.pi, 2.0 * np.pi) - np.pi
        height = track.elevation_rad - np.arcsin(up / distance)
        return np.concatenate([
            (track.range_km - distance) / RANGE_KM,
            turn * np.cos(track.elevation_rad) / ANGLE_RAD - unknown[3],
            height / ANGLE_RAD - unknown[4],
        ])  # fmt: skip

    unknown, step = np.zeros(5), 0.01
    for _ in range(4):
        now = residuals(unknown)
        slopes = np.stack([(residuals(unknown + h) - now) / step for h in np.eye(5) * step], 1)
        unknown = unknown - np.linalg.lstsq(slopes, now, rcond=None)[0]
    sigma = np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes)))[:3]
    ranges_km = residuals(unknown)[: len(position)] * RANGE_KM
    understood = np.std(ranges_km) < WORST_RANGE_KM and (sigma < WORST_SIGMA_KM).all()
    return (unknown[:3] if understood else np.full(3, np.nan)), sigma


def main() -> None:
    """Print the errors by age of the set."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    with tarfile.open(folder / "od" / "vallado_ssn_radar_obs_b3.tar.xz") as packed:
        texts = {
            name: (packed.extractfile(f"./{name}") or sys.exit(name)).read().decode("latin-1")
            for name in ("22076.obs", "SENSOR.DAT")
        }
    track, radars = observations(texts["22076.obs"]), sites(texts["SENSOR.DAT"])
    elements = sets(folder)
    cuts = np.flatnonzero((np.diff(track.epoch_tai_ns) > PASS_NS) | (np.diff(track.sensor) != 0))
    ages, errors = [], []
    for whole in np.split(np.arange(len(track.sensor)), cuts + 1):
        rows = whole[track.elevation_rad[whole] > LOWEST_RAD]
        if len(rows) < FEWEST:
            continue
        one = track.take(rows[:: max(1, len(rows) // MOST)])
        last = np.searchsorted(elements.epoch_tai_ns, one.epoch_tai_ns[0]) - 1
        for row in range(last, last - SETS_BACK, -1):
            epoch = int(elements.epoch_tai_ns[row])
            error, _ = offset(one, radars[int(one.sensor[0])], satellite(elements, row), epoch)
            ages.append((one.epoch_tai_ns[0] - epoch) / NS_PER_DAY)
            errors.append(error)
    print_errors(np.array(ages), np.array(errors))


def sets(folder: Path) -> MeanElements:
    """Return the element sets of TOPEX/Poseidon in time order."""
    with tarfile.open(folder / "manoeuvres" / "tle_benchmark_11sats_with_truth.tar.xz") as packed:
        stream = packed.extractfile("./processed_files/TOPEX.tle") or sys.exit("no TOPEX.tle")
        elements = read_records("-", stdin=io.BytesIO(stream.read())).elements
    return elements.take(np.argsort(elements.epoch_tai_ns))


def print_errors(age_days: Floats, error_km: Floats) -> None:
    """Print sigmas by the median of the absolute errors."""
    print("age, days    passes   radial  in-track  cross-track, km: median over 0.6745")
    for low, high in pairwise(AGES_DAYS):
        some = error_km[(age_days >= low) & (age_days < high) & np.isfinite(error_km[:, 0])]
        sigma = np.median(np.abs(some), axis=0) / MEDIAN
        print(f"{low:4}-{high:4}{len(some):11}" + "".join(f"{value:10.2f}" for value in sigma))


if __name__ == "__main__":
    main()
