"""Tables and margins as bytes: what is read, and what is refused and how it is said."""

from __future__ import annotations

import codecs
import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonsky.astro.epoch import tai_ns
from commonsky.characterise.dose_table import Places, Quantity
from commonsky.errors import MessageError
from commonsky.formats.dose_rows import KNOWN, SAYINGS, dose_table
from commonsky.formats.exposure_margins import COLUMNS, exposure_margins

ORBITS = """# SOURCE: a trial
# a remark
ALTITUDE_KM,INCLINATION_DEG,SHIELDING_MM_AL,DOSE_RATE_RAD_SI_DAY
500,50,1,10
500,50,3,4

500,98,1,20
500,98,3,8
800,50,3,14
800,50,1,30
800,98,1,50
800,98,3,24
"""
SHELLS = """# PARTICLES: electrons above 1 MeV
# OUTSIDE: zero
# E_FOLDING_DAYS: 60
# EPOCH: 2026-11-03T00:00:00
L;B_B0;FLUX_PER_CM2_S
1.2;1;5e3
1.2;2;0
3;1;1e4
3;2;7
"""
MARGINS = (
    "NORAD_CAT_ID,DOSE_MARGIN_KRAD_SI,SHIELDING_MM_AL,SAFED_FACTOR,ARRAY_MARGIN_PER_CM2,"
    "ARRAY_MARGIN_PARTICLES\n270438,5,3,0.25,1e14,1 MeV electrons\n5,,,,,\n"
)


def test_a_table_over_orbits() -> None:
    table = dose_table(ORBITS.encode())
    assert table.places is Places.ORBITS
    assert table.quantity is Quantity.DOSE
    assert table.first.tolist() == [500.0, 800.0]
    assert table.second.tolist() == np.radians([50.0, 98.0]).tolist()
    assert table.shielding_mm_al.tolist() == [1.0, 3.0]
    assert table.rate_per_day[1, 0].tolist() == pytest.approx([0.30, 0.14])
    assert table.source == "a trial"
    assert not table.zero_beyond
    assert np.isinf(table.efolding_days)


def test_a_table_over_shells() -> None:
    table = dose_table(SHELLS.encode())
    assert table.places is Places.SHELLS
    assert table.quantity is Quantity.FLUENCE
    assert table.particles == "electrons above 1 MeV"
    per_s = table.rate_per_day[:, :, 0] / 86_400.0
    assert per_s == pytest.approx(np.array([[5e3, 0.0], [1e4, 7.0]]))
    assert table.zero_beyond
    assert table.efolding_days == 60.0
    assert table.epoch_tai_ns == tai_ns("2026-11-03T00:00:00")


@pytest.mark.parametrize(
    ("text", "old", "new", "factor"),
    [
        (ORBITS, "RAD_SI", "GY_SI", 100.0),
        (SHELLS, "FLUX_PER_CM2_S", "FLUENCE_PER_CM2_DAY", 1.0 / 86_400.0),
    ],
)
def test_units_are_what_names_say(text: str, old: str, new: str, factor: float) -> None:
    one, other = dose_table(text.encode()), dose_table(text.replace(old, new).encode())
    assert other.rate_per_day == pytest.approx(one.rate_per_day * factor)


def test_a_gram_per_square_centimetre_of_aluminium_is_3_7_mm() -> None:
    table = dose_table(ORBITS.replace("SHIELDING_MM_AL", "SHIELDING_G_CM2_AL").encode())
    assert table.shielding_mm_al == pytest.approx([3.7037, 11.1111], abs=1e-4)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF8])
