"""What a break-up does to satellites, as lines and in words."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.catalogue.catalogue import Catalogue
from commonsky.environment.consequence import Consequence, Moment
from commonsky.environment.gas import MIDDLES_KM
from commonsky.node.breakups import CREWED
from commonsky.show.between import Low, low, low_at
from commonsky.show.cli.plain import plain

SHOWN = 8  # satellites in words: those that meet most


class MetLine(msgspec.Struct, frozen=True):
    """One satellite at a moment; each number as low, nominal, high."""

    norad_cat_id: int
    name: str
    crewed: bool
    conjunctions_week: Low | None
    hit_probability_year: Low | None


class MomentLine(msgspec.Struct, frozen=True, tag="consequence", tag_field="kind", kw_only=True):
    """The cloud at a moment; each number as low, nominal, high."""

    days: float
    method: str
    in_orbit: Low
    re_entered: Low
    escaped: Low
    object_years: Low
    object_years_leo: Low
    lethal_tracked: Low
    lethal_unseen: Low
    unseen_index: Low
    densest_km: float | None
    flux_m2_year: Low
    satellites: list[MetLine]


def moment_lines(told: Consequence, catalogue: Catalogue, rows: Ints) -> list[MomentLine]:
    """Return a line for each moment."""
    return [_line(moment, catalogue, rows) for moment in told.moments]


def _line(moment: Moment, catalogue: Catalogue, rows: Ints) -> MomentLine:
    flux = moment.flux_m2_year
    worst = int(np.argmax(flux.nominal))
    return MomentLine(
        days=round(moment.days, 4), method=moment.method.value,
        in_orbit=low(moment.in_orbit), re_entered=low(moment.re_entered),
        escaped=low(moment.escaped), object_years=low(moment.object_years),
        object_years_leo=low(moment.object_years_leo),
        lethal_tracked=low(moment.lethal_tracked), lethal_unseen=low(moment.lethal_unseen),
        unseen_index=low(moment.unseen_index),
        densest_km=float(MIDDLES_KM[worst]) if flux.nominal[worst] > 0.0 else None,
        flux_m2_year=low_at(flux, worst) or (0.0, 0.0, 0.0),
        satellites=[
            MetLine(
                int(catalogue.catalogue_number[row]), str(catalogue.object_name[row]), crewed,
                low_at(moment.conjunctions_week, place),
                low_at(moment.hit_probability_year, place),
            )
            for place, (row, crewed) in enumerate(_crewed(catalogue, rows))
        ],
    )  # fmt: skip


def _crewed(catalogue: Catalogue, rows: Ints) -> list[tuple[int, bool]]:
    return [(row, int(catalogue.catalogue_number[row]) in CREWED) for row in rows.tolist()]


def consequence_words(told: Sequence[MomentLine], spread_days: float) -> list[str]:
    """Return what becomes of the cloud and who meets it, for people."""
    lines = ["", "   after   in orbit   down   object-years   unseen lethal   densest at"]
    for one in told:
        densest = "-" if one.densest_km is None else f"{one.densest_km:,.0f} km"
        lines.append(
            f"{_after(one.days):>8}{one.in_orbit[1]:11,.0f}{one.re_entered[1]:7,.0f}"
            f"{one.object_years_leo[1]:15,.0f}{one.lethal_unseen[1]:16,.0f}   {densest}"
        )
    lines.append("each of these may be four times fewer or more")
    if np.isfinite(spread_days):
        lines.append(
            f"planes have spread around the Earth after {_after(spread_days)}; before, it depends "
            "on whose plane lies how"
        )
    if not told or not told[0].satellites:
        return lines
    most = sorted(
        range(len(told[0].satellites)),
        key=lambda k: -max(
            (one.satellites[k].conjunctions_week or (0.0,) * 3)[1] for one in told
        ),
    )[:SHOWN]  # fmt: skip
    heads = "".join(f"{_after(one.days):>10}" for one in told)
    lines += ["", f"conjunctions more a week        {heads}"]
    for k in most:
        name = plain(told[0].satellites[k].name)[:20]
        mark = "*" if told[0].satellites[k].crewed else " "
        cells = "".join(
            f"{'-' if met is None else format(met[1], '.2g'):>10}"
            for met in (one.satellites[k].conjunctions_week for one in told)
        )
        lines.append(f"{told[0].satellites[k].norad_cat_id:>9} {name:<20}{mark} {cells}")
    if any(one.crewed for one in told[0].satellites):
        lines.append("* people aboard")
    if len(told[0].satellites) > SHOWN:
        lines.append(f"and {len(told[0].satellites) - SHOWN:,} that meet fewer (--format ndjson)")
    return lines


def _after(days: float) -> str:
    if days < 1.5 / 24.0:
        return f"{days * 24.0:.0f} h"
    if days < 10.0:
        return f"{days:.0f} d"
    return f"{days / 365.25 * 12.0:.0f} mo" if days < 360.0 else f"{days / 365.25:,.0f} y"
