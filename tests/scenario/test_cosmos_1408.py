"""Cosmos 1408 as a what-if, beside its catalogued pieces; design/006_cosmos_1408.py draws both."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commonsky.environment.breakup import COUNT_FACTOR
from commonsky.environment.consequence import Consequence, Terms, consequence
from commonsky.environment.satellites import anywhere
from commonsky.environment.solar_flux import mean_cycles

DATA = Path(__file__).parents[3] / "shared/data"
design = import_module("006_cosmos_1408")


@pytest.fixture(scope="module")
def folder() -> Path:
    if not (DATA / design.SETS).exists():
        pytest.skip("real element sets lie in ../shared, which is not here")
    return DATA


@pytest.fixture(scope="module")
def real(folder: Path) -> Any:
    return design.catalogued(folder)


@pytest.fixture(scope="module")
def observed(folder: Path, real: Any) -> Any:
    return design.modelled(folder, 1750.0, design.observed_flux(folder), real.dates)


def test_the_catalogue_holds_what_it_did(real: Any) -> None:
    assert real.pieces.max() == real.pieces[real.dates.index("2022-02-18")] == 1344
    assert real.pieces[-1] == 21


@pytest.mark.parametrize("mass_kg", [1750.0, 2200.0])
@pytest.mark.parametrize("sun", ["observed", "foretold"])
def test_real_counts_are_within_what_is_told(
    folder: Path, real: Any, mass_kg: float, sun: str
) -> None:
    flux = design.observed_flux(folder) if sun == "observed" else mean_cycles(design.AT_YEAR)
    told = design.modelled(folder, mass_kg, flux, real.dates).pieces
    assert (real.pieces >= told / COUNT_FACTOR).all()
    assert (real.pieces <= told * COUNT_FACTOR).all()


def test_in_the_first_fourteen_months_it_is_within_a_factor_of_two(
    real: Any, observed: Any
) -> None:
    early = real.days < 440.0
    ratio = observed.pieces[early] / real.pieces[early]
    # Measured: 0.58 to 1.55, the last of them while pieces were still being catalogued.
    assert ratio.min() > 0.5
    assert ratio.max() < 2.0


@pytest.mark.parametrize(
    ("date", "least", "most"),
    # What is left of the pieces of February 2022, over what is left in truth: measured 1.4 to
    # 1.8 about a year after, then 3.5 and 5.2, since the model throws too many too high.
    [("2022-09-26", 1.2, 1.7), ("2023-01-25", 1.4, 2.2), ("2024-01-08", 2.6, 4.6),
     ("2024-08-08", 3.6, 7.0)],
)  # fmt: skip
def test_the_model_keeps_pieces_too_long_by_as_much_as_is_told(
    real: Any, observed: Any, date: str, least: float, most: float
) -> None:
    place = real.dates.index(date)
    assert least < observed.shares[place] / real.shares[place] < most


def test_apogees_of_the_model_are_too_high_at_the_far_end(real: Any, observed: Any) -> None:
    ratio = observed.apogees_km / real.apogees_km
    assert ratio[0] == pytest.approx(1.08, abs=0.08)
    assert 1.6 < ratio[1] < 2.6


@pytest.fixture(scope="module")
def told(folder: Path) -> Consequence:
    low, high = np.array([417.0, 380.0]), np.array([423.0, 390.0])
    stations = anywhere(
        low, high, np.radians([51.64, 41.5]), np.array([50.0, 20.0]), np.ones(2, np.bool_)
    )
    terms = Terms(design.observed_flux(folder))
    return consequence(design.event(folder, 1750.0, 1), stations, terms)


def test_what_it_did_to_stations(told: Consequence) -> None:
    month, year = told.moments[2], told.moments[3]
    # Tens of pieces of 10 cm a year within 1 km of the ISS, and the factor of four about it.
    assert 0.005 < month.conjunctions_week.nominal[0] < 0.2
    assert year.conjunctions_week.nominal[0] < month.conjunctions_week.nominal[0]
    assert month.conjunctions_week.nominal[1] < month.conjunctions_week.nominal[0]
    # So steep a plane hardly turns: in truth too its pieces' nodes are close together in 2023.
    assert told.spreading.nodes_days > 1000.0
    assert told.spreading.along_track_days < 10.0
