"""Where a geostationary object was, week after week, against the longitude filed for it."""

from __future__ import annotations

from datetime import date

import numpy as np

from commonsky.astro.epoch import NS_PER_DAY, utc_text
from commonsky.characterise.history import History
from commonsky.characterise.longitude import longitudes
from commonsky.characterise.norms.facts import SlotKeeping
from commonsky.characterise.norms.knowledge import Normal, Quantity, Unknown, When, exactly
from commonsky.characterise.norms.subject import Subject
from commonsky.formats.registry import Entry
from commonsky.node.norm_subjects import REGISTER

DAYS_EACH, WINDOWS = 7.0, 52
SIGMA_DEG = 0.01  # of the longitude of one element set
SERVICES = {
    "fss": "fixed",
    "fixed": "fixed",
    "bss": "broadcasting",
    "broadcasting": "broadcasting",
}


def slot_keeping(past: History, subject: Subject, entry: Entry) -> SlotKeeping:
    """Return the last year of one object (`past` has it alone), window by window."""
    epochs = past.elements.epoch_tai_ns
    longitude = np.degrees(longitudes(past).longitude_rad)
    before = np.floor((epochs[-1] - epochs) / (DAYS_EACH * NS_PER_DAY)).astype(np.int64)
    filed: Quantity = Unknown("no register given says which longitude was filed")
    if entry.filed_longitude_deg is not None:
        filed = exactly(entry.filed_longitude_deg % 360.0, REGISTER)
    windows = [_window(past, longitude, np.flatnonzero(before == k)) for k in range(WINDOWS)]
    day = date.fromisoformat(utc_text(int(epochs[-1]), 0)[:10])
    return SlotKeeping(
        subject=subject,
        when=When(day, day, (int(past.row[-1]),)),
        service=SERVICES.get(entry.service, "other"),
        filed_longitude_deg=filed,
        longitude_deg=tuple(windows[::-1]),
        days_each=DAYS_EACH,
        moved=Unknown("notices of a change of slot were not searched for"),
    )


def _window(past: History, longitude_deg: np.ndarray, sets: np.ndarray) -> Quantity:
    if not len(sets):
        return Unknown("nobody looked")
    first = float(longitude_deg[sets[0]])
    apart = (longitude_deg[sets] - first + 180.0) % 360.0 - 180.0
    rows = tuple(past.row[sets].tolist())
    return Normal((first + float(np.median(apart))) % 360.0, SIGMA_DEG, rows)
