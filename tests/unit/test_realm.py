"""Realms: what operations refuse, and what everything else must say of itself."""

import numpy as np
import pytest

from commonsky.errors import NodeError
from commonsky.node.realm import Realm, Told, told_by


def problem(realm: Realm, told: Told) -> str:
    return realm.problem(told.realms, told.originators)


OPS, EXERCISE, TEST = map(Realm.parsed, ("ops", "exercise/gs26", "test"))


@pytest.mark.parametrize(
    "text",
    ["", "OPS", "ops ", "exercise", "exercise/", "exercise/a b", "exercise/../x", "exercise/a\n"],
)
def test_what_is_no_realm_is_refused(text: str) -> None:
    with pytest.raises(NodeError, match="exercise/gs26"):
        Realm.parsed(text)


def test_operations_refuse_simulated_objects_and_others_take_them() -> None:
    numbers = np.array([25544, 899_999_999, 900_000_000, 999_999_999, 1_000_000_000])
    assert OPS.refused_numbers(numbers).tolist() == [False, False, True, True, False]
    assert not EXERCISE.refused_numbers(numbers).any()
    assert not TEST.refused_numbers(numbers).any()


def test_what_leaves_an_exercise_says_so() -> None:
    assert OPS.comments == ()
    assert EXERCISE.comments == ("REALM = exercise/gs26",)
    assert TEST.comments == ("REALM = test",)
    assert OPS.originator("NOR") == "NOR"
    assert EXERCISE.originator("NOR") == EXERCISE.originator("NOR-EX") == "NOR-EX"
    with pytest.raises(NodeError, match="NOR-EX"):
        OPS.originator("NOR-EX")


KVN = b"CCSDS_OMM_VERS = 2.0\nCOMMENT REALM = exercise/gs26\nORIGINATOR = NOR-EX\n"
FILES = {
    "kvn comment": b"CCSDS_OMM_VERS = 2.0\r\nCOMMENT REALM = exercise/gs26\r\nORIGINATOR = N\r\n",
    "kvn originator": b"CCSDS_OMM_VERS = 2.0\nORIGINATOR = NOR-EX\nOBJECT_NAME = ISS\n",
    "xml comment": b"<omm><header><COMMENT>REALM = exercise/gs26</COMMENT></header></omm>",
    "xml originator": b"<header><ORIGINATOR>NOR-EX</ORIGINATOR></header>",
    "json comment": b'[{"COMMENT": ["A", "REALM = exercise/gs26"], "ORIGINATOR": "NOR"}]',
    "json originator": b'[{"ORIGINATOR":"NOR-EX","OBJECT_NAME":"ISS"}]',
    "csv originator": b"OBJECT_NAME,ORIGINATOR,NORAD_CAT_ID\nISS,NOR,25544\nISS,NOR-EX,25544\n",
    "csv quoted": b'"OBJECT_NAME","ORIGINATOR"\r\n"I,SS","NOR-EX"\r\n',
    "csv semicolons": b"OBJECT_NAME;ORIGINATOR\nISS;NOR-EX",
    "ends there": b"COMMENT REALM = test",
    "close together": b"COMMENT REALM=exercise/gs26\n",
}


@pytest.mark.parametrize("name", FILES)
def test_operations_refuse_files_of_exercises_by_name(name: str) -> None:
    assert problem(OPS, told_by(FILES[name]))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("size", [1, 7, 64])
def test_pieces_do_not_matter(name: str, size: int) -> None:
    told, content = Told(), FILES[name]
    for start in range(0, len(content), size):
        told.feed(content[start : start + size])
    told.close()
    whole = told_by(content)
    assert (told.realms, told.originators) == (whole.realms, whole.originators)


def test_far_into_a_file_it_is_still_seen() -> None:
    told = Told()
    for piece in (b"A = 1\n" * 100_000, b"COMMENT REALM = exer", b"cise/gs26\n", b"B" * 100_000):
        told.feed(piece)
    told.close()
    assert told.realms == {"exercise/gs26"}


def test_real_files_are_taken_everywhere() -> None:
    real = told_by(b"OBJECT_NAME,ORIGINATOR\nTEST-EX,18 SPCS\nREALM OF THE SUN,18 SPCS\n")
    assert problem(OPS, real) == problem(EXERCISE, real) == problem(TEST, real) == ""


def test_a_realm_takes_its_own_and_no_other_exercise() -> None:
    own = told_by(KVN)
    assert problem(EXERCISE, own) == ""
    assert "exercise/gs26" in problem(Realm("exercise/gs27"), own)
    assert "exercise/gs26" in problem(TEST, own)
