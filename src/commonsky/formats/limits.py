"""What element sets may say at most: bounds that hold whatever the format."""

from __future__ import annotations

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.formats.gathering import Checks

FIRST_EPOCH_TAI_NS = -410_227_190_000_000_000  # 1957-01-01 UTC
LAST_EPOCH_TAI_NS = 4_102_444_837_000_000_000  # 2100-01-01 UTC, with the leap seconds of today
SLOWEST_REV_DAY, FASTEST_REV_DAY = 1e-3, 20.0
LARGEST_NUMBER = 999_999_999
LAST_PLAIN_TYPE = 3  # 4 and above are other theories: SGP4-XP, special perturbations


def check_orbit(
    checks: Checks,
    mean_motion_rev_day: Floats,
    eccentricity: Floats,
    inclination_deg: Floats,
    angles_deg: dict[str, Floats],
) -> None:
    """Require of each orbit that SGP4 can make sense of it; nan fails everywhere."""
    checks.require(
        (mean_motion_rev_day > SLOWEST_REV_DAY) & (mean_motion_rev_day < FASTEST_REV_DAY),
        "MEAN_MOTION",
        f"{{}} rev/day is no orbit of the Earth: between {SLOWEST_REV_DAY:g} and "
        f"{FASTEST_REV_DAY:g}",
    )
    checks.require(
        (eccentricity >= 0.0) & (eccentricity < 1.0),
        "ECCENTRICITY",
        "{} is no eccentricity of an ellipse: at least 0, below 1",
    )
    checks.require(
        (inclination_deg >= 0.0) & (inclination_deg <= 180.0),
        "INCLINATION",
        "{} is no inclination: 0 to 180 degrees",
    )
    for field, angle_deg in angles_deg.items():
        checks.require(np.abs(angle_deg) <= 360.0, field, "{} is no angle: within 360 degrees")


def check_epoch(checks: Checks, epoch_tai_ns: Ints) -> None:
    """Require of each epoch that something was in orbit, and that leap seconds mean anything."""
    checks.require(
        (epoch_tai_ns >= FIRST_EPOCH_TAI_NS) & (epoch_tai_ns < LAST_EPOCH_TAI_NS),
        "EPOCH",
        "{} lies outside 1957 to 2100",
    )


def check_theory(checks: Checks, ephemeris_type: Ints) -> None:
    """Require of each record that its elements are of SGP4."""
    checks.require(
        (ephemeris_type >= 0) & (ephemeris_type <= LAST_PLAIN_TYPE),
        "EPHEMERIS_TYPE",
        "type {} is not SGP4 (4 is SGP4-XP, which SGP4 would propagate to wrong places)",
    )
