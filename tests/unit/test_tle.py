"""Two-line element sets as the world writes them."""

from __future__ import annotations

import pytest
from sgp4.api import Satrec

from commonsky.astro.epoch import utc_texts
from commonsky.catalogue.catalogue import UNNUMBERED_FIRST, Catalogue, ObjectType
from commonsky.errors import UnreadableInput
from commonsky.formats.units import degrees, rev_day
from tests.formats_case import (
    TLE_ALL,
    TLE_ALPHA5,
    TLE_ISS,
    TLE_VANGUARD,
    gathered,
    read_text,
    signed,
)

LINE1, LINE2 = TLE_ISS.splitlines()[1:]


def pair(line1: str = LINE1, line2: str = LINE2) -> str:
    return f"{signed(line1)}\n{signed(line2)}\n"


def changed(line: str, first: int, text: str) -> str:
    """A line with other letters from a column on, counted from 1 as the format is described."""
    return line[: first - 1] + text + line[first - 1 + len(text) :]


def reason(text: str) -> str:
    """Why the only bad record was set aside, with its place."""
    gathering = gathered((text + TLE_VANGUARD).encode())
    assert gathering.accepted == 1
    (refused,) = gathering.quarantined
    return f"{refused.line} {refused.field}: {refused.reason}"


def test_every_field_is_read() -> None:
    iss = read_text(TLE_ISS)
    elements = iss.elements
    assert iss.catalogue_number.tolist() == [25544]
    assert iss.object_name.tolist() == ["ISS (ZARYA)"]
    assert iss.object_id.tolist() == ["1998-067A"]
    assert iss.classification.tolist() == ["U"]
    assert (iss.element_set_number[0], iss.revolution_at_epoch[0]) == (999, 50312)
    assert iss.object_type.tolist() == [ObjectType.PAYLOAD]
    assert utc_texts(elements.epoch_tai_ns, 9) == ["2025-03-31T04:05:06.788544000Z"]
    assert rev_day(elements.mean_motion_rad_min).tolist() == [15.49815308]
    assert elements.eccentricity.tolist() == [0.0003867]
    assert degrees(elements.inclination_rad).tolist() == [51.6379]
    assert degrees(elements.raan_rad).tolist() == [1.2345]
    assert degrees(elements.argument_of_perigee_rad).tolist() == [80.4321]
    assert degrees(elements.mean_anomaly_rad).tolist() == [279.9876]
    assert elements.bstar_per_earth_radius.tolist() == [0.00022906]
    assert elements.mean_motion_dot_rev_day2.tolist() == [0.00012496]
    assert elements.mean_motion_ddot_rev_day3.tolist() == [0.0]


@pytest.mark.parametrize("text", [TLE_ISS, TLE_VANGUARD, TLE_ALPHA5])
def test_radians_are_those_of_the_sgp4_package(text: str) -> None:
    ours, peer = read_text(text).elements, Satrec.twoline2rv(*text.splitlines()[-2:])
    assert ours.mean_motion_rad_min[0] == peer.no_kozai
    assert ours.inclination_rad[0] == peer.inclo
    assert ours.raan_rad[0] == peer.nodeo
    assert ours.argument_of_perigee_rad[0] == peer.argpo
    assert ours.mean_anomaly_rad[0] == peer.mo
    assert ours.eccentricity[0] == peer.ecco


@pytest.mark.parametrize(
    "text",
    [
        TLE_ALL,
        TLE_ALL.replace("\n", "\r\n"),
        "\ufeff" + TLE_ALL,
        TLE_ALL.rstrip("\n"),
        TLE_ALL.replace("\n", "   \t\n"),
        TLE_ALL.replace("\n", "\n\n"),
        "# a note\n" + TLE_ALL.replace("0 VANGUARD", "# 1 2 3\n0 VANGUARD"),
        TLE_ALL.replace("\n1", "\n  1").replace("\n2", "\n\t2"),
    ],
    ids=["plain", "crlf", "mark", "no end", "trailing", "blank lines", "notes", "indented"],
)
def test_lines_may_come_in_many_dresses(text: str) -> None:
    table = read_text(text)
    assert table.catalogue_number.tolist() == [25544, 5, 270438]
    assert table.object_name.tolist() == ["ISS (ZARYA)", "VANGUARD 1", ""]
    assert table.provenance.quarantined_count == 0
    assert table.provenance.inputs[0].format == "TLE"


@pytest.mark.parametrize(
    ("letters", "number"),
    [
        ("00005", 5), ("    5", 5), ("99999", 99_999), ("A0000", 100_000), ("H9999", 179_999),
        ("J0000", 180_000), ("N9999", 229_999), ("P0000", 230_000), ("T0438", 270_438),
        ("Z9999", 339_999),
    ],
)  # fmt: skip
def test_alpha5(letters: str, number: int) -> None:
    table = read_text(pair(changed(LINE1, 3, letters), changed(LINE2, 3, letters)))
    assert table.catalogue_number.tolist() == [number]


