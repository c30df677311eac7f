"""Mean-elements messages: the same rules whatever encoding carries them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from commonsky.astro.epoch import utc_texts
from commonsky.catalogue.catalogue import UNNUMBERED_FIRST, ObjectType, RcsSize
from commonsky.formats.units import degrees, rev_day
from tests.catalogue_case import rows_of
from tests.formats_case import (
    FILES,
    ISS,
    MESSAGES,
    VANGUARD,
    csv_of,
    gathered,
    json_of,
    kvn_of,
    read_text,
    xml_of,
)

Encoding = Callable[..., str]
ENCODINGS = [csv_of, json_of, kvn_of, xml_of]
STANDARD = [kvn_of, xml_of]
SECOND = {csv_of: 3, json_of: 1, kvn_of: 2 + len(VANGUARD), xml_of: 5}  # line of that message
every = pytest.mark.parametrize("encoding", ENCODINGS)


def reason(encoding: Encoding, **changes: str) -> str:
    """Field and reason of the one bad message between two good ones."""
    gathering = gathered(encoding(VANGUARD, ISS | changes, VANGUARD).encode())
    assert gathering.accepted == 2
    (refused,) = gathering.quarantined
    assert refused.line == SECOND[encoding]
    return f"{refused.field}: {refused.reason}"


@every
def test_every_field_is_read(encoding: Encoding) -> None:
    table = read_text(encoding(*MESSAGES))
    elements = table.elements
    assert table.catalogue_number.tolist() == [25544, 5, 270438]
    assert table.object_name.tolist() == ["ISS (ZARYA)", "VANGUARD 1", "FENGYUN 1C DEB"]
    assert table.object_id.tolist() == ["1998-067A", "1958-002B", "1999-025ABC"]
    assert table.object_type.tolist() == [
        ObjectType.PAYLOAD, ObjectType.PAYLOAD, ObjectType.DEBRIS,
    ]  # fmt: skip
    assert table.element_set_number.tolist() == [999] * 3
    assert table.revolution_at_epoch.tolist() == [50312, 50312, 7]
    assert table.classification.tolist() == ["U"] * 3
    assert utc_texts(elements.epoch_tai_ns) == ["2025-03-31T04:05:06.789012Z"] * 3
    assert rev_day(elements.mean_motion_rad_min).tolist() == [15.49815308, 10.85939, 14.1]
    assert elements.eccentricity.tolist() == [0.0003867, 0.1843421, 0.0003867]
    assert degrees(elements.inclination_rad).tolist() == [51.6379] * 3
    assert degrees(elements.raan_rad).tolist() == [1.2345] * 3
    assert degrees(elements.argument_of_perigee_rad).tolist() == [80.4321] * 3
    assert degrees(elements.mean_anomaly_rad).tolist() == [279.9876] * 3
    assert elements.bstar_per_earth_radius.tolist() == [0.00022906, -0.000013459, 0.00022906]
    assert elements.mean_motion_dot_rev_day2.tolist() == [0.00012496] * 3
    assert elements.mean_motion_ddot_rev_day3.tolist() == [0.0] * 3


def test_all_encodings_give_the_same_bits() -> None:
    tables = [rows_of(read_text(FILES[form])) for form in FILES if form != "TLE"]
    assert tables[1:] == tables[:-1]


@every
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2025-03-31T04:05:06", "2025-03-31T04:05:06.000000000Z"),
        ("2025-03-31T04:05:06.7", "2025-03-31T04:05:06.700000000Z"),
        ("2025-03-31T04:05:06.123456789Z", "2025-03-31T04:05:06.123456789Z"),
        ("2025-090T04:05:06.5", "2025-03-31T04:05:06.500000000Z"),
        ("2024-366T23:59:59", "2024-12-31T23:59:59.000000000Z"),
        ("2016-12-31T23:59:60.5", "2016-12-31T23:59:60.500000000Z"),
    ],
)
def test_epochs(encoding: Encoding, text: str, told: str) -> None:
    elements = read_text(encoding(ISS | {"EPOCH": text})).elements
    assert utc_texts(elements.epoch_tai_ns, 9) == [told]


@pytest.mark.parametrize("text", ["2025-03-31 04:05:06.5", "2025-03-31"])
def test_loose_epochs_stand_only_where_there_is_no_standard(text: str) -> None:
    assert len(read_text(csv_of(ISS | {"EPOCH": text}))) == 1
    assert len(read_text(json_of(ISS | {"EPOCH": text}))) == 1
    for encoding in STANDARD:
        assert "is no epoch" in reason(encoding, EPOCH=text)


@every
@pytest.mark.parametrize(
    "number", ["5", "00005", "25544", "100000", "270438", "900000001", "999999999"]
)
def test_numbers_to_nine_digits(encoding: Encoding, number: str) -> None:
    table = read_text(encoding(ISS | {"NORAD_CAT_ID": number}))
    assert table.catalogue_number.tolist() == [int(number)]


@every
@pytest.mark.parametrize("silence", ["", "0"])
def test_an_object_without_number_gets_a_stable_one_of_ours(
    encoding: Encoding, silence: str
) -> None:
    unnumbered = ISS | {"NORAD_CAT_ID": silence}
    other = unnumbered | {"OBJECT_ID": "2025-001A"}
    nameonly = unnumbered | {"OBJECT_ID": ""}
    first, second, third = read_text(encoding(unnumbered, other, nameonly)).catalogue_number
    assert len({first, second, third}) == 3
    assert min(first, second, third) >= UNNUMBERED_FIRST
    again = read_text(encoding(other, unnumbered)).catalogue_number.tolist()
    assert again == [second, first]


@every
def test_a_missing_designator_does_no_harm(encoding: Encoding) -> None:
    without = {key: text for key, text in ISS.items() if key != "OBJECT_ID"}
    for message in (without, ISS | {"OBJECT_ID": ""}):
        table = read_text(encoding(message))
        assert (table.object_id[0], table.catalogue_number[0]) == ("", 25544)


@every
def test_silence_about_counters_is_kept(encoding: Encoding) -> None:
    silent = ("ELEMENT_SET_NO", "REV_AT_EPOCH", "CLASSIFICATION_TYPE", "MEAN_MOTION_DDOT")
    table = read_text(encoding({key: text for key, text in ISS.items() if key not in silent}))
    assert (table.element_set_number[0], table.revolution_at_epoch[0]) == (-1, -1)
    assert table.classification[0] == ""


@every
@pytest.mark.parametrize(
    ("keyword", "text", "told"),
    [
        ("MEAN_MOTION", "nan", "'nan' is no number"),
        ("MEAN_MOTION", "inf", "'inf' is no number"),
        ("MEAN_MOTION", "-Infinity", "is no number"),
        ("MEAN_MOTION", "1e999", "'1e999' is no number"),
        ("MEAN_MOTION", "0", "'0' rev/day is no orbit of the Earth"),
        ("MEAN_MOTION", "-15", "is no orbit"),
        ("MEAN_MOTION", "25", "is no orbit"),
        ("MEAN_MOTION", "0x10", "is no number"),
        ("MEAN_MOTION", "1_5.0", "is no number"),
        ("MEAN_MOTION", "", "missing"),
        ("MEAN_MOTION", "\u0661\u0665.0", "is no number"),
        ("ECCENTRICITY", "-0.0003867", "'-0.0003867' is no eccentricity of an ellipse"),
        ("ECCENTRICITY", "1", "is no eccentricity"),
        ("ECCENTRICITY", "nan", "is no number"),
        ("INCLINATION", "180.0001", "is no inclination"),
        ("INCLINATION", "-0.1", "is no inclination"),
        ("RA_OF_ASC_NODE", "361", "is no angle"),
        ("MEAN_ANOMALY", "1 2", "is no number"),
        ("ARG_OF_PERICENTER", "inf", "is no number"),
        ("BSTAR", "", "missing"),
        ("BSTAR", "nan", "is no number"),
        ("MEAN_MOTION_DOT", "NaN", "is no number"),
        ("EPOCH", "", "missing"),
        ("EPOCH", "2025-02-29T00:00:00", "is no epoch"),
        ("EPOCH", "2025-366T00:00:00", "is no epoch"),
        ("EPOCH", "2025-03-31T24:00:00", "is no epoch"),
        ("EPOCH", "2025-03-31T04:05:06+02:00", "is no epoch"),
        ("EPOCH", "1956-12-31T00:00:00", "lies outside 1957 to 2100"),
        ("EPOCH", "2100-01-01T00:00:00", "lies outside 1957 to 2100"),
        ("NORAD_CAT_ID", "1000000000", "is no catalogue number: at most nine digits"),
        ("NORAD_CAT_ID", "-5", "is no catalogue number"),
        ("NORAD_CAT_ID", "T0438", "is no whole number"),
        ("NORAD_CAT_ID", "5.0", "is no whole number"),
        ("EPHEMERIS_TYPE", "4", "is not SGP4 (4 is SGP4-XP"),
        ("CLASSIFICATION_TYPE", "X", "is not U, C or S"),
        ("TIME_SYSTEM", "UT1", "is not UTC, TAI, TT or GPS"),
        ("CENTER_NAME", "MARS", "is not EARTH"),
        ("REF_FRAME", "EME2000", "is not TEME"),
        ("MEAN_ELEMENT_THEORY", "SGP4-XP", "is not SGP4"),
        ("OBJECT_NAME", "x" * 101, "or more than 100 letters"),
        ("OBJECT_NAME", "a\u0085b", "holds control characters"),
    ],
)  # fmt: skip
def test_a_bad_field_is_told_and_the_rest_goes_on(
    encoding: Encoding, keyword: str, text: str, told: str
) -> None:
    if keyword in {"TIME_SYSTEM", "CENTER_NAME", "REF_FRAME", "MEAN_ELEMENT_THEORY"}:
        columns = {"columns": [*ISS, keyword]} if encoding is csv_of else {}
        gathering = gathered(encoding(VANGUARD, ISS | {keyword: text}, **columns).encode())
        (refused,) = gathering.quarantined
        assert gathering.accepted == 1
        found = f"{refused.field}: {refused.reason}"
    else:
        found = reason(encoding, **{keyword: text})
    assert found.startswith(f"{keyword}: ")
    assert told in found


@every
@pytest.mark.parametrize("scale", [("TAI", 0), ("TT", -32.184), ("GPS", 19), ("utc", 37)])
def test_time_systems(encoding: Encoding, scale: tuple[str, float]) -> None:
    message = ISS | {"TIME_SYSTEM": scale[0], "EPOCH": "2025-03-31T04:05:06"}
    epoch = read_text(encoding(message)).elements.epoch_tai_ns[0]
    shown_ns = 1_743_393_906_000_000_000  # the same figures read as a count since 1970
    assert epoch == shown_ns + round(scale[1] * 1e9)


@every
def test_sizes_types_and_operators(encoding: Encoding) -> None:
    told = {"OBJECT_TYPE": "ROCKET BODY", "RCS_SIZE": "LARGE", "OPERATOR": "ACME"}
    table = read_text(encoding(ISS | told))
    assert table.object_type.tolist() == [ObjectType.ROCKET_BODY]
    assert table.rcs_size.tolist() == [RcsSize.LARGE]
    assert table.operator.tolist() == ["ACME"]
    unknown = read_text(encoding(ISS | {"OBJECT_TYPE": "TBA", "RCS_SIZE": "N/A"}))
    assert unknown.object_type.tolist() == [ObjectType.PAYLOAD]
    assert unknown.rcs_size.tolist() == [RcsSize.UNKNOWN]


@every
def test_an_object_that_nothing_names_is_refused(encoding: Encoding) -> None:
    gathering = gathered(
        encoding(VANGUARD, ISS | {"NORAD_CAT_ID": "", "OBJECT_ID": "", "OBJECT_NAME": ""}).encode()
    )
    assert gathering.accepted == 1
    assert "neither a number nor a designator nor a name" in gathering.quarantined[0].reason


@every
def test_names_of_other_scripts(encoding: Encoding) -> None:
    names = ["ÉTOILE", "天問", "a'b", "A & B", "<X>"]
    escaped = [
        name.replace("&", "&amp;").replace("<", "&lt;") if encoding is xml_of else name
        for name in names
    ]
    text = encoding(*(ISS | {"OBJECT_NAME": name} for name in escaped))
    assert read_text(text).object_name.tolist() == names
    assert read_text(text.encode("utf-16")).object_name.tolist() == names
