"""What a nation holds, and from whom: built from records, changed by records, taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from commonsky.catalogue.catalogue import UNNUMBERED_FIRST, Catalogue, concatenated
from commonsky.catalogue.identity import number_for_unnumbered
from commonsky.catalogue.population import population
from commonsky.formats.omm_json_writer import omm_json_objects
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind, Record
from commonsky.ledger.store import Held
from commonsky.node import picture as module
from commonsky.node.assertions import catalogue_of
from commonsky.node.picture import Picture
from commonsky.node.side_by_side import Delta
from tests.catalogue_case import catalogue_of as table_of
from tests.catalogue_case import rows_of
from tests.record_case import NOW, Post

SECRET = Label(classification="SECRET")


@pytest.fixture
def post() -> Post:
    return Post()


SKY = population(60, 5)


def sky(count: int = 60) -> Catalogue:
    return SKY.take(np.arange(count))


def moved(some: Catalogue, by_rad: float = 1e-4, later_ns: int = 1000) -> Catalogue:
    elements = replace(
        some.elements,
        mean_anomaly_rad=some.elements.mean_anomaly_rad + by_rad,
        epoch_tai_ns=some.elements.epoch_tai_ns + later_ns,
    )
    return replace(some, elements=elements)


def pairs(some: Catalogue) -> list[tuple[int, str]]:
    return list(zip(some.catalogue_number.tolist(), some.source.tolist(), strict=True))


def after(table: Catalogue, change: Delta) -> Catalogue:
    """A table as somebody has it who was told of a change alone."""
    gone = set(zip(change.gone_numbers, change.gone_sources, strict=True))
    changed = {*pairs(change.changed)}
    kept = [row for row, pair in enumerate(pairs(table)) if pair not in gone | changed]
    whole = concatenated([table.take(np.array(kept, np.int64)), change.changed])
    return whole.take(np.lexsort((whole.source, whole.catalogue_number)))


def content(table: Catalogue) -> list[tuple[object, ...]]:
    return sorted(rows_of(table))


def agrees(picture: Picture, records: Iterable[Held]) -> None:
    """A picture is the one that its records make, in any order."""
    fresh = Picture.of(records, picture.nation)
    assert content(picture.catalogue) == content(fresh.catalogue)
    assert picture.watermarks == fresh.watermarks
    for number, source in pairs(fresh.catalogue):
        assert picture.handles(number, source) == fresh.handles(number, source)


def handles(records: Sequence[Held]) -> tuple[str, ...]:
    return tuple(sorted(one.record.envelope.handle for one in records))


def test_bodies_read_back_as_they_were() -> None:
    contents = list(omm_json_objects(sky()))
    read = catalogue_of(contents, ["AUS"] * 30 + ["GBR"] * 30)
    assert read.refused == ()
    assert read.body.tolist() == list(range(60))
    assert read.catalogue.source.tolist() == ["AUS"] * 30 + ["GBR"] * 30
    assert list(omm_json_objects(read.catalogue)) == contents
    nothing = catalogue_of([], [])
    assert len(nothing.catalogue) == len(nothing.body) == 0


HOSTILE = {
    b"": "no JSON object",
    b"[]": "no JSON object",
    b"3": "no JSON object",
    b"{}": "says nothing of an orbit",
    b'{"A":1}': "says nothing of an orbit",
    b'{"NORAD_CAT_ID":1}{"NORAD_CAT_ID":2}': "no JSON object",
    b'{"a":' * 20_000 + b"1" + b"}" * 20_000: "nested too deep",
    b'{"OBJECT_NAME":"\xff"}': "no JSON object",
    b'{"NORAD_CAT_ID":1,"norad_cat_id":2}': "NORAD_CAT_ID stands twice in it",
    b'{"OBJECT_NAME":"' + b"x" * (1 << 19) + b'"}': "longer than",
    b'{"NORAD_CAT_ID":7}': "missing",
}


def test_a_bad_body_costs_itself_alone() -> None:
    good = list(omm_json_objects(sky(len(HOSTILE) + 1)))
    mixed = [good[0]]
    for one, bad in zip(good[1:], HOSTILE, strict=True):
        mixed += [bad, one]
    read = catalogue_of(mixed, [f"N{k}" for k in range(len(mixed))])
    assert read.body.tolist() == list(range(0, len(mixed), 2))
    assert list(omm_json_objects(read.catalogue)) == good
    assert [one.line for one in read.refused] == list(range(1, len(mixed), 2))
    assert [one.source for one in read.refused] == [f"N{one.line}" for one in read.refused]
    for told, reason in zip(read.refused, HOSTILE.values(), strict=True):
        assert reason in told.reason


def test_every_refusal_is_told_however_many() -> None:
    contents = list(omm_json_objects(sky(1))) + [b"{"] * 2500 + list(omm_json_objects(sky(2)))
    read = catalogue_of(contents, ["AUS"] * len(contents))
    assert read.body.tolist() == [0, 2501, 2502]
    assert [one.line for one in read.refused] == list(range(1, 2501))


def test_any_standard_shape_of_a_body_is_read() -> None:
    (flat,) = omm_json_objects(sky(1))
    nested = {"omm": {"body": json.loads(flat) | {"COMMENT": None}}, "version": 3.0}
    read = catalogue_of([flat, json.dumps(nested).encode()], ["AUS", "AUS"])
    assert rows_of(read.catalogue)[0] == rows_of(read.catalogue)[1]


def test_equal_statements_share_a_row(post: Post) -> None:
    ours = post.held("AUS", sky())
    same = post.held("GBR", sky(20))
    other = post.held("NOR", moved(sky(5)))
    picture = Picture.of([*ours, *same, *other], "AUS")
    table = picture.catalogue
    numbers = sky().catalogue_number.tolist()
    assert sorted(pairs(table)) == sorted(
        [(n, "AUS+GBR") for n in numbers[:20]] + [(n, "AUS") for n in numbers[20:]]
        + [(n, "NOR") for n in numbers[:5]]
    )  # fmt: skip
    assert len(picture) == 60
    assert picture.handles(numbers[0], "AUS+GBR") == handles([ours[0], same[0]])
    assert picture.handles(numbers[0], "NOR") == handles(other[:1])
    assert picture.handles(numbers[30], "AUS") == handles([ours[30]])
    told = table.provenance
    assert (told.read_count, told.superseded_count, told.quarantined_count) == (85, 20, 0)


def test_of_what_is_no_row_the_handles_are_what_its_nations_say(post: Post) -> None:
    ours, theirs = post.held("AUS", sky(1)), post.held("GBR", moved(sky(1)))
    picture = Picture.of([*ours, *theirs], "AUS")
    number = int(sky().catalogue_number[0])
    assert picture.handles(number, "AUS+GBR") == handles([*ours, *theirs])
    assert picture.handles(number, "GBR+NOR") == handles(theirs)
    assert picture.handles(number, "NOR") == picture.handles(5, "AUS") == ()


def test_order_changes_nothing(post: Post) -> None:
    some = [
        *post.held("AUS", sky(2)), *post.held("AUS", moved(sky(2)), said=9),
        *post.held("GBR", moved(sky(2)), said=5),
    ]  # fmt: skip
    wanted = Picture.of(some, "AUS")
    for order in list(permutations(some))[::37]:
        picture = Picture("AUS")
        for one in order:
            picture.apply([one])
        agrees(picture, some)
        assert content(picture.catalogue) == content(wanted.catalogue)


def test_what_is_said_last_stands_even_if_it_is_of_an_older_orbit(post: Post) -> None:
    first = post.held("AUS", sky(1), said=1)
    older = post.held("AUS", moved(sky(1), later_ns=-(10**9)), said=2)
    picture = Picture.of(first, "AUS")
    change = picture.apply(older)
    assert picture.handles(int(sky().catalogue_number[0]), "AUS") == handles(older)
    # An update takes no older orbits in, so that the old one must go first.
    assert pairs(change.changed) == list(
        zip(change.gone_numbers, change.gone_sources, strict=True)
    )
    assert not picture.apply(first)
    newer = picture.apply(post.held("AUS", moved(sky(1)), said=3))
    assert len(newer.changed) == 1
    assert newer.gone_numbers == ()


def test_changes_are_told_in_full(post: Post) -> None:
    rng = np.random.default_rng(7)
    picture, table = Picture("AUS"), Picture("AUS").catalogue
    standing: dict[tuple[str, int], Held] = {}
    everything: list[Held] = []
    for turn in range(60):
        nation = str(rng.choice(["AUS", "GBR", "NOR"]))
        rows = rng.choice(8, rng.integers(1, 4), replace=False)
        some = sky().take(rows)
        for _ in range(int(rng.integers(0, 3))):
            some = moved(some)
        new = post.held(nation, some, said=turn)
        if turn % 5 == 4:
            out = [str(one) for one in rng.choice(handles(list(standing.values())), 2)]
            instead = [
                max((one for one in everything if key == (one.record.envelope.node,
                     one.record.envelope.subject[0]) and one.record.envelope.handle not in out),
                    key=lambda one: one.sequence, default=None)
                for key, held in standing.items() if held.record.envelope.handle in out
            ]  # fmt: skip
            everything = [one for one in everything if one.record.envelope.handle not in out]
            change = picture.withdraw(out, [one for one in instead if one is not None])
        else:
            everything += new
            change = picture.apply(new)
        standing = {
            (one.record.envelope.node, one.record.envelope.subject[0]): one for one in everything
        }
        table = after(table, change)
        assert content(table) == content(picture.catalogue)
        agrees(picture, everything)


def test_nothing_new_is_no_change(post: Post) -> None:
    some = post.held("AUS", sky(3))
    picture = Picture.of(some, "AUS")
    assert not picture.apply(some)
    assert not picture.apply([])
    assert not picture.withdraw([])
    assert not picture.withdraw(["00" * 16])
    again = picture.apply(post.held("AUS", sky(3), said=5))
    assert not again  # the same, said once more


def test_what_was_withdrawn_never_comes_back(post: Post) -> None:
    some = post.held("AUS", sky(3))
    picture = Picture.of(some[:2], "AUS")
    change = picture.withdraw(handles([some[0], some[2]]))
    assert change.gone_numbers == (int(sky().catalogue_number[0]),)
    assert change.gone_sources == ("AUS",)
    assert not picture.apply(some)
    assert len(picture) == 1


def test_a_recall_of_one_of_two_leaves_the_row_to_the_other(post: Post) -> None:
    ours, theirs = post.held("AUS", sky(1)), post.held("GBR", sky(1))
    picture = Picture.of([*ours, *theirs], "AUS")
    change = picture.withdraw(handles(ours))
    assert change.gone_sources == ("AUS+GBR",)
    assert change.changed.source.tolist() == ["GBR"]
    assert picture.handles(change.gone_numbers[0], "GBR") == handles(theirs)


def test_a_name_that_was_withdrawn_is_forgotten(post: Post) -> None:
    row = {"number": 7, "name": "SECRET SQUIRREL", "size": 3}
    named = post.held("AUS", table_of(row))
    nameless = post.held("GBR", table_of({"number": 7, "anomaly": 1.0}))
    picture = Picture.of([*named, *nameless], "AUS")
    assert picture.catalogue.object_name.tolist() == ["SECRET SQUIRREL"] * 2
    assert picture.catalogue.rcs_size.tolist() == [3, 3]
    change = picture.withdraw(handles(named))
    assert picture.catalogue.object_name.tolist() == [""]
    assert change.changed.object_name.tolist() == [""]
    assert sorted(change.gone_sources) == ["AUS", "GBR"]


def test_a_nation_may_say_two_things_under_two_labels(post: Post) -> None:
    told = post.held("NOR", sky(1), said=1)
    kept = post.held("NOR", moved(sky(1)), said=2, label=SECRET)
    picture = Picture.of([*told, *kept], "NOR")
    number = int(sky().catalogue_number[0])
    assert picture.handles(number, "NOR") == handles(kept)
    assert picture.handles(number, "NOR~2") == handles(told)
    picture.apply(post.held("NOR", moved(sky(1)), said=3))
    assert pairs(picture.catalogue) == [(number, "NOR")]


def test_what_is_not_what_its_envelope_says_is_refused(post: Post) -> None:
    number = int(sky().catalogue_number[0])
    good = post.held("GBR", sky(1))[0]
    (unnumbered,) = omm_json_objects(table_of({"number": UNNUMBERED_FIRST + 5, "name": "UCT"}))
    cases = {
        "its envelope says about 5": post.altered(good, subject=(5,)),
        "its envelope says about nothing": post.altered(good, subject=()),
        f"says about {number}, 900000001": post.altered(good, subject=(number, 900_000_001)),
        "it has no number": post.altered(good, unnumbered),
        "no JSON object": post.altered(good, b"CCSDS_OMM_VERS = 2.0"),
        "its body was purged": Held(99, "", Record(good.record.envelope, b"", None)),
    }
    for reason, bad in cases.items():
        picture = Picture.of([bad], "AUS")
        assert len(picture) == len(picture.catalogue) == 0
        assert [reason in one.reason for one in picture.rejected] == [True]
        assert picture.watermarks["GBR"].rejected == 1
        assert picture.catalogue.provenance.quarantined_count == 1


def test_a_newest_record_that_is_none_ends_the_statement_before(post: Post) -> None:
    first = post.held("GBR", sky(1))[0]
    later = first.record.envelope.said_tai_ns + 1
    bad = post.altered(first, b"{", said_tai_ns=later, handle="f" * 32)
    picture = Picture.of([first], "AUS")
    change = picture.apply([bad])
    assert change.gone_sources == ("GBR",)
    agrees(picture, [bad])
    assert len(picture.apply(post.held("GBR", sky(1), said=5)).changed) == 1
    assert picture.rejected == ()
    assert not picture.apply([bad])


def test_other_kinds_are_passed_over(post: Post) -> None:
    some = post.held("GBR", sky(1))
    picture = Picture.of([post.altered(some[0], kind=Kind.EXISTENCE)], "AUS")
    assert picture.watermarks == {}


def test_tracks_of_two_nations_are_two_objects(post: Post) -> None:
    track = table_of({"number": number_for_unnumbered("", "UCT 17"), "name": "UCT 17"})
    elsewhere = replace(track, elements=replace(track.elements, raan_rad=np.array([2.0])))
    piece = {"number": number_for_unnumbered("2025-001C", ""), "object_id": "2025-001C"}
    records = [
        *post.held("AUS", track), *post.held("GBR", elsewhere), *post.held("NOR", elsewhere),
        *post.held("AUS", table_of(piece)), *post.held("GBR", table_of(piece)),
    ]  # fmt: skip
    picture = Picture.of(records, "AUS")
    table = picture.catalogue
    assert len(np.unique(table.catalogue_number)) == len(table) == 4
    assert (table.catalogue_number >= UNNUMBERED_FIRST).all()
    assert (int(track.catalogue_number[0]), "AUS") in pairs(table)  # ours is as we say it
    assert (piece["number"], "AUS+GBR") in pairs(table)


def test_watermarks_tell_who_said_how_much_and_when(post: Post) -> None:
    records = [*post.held("AUS", sky(4), said=3), *post.held("GBR", moved(sky(2)), said=8)]
    marks = Picture.of(records, "AUS").watermarks
    assert list(marks) == ["AUS", "GBR"]
    assert (marks["AUS"].statements, marks["GBR"].statements) == (4, 2)
    assert marks["AUS"].newest_epoch_tai_ns == sky(4).elements.epoch_tai_ns.max()
    assert marks["GBR"].newest_epoch_tai_ns == sky(2).elements.epoch_tai_ns.max() + 1000
    assert marks["GBR"].newest_said_tai_ns == NOW + 8


def test_one_nations_part(post: Post) -> None:
    ours, theirs = post.held("AUS", sky(4)), post.held("GBR", moved(sky(2)))
    part = Picture.of([*ours, *theirs], "AUS").said_by("GBR")
    agrees(part, theirs)
    assert len(Picture.of(ours, "AUS").said_by("GBR").catalogue) == 0


def test_pages_are_put_together(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOSE_PAGES", 3)
    everything = []
    picture = Picture("AUS")
    for turn in range(12):
        new = post.held("AUS", moved(sky(3), 1e-3 * turn), said=turn)
        everything += new
        picture.apply(new[turn % 3 :])
        picture.apply(new)
    agrees(picture, everything)
