import pytest

from commonsky.errors import MessageError
from commonsky.formats.registry import Entry, merged, register

SATCAT = b"""OBJECT_NAME,OBJECT_ID,NORAD_CAT_ID,OBJECT_TYPE,OPS_STATUS_CODE,OWNER,LAUNCH_DATE,\
LAUNCH_SITE,DECAY_DATE,PERIOD,INCLINATION,APOGEE,PERIGEE,RCS
ENVISAT,2002-009A,27386,PAY,-,ESA,2002-03-01,FRGUI,,100.1,98.1,766,764,
"COSMOS 1408, DEB",1982-092ABC,50000,DEB,,CIS,1982-09-16,PLMSC,2022-05-01,,,,,
"""


def test_a_satcat_says_whose_and_since_when() -> None:
    found = register(SATCAT)
    assert (found.read, dict(found.left_out)) == (2, {})
    envisat = found.of(27386)
    assert (envisat.owner, envisat.state, envisat.kind) == ("ESA", "", "PAYLOAD")
    assert (envisat.launched, envisat.decayed, envisat.designator) == (
        "2002-03-01", "", "2002-009A",
    )  # fmt: skip
    debris = found.of(50000)
    assert (debris.name, debris.state, debris.decayed) == ("COSMOS 1408, DEB", "RUS", "2022-05-01")


def test_what_is_not_in_it_is_not_known() -> None:
    assert register(SATCAT).of(1) == Entry(number=1)


def test_ours_stands_beside_a_satcat() -> None:
    ours = (
        b"NORAD_CAT_ID;REGISTERED_DATE;LICENSING_STATE;FILED_LONGITUDE_DEG;SERVICE;WITHHELD\n"
        b"27386;2003-01-31;fra;-18.0;FSS;yes\n"
    )
    both = merged([register(SATCAT), register(ours)]).of(27386)
    assert (both.name, both.registered, both.licensing_state) == ("ENVISAT", "2003-01-31", "FRA")
    assert (both.filed_longitude_deg, both.service, both.withheld) == (-18.0, "fss", True)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1,2", "not as many fields as the heading"),
        (b"x,PAY,2020-01-01", "no catalogue number"),
        ("٣,PAY,2020-01-01".encode(), "no catalogue number"),
        (b"0,PAY,2020-01-01", "no catalogue number"),
        (b"9999999999,PAY,2020-01-01", "no catalogue number"),
        (b"7,PAY,2020-13-01", "a date that is none"),
        (b"7,PAY,01/02/2020", "a date that is none"),
        (b'7,"PAY,2020-01-01', "a quote that does not close"),
        (b"7," + b"P" * 70_000 + b",2020-01-01", "a line of more than 65,536 characters"),
    ],
)
def test_a_bad_row_costs_itself_only(row: bytes, reason: str) -> None:
    content = b"NORAD_CAT_ID,OBJECT_TYPE,LAUNCH_DATE\n5,PAY,2020-01-01\n" + row + b"\n6,DEB,\n"
    found = register(content)
    assert sorted(found.entries) == [5, 6]
    assert dict(found.left_out) == {reason: 1}


@pytest.mark.parametrize(
    "heading",
    [b"", b"A,B\n", b"NORAD_CAT_ID\n", b"NORAD_CAT_ID,OWNER,OWNER\n", b"\xff\xfe\x00"],
)
def test_no_register_is_an_error_that_says_what_is_needed(heading: bytes) -> None:
    with pytest.raises(MessageError):
        register(heading)


def test_the_last_row_of_an_object_stands() -> None:
    found = register(b"NORAD_CAT_ID,OWNER\n5,US\n5,UK\n")
    assert found.of(5).state == "GBR"
