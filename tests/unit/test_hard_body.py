"""Hard-body radii from a file people write by hand."""

import pytest

from commonsky.errors import MessageError
from commonsky.formats.hard_body import HardBody, hard_bodies, hard_body_radii_km


def test_metres_become_km() -> None:
    text = b"NORAD_CAT_ID,NAME,HARD_BODY_RADIUS_M\n25544,ISS,54.5\n900000001,,0.1\n"
    assert hard_body_radii_km(text) == {25544: 0.0545, 900_000_001: 0.0001}


def test_a_byte_order_mark_and_crlf_do_no_harm() -> None:
    text = b"\xef\xbb\xbfNORAD_CAT_ID,HARD_BODY_RADIUS_M\r\n 5 , 2 \r\n"
    assert hard_body_radii_km(text) == {5: 0.002}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("x,1", "line 2, NORAD_CAT_ID: 'x' is no catalogue number"),
        ("-5,1", "no catalogue number"),
        ("5", "line 2, HARD_BODY_RADIUS_M: '' is no radius"),
        ("5,nan", "no radius"),
        ("5,0", "no radius"),
        ("5,-1", "no radius"),
        ("5,1e9", "up to 1000"),
        ("5,1\n5,2", "line 3: 5 stands here twice"),
        ("5," + "1" * 200_000, "no CSV"),
        ("5", "no radius"),
    ],
)
def test_a_bad_line_is_refused_with_its_place(line: str, problem: str) -> None:
    text = f"NORAD_CAT_ID,HARD_BODY_RADIUS_M\n{line}\n".encode()
    with pytest.raises(MessageError, match=problem):
        hard_body_radii_km(text)


@pytest.mark.parametrize("content", [b"", b"NORAD_CAT_ID,RADIUS\n5,1\n", b"\xff\x00garbage"])
def test_what_is_no_such_list_is_refused(content: bytes) -> None:
    with pytest.raises(MessageError, match=r"no column .*needed are"):
        hard_body_radii_km(content)


def test_how_sure_a_radius_is_comes_with_it() -> None:
    text = b"NORAD_CAT_ID,HARD_BODY_RADIUS_M,HARD_BODY_RADIUS_SIGMA_M\n5,2,0.5\n6,3,\n"
    assert hard_bodies(text) == {5: HardBody(0.002, 0.0005), 6: HardBody(0.003, 0.0)}
    with pytest.raises(MessageError, match="line 2, HARD_BODY_RADIUS_SIGMA_M: '-1'"):
        hard_bodies(text.replace(b"0.5", b"-1"))


def test_the_list_of_cara_leaves_most_out() -> None:
    text = (
        b"ObjectID,HBR,HBRSigma,HBRSource,Mass,MassSigma,MassSource\n"
        b"1,,0,DISCOS DB,,0,DISCOS DB\n270449,0.25,0.125,RCS,,0,\n"
    )
    assert hard_bodies(text) == {270449: HardBody(0.00025, 0.000125)}
