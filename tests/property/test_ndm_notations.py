"""Whatever is done to a document, it is read or refused with a place; nothing else happens."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_read import read_messages
from commonsky.formats.ndm_write import Notation, written
from tests.ndm_case import OEM, cdm

DOCUMENTS = [
    written(message, notation)
    for raw in (cdm(), OEM)
    for message in read_messages(raw)
    if not isinstance(message, Problem)
    for notation in (Notation.XML, Notation.JSON)
]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutated_documents(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(DOCUMENTS)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                raw[place] = data.draw(st.integers(0, 255))
            case 1:
                del raw[place : place + data.draw(st.integers(1, 60))]
            case 2:
                raw[place:place] = data.draw(st.binary(max_size=20))
            case _:
                other = data.draw(st.integers(0, len(raw) - 1))
                raw[place:place] = raw[other : other + 80]
        if not raw:
            return
    try:
        found = read_messages(bytes(raw))
    except Problem as problem:
        found = [problem]
    for message in found:
        if isinstance(message, Problem):
            assert 1 <= message.line <= raw.count(b"\n") + 1
            assert message.column >= 1
        else:
            assert message.changed({}) == bytes(raw)
            for deviation in message.deviations:
                assert 1 <= deviation.line <= raw.count(b"\n") + 1


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.text(alphabet='<>/!&;{}[]":,CDMopm \n', max_size=200))
)
def test_rubbish(rubbish: bytes | str) -> None:
    raw = rubbish if isinstance(rubbish, bytes) else rubbish.encode()
    try:
        found = read_messages(raw)
    except Problem:
        return
    assert found
