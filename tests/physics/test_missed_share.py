"""
What a screening with old element sets missed of what newer ones showed, and what was foretold.

The whole of the catalogue, one day of July 2024; sets four to six days old against fresh ones.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from commonsky.assess.completeness import missed_share
from commonsky.assess.uncertainty import Kind, error_classes, sigma_rtn_km, tail_sigma_rtn_km
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY, tai_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.node.intake import read_records
from commonsky.screen.encounter import Encounters
from commonsky.screen.screener import screen
from commonsky.screen.volume import Volume

CATALOGUES = Path(__file__).parents[3] / "shared/data/catalogues"
START = tai_ns("2024-07-09T00:00:00Z")
VOLUME = Volume.sphere(5.0)
NEAR_KM = 1.0  # what counts as true; much smaller than the errors
SAME_NS = 20 * 60 * 10**9  # two sightings of one approach
FIRST_ANALYST = 270_000
# Those days were quieter than the sigmas foretell, which are of all of 2024 to 2026.
TOO_LITTLE, TOO_MUCH = 0.03, 0.25
FEWEST = 100


class Foretold(NamedTuple):
    """True approaches (n,): whether the old sets show them, and what their sigmas say of it."""

    listed: NDArray[np.bool_]
    steered: Ints  # of the two
    true: Encounters
    sigmas: tuple[Floats, Floats]
    tails: tuple[Floats, Floats]

    def missed(self, rows: NDArray[np.bool_], sigmas: tuple[Floats, Floats]) -> float:
        """Return what the sigmas say is missed of some rows."""
        some = self.true.take(np.flatnonzero(rows))
        return missed_share(
            VOLUME, sigmas[0][rows], sigmas[1][rows],
            (some.position1_teme_km, some.velocity1_teme_km_s),
            (some.position2_teme_km, some.velocity2_teme_km_s),
        )  # fmt: skip


def catalogues() -> tuple[Catalogue, Catalogue]:
    """The same objects in both catalogues, row by row."""
    older = read_records(CATALOGUES / "heyoka_20240705.3le.xz")
    newer = read_records(CATALOGUES / "bg_20240709.3le.xz")
    _, i, j = np.intersect1d(older.catalogue_number, newer.catalogue_number, return_indices=True)
    age = (newer.elements.epoch_tai_ns[j] - older.elements.epoch_tai_ns[i]) / NS_PER_DAY
    keep = (age > 2.5) & (age < 6.0) & (older.catalogue_number[i] < FIRST_ANALYST)
    return older.take(i[keep]), newer.take(j[keep])


def found(catalogue: Catalogue) -> Encounters:
    numbers = catalogue.catalogue_number
    one = screen(catalogue.elements, numbers, START, START + NS_PER_DAY, VOLUME).encounters
    return one.take(np.flatnonzero(~one.slow))


def listed(true: Encounters, seen: Encounters) -> NDArray[np.bool_]:
    """(n,) whether each true approach has a sighting of its pair near its time."""
    times: dict[tuple[int, int], list[int]] = {}
    for a, b, tca in zip(seen.row1.tolist(), seen.row2.tolist(), seen.tca_tai_ns.tolist(),
                         strict=True):  # fmt: skip
        times.setdefault((a, b), []).append(tca)
    return np.array([
        any(abs(tca - other) < SAME_NS for other in times.get((a, b), ()))
        for a, b, tca in zip(true.row1.tolist(), true.row2.tolist(), true.tca_tai_ns.tolist(),
                             strict=True)
    ])  # fmt: skip


@pytest.fixture(scope="module")
def foretold() -> Foretold:
    if not CATALOGUES.exists():
        pytest.skip("real catalogues lie in ../shared, which is not here")
    older, newer = catalogues()
    true = found(newer)
    true = true.take(np.flatnonzero(true.miss_km < NEAR_KM))
    classes = error_classes(older)
    pair = [
        (classes.take(rows), (true.tca_tai_ns - older.elements.epoch_tai_ns[rows]) / NS_PER_DAY)
        for rows in (true.row1, true.row2)
    ]
    return Foretold(
        listed(true, found(older)),
        sum((part.kind == Kind.STEERED).astype(np.int64) for part, _ in pair),
        true,
        (sigma_rtn_km(*pair[0]), sigma_rtn_km(*pair[1])),
        (tail_sigma_rtn_km(*pair[0]), tail_sigma_rtn_km(*pair[1])),
    )


@pytest.mark.parametrize("steered", [0, 1, 2, None])
def test_what_was_missed_was_foretold(foretold: Foretold, steered: int | None) -> None:
    rows = np.ones(len(foretold.listed), bool) if steered is None else foretold.steered == steered
    assert rows.sum() > FEWEST
    missed = 1.0 - foretold.listed[rows].mean()
    share = foretold.missed(rows, foretold.sigmas)
    assert missed - TOO_LITTLE < share < missed + TOO_MUCH
    assert foretold.missed(rows, foretold.tails) > share
