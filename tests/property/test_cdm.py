"""Whatever is in a message: it comes back, or it is refused."""

import json
import string

from defusedxml.ElementTree import fromstring
from hypothesis import example, given
from hypothesis import strategies as st

from commonsky.errors import NotRepresentable
from commonsky.formats.cdm_fields import number_text, writable_comment, writable_name
from commonsky.formats.cdm_json import cdm_json
from commonsky.formats.cdm_kvn import cdm_kvn
from commonsky.formats.cdm_xml import cdm_xml
from tests.cdm_case import changed, kvn_pairs, message_of

finite = st.floats(-1.797693134862315e308, 1.797693134862315e308)
anything = st.text() | st.text(string.printable) | st.text("AB=[] &<>_-\n\\\x00é", max_size=400)


# Half a unit of the sixteenth digit, where the first is 1, and the rounding of reading it back.
SIXTEEN_DIGITS = 5e-16 + 2.0**-53


@example(1.0411344806624855e-58)  # off by 5.1e-16
@given(finite | st.integers(-(10**17), 10**17).map(float) | st.floats(0.999, 1.001))
def test_numbers_come_back_to_sixteen_digits(value: float) -> None:
    text = number_text("X", value)
    assert abs(float(text) - value) <= max(abs(value) * SIXTEEN_DIGITS, 5e-324)
    digits = text.upper().partition("E")[0].lstrip("-").replace(".", "")
    assert len(digits) <= 16
    assert "." in text
    assert text != "-0.0"


@given(st.lists(st.floats(-1e30, 1e30), min_size=54, max_size=54))
def test_states_and_covariances_come_back(values: list[float]) -> None:
    message = message_of(values)
    first = [text for keyword, text, unit in kvn_pairs(cdm_kvn(message)) if unit]
    second = [one.text or "" for one in fromstring(cdm_xml(message)).iter() if one.get("units")]
    assert first == second
    for text, value in zip(first[-54:], values, strict=True):
        assert abs(float(text) - value) <= max(abs(value) * SIXTEEN_DIGITS, 5e-324)


@given(anything)
def test_a_name_comes_back_or_is_refused(name: str) -> None:
    message = changed(message_of(), "metadata1", OBJECT_NAME=name)
    try:
        pairs = kvn_pairs(cdm_kvn(message))
    except NotRepresentable:
        pass
    else:
        assert len(pairs) == len(kvn_pairs(cdm_kvn(message_of())))
        assert next(text for keyword, text, _ in pairs if keyword == "OBJECT_NAME") == name
    try:
        raw = cdm_xml(message)
    except NotRepresentable:
        pass
    else:
        assert fromstring(raw).findall(".//OBJECT_NAME")[0].text == name
    try:
        flat = json.loads(cdm_json(message))
    except NotRepresentable:
        pass
    else:
        assert flat["SAT1_OBJECT_NAME"] == name


@given(anything, anything)
def test_a_name_made_writable_is_written_in_every_notation(name: str, comment: str) -> None:
    written, remark = writable_name(name), f"SOURCE = {writable_comment(comment)}"
    message = changed(message_of(), "metadata1", OBJECT_NAME=written, COMMENT=(remark,))
    pairs = kvn_pairs(cdm_kvn(message))
    assert next(text for keyword, text, _ in pairs if keyword == "OBJECT_NAME") == written
    document = fromstring(cdm_xml(message))
    assert document.findall(".//OBJECT_NAME")[0].text == written
    assert document.findall(".//metadata/COMMENT")[0].text == remark
    assert json.loads(cdm_json(message))["SAT1_OBJECT_NAME"] == written
