"""The messages of a case seen side by side: who differs, what moved, what is withheld."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations, pairwise

import msgspec

from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.node.alerts import Conjunction
from commonsky.node.alerts import State as Told
from commonsky.node.solutions import Solution
from commonsky.show.api.alerts import Alert

# Nations differ where Pc is an order of magnitude apart or a component of the miss three sigmas.
DIFFER_PC, DIFFER_SIGMAS = 10.0, 3.0
DETAIL = {"conjunction": 2, "event": 1, "warning": 0}
Three = tuple[float, float, float]


class Word(StrEnum):
    """How two nations' messages stand to each other."""

    AGREE = "agree"
    DIFFER = "differ"
    CANNOT = "cannot"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message; `certain` false where it, or the one asked for, does not name both objects."""

    alert: Alert
    certain: bool
    withheld_sources: bool


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """All messages of a nation in the order of saying, and the one that stands for it now."""

    nation: str
    newest: str  # a handle
    messages: tuple[Message, ...]

    @classmethod
    def of(cls, nation: str, messages: Sequence[Message]) -> Lane:
        """Return the lane of these messages, in order; there is at least one."""
        best = max(
            enumerate(messages),
            key=lambda one: (
                not one[1].alert.struck,
                one[1].certain,
                DETAIL.get(one[1].alert.kind, -1),
                one[1].alert.said,
                one[0],
            ),
        )[1]
        return cls(nation=nation, newest=best.alert.handle, messages=tuple(messages))

    @property
    def standing(self) -> Alert:
        """The message that stands for the nation."""
        return next(one.alert for one in self.messages if one.alert.handle == self.newest)


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """
    The newest messages of two nations, the second less the first.

    `sigmas` is the largest component of the difference in this node's own combined sigma, the
    messages having none.  `same_sources`: both rest on the same nations' orbits, or say the very
    same numbers, so that their agreement is one opinion said twice.
    """

    nation1: str
    nation2: str
    handle1: str
    handle2: str
    word: Word
    reasons: tuple[str, ...]
    same_sources: bool
    pc_ratio: float | None = None
    miss_km: float | None = None
    tca_s: float | None = None
    ric_km: Three | None = None
    sigmas: float | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What moved from one message of a nation to its next; see `Disagreement.sigmas`."""

    nation: str
    before: str
    after: str
    said: str
    sources_changed: bool
    tca_s: float
    miss_km: float
    ric_km: Three
    ric_sigmas: tuple[float | None, float | None, float | None]
    pc_ratio: float | None


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """
    What is not told: `sources_cut`, `event_only`, `warning_only`, `object_not_named`.

    Or `orbit_not_held`: a message rests on that nation's orbit of an object, which is not here.
    """

    what: str
    nation: str
    object: int = 0
    messages: int = 1


def disagreements(lanes: Sequence[Lane], computed: Sequence[Solution]) -> tuple[Disagreement, ...]:
    """Return how every two nations stand to each other."""
    sigma = _sigma(computed)
    return tuple(_disagreement(one, two, sigma) for one, two in combinations(lanes, 2))


def _disagreement(one: Lane, two: Lane, sigma: tuple[float | None, ...]) -> Disagreement:
    first, second = one.standing, two.standing
    a, b = first.conjunction, second.conjunction
    reasons = ["state"] if first.struck != second.struck else []
    if not (isinstance(a, Conjunction) and isinstance(b, Conjunction)):
        word = Word.DIFFER if reasons else Word.CANNOT
        return Disagreement(
            nation1=one.nation, nation2=two.nation, handle1=first.handle, handle2=second.handle,
            word=word, reasons=tuple(reasons), same_sources=False,
        )  # fmt: skip
    apart = _apart(a, b)
    in_sigmas = [value for value in _in_sigmas(apart, sigma) if value is not None]
    most = max(map(abs, in_sigmas), default=None)
    ratio = _ratio(a.pc, b.pc)
    if ratio is not None and max(ratio, 1.0 / ratio) > DIFFER_PC:
        reasons.append("pc")
    if (a.pc is None) != (b.pc is None):
        reasons.append("pc_missing")
    if most is not None and most > DIFFER_SIGMAS:
        reasons.append("miss")
    measured = most is not None or ratio is not None
    word = Word.DIFFER if reasons else Word.AGREE if measured else Word.CANNOT
    return Disagreement(
        nation1=one.nation,
        nation2=two.nation,
        handle1=first.handle,
        handle2=second.handle,
        word=word,
        reasons=tuple(reasons),
        same_sources=(a.source1, a.source2) == (b.source1, b.source2)
        or (a.tca, *apart) == (b.tca, 0.0, 0.0, 0.0),
        pc_ratio=ratio,
        miss_km=b.miss_km - a.miss_km,
        tca_s=_seconds(a, b),
        ric_km=apart,
        sigmas=most,
    )


