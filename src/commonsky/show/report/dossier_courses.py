"""Courses to draw: longitudes of what stands over the equator, heights of what does not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commonsky.astro.elements import RADIUS_WGS72_KM
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.history import History
from commonsky.characterise.longitude import longitudes
from commonsky.show.report.dossier_course import Course

GEO_REV_DAY = (0.9, 1.1)
REV_DAY = 720.0 / np.pi
MOST = 8  # pictures


def courses_of(past: History, sets: Catalogue) -> list[Course]:
    """Return the course of each object, of at most eight."""
    return list(_courses(past, sets))[:MOST]


def _courses(past: History, sets: Catalogue) -> Iterator[Course]:
    east = np.degrees(longitudes(past).longitude_rad)
    for k, number in enumerate(past.object_number.tolist()):
        rows = slice(int(past.first[k]), int(past.first[k + 1]))
        elements = past.elements
        name = str(sets.object_name[past.row[rows][-1]])
        epochs = elements.epoch_tai_ns[rows].astype(np.float64)
        rev_day = float(np.median(elements.mean_motion_rad_min[rows])) * REV_DAY
        if GEO_REV_DAY[0] < rev_day < GEO_REV_DAY[1]:
            value, what, circular = east[rows], "longitude, degrees east", True
        else:
            value = elements.semi_major_axis_km[rows] - RADIUS_WGS72_KM
            what, circular = "mean height, km", False
        good = np.isfinite(value)
        yield Course(number, name, what, epochs[good], value[good], circular)
