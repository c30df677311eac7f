"""Where two pictures differ, object by object."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commonsky.catalogue.assertion import Verdict
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.node.assertions import Statement
from commonsky.node.comparison import Comparison
from commonsky.node.difference import differences
from commonsky.node.picture import Picture
from tests.assertion_case import AT, ahead, of, sky, unnumbered
from tests.record_case import Post

NOBODY = Picture("AUS")


def holding(*parts: tuple[str, Catalogue]) -> Picture:
    post = Post()
    return Picture.of(
        [
            one
            for said, (nation, some) in enumerate(parts)
            for one in post.held(nation, some, said)
        ],
        "AUS",
    )


def numbers(*rows: int) -> list[int]:
    return sky().catalogue_number[list(rows)].tolist()


def test_alone_alike_and_apart() -> None:
    ours = ("AUS", sky().take(np.array([0, 1, 2, 3])))
    theirs = ("GBR", concatenated(
        [of(sky(), 1), ahead(of(sky(), 2), 0.1), ahead(of(sky(), 3), 250.0), of(sky(), 4)]
    ))  # fmt: skip
    picture = holding(ours, theirs)
    told = differences(picture.said_by("AUS"), picture.said_by("GBR"))
    assert told.first_alone.tolist() == numbers(0)
    assert told.second_alone.tolist() == numbers(4)
    assert told.alike.tolist() == numbers(1)
    assert (told.same, told.only_first, told.only_second) == (1, 1, 1)
    assert [one.number for one in told.apart] == numbers(3, 2)
    assert [one.agrees for one in told.apart] == [False, True]
    assert told.apart[0].along_km == pytest.approx(250.0, rel=0.02)
    assert told.apart[1].along_km == pytest.approx(0.1, rel=0.02)
    assert str(told.apart[0]).startswith(f"{numbers(3)[0]} {sky().object_name[3]}: +2")
    assert str(told.apart[0]).endswith("sigmas: DISSENT")
    back = differences(picture.said_by("GBR"), picture.said_by("AUS"))
    assert back.apart[0].along_km == pytest.approx(-250.0, rel=0.02)


def test_across_numberings() -> None:
    ours, theirs = ("AUS", sky().take(np.arange(3))), ("GBR", unnumbered(sky().take(np.arange(3))))
    told = differences(holding(ours), holding(theirs))
    assert told.alike.tolist() == numbers(0, 1, 2)
    assert not told.apart


def test_at_a_time_that_is_asked_for() -> None:
    ours, theirs = ("AUS", of(sky(), 0)), ("GBR", ahead(of(sky(), 0), 250.0))
    told = differences(holding(ours), holding(theirs), AT)
    assert told.at_tai_ns == AT
    newest = differences(holding(ours), holding(theirs))
    assert newest.at_tai_ns == sky().elements.epoch_tai_ns[0]


def test_where_one_has_it_nowhere() -> None:
    fallen = of(sky(), 0)
    low = np.full(1, 0.0760)
    fallen = replace(fallen, elements=replace(fallen.elements, mean_motion_rad_min=low))
    told = differences(holding(("AUS", of(sky(), 0))), holding(("GBR", fallen)))
    assert [str(one).endswith("nowhere at that time") for one in told.apart] == [True]
    assert not told.apart[0].agrees


def test_what_was_said_last_counts() -> None:
    newer = ahead(of(sky(), 0), 250.0)
    mixed = holding(("AUS", of(sky(), 0)), ("GBR", newer))
    assert differences(mixed, holding(("NOR", newer))).same == 1
    assert len(differences(mixed, holding(("NOR", of(sky(), 0)))).apart) == 1


def test_nothing_against_something() -> None:
    told = differences(NOBODY, NOBODY, 7)
    assert (told.at_tai_ns, told.same, told.apart) == (7, 0, ())
    some = holding(("AUS", sky().take(np.arange(3))))
    assert differences(NOBODY, some).only_second == 3
    assert differences(some, NOBODY).only_first == 3


def test_statements_are_compared_object_by_object() -> None:
    three = sky().take(np.array([0, 1, 2]))
    picture = holding(
        ("AUS", three), ("GBR", unnumbered(of(three, 1))), ("NOR", ahead(of(three, 2), 250.0))
    )
    statements = [one for one in picture.standing if isinstance(one, Statement)]
    told = Comparison.of(statements, AT)
    assert told.identity.number.tolist() == numbers(0, 1, 2)
    assert told.agreement.verdict.tolist() == [Verdict.ALONE, Verdict.AGREE, Verdict.DISSENT]
    assert told.statements[0] is statements[0]