def changes(lanes: Sequence[Lane], computed: Sequence[Solution]) -> tuple[Change, ...]:
    """Return what moved in each lane, from message to message."""
    sigma = _sigma(computed)
    return tuple(
        _change(lane.nation, one, two, sigma)
        for lane in lanes
        for one, two in pairwise(
            message.alert
            for message in lane.messages
            if isinstance(message.alert.conjunction, Conjunction)
            and message.alert.conjunction.state is Told.STANDING
        )
    )


def _change(nation: str, one: Alert, two: Alert, sigma: tuple[float | None, ...]) -> Change:
    a, b = one.conjunction, two.conjunction
    if not (isinstance(a, Conjunction) and isinstance(b, Conjunction)):
        raise TypeError("changes are of conjunctions")
    apart = _apart(a, b)
    radial, in_track, cross_track = _in_sigmas(apart, sigma)
    return Change(
        nation=nation,
        before=one.handle,
        after=two.handle,
        said=two.said,
        sources_changed=(a.source1, a.source2) != (b.source1, b.source2),
        tca_s=_seconds(a, b),
        miss_km=b.miss_km - a.miss_km,
        ric_km=apart,
        ric_sigmas=(radial, in_track, cross_track),
        pc_ratio=_ratio(a.pc, b.pc),
    )


def withheld(
    lanes: Sequence[Lane], pair: tuple[int, int], held_of: Sequence[Sequence[str]]
) -> tuple[Withheld, ...]:
    """Return what nations have not told, once for each nation and thing."""
    found: dict[tuple[str, str, int], int] = {}

    def note(what: str, nation: str, number: int = 0) -> None:
        found[what, nation, number] = found.get((what, nation, number), 0) + 1

    held = dict(zip(pair, held_of, strict=True))
    for lane in lanes:
        for message in lane.messages:
            one = message.alert
            if message.withheld_sources and one.kind == "conjunction":
                note("sources_cut", lane.nation)
            if one.kind in {"event", "warning"}:
                note(f"{one.kind}_only", lane.nation)
            if one.kind == "warning" and len(one.subject) == 1:
                note("object_not_named", lane.nation)
            if isinstance(one.conjunction, Conjunction):
                told = one.conjunction
                for number, source in (
                    (told.object1, told.source1), (told.object2, told.source2)
                ):  # fmt: skip
                    if source not in held.get(number, ()):
                        note("orbit_not_held", source, number)
    return tuple(
        Withheld(what=what, nation=nation, object=number, messages=count)
        for (what, nation, number), count in found.items()
    )


def _sigma(computed: Sequence[Solution]) -> tuple[float | None, ...]:
    """The combined sigma of the pair as this node has it, of the first solution that has one."""
    return next(
        (one.sigma_ric_km for one in computed if None not in one.sigma_ric_km), (None,) * 3
    )


def _apart(a: Conjunction, b: Conjunction) -> Three:
    return (
        b.radial_km - a.radial_km,
        b.in_track_km - a.in_track_km,
        b.cross_track_km - a.cross_track_km,
    )


def _in_sigmas(apart_km: Three, sigma_km: tuple[float | None, ...]) -> list[float | None]:
    return [value / one if one else None for value, one in zip(apart_km, sigma_km, strict=True)]


def _seconds(a: Conjunction, b: Conjunction) -> float:
    return (tai_ns(b.tca) - tai_ns(a.tca)) / NS_PER_S


def _ratio(a: float | None, b: float | None) -> float | None:
    return b / a if a and b else None
