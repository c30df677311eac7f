"""`commonsky catalogue` and `commonsky diff`: what catalogues hold."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.epoch import NS_PER_DAY, utc_text
from commonsky.catalogue.catalogue import Catalogue, ObjectType, Texts
from commonsky.show.cli.screening import read_files

AGES_DAYS = (1.0, 3.0, 7.0, 30.0, np.inf)
BIGGEST_OPERATORS = 8
ORBITS = ("LEO", "MEO", "GEO", "eccentric")
LEO_APOGEE_KM, GEO_HEIGHT_KM, GEO_BAND_KM, ECCENTRIC = 2000.0, 35_786.0, 500.0, 0.25


def show_catalogue(files: Sequence[str]) -> None:
    """Write a short statement of what files hold."""
    catalogue = read_files(files)
    sys.stdout.write("\n".join(statement(catalogue)) + "\n")


def statement(catalogue: Catalogue) -> list[str]:
    """Return the lines of the statement."""
    told = catalogue.provenance
    lines = [f"{len(catalogue):,} objects from {told.read_count:,} records"]
    lines += [
        f"  {source.name}: {source.format}, {source.accepted:,} of {source.read:,} records, "
        f"{source.size_bytes:,} bytes, sha256 {source.sha256[:12]}"
        for source in told.inputs
    ]
    lines.append(f"  superseded by newer ones: {told.superseded_count:,}")
    lines.append(f"  set aside: {told.quarantined_count:,}")
    lines += [
        f"    {record.source} line {record.line}, {record.field or 'record'}: {record.reason}"
        for record in told.quarantined[:10]
    ]
    if len(catalogue) == 0:
        return lines
    kinds = {str(kind.name).lower().replace("_", " "): int(kind) for kind in ObjectType}
    lines += counted("type", {name: catalogue.object_type == kind for name, kind in kinds.items()})
    orbits = orbit_of(catalogue)
    lines += counted("orbit", {name: orbits == k for k, name in enumerate(ORBITS)})
    epochs = catalogue.elements.epoch_tai_ns
    newest = int(epochs.max())
    lines.append(
        f"epochs {utc_text(int(epochs.min()), 0)} to {utc_text(newest, 0)}, "
        f"median {utc_text(int(np.median(epochs)), 0)}"
    )
    age_days = (newest - epochs) / NS_PER_DAY
    within = {f"{days:g} days": age_days <= days for days in AGES_DAYS[:-1]}
    lines += counted("older than the newest by at most", within)
    return [*lines, *largest("operator", catalogue.operator)]


def orbit_of(catalogue: Catalogue) -> NDArray[np.int64]:
    """(n,) orbit class of each object, as its position in `ORBITS`."""
    elements = catalogue.elements
    height = elements.semi_major_axis_km - 6378.135
    geo = np.abs(height - GEO_HEIGHT_KM) < GEO_BAND_KM
    low = elements.apogee_height_km < LEO_APOGEE_KM
    names = [low, elements.eccentricity >= ECCENTRIC, geo]
    return np.select(names, [0, 3, 2], default=1)


def counted(title: str, groups: dict[str, NDArray[np.bool_]]) -> list[str]:
    """Return lines that say how many rows each group has, the empty ones left out."""
    sizes = {name: int(rows.sum()) for name, rows in groups.items()}
    width = max(len(name) for name in sizes)
    return [f"{title}:", *(f"  {name:<{width}} {n:>9,}" for name, n in sizes.items() if n)]


def largest(title: str, names: Texts) -> list[str]:
    """Return lines that say which names are the most frequent."""
    known, sizes = np.unique(names[names != ""], return_counts=True)
    first = np.argsort(-sizes, kind="stable")[:BIGGEST_OPERATORS]
    if len(first) == 0:
        return []
    return [f"largest {title}s:", *(f"  {sizes[k]:>9,} {known[k]}" for k in first.tolist())]
