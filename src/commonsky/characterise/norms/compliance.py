"""
How operators and States do under the rules, with what could not be determined.

Whoever makes such a report stands in it: the States named as its makers are always there, and
objects whose orbits are withheld are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.characterise.norms.findings import Finding, Findings
from commonsky.characterise.norms.subject import Subject
from commonsky.characterise.norms.verdict import Outcome


@dataclass(frozen=True, slots=True)
class Compliance:
    """
    One row for each owner and rule that came up, and one for each maker without any.

    `share` is the mean probability over what was determined (nan without any); `share_low` and
    `share_high` bound the mean over all that was tested, what cannot be determined being anything
    its interval allows.  `objects` and `withheld` count the owner's objects, told in each of its
    rows; `rule` is "" in a row without findings.
    """

    owner: NDArray[np.str_]
    rule: NDArray[np.str_]
    determined: Ints
    undetermined: Ints
    not_applicable: Ints
    share: Floats
    share_low: Floats
    share_high: Floats
    objects: Ints
    withheld: Ints

    def __len__(self) -> int:
        return len(self.owner)


def compliance(
    findings: Findings, population: Sequence[Subject], makers: Iterable[str], *,
    by: Callable[[Subject], str] = lambda subject: subject.owner,
) -> Compliance:  # fmt: skip
    """
    Return how each owner does under each rule.

    `population` are all objects that the report is about, with and without facts, those of the
    `makers` and withheld ones among them; `by` tells whom an object is counted under.
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        groups.setdefault((by(one.fact.subject), one.rule.id), []).append(one)
    held = {owner for owner, _ in groups}
    for owner in {*makers} - held:
        groups[owner, ""] = []
    rows = sorted(groups)
    owned: dict[str, dict[int, bool]] = {owner: {} for owner, _ in rows}
    subjects = [*population, *(one.subject for one in findings.facts)]
    for subject in subjects:
        mine = owned.get(by(subject))
        if mine is not None:
            number = subject.object_number
            mine[number] = mine.get(number, False) or subject.withheld
    return _columns(rows, [groups[one] for one in rows], owned)


def _columns(
    rows: Sequence[tuple[str, str]], groups: Sequence[Sequence[Finding]],
    owned: dict[str, dict[int, bool]],
) -> Compliance:  # fmt: skip
    counts = np.array(
        [
            [sum(one.outcome is outcome for one in group) for outcome in Outcome]
            for group in groups
        ],
        np.int64,
    ).reshape(-1, len(Outcome))
    tested = [[one for one in group if one.outcome is not Outcome.NOT_APPLICABLE]
              for group in groups]  # fmt: skip
    decided = [[one for one in group if one.outcome is Outcome.DETERMINED] for group in tested]
    return Compliance(
        np.array([owner for owner, _ in rows]),
        np.array([rule for _, rule in rows]),
        counts[:, Outcome.DETERMINED].copy(),
        counts[:, Outcome.CANNOT_BE_DETERMINED].copy(),
        counts[:, Outcome.NOT_APPLICABLE].copy(),
        np.array([_mean([one.probability for one in group]) for group in decided]),
        np.array([_mean([one.ends[0] for one in group]) for group in tested]),
        np.array([_mean([one.ends[1] for one in group]) for group in tested]),
        np.array([len(owned[owner]) for owner, _ in rows], np.int64),
        np.array([sum(owned[owner].values()) for owner, _ in rows], np.int64),
    )


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def compliance_lines(table: Compliance) -> list[str]:
    """Return a line for each row."""
    return [
        f"{table.owner[k]} {table.rule[k] or '(no rule came up)'}: "
        f"{table.determined[k]} determined, {table.undetermined[k]} cannot be determined, "
        f"{table.not_applicable[k]} not applicable; "
        f"{_share(table, k)}; {table.objects[k]} objects, {table.withheld[k]} of them withheld"
        for k in range(len(table))
    ]


def _share(table: Compliance, k: int) -> str:
    if np.isnan(table.share_low[k]):
        return "nothing tested"
    if table.determined[k] == 0 and (table.share_low[k], table.share_high[k]) == (0.0, 1.0):
        return "nothing could be told"
    middle = "" if np.isnan(table.share[k]) else f"{100 * table.share[k]:.0f} % "
    return (
        f"limit passed {middle}({100 * table.share_low[k]:.0f} to "
        f"{100 * table.share_high[k]:.0f} % with what is open)"
    )
