"""A statement that no log can carry stays at home, and does not hold up the others."""

from pathlib import Path

from commonsky.ledger.record import NONCE_BYTES, Kind
from commonsky.node.release import TOO_LONG
from commonsky.share.log import tile
from tests.coalition_case import OPEN, Coalition
from tests.feed_case import SAID_TAI_NS


def test_what_no_log_can_carry_is_withheld_and_the_rest_goes(tmp_path: Path) -> None:
    coalition = Coalition(tmp_path, ["AUS", "GBR"], SAID_TAI_NS, watching=[])
    node = coalition.nodes["AUS"]
    longest = tile.LONGEST_BODY - NONCE_BYTES
    made = [
        node.author.stated(
            Kind.ELEMENT_SET, "ccsds/omm@502.0-B-3", b"x" * length, OPEN, SAID_TAI_NS, subject=(1,)
        )
        for length in (10, longest + 1, longest)
    ]
    node.store.append(made)
    verdicts = [
        node.release.decided(held, "GBR", SAID_TAI_NS).verdict for held in node.store.since()
    ]
    assert [verdict == TOO_LONG for verdict in verdicts] == [False, True, False]
    coalition.step(2)
    handles = [held.record.envelope.handle for held in coalition.held("GBR", Kind.ELEMENT_SET)]
    assert handles == [made[0].envelope.handle, made[2].envelope.handle]