@pytest.mark.parametrize(
    "letters", ["I0000", "O0000", "t0438", "T 438", "T438 ", "TT438", "-0005", "5    ", "+5544"]
)
def test_what_is_no_catalogue_number(letters: str) -> None:
    told = reason(pair(changed(LINE1, 3, letters), changed(LINE2, 3, letters)))
    assert told.startswith(f"1 NORAD_CAT_ID: '{letters}' is no catalogue number")


def test_an_object_without_number_gets_a_stable_one_of_ours() -> None:
    def numbers(*designators: str) -> list[int]:
        texts = [
            pair(changed(changed(LINE1, 3, "     "), 10, one), changed(LINE2, 3, "     "))
            for one in designators
        ]
        return list(read_text("".join(texts)).catalogue_number)

    first, second = numbers("25001A  ", "25001B  ")
    assert min(first, second) >= UNNUMBERED_FIRST
    assert first != second
    assert numbers("25001B  ", "25001A  ", "25001A  ") == [second, first, first]


def test_an_object_that_nothing_names_is_refused() -> None:
    told = reason(
        pair(changed(changed(LINE1, 3, "     "), 10, "        "), changed(LINE2, 3, "     "))
    )
    assert told == "1 NORAD_CAT_ID: neither a number nor a designator nor a name tells who it is"


@pytest.mark.parametrize(
    ("column", "text", "designator"),
    [
        (10, "57001A  ", "1957-001A"), (10, "56001A  ", "2056-001A"),
        (10, "98067ABC", "1998-067ABC"), (10, "        ", ""), (10, "A       ", "A"),
    ],
)  # fmt: skip
def test_designators(column: int, text: str, designator: str) -> None:
    assert read_text(pair(changed(LINE1, column, text))).object_id.tolist() == [designator]


@pytest.mark.parametrize(
    ("letters", "epoch"),
    [
        ("57001.00000000", "1957-01-01T00:00:00.000000Z"),
        ("56366.99999999", "2056-12-31T23:59:59.999136Z"),
        ("00366.50000000", "2000-12-31T12:00:00.000000Z"),
        ("25  1.00000000", "2025-01-01T00:00:00.000000Z"),
        (" 8264.51782528", "2008-09-20T12:25:40.104192Z"),
    ],
)
def test_epochs(letters: str, epoch: str) -> None:
    elements = read_text(pair(changed(LINE1, 19, letters))).elements
    assert utc_texts(elements.epoch_tai_ns) == [epoch]


@pytest.mark.parametrize(
    ("letters", "bstar"),
    [
        (" 22906-3", 22906e-8), ("-22906-3", -22906e-8), ("+22906+0", 0.22906), (" 00000-0", 0.0),
        (" 00000+0", 0.0), ("-00000-0", 0.0), ("        ", 0.0), (" 12345 1", 1.2345),
        (" 00012-9", 12e-14), (" 99999+9", 99999e4),
    ],
)  # fmt: skip
def test_numbers_with_an_implied_point(letters: str, bstar: float) -> None:
    elements = read_text(pair(changed(LINE1, 54, letters))).elements
    assert elements.bstar_per_earth_radius.tolist() == [bstar]


@pytest.mark.parametrize(
    ("line", "column", "text", "told"),
    [
        (1, 19, "25366.00000000", "1 EPOCH: '25366.00000000': its year has no such day"),
        (1, 19, "25000.00000000", "1 EPOCH: '25000.00000000': its year has no such day"),
        (1, 19, "25090,17021746", "1 EPOCH: '25090,17021746' is not two digits of a year"),
        (1, 19, "25090.1702174 ", "1 EPOCH: "),
        (1, 8, "X", "1 CLASSIFICATION_TYPE: 'X' is not U, C or S"),
        (1, 63, "4", "1 EPHEMERIS_TYPE: type '4' is not SGP4 (4 is SGP4-XP"),
        (1, 54, " 22906-X", "1 BSTAR: ' 22906-X' is not as -12345-6"),
        (1, 54, "     nan", "1 BSTAR: "),
        (1, 34, "1.00012496", "1 MEAN_MOTION_DOT: "),
        (1, 9, "X", "1 line 1: no blank where one parts two fields"),
        (1, 65, "\x7f", "1 line 1: other than printable ASCII"),
        (2, 9, "180.0001", "1 INCLINATION: '180.0001' is no inclination: 0 to 180"),
        (2, 9, "-51.6379", "1 INCLINATION: '-51.6379' is no number of this field"),
        (2, 9, "     nan", "1 INCLINATION: '     nan' is no number"),
        (2, 18, "360.0001", "1 RA_OF_ASC_NODE: '360.0001' is no angle"),
        (2, 27, "-003867", "1 ECCENTRICITY: '-003867' is not seven digits"),
        (2, 27, "    inf", "1 ECCENTRICITY: '    inf' is not seven digits"),
        (2, 53, "00.00000000", "1 MEAN_MOTION: '00.00000000' rev/day is no orbit"),
        (2, 53, "20.00000000", "1 MEAN_MOTION: '20.00000000' rev/day is no orbit"),
        (2, 3, "25545", "1 NORAD_CAT_ID: '25544' on line 1, but another on line 2"),
    ],
)
def test_bad_fields_are_told_with_line_and_field(
    line: int, column: int, text: str, told: str
) -> None:
    lines = [LINE1, LINE2]
    lines[line - 1] = changed(lines[line - 1], column, text)
    assert reason(pair(*lines)).startswith(told)


