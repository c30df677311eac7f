"""
Whether a geostationary object was left high enough.

The IADC's way is either of two: eccentricity below 0.003 and a perigee above the belt by a margin
that grows with radiation pressure, or no return into the protected region for a hundred years.
"""

from __future__ import annotations

import numpy as np

from commonsky.characterise.norms.facts import GeoDisposal
from commonsky.characterise.norms.knowledge import (
    Ends,
    all_of,
    any_of,
    chance,
    chance_below,
    never,
    points,
)
from commonsky.characterise.norms.verdict import Numbers, Reckoned, Result, span

GEO_RADIUS_KM = 42_164.2
NODES = 201
# Beyond any that was measured; what is unknown lies between.
MOST_RATIO_M2_KG = 100.0
MOST_KM = 1e6


def iadc_disposal(numbers: Numbers, fact: GeoDisposal) -> Result:
    """Return the probability that neither of the two ways was met."""
    low = below_margin(fact, numbers["margin_km"], numbers["per_ratio_km"])
    first = any_of(low, too_eccentric(fact, numbers["most_eccentricity"]))
    entered = _in_region(fact, numbers["region_km"])
    second = any_of(entered, never(chance(fact.stays_clear, 0.0)))
    neither = all_of(first, second)
    # What is within the region is below the margin too: the two are no strangers.
    neither = max(neither[0], min(entered[0], first[0])), neither[1]
    limit = _limit(fact, numbers["margin_km"], numbers["per_ratio_km"])
    return Reckoned(
        ends=all_of(chance(fact.ended, 0.0), neither),
        remarks=(
            (
                f"margin and eccentricity: not met with probability {span(first)} "
                f"(needed: perigee {limit} km above the belt)"
            ),
            f"a hundred years outside of the protected region: not met with {span(second)}",
        ),
        would_change=(
            (
                f"a perigee above {limit} km over the belt with eccentricity below "
                f"{numbers['most_eccentricity']:g}"
            ),
            "an orbit propagated for a hundred years with its own area-to-mass ratio",
        ),
    )


def perigee_margin(numbers: Numbers, fact: GeoDisposal) -> Result:
    """Return the probability that the perigee was below a margin; eccentricity is not asked."""
    low = below_margin(fact, numbers["margin_km"], numbers["per_ratio_km"])
    limit = _limit(fact, numbers["margin_km"], numbers["per_ratio_km"])
    return Reckoned(
        ends=all_of(chance(fact.ended, 0.0), low),
        remarks=(f"needed: perigee {limit} km above the belt",),
        would_change=(f"a perigee above {limit} km over the belt",),
    )


def below_margin(fact: GeoDisposal, margin_km: float, per_ratio_km: float) -> Ends:
    """Return how likely the perigee is below margin + per ratio · Cr A/m."""
    least, most = points(fact.area_to_mass_cr_m2_kg, NODES, 0.0, MOST_RATIO_M2_KG)
    low = [chance_below(fact.perigee_above_geo_km, margin_km + per_ratio_km * x)[0] for x in least]
    high = [chance_below(fact.perigee_above_geo_km, margin_km + per_ratio_km * x)[1] for x in most]
    return float(np.mean(low)), float(np.mean(high))


def too_eccentric(fact: GeoDisposal, limit: float) -> Ends:
    """Return how likely the eccentricity reaches a limit."""
    perigee_low, perigee_high = points(fact.perigee_above_geo_km, NODES, -GEO_RADIUS_KM, MOST_KM)
    apogee_low, apogee_high = points(fact.apogee_above_geo_km, NODES, -GEO_RADIUS_KM, MOST_KM)
    # Eccentricity rises with the apogee and falls with the perigee.
    low = _eccentricity(perigee_high[:, None], apogee_low[None, :])
    high = _eccentricity(perigee_low[:, None], apogee_high[None, :])
    return float(np.mean(low >= limit)), float(np.mean(high >= limit))


def _eccentricity(perigee_km: np.ndarray, apogee_km: np.ndarray) -> np.ndarray:
    near, far = GEO_RADIUS_KM + perigee_km, GEO_RADIUS_KM + apogee_km
    return np.asarray((far - near) / np.maximum(far + near, 1.0))


def _in_region(fact: GeoDisposal, region_km: float) -> Ends:
    """How likely it is within the protected heights as it was left; they are crossed each day."""
    below = chance_below(fact.perigee_above_geo_km, region_km)
    return all_of(below, never(chance_below(fact.apogee_above_geo_km, -region_km)))


def _limit(fact: GeoDisposal, margin_km: float, per_ratio_km: float) -> str:
    least, most = points(fact.area_to_mass_cr_m2_kg, 41, 0.0, MOST_RATIO_M2_KG)
    low, high = margin_km + per_ratio_km * least[1], margin_km + per_ratio_km * most[-2]
    return f"{low:.0f}" if high - low < 1.0 else f"{low:.0f} to {high:.0f}"
