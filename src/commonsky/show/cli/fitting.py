"""A break-up fitted to what is catalogued of it so far, for `commonsky breakup --catalogued`."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from commonsky.environment.breakup import Fragments
from commonsky.environment.catalogued import Catalogued, beforehand
from commonsky.environment.objects import SizeProvenance
from commonsky.environment.parent_fit import Branch, Fit, Interval, fit, interval
from commonsky.show.cli.exits import Misuse

NAMES = {
    Branch.COLLISION: "collision", Branch.EXPLOSION: "explosion",
    Branch.LOW_INTENSITY: "low intensity",
}  # fmt: skip


class FitLine(msgspec.Struct, frozen=True, tag="fit", tag_field="kind", kw_only=True):
    """What is believed of a break-up now: low, median and high are 5, 50 and 95 %."""

    probability: dict[str, float]
    mass_kg: tuple[float, float, float]
    longer_than_10_cm: tuple[float, float, float]
    longer_than_1_cm: tuple[float, float, float]
    to_be_catalogued: tuple[float, float, float]
    branch: str
    scale: float


def catalogued_of(words: Sequence[str]) -> Catalogued:
    """Return what `DAY=COUNT` says, in any order."""
    try:
        pairs = sorted((float(day), float(count)) for day, count in (w.split("=") for w in words))
        days, counts = np.array(pairs).T
        return Catalogued(days.copy(), counts.copy(), np.zeros(0))
    except ValueError as error:
        raise Misuse(f"--catalogued takes a day and how many by then, as 3=120: {error}") from None


def fitted(
    catalogued: Catalogued, mass_kg: float, provenance: SizeProvenance, lasting_share: float,
    seed: int,
) -> Fit:  # fmt: skip
    """Return what the counts make of a break-up."""
    prior = beforehand(mass_kg, provenance, lasting_share=max(lasting_share, 0.01))
    return fit(catalogued, prior, np.random.default_rng(seed))


def tuned_fragments(
    told: Fit, smallest_m: float, seed: int, *, is_rocket_body: bool, impactor_kg: float | None,
    speed_km_s: float,
) -> tuple[Fragments, str]:  # fmt: skip
    """Return fragments of the likeliest branch, and in words how they came about."""
    tuned = told.tuned()
    pieces = tuned.fragments(
        smallest_m, np.random.default_rng(seed), is_rocket_body=is_rocket_body,
        impactor_kg=100.0 if impactor_kg is None else impactor_kg, speed_km_s=speed_km_s,
    )  # fmt: skip
    return pieces, f"{NAMES[tuned.branch]}, fitted to what is catalogued"


def fit_line(told: Fit) -> FitLine:
    """Return a fit as a line."""
    tuned = told.tuned()
    return FitLine(
        probability={NAMES[one]: round(told.probability[one], 4) for one in Branch},
        mass_kg=_three(told.of_branch(tuned.branch, told.mass_kg)),
        longer_than_10_cm=_three(interval(told.longer_than_10_cm)),
        longer_than_1_cm=_three(interval(told.longer_than_1_cm)),
        to_be_catalogued=_three(interval(told.catalogued)),
        branch=NAMES[tuned.branch],
        scale=float(f"{tuned.scale:.4g}"),
    )


def fit_words(told: FitLine) -> list[str]:
    """Return what is believed now, for people."""
    of = ", ".join(f"{name} {share:.0%}" for name, share in told.probability.items())
    return [
        f"what is catalogued so far says: {of}",
        (
            f"  of 10 cm and more {_between(told.longer_than_10_cm)}; to be catalogued in the end "
            f"{_between(told.to_be_catalogued)}; of 1 cm {_between(told.longer_than_1_cm)}"
        ),
    ]


def _between(three: tuple[float, float, float]) -> str:
    low, middle, high = three
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def _three(told: Interval) -> tuple[float, float, float]:
    low, middle, high = (float(f"{one:.4g}") for one in (told.low, told.median, told.high))
    return low, middle, high
