"""
The natural belts as a table, by the package aep8 if it is installed: AE8 and AP8, offline.

Reference: aep8 (BSD-3-Clause, with the IRBEM library, LGPL-3.0, inside), integral omnidirectional
flux over McIlwain's L and B/B0 of the fields that the models were made with (of 1960 and 1970).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_S
from commonsky.characterise.dose_table import DoseTable, Places, Quantity
from commonsky.errors import UnreadableInput
from commonsky.node.exposures import MagneticField

S_PER_DAY = 86_400.0
# So finely that linear interpolation adds 2 % of electrons and 6 % of protons to daily means at
# 420 km, and 1 % or less from 800 km on: low shells end within parts of a percent of B/B0.
L = np.concatenate([np.arange(1.0, 2.0, 0.005), np.arange(2.0, 12.01, 0.05)])
B_B0 = 1.0 + np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 400)])
NAMES = {"e": "electrons", "p": "protons"}


def natural_belt(particle: str, solar: str, energy_mev: float) -> DoseTable:
    """
    Return the flux of natural electrons (e) or protons (p) above an energy, at solar min or max.

    It is a flux in space and not a dose: margins are compared with it only where they are of the
    very same particles, as its `particles` says.
    """
    model = _model(particle, solar)
    from astropy import units  # noqa: PLC0415 - comes with it

    flux = model.integral_flux_for_geomagnetic_coordinates(
        L[:, None], B_B0[None, :], energy_mev * units.MeV
    )
    rate = np.maximum(np.nan_to_num(np.asarray(flux.value, np.float64)), 0.0) * S_PER_DAY
    name = f"{'AE8' if particle == 'e' else 'AP8'} {solar}, natural"
    return DoseTable(
        Places.SHELLS, L, B_B0, np.zeros(0), rate[:, :, None], Quantity.FLUENCE,
        f"{NAMES[particle]} above {energy_mev:g} MeV", zero_beyond=True, source=name,
    )  # fmt: skip


def field_of_1960() -> MagneticField:
    """Return the field that AE8 was made with; it follows some thousand places a second."""
    model = _model("e", "max")

    def coordinates(position_itrf_km: Floats, epoch_tai_ns: Ints) -> tuple[Floats, Floats]:
        from astropy import units  # noqa: PLC0415 - an extra
        from astropy.coordinates import EarthLocation  # noqa: PLC0415
        from astropy.time import Time  # noqa: PLC0415

        places = EarthLocation.from_geocentric(*np.moveaxis(position_itrf_km, -1, 0) * units.km)
        seconds, rest = np.divmod(epoch_tai_ns, NS_PER_S)
        times = Time(seconds, rest / NS_PER_S, format="unix_tai", scale="tai")
        shell, over = (
            np.asarray(one, np.float64) for one in model.geomagnetic_coordinates(places, times)
        )
        # Where a line leads too far out to be followed the library says nonsense.
        far = ~((shell > 0.0) & (over > 0.0)) & np.isfinite(position_itrf_km).all(axis=-1)
        return np.where(far, np.inf, shell), np.where(far, np.inf, np.maximum(over, 1.0))

    return MagneticField(
        "Jensen and Cain (1960), by aep8: in low orbit windows are where they were then",
        coordinates,
        is_dipole=False,
    )


def _model(particle: str, solar: str) -> Any:  # noqa: ANN401 - a package without our types
    try:
        import aep8  # type: ignore[import-not-found]  # noqa: PLC0415 - an extra
    except ImportError:
        raise UnreadableInput(
            "the natural belts need the package aep8, which is not installed: "
            "pip install 'commonsky[belts]'"
        ) from None
    return aep8.model(particle=particle, solar=solar)
