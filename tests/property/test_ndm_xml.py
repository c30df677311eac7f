"""Documents under damage, and what anybody may write into them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.formats.ndm_entries import entries
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_read import read_message
from commonsky.formats.ndm_transcript import Transcribed
from commonsky.formats.ndm_write import Notation, written
from commonsky.formats.ndm_xml import read_xml
from commonsky.formats.ndm_xml_lex import escaped
from tests.ndm_case import OEM, cdm
from tests.unit.test_ndm import OPM, TDM

DOCUMENTS = [written(read_message(raw), Notation.XML) for raw in (cdm(), OEM, OPM, TDM)]
LETTERS = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"
)
PIECES = (
    b"<", b">", b"&", b"/>", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"&#10;", b" [km]", b"\n",
    b"COMMENT ", b"<Y>0</Y>", b'units="m"', b"</data>", b"\xc3", b"-1e3", b" = ",
)  # fmt: skip


def outcome(raw: bytes, *, strict: bool) -> list[Transcribed | Problem]:
    try:
        return read_xml(raw, strict=strict)
    except Problem as problem:
        return [problem]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    raw = bytearray(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(raw) - 1))
        match draw(st.integers(0, 3)):
            case 0:
                raw[place] = draw(st.integers(32, 126))
            case 1:
                del raw[place : place + draw(st.integers(1, 40))]
            case 2:
                raw[place:place] = draw(st.sampled_from(PIECES))
            case _:
                raw[place : place + 1] = draw(st.binary(min_size=1, max_size=4))
        if not raw:
            raw = bytearray(b"<")
    return bytes(raw)


@settings(max_examples=400, deadline=None)
@given(damaged(), st.booleans())
def test_damage_is_told_with_a_place(raw: bytes, strict: bool) -> None:
    for one in outcome(raw, strict=strict):
        if isinstance(one, Problem):
            assert 1 <= one.line <= raw.count(b"\n") + 1
            assert one.column >= 1
        else:
            assert one.changed({}) == raw
            assert entries(one)


@settings(max_examples=300, deadline=None)
@given(st.text(LETTERS, min_size=1, max_size=60).map(lambda text: " ".join(text.split())))
def test_a_text_comes_back(text: str) -> None:
    if not text:
        return
    raw = DOCUMENTS[2].replace(b">A<", b">" + escaped(text.encode()) + b"<", 1)
    message = read_message(raw)
    assert message.text("OBJECT_NAME") == text
    assert message.number("Y_DOT") == 7.5
    if text.isascii():
        back = read_message(written(message, Notation.KVN))
        assert back.text("OBJECT_NAME") == text
        assert entries(back) == entries(message)