@pytest.mark.parametrize("line", [1, 2])
@pytest.mark.parametrize("digit", "0123456789 X-")
def test_a_wrong_checksum_is_refused(line: int, digit: str) -> None:
    lines = [LINE1, LINE2]
    right = lines[line - 1][68]
    lines[line - 1] = lines[line - 1][:68] + digit
    text = "\n".join([*lines, ""])
    if digit == right:
        assert len(read_text(text)) == 1
    else:
        assert f"line {line} checksum: '{digit}' is not the checksum" in reason(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{LINE1}\n", ["1 line 2: no line 2 follows this line 1"]),
        (f"{LINE2}\n", ["1 line 1: no line 1 before this line 2"]),
        (f"{LINE2}\n{LINE1}\n", ["1 line 1: no line", "2 line 2: no line"]),
        (f"{LINE1}\n{LINE1}\n{LINE2}\n", ["1 line 2: no line 2"]),
        (f"{LINE1[:-1]}\n{LINE2}\n", ["1 line 1: 68 characters long"]),
        (f"{LINE1}\n{LINE2}0\n", ["2 line 2: 70 characters long"]),
        (f"{LINE1[:20]}\n{LINE2}\n", ["1 line 1: 20 characters long"]),
        (f"A\nB\n{LINE1}\n{LINE2}\n", ["1 line: neither an element set nor its name"]),
        ("x" * 101 + f"\n{LINE1}\n{LINE2}\n", ["1 line: neither"]),
        (f"A\x1b[2J\n{LINE1}\n{LINE2}\n", ["1 line: neither"]),
        (f"A\0B\n{LINE1}\n{LINE2}\n", ["1 line: neither"]),
    ],
)  # fmt: skip
def test_lines_that_do_not_belong_together(text: str, told: list[str]) -> None:
    gathering = gathered((text + TLE_VANGUARD).encode())
    found = [f"{one.line} {one.field}: {one.reason}" for one in gathering.quarantined]
    assert [one[: len(start)] for one, start in zip(found, told, strict=True)] == told
    assert gathering.accepted == 1 + (LINE1 + "\n" + LINE2 + "\n" in text)


def test_names_keep_what_people_call_things() -> None:
    names = ["0 COSMOS 1", "1 NAME", "2 NAME", "ÉTOILE", "0 0 X", "A\tB", "0", "COSMOS 2251 DEB"]
    text = "".join(f"{name}\n{LINE1}\n{LINE2}\n" for name in names)
    read = ["COSMOS 1", "1 NAME", "2 NAME", "ÉTOILE", "0 X", "A B", "0", "COSMOS 2251 DEB"]
    assert read_text(text).object_name.tolist() == read
    latin1 = read_text(f"ÉTOILE\n{LINE1}\n{LINE2}\n".encode("latin-1"))
    assert latin1.object_name.tolist() == ["ÉTOILE"]


def test_doubles_and_decayed_objects_are_read_as_they_stand() -> None:
    """What to do with them is for who uses the catalogue, and may differ."""
    falling = changed(LINE2, 53, "16.90000000")
    table: Catalogue = read_text(TLE_ISS + TLE_ISS + pair(LINE1, falling))
    assert table.catalogue_number.tolist() == [25544] * 3
    assert table.provenance.inputs[0].accepted == 3


def test_the_first_thousand_bad_records_are_examples_of_all() -> None:
    bad = changed(LINE1, 69, "0") + "\n" + LINE2 + "\n"
    table = read_text(bad * 1500 + TLE_ISS + bad * 20)
    assert len(table) == 1
    assert table.provenance.quarantined_count == 1520
    assert len(table.provenance.quarantined) == 1000
    assert [one.line for one in table.provenance.quarantined[:3]] == [1, 3, 5]
    assert all(one.excerpt.startswith("1 25544U") for one in table.provenance.quarantined)


def test_nothing_but_bad_records_is_an_error_that_says_why() -> None:
    with pytest.raises(UnreadableInput, match=r"line 1, line 1 checksum: '0' is not the checksum"):
        read_text(changed(LINE1, 69, "0") + "\n" + LINE2 + "\n")
