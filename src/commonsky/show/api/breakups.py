"""What if it breaks up: from an object of the picture to whom its fragments would meet."""

from __future__ import annotations

import math
import threading
from http import HTTPStatus

import msgspec
import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.environment.breakup import (
    CATASTROPHIC_J_G,
    Fragments,
    Parent,
    collision,
    energy_j_g,
    explosion,
)
from commonsky.environment.consequence import Between, Moment
from commonsky.environment.gas import MIDDLES_KM
from commonsky.environment.objects import SizeProvenance
from commonsky.node.breakups import (
    CREWED,
    consequence_of,
    rows_of_interest,
    satellites_of,
    state_of,
)
from commonsky.node.environment import newest
from commonsky.show.api.answer import Answer, Marking, marking_of, text_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.crowding import surveyed_of
from commonsky.show.api.desk import Desk
from commonsky.show.api.environment_kept import Surveyed
from commonsky.show.api.problem import Problem, misuse, unknown
from commonsky.show.between import Low, digits, low, low_at

SCOPE = "the newest statement of each object; a break-up that is only supposed"
MOST_KG, MOST_KM_S, MOST_SEED = 1e6, 100.0, 2**31 - 1
SMALLEST_M, LONGEST_M = 0.05, 1.0
MOST_FRAGMENTS = 300_000
MOST_SATELLITES = 500
SHOWN = 20  # those that meet most
SCREENING_KM = 1.0


class BreakUpAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    What breaks up, and how: hit by `impactor_kg` at `speed_km_s`, or by itself where that is null.

    `mass_kg` null is the mass that is known or guessed; fragments from `smallest_m` on are told.
    """

    number: int
    mass_kg: float | None = None
    impactor_kg: float | None = None
    speed_km_s: float = 10.0
    smallest_m: float = 0.1
    seed: int = 1


class Meets(msgspec.Struct, frozen=True, kw_only=True):
    """One satellite at a moment; each number as low, nominal, high, null where never near."""

    number: int
    name: str
    nation: str  # who owns it, "" where nobody has said
    crewed: bool
    conjunctions_week: Low | None
    hit_probability_year: Low | None


class MomentTold(msgspec.Struct, frozen=True, kw_only=True):
    """The cloud at a time after the break-up; each number as low, nominal, high."""

    days: float
    method: str
    in_orbit: Low
    re_entered: Low
    lethal_tracked: Low
    lethal_unseen: Low
    object_years: Low
    densest_km: float | None
    conjunctions_week: Low  # of all satellites of interest together
    met: tuple[Meets, ...]  # the same satellites at each moment: those that meet most


class BreakUpTold(msgspec.Struct, frozen=True, kw_only=True):
    """A supposed break-up, and what it does."""

    at: str
    marking: Marking
    number: int
    name: str
    mass_kg: float
    mass_provenance: str
    energy_j_g: float | None
    catastrophic: bool
    fragments: Low
    smallest_m: float
    seed: int
    screening_km: float
    satellites: int  # of interest, that were looked at
    left_out: int
    spread_days: float | None  # until planes have spread around the Earth
    moments: tuple[MomentTold, ...]


_AT_WORK = threading.Lock()


def broken_up(desk: Desk, asked: BreakUpAsked) -> Answer[BreakUpTold]:
    """Return what a break-up would do; one is followed at a time."""
    _check(asked)
    if not _AT_WORK.acquire(blocking=False):
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "another break-up is being followed; ask again when that has ended",
            headers={"Retry-After": "5"},
        )
    try:
        return _followed(desk, asked)
    finally:
        _AT_WORK.release()


def _check(asked: BreakUpAsked) -> None:
    bounds = (
        ("mass_kg", asked.mass_kg, 0.1, MOST_KG),
        ("impactor_kg", asked.impactor_kg, 1e-3, MOST_KG),
        ("speed_km_s", asked.speed_km_s, 0.1, MOST_KM_S),
        ("smallest_m", asked.smallest_m, SMALLEST_M, LONGEST_M),
        ("seed", asked.seed, 0, MOST_SEED),
    )
    for name, value, least, most in bounds:
        if value is not None and not (math.isfinite(value) and least <= value <= most):
            raise misuse(f"{name} is {least:g} to {most:g}, not {value:g}")


def _followed(desk: Desk, asked: BreakUpAsked) -> Answer[BreakUpTold]:
    view = desk.view()
    surveyed = surveyed_of(desk, view)
    catalogue = newest(surveyed.catalogue)
    found = np.flatnonzero(catalogue.catalogue_number == asked.number)
    if not len(found):
        raise unknown(f"the picture holds no object {asked.number}")
    row = int(found[0])
    mass_kg, known = _mass(surveyed, asked)
    fragments = _fragments(asked, mass_kg, ObjectType(int(catalogue.object_type[row])))
    state = _state(catalogue, row, view.at_tai_ns)
    rows, left_out = _of_interest(desk, catalogue, asked.number)
    satellites = satellites_of(catalogue, rows, view.at_tai_ns, asked.seed)
    told = consequence_of(
        state, view.at_tai_ns, fragments, satellites, screening_km=SCREENING_KM, seed=asked.seed
    )
    energy = None if asked.impactor_kg is None else energy_j_g(
        mass_kg, asked.impactor_kg, asked.speed_km_s
    )  # fmt: skip
    met = _most_met(told.moments)
    spread = told.spreading.nodes_days
    answer = BreakUpTold(
        at=text_of(view.at_tai_ns), marking=marking_of(view.label), number=asked.number,
        name=str(catalogue.object_name[row]), mass_kg=digits(mass_kg), mass_provenance=known,
        energy_j_g=None if energy is None else digits(energy),
        catastrophic=energy is None or energy >= CATASTROPHIC_J_G,
        fragments=(
            digits(fragments.count_between[0]), float(len(fragments)),
            digits(fragments.count_between[1]),
        ),
        smallest_m=asked.smallest_m, seed=asked.seed, screening_km=SCREENING_KM,
        satellites=len(rows), left_out=left_out,
        spread_days=digits(spread) if np.isfinite(spread) else None,
        moments=tuple(_moment(desk, catalogue, rows, met, one) for one in told.moments),
    )  # fmt: skip
    return Answer(answer, completeness(desk, SCOPE, view))


def _mass(surveyed: Surveyed, asked: BreakUpAsked) -> tuple[float, str]:
    if asked.mass_kg is not None:
        return asked.mass_kg, "as given"
    objects = surveyed.objects
    (place,) = np.flatnonzero(objects.catalogue_number == asked.number)[:1]
    known = SizeProvenance(int(objects.mass_provenance[place]))
    return float(objects.mass_kg[place]), known.name.lower().replace("_", " ")


def _fragments(asked: BreakUpAsked, mass_kg: float, kind: ObjectType) -> Fragments:
    parent = Parent(mass_kg, kind is ObjectType.ROCKET_BODY)
    rng = np.random.default_rng(asked.seed)
    if asked.impactor_kg is None:
        made = explosion(parent, asked.smallest_m, rng)
    else:
        made = collision(parent, asked.impactor_kg, asked.speed_km_s, asked.smallest_m, rng)
    if len(made) > MOST_FRAGMENTS:
        raise misuse(
            f"{len(made):,} fragments are more than the {MOST_FRAGMENTS:,} that are followed "
            "here: ask for longer ones"
        )
    return made


def _state(catalogue: Catalogue, row: int, at_tai_ns: int) -> tuple[Floats, Floats]:
    try:
        return state_of(catalogue, row, at_tai_ns)
    except ValueError as error:
        raise misuse(str(error)) from None


def _of_interest(desk: Desk, catalogue: Catalogue, parent: int) -> tuple[Ints, int]:
    """
    The rows of satellites that are looked at, and how many are not.

    People first, then what this nation owns, what its partners own, and other payloads.
    """
    numbers = catalogue.catalogue_number
    rows = rows_of_interest(catalogue, ["crewed", "payloads"])
    rows = rows[numbers[rows] != parent]
    ours = desk.home.nation

    def rank(number: int) -> int:
        owner = desk.owned.get(number)
        return 0 if number in CREWED else 1 if owner == ours else 2 if owner else 3

    order = np.argsort([rank(number) for number in numbers[rows].tolist()], kind="stable")
    kept = np.sort(rows[order[:MOST_SATELLITES]])
    return np.asarray(kept, np.int64), len(rows) - len(kept)


def _most_met(moments: tuple[Moment, ...]) -> list[int]:
    """The places of the satellites that meet most at any moment."""
    if not moments or not len(moments[0].conjunctions_week.nominal):
        return []
    most = np.nanmax(
        np.nan_to_num([one.conjunctions_week.nominal for one in moments], nan=-1.0), axis=0
    )
    order: list[int] = np.argsort(-most, kind="stable")[:SHOWN].tolist()
    return [place for place in order if most[place] > 0.0]


def _moment(
    desk: Desk, catalogue: Catalogue, rows: Ints, met: list[int], moment: Moment
) -> MomentTold:
    flux = moment.flux_m2_year.nominal
    worst = int(np.argmax(flux))
    numbers, names = catalogue.catalogue_number[rows], catalogue.object_name[rows]
    return MomentTold(
        days=round(moment.days, 4), method=moment.method.value,
        in_orbit=low(moment.in_orbit), re_entered=low(moment.re_entered),
        lethal_tracked=low(moment.lethal_tracked), lethal_unseen=low(moment.lethal_unseen),
        object_years=low(moment.object_years),
        densest_km=float(MIDDLES_KM[worst]) if flux[worst] > 0.0 else None,
        conjunctions_week=low(Between(*(
            float(np.nansum(part)) for part in moment.conjunctions_week
        ))),
        met=tuple(
            Meets(
                number=int(numbers[place]), name=str(names[place]),
                nation=desk.owned.get(int(numbers[place]), ""),
                crewed=int(numbers[place]) in CREWED,
                conjunctions_week=low_at(moment.conjunctions_week, place),
                hit_probability_year=low_at(moment.hit_probability_year, place),
            )
            for place in met
        ),
    )  # fmt: skip
