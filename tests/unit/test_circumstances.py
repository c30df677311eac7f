import pytest

from commonsky.errors import UnreadableInput
from commonsky.node.circumstances import About, Answer, Standing, circumstances

GOOD = b"""
[[circumstance]]
kind = "consent"
objects = [10002, 38740]
answer = "yes"
day = "2020-02-25"
text = "Announced beforehand by the operator of both."
source = "press release"
standing = "primary"

[[circumstance]]
kind = "explanation"
objects = [38740]
text = "A test of sensors."
source = "own judgement"
likelihood = 0.2
"""


def test_what_people_know_has_a_source() -> None:
    consent, other = circumstances(GOOD, "c.toml")
    assert (consent.kind, consent.answer, consent.standing) == (
        About.CONSENT, Answer.YES, Standing.PRIMARY,
    )  # fmt: skip
    assert (other.likelihood, other.answer) == (0.2, Answer.NOT_SEARCHED)


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace(b'source = "press release"\n', b""),
        GOOD.replace(b'source = "press release"', b'source = ""'),
        GOOD.replace(b'"consent"', b'"malice"'),
        GOOD.replace(b"[10002, 38740]", b"[]"),
        GOOD.replace(b"0.2", b"1.2"),
        GOOD.replace(b"2020-02-25", b"February"),
        GOOD.replace(b"day =", b"date ="),
        b"[[circumstance]\n",
        b"\xff",
        b"x = 1",
        b"#" * (1 << 21),
    ],
)
def test_what_is_said_wrongly_is_refused_and_says_where(content: bytes) -> None:
    with pytest.raises(UnreadableInput, match=r"c\.toml"):
        circumstances(content, "c.toml")


def test_nothing_is_nothing() -> None:
    assert circumstances(b"", "c.toml") == ()
