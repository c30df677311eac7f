"""Release policy agrees with an oracle that decides from bytes, and no label gets round it."""

from __future__ import annotations

from pathlib import Path

from tests.policy_case import Tally, compared

WORLDS, DECISIONS = 40, 250
REASONS = (
    "default deny", "a rule forbids", "not releasable to them", "embargo", "agreement does not hold",
    "awaiting confirmation", "no reader is left in a permissive category",
    "another nation's statement, and no agreement lets it be relayed",
)  # fmt: skip


def test_decisions_agree_with_an_oracle_that_decides_from_bytes(tmp_path: Path) -> None:
    tally = Tally()
    for seed in range(WORLDS):
        compared(tmp_path / str(seed), seed, DECISIONS, tally)
    assert tally.different == []
    assert tally.over_released == 0
    assert tally.decisions >= WORLDS * DECISIONS
    assert {"full", "event", "exists", "warn", *REASONS} <= {*tally.outcomes}
    assert 0.1 < tally.released / tally.decisions < 0.9, "the worlds must be worth deciding over"
