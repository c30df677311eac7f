"""What a dossier comes to, in a few plain sentences that say no more than it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from commonsky.node.dossier import Dossier
from commonsky.node.finding_words import finding_words
from commonsky.node.findings import Fragmentation, Manoeuvre, Proximity, Relocation, counted

CANNOT, DETERMINED = "cannot be determined", "determined"
LIKELY, UNLIKELY = 0.9, 0.1


def summary(dossier: Dossier) -> Iterator[str]:
    """Yield the sentences."""
    counts = Counter(type(one).__name__.lower() for one in dossier.findings)
    told = [counted(kind, many) for kind, many in sorted(counts.items())]
    first = min((one.first for one in dossier.custody), default="")[:10]
    last = max((one.last for one in dossier.custody), default="")[:10]
    yield (
        f"{dossier.records:,} element sets from {first} to {last} show "
        f"{', '.join(told) if told else 'nothing that the methods here call an event'}."
    )
    for one in dossier.findings:
        if isinstance(one, Fragmentation):
            yield finding_words(one) + "."
    yield from _nearest(dossier)
    yield from _rules(dossier)
    gaps = [(gap.hours, one.object) for one in dossier.custody for gap in one.gaps]
    if gaps:
        hours, number = max(gaps)
        yield (
            f"The longest time that nobody stated an orbit was {hours / 24.0:,.0f} days "
            f"(of {number}); what happened then and left no trace is not in it."
        )


def _nearest(dossier: Dossier) -> Iterator[str]:
    near = [one for one in dossier.findings
            if isinstance(one, Proximity) and one.separation_km is not None]  # fmt: skip
    if near:
        one = min(near, key=lambda pair: pair.separation_km or 0.0)
        yield (
            f"The least distance was {one.separation_km:.3g} km, {one.separation_low_km:.3g} to "
            f"{one.separation_high_km:.3g} km as far as element sets can tell, between "
            f"{one.name1} and {one.name2} on {one.closest[:10]}."
        )
    moves = [one for one in dossier.findings if isinstance(one, Relocation)]
    if moves:
        yield f"The last relocation ended by {moves[-1].arrived_not_after[:10]}."
    burns = [one.delta_v_m_s for one in dossier.findings
             if isinstance(one, Manoeuvre) and one.delta_v_m_s is not None]  # fmt: skip
    if burns:
        yield f"Manoeuvres add up to {sum(burns):,.3g} m/s, as far as they could be measured."


def _rules(dossier: Dossier) -> Iterator[str]:
    applying = [one for one in dossier.judgements if one.outcome in {CANNOT, DETERMINED}]
    passed = [one for one in applying if (one.probability or 0.0) >= LIKELY]
    met = [one for one in applying if one.probability is not None and one.probability <= UNLIKELY]
    open_ = [one for one in applying if one.outcome == CANNOT]
    yield (
        f"Of {len(applying)} tests of rules that apply, {len(passed)} say that a limit was very "
        f"probably passed, {len(met)} that it was very probably kept, and {len(open_)} cannot be "
        "determined from what is here."
    )
    for one in passed:
        yield f"Very probably passed: {one.rule}, {one.title} ({one.binding})."