def test_what_spreadsheets_write_is_read(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-8"
    text = ORBITS.replace("# SOURCE: a trial", "# SOURCE: a trial,,,").replace("\n", "\r\n")
    assert dose_table(mark + text.encode(encoding)).source == "a trial"


def swapped(text: str, old: str, new: str) -> bytes:
    assert old in text
    return text.replace(old, new).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no heading"),
        (b"\xff\x00\x81" * 50, "no column"),
        (ORBITS.encode()[:-1], "no end"),
        (ORBITS.encode()[:-2], "no end"),
        (ORBITS.encode()[:-8], "fields"),
        (ORBITS.encode()[: ORBITS.rindex("800")], "wanted whole"),
        (swapped(ORBITS, "800,98,3", "800,50,1"), "twice"),
        (swapped(ORBITS, "800,98,3,24", "800,98,3,24\n800,98,3,24"), "wanted whole"),
        (swapped(ORBITS, "800,98,3", "801,98,3"), "wanted whole"),
        (ORBITS.partition("500")[0].encode(), "wanted whole"),
        (swapped(ORBITS, "RAD_SI_DAY", "RAD_DAY"), "unit is in doubt"),
        (swapped(ORBITS, "RAD_SI_DAY", "MGY_SI_DAY"), "unit is in doubt"),
        (swapped(SHELLS, "FLUX_PER_CM2_S", "FLUX"), "unit is in doubt"),
        (swapped(ORBITS, "SHIELDING_MM_AL", "SHIELDING_MM"), "unit is in doubt"),
        (swapped(ORBITS, "INCLINATION_DEG", "L"), "needed are ALTITUDE_KM"),
        (swapped(ORBITS, "SHIELDING_MM_AL", "DOSE_RATE_GY_SI_DAY"), "one column of rates"),
        (swapped(ORBITS, "SHIELDING_MM_AL,DOSE_RATE_RAD_SI_DAY", "SHIELDING_MM_AL,FLUX_PER_CM2_S"),
         "behind none"),
        (swapped(SHELLS, "FLUX_PER_CM2_S", "DOSE_RATE_GY_SI_DAY"), "behind one"),
        (swapped(ORBITS, "SHIELDING_MM_AL", "ALTITUDE_KM"), "column twice"),
        (swapped(ORBITS, "3,24", "3,-24"), "no number"),
        (swapped(ORBITS, "3,24", "3,nan"), "no number"),
        (swapped(ORBITS, "3,24", "3,1e999"), "no number"),
        (swapped(ORBITS, "3,24", "3,0x18"), "no number"),
        (swapped(ORBITS, "3,24", "3," + "9" * 1000), "no number"),
        (swapped(ORBITS, "3,24", "3,"), "no number"),
        (swapped(ORBITS, "3,24", '3,"24'), "quote"),
        (swapped(ORBITS, "3,24", "3," + "4" * 70_000), "characters"),
        (swapped(ORBITS, "98,3,24", "198,3,24"), "0 to 180"),
        (swapped(SHELLS, "3;2;7", "3;0.5;7"), "B_B0"),
        (swapped(ORBITS, "# a remark", "# OUTSIDE: zero"), "beyond"),
        (swapped(SHELLS, "OUTSIDE: zero", "OUTSIDE: extrapolated"), "refused"),
        (swapped(SHELLS, "# PARTICLES: electrons above 1 MeV\n", ""), "PARTICLES"),
        (swapped(ORBITS, "# a remark", "# PARTICLES: protons"), "PARTICLES"),
        (swapped(SHELLS, "E_FOLDING_DAYS: 60", "E_FOLDING_DAYS: -60"), "E_FOLDING_DAYS"),
        (swapped(SHELLS, "E_FOLDING_DAYS: 60", "HALF_LIFE_DAYS: 60"), "HALF_LIFE_DAYS"),
        (swapped(SHELLS, "EPOCH: 2026-11-03T00:00:00", "EPOCH: yesterday"), "EPOCH"),
        (swapped(SHELLS, "# OUTSIDE: zero", "# OUTSIDE: zero\n# OUTSIDE: zero"), "once"),
        (swapped(ORBITS, "a trial", "a" * 300), "200 characters"),
    ],
)  # fmt: skip
def test_what_is_amiss_is_said(content: bytes, said: str) -> None:
    with pytest.raises(MessageError, match=said):
        dose_table(content)


def test_a_grid_of_any_size_is_never_made() -> None:
    """Forty thousand different values on each axis would be 64 000 000 000 000 cells."""
    rows = "".join(f"{50 + k},{k / 1000},{k / 10},1\n" for k in range(40_000))
    head = "ALTITUDE_KM,INCLINATION_DEG,SHIELDING_MM_AL,DOSE_RATE_GY_SI_DAY\n"
    with pytest.raises(MessageError, match="40000 x 40000 x 40000"):
        dose_table((head + rows).encode())


def test_values_that_fall_together_in_our_unit_are_refused() -> None:
    text = "ALTITUDE_KM,INCLINATION_DEG,SHIELDING_MM_AL,DOSE_RATE_GY_SI_DAY\n"
    text += "500,5e-324,1,1\n500,1e-323,1,1\n"
    with pytest.raises(MessageError, match="rise"):
        dose_table(text.encode())


@given(st.binary(max_size=400), st.integers(0, 300))
def test_any_bytes_give_a_table_or_a_message(junk: bytes, place: int) -> None:
    for whole in (SHELLS.encode(), MARGINS.encode()):
        content = whole[:place] + junk + whole[place:]
        for read in (dose_table, exposure_margins):
            with contextlib.suppress(MessageError):
                read(content)


def test_the_documentation_knows_every_name() -> None:
    text = (Path(__file__).parents[2] / "docs" / "exposure.md").read_text()
    names = {*KNOWN, *COLUMNS, *SAYINGS}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_margins() -> None:
    told = exposure_margins(MARGINS.encode())
    assert told.catalogue_number.tolist() == [5, 270438]
    assert told.dose_gy[1] == pytest.approx(50.0)
    assert np.isnan(told.dose_gy[0])
    assert told.shielding_mm_al[1] == 3.0
    assert told.safed_factor[1] == 0.25
    assert told.fluence_per_cm2[1] == 1e14
    assert told.particles.tolist() == ["", "1 MeV electrons"]


def test_margins_of_nobody() -> None:
    assert len(exposure_margins(b"NORAD_CAT_ID\n").catalogue_number) == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("270438", "ISS", "no number"),
        ("270438", "27.5", "no number"),
        ("270438", "5", "twice"),
        ("KRAD_SI", "KRAD", "NORAD_CAT_ID and any of"),
        ("NORAD_CAT_ID", "NUMBER", "NORAD_CAT_ID and any of"),
        ("SHIELDING_MM_AL", "DOSE_MARGIN_GY_SI", "the dose once"),
        ("0.25", "1.5", "SAFED_FACTOR"),
        ("0.25", "-0.1", "SAFED_FACTOR"),
        ("1 MeV electrons", "", "which particles"),
        (",1e14", ",", "which particles"),
        (",5,3", ",-5,3", "DOSE_MARGIN"),
        ("5,,,,,\n", "5,,,,,", "no end"),
    ],
)
def test_bad_margins(old: str, new: str, said: str) -> None:
    with pytest.raises(MessageError, match=said):
        exposure_margins(swapped(MARGINS, old, new))
