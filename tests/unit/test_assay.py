import msgspec
import pytest

from commonsky.ledger.label import Label
from commonsky.ledger.record import Lineage, Link, Record, Relation
from commonsky.share.assay import Assay
from tests.feed_case import REALM, record

ASSAY = Assay("AUS", REALM, range(900_000_000, 1_000_000_000))
GOOD = record(1)
HANDLE = GOOD.envelope.handle
RELATED = record(
    2,
    lineage=Lineage(function="screen@1", parameters_digest="00", used=(HANDLE,)),
    links=(Link(Relation.SUPERSEDES, HANDLE),),
    subject=(5, 25544, 270438, 1_000_000_001),
)


def whole(one: Record) -> bytes:
    assert one.body is not None
    return one.body.nonce + one.body.content


def nested(depth: int) -> bytes:
    return GOOD.encoded[:-1] + b',"new":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize("one", [GOOD, RELATED, record(3, subject=())])
def test_a_good_record_is_kept_as_it_was_written(one: Record) -> None:
    assert ASSAY.sorted(7, [one.encoded], [whole(one)]) == ([(7, one)], [])


def test_a_purged_body_leaves_the_envelope() -> None:
    records, set_aside = ASSAY.sorted(0, [GOOD.encoded], [b""])
    assert (records[0][1].body, set_aside) == (None, [])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (record(2, node="NOR"), "relayed without grant: a statement of 'NOR'"),
        (record(2, realm="exercise/gs26"), "other realm: 'exercise/gs26'"),
        (record(2, realm="ops"), "other realm: 'ops'"),
        (record(2, handle=HANDLE[:-1]), "a handle in it is not 32 hexadecimal digits"),
        (record(2, handle=HANDLE.upper()), "a handle in it is not 32 hexadecimal digits"),
        (record(2, handle=HANDLE + "\n"), "a handle in it is not 32 hexadecimal digits"),
        (
            record(2, links=(Link(Relation.RETRACTS, "all"),)),
            "a handle in it is not 32 hexadecimal digits",
        ),
        (
            record(2, lineage=Lineage(function="f", parameters_digest="", used=("x",))),
            "a handle in it is not 32 hexadecimal digits",
        ),
        (record(2, said_tai_ns=1 << 63), "a number in it has more than 63 bits"),
        (record(2, valid_from_tai_ns=(1 << 64) - 1), "a number in it has more than 63 bits"),
        (record(2, valid_until_tai_ns=-(1 << 63)), "a number in it has more than 63 bits"),
        (record(2, subject=(1, 1 << 63)), "a number in it has more than 63 bits"),
        (record(2, subject=(10**300,)), "a number in it has more than 63 bits"),
        (
            record(2, label=Label(policy="NATO")),
            "its label cannot be used: the policy 'NATO' is not known here",
        ),
        (
            record(2, label=Label(releasable_to=("ALL", "GBR"))),
            "its label cannot be used: ALL stands beside nations",
        ),
        (
            record(2, label=Label(embargo_tai_ns=1 << 63)),
            "a number in it has more than 63 bits",
        ),
        (record(2, subject=(5, 5)), "its subjects are not sorted, each once"),
        (record(2, subject=(6, 5)), "its subjects are not sorted, each once"),
        (record(2, subject=(5, 900_000_000)), "simulated object in operations"),
        (record(2, digest=GOOD.envelope.digest), "the digest is not the body's"),
    ],
)
def test_a_bad_record_is_set_aside_and_the_next_goes_on(bad: Record, reason: str) -> None:
    entries, bodies = [bad.encoded, GOOD.encoded], [whole(bad), whole(GOOD)]
    records, set_aside = ASSAY.sorted(10, entries, bodies)
    assert [index for index, _ in records] == [11]
    assert [(one.index, one.reason, one.entry) for one in set_aside] == [(10, reason, entries[0])]


@pytest.mark.parametrize(
    "entry",
    [
        b"", b"{}", b"null", b"\xff", GOOD.encoded[:-1], GOOD.encoded + b"x", b"[" * 60_000,
        GOOD.encoded.replace(b"element_set", b"order_pizza"),
        GOOD.encoded.replace(b"UNCLASSIFIED", b"COSMIC"),
        GOOD.encoded.replace(b'"subject":[2]', b'"subject":[2.5]'),
        GOOD.encoded.replace(b'"subject":[2]', b'"subject":[' + b"9" * 5000 + b"]"),
        nested(20_000), GOOD.encoded.replace(b'"AUS"', b'"A\xffS"'),
        GOOD.encoded.replace(b'"node":"AUS"', b'"node":"\\ud800"'),
    ],
)  # fmt: skip
def test_what_is_no_envelope_is_set_aside(entry: bytes) -> None:
    assert entry != GOOD.encoded
    records, set_aside = ASSAY.sorted(0, [entry], [whole(GOOD)])
    assert records == []
    assert set_aside[0].reason.startswith("no envelope: ")


def test_depth_is_bounded_far_below_what_can_be_read() -> None:
    assert len(ASSAY.sorted(0, [nested(49)], [whole(GOOD)])[0]) == 1
    text = GOOD.encoded[:-1] + b',"new":"' + b"[" * 900 + b'"}'
    assert len(ASSAY.sorted(0, [text], [b""])[0]) == 1
    records, set_aside = ASSAY.sorted(0, [nested(50)], [whole(GOOD)])
    assert (records, set_aside[0].reason) == ([], "it is nested deeper than 50")


def test_a_body_without_its_nonce_is_set_aside() -> None:
    short = msgspec.json.encode({**msgspec.json.decode(GOOD.encoded), "digest": "00"})
    records, set_aside = ASSAY.sorted(0, [short], [b"x"])
    assert (records, set_aside[0].reason) == ([], "the body has no nonce")


def test_every_realm_but_operations_may_simulate() -> None:
    simulated = record(2, subject=(900_000_000,))
    records, _ = Assay("AUS", REALM).sorted(0, [simulated.encoded], [whole(simulated)])
    assert len(records) == 1
