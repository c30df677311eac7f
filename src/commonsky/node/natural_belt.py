"""
The natural belts as a table, by the package aep8 if it is installed: AE8 and AP8, offline.

Reference: aep8 (BSD-3-Clause, with the IRBEM library, LGPL-3.0, inside), integral omnidirectional
flux over McIlwain's L and B/B0 of the fields that the models were made with.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from commonsky.characterise.dose_table import DoseTable, Places, Quantity
from commonsky.errors import UnreadableInput

S_PER_DAY = 86_400.0
L = np.concatenate([np.arange(1.0, 2.0, 0.02), np.arange(2.0, 12.01, 0.1)])
# Close to the equator of a low shell the flux falls within parts of a percent.
B_B0 = 1.0 + np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 160)])
NAMES = {"e": "electrons", "p": "protons"}


def natural_belt(
    particle: Literal["e", "p"], solar: Literal["min", "max"], energy_mev: float
) -> DoseTable:
    """
    Return the flux of natural electrons or protons above an energy, at an extreme of the Sun.

    It is a flux in space and not a dose: margins are compared with it only where they are of the
    very same particles, as its `particles` says.
    """
    try:
        import aep8  # noqa: PLC0415 - an extra
        from astropy import units  # noqa: PLC0415 - comes with it
    except ImportError:
        raise UnreadableInput(
            "the natural belts need the package aep8, which is not installed: "
            "pip install 'commonsky[belts]'"
        ) from None
    model: Any = aep8.model(particle=particle, solar=solar)
    flux = model.integral_flux_for_geomagnetic_coordinates(
        L[:, None], B_B0[None, :], energy_mev * units.MeV
    )
    rate = np.maximum(np.nan_to_num(np.asarray(flux.value, np.float64)), 0.0) * S_PER_DAY
    name = f"{'AE8' if particle == 'e' else 'AP8'} {solar}, natural"
    return DoseTable(
        Places.SHELLS, L, B_B0, np.zeros(0), rate[:, :, None], Quantity.FLUENCE,
        f"{NAMES[particle]} above {energy_mev:g} MeV", zero_beyond=True, source=name,
    )  # fmt: skip
