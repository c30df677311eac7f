"""Objects of the picture: what every nation says of each, and whether they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec
import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.assertion import AGREE_SIGMAS
from commonsky.catalogue.catalogue import ObjectType
from commonsky.node.alerts import Conjunction
from commonsky.show.api.answer import Answer, Marking, Page, marking_of, text_of
from commonsky.show.api.compared import VERDICTS, Compared
from commonsky.show.api.completeness import completeness
from commonsky.show.api.conjunctions import conjunctions_of
from commonsky.show.api.desk import Desk
from commonsky.show.api.problem import misuse, unknown

SCOPE = "objects of which anybody has stated an orbit to this node"
MOST = 1000
MOST_CONJUNCTIONS = 500


class Object(msgspec.Struct, frozen=True, kw_only=True):
    """
    One object in a list.

    `verdict` is nowhere, alone, agree, dissent or outdated; `sigmas` and `apart_km` are the
    largest difference, null where there is none.
    """

    number: int
    name: str
    designator: str
    type: str
    nations: tuple[str, ...]
    statements: int
    verdict: str
    sigmas: float | None
    apart_km: float | None


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What one nation says of an object; `side` is whom it agrees with, -1 for saying nothing."""

    handle: str
    nation: str
    said: str
    epoch: str
    age_days: float
    marking: Marking
    side: int
    sigmas: float | None  # from the newest statement of side 0
    across_km: float | None
    along_km: float | None
    normal_km: float | None
    usable: bool


class ObjectTold(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is held of one object."""

    object: Object
    compared_at: str
    statements: tuple[Statement, ...]
    conjunctions: tuple[Conjunction, ...]
    conjunctions_in_all: int


class ObjectsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which objects: numbers beyond `after`; of a nation, a verdict; a text in name or number."""

    after: int = 0
    most: int = 100
    nation: str = ""
    verdict: str = ""
    text: str = ""


class PictureAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose statements alone; all that are held where nobody is named."""

    nation: str = ""


class PictureTold(msgspec.Struct, frozen=True, kw_only=True):
    """The picture in numbers."""

    nation: str
    objects: int
    statements: int
    verdicts: dict[str, int]  # objects by verdict


class DifferenceAsked(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"with_": "with"}
):
    """Whom to compare with, and whose picture; numbers beyond `after`."""

    with_: str
    nation: str = ""  # "" for this node's own
    after: int = 0
    most: int = 100
    only: str = ""  # ours, theirs, agree, dissent, unknown


class Differing(msgspec.Struct, frozen=True, kw_only=True):
    """
    One object that two nations do not say the same of.

    `what` is ours or theirs where only one says anything, agree or dissent where both do, unknown
    where one of them puts it nowhere.
    """

    number: int
    name: str
    what: str
    sigmas: float | None
    across_km: float | None
    along_km: float | None
    normal_km: float | None


def objects(desk: Desk, asked: ObjectsAsked) -> Page[Object]:
    """Return a page of objects by number."""
    _check_most(asked.most)
    if asked.verdict and asked.verdict not in VERDICTS:
        raise misuse(f"`verdict` is one of {', '.join(VERDICTS)}, not {asked.verdict!r}")
    view = desk.view()
    told = view.compared
    places = np.flatnonzero(told.number > asked.after)
    places = places[np.isin(places, _chosen(told, asked))]
    page = places[: asked.most].tolist()
    more = len(places) > asked.most
    return Page(
        tuple(_object(told, place) for place in page),
        str(int(told.number[page[-1]])) if more else "",
        completeness(desk, SCOPE, view),
    )


def one_object(desk: Desk, number: int) -> Answer[ObjectTold]:
    """Return all that is held of an object."""
    view = desk.view()
    told = view.compared
    rows = told.rows(number)
    if len(rows) == 0:
        raise unknown(f"nobody has stated an orbit of {number} to this node, or none that stands")
    found, count = conjunctions_of(view, number, MOST_CONJUNCTIONS)
    answer = ObjectTold(
        object=_object(told, int(told.group[rows[0]])),
        compared_at=text_of(told.at_tai_ns, 3),
        statements=tuple(_statement(told, int(row)) for row in rows),
        conjunctions=found,
        conjunctions_in_all=count,
    )
    return Answer(answer, completeness(desk, f"what this node holds of {number}", view))


def picture(desk: Desk, asked: PictureAsked) -> Answer[PictureTold]:
    """Return how much this node holds, and how far nations agree."""
    view = desk.view()
    told = view.compared
    chosen = _of_nation(told, asked.nation)
    verdicts = Counter(VERDICTS[one] for one in told.agreement.verdict[chosen])
    mine = told.assertions.nation == asked.nation if asked.nation else slice(None)
    answer = PictureTold(
        nation=asked.nation,
        objects=len(chosen),
        statements=len(told.assertions.nation[mine]),
        verdicts={name: verdicts[name] for name in VERDICTS},
    )
    return Answer(answer, completeness(desk, SCOPE, view))


def picture_difference(desk: Desk, asked: DifferenceAsked) -> Page[Differing]:
    """Return where two nations differ, object by object."""
    _check_most(asked.most)
    view = desk.view()
    told = view.compared
    us, them = asked.nation or desk.home.nation, asked.with_
    ours, theirs = told.newest(us), told.newest(them)
    numbers = sorted(number for number in {*ours, *theirs} if number > asked.after)
    found: list[Differing] = []
    scope = f"what {us} and {them} have stated to this node"
    for number in numbers:
        one = _differing(told, number, ours.get(number, -1), theirs.get(number, -1))
        if one is None or asked.only not in {"", one.what}:
            continue
        if len(found) == asked.most:
            return Page(tuple(found), str(found[-1].number), completeness(desk, scope, view))
        found.append(one)
    return Page(tuple(found), "", completeness(desk, scope, view))


def _differing(told: Compared, number: int, mine: int, other: int) -> Differing | None:
    """How two statements differ, None where they say the same."""
    name = str(told.assertions.catalogue.object_name[mine if mine >= 0 else other])
    nothing: dict[str, float | None] = dict.fromkeys(
        ("sigmas", "across_km", "along_km", "normal_km")
    )
    if mine < 0 or other < 0:
        what = "theirs" if mine < 0 else "ours"
        return Differing(number=number, name=name, what=what, **nothing)
    rows = np.array([mine, other])
    if not told.where.usable[rows].all():
        return Differing(number=number, name=name, what="unknown", **nothing)
    rtn_km, sigmas = told.where.apart(rows[:1], rows[1:])
    if not rtn_km.any():
        return None
    across, along, normal = rtn_km[0].tolist()
    return Differing(
        number=number,
        name=name,
        what="agree" if sigmas[0] <= AGREE_SIGMAS else "dissent",
        sigmas=_value(sigmas[0]),
        across_km=_value(across),
        along_km=_value(along),
        normal_km=_value(normal),
    )


def _chosen(told: Compared, asked: ObjectsAsked) -> Ints:
    """Places of objects that fit a question."""
    places = _of_nation(told, asked.nation)
    if asked.verdict:
        places = places[told.agreement.verdict[places] == VERDICTS.index(asked.verdict)]
    if asked.text:
        wanted = asked.text.upper()
        table = told.assertions.catalogue
        texts = (table.object_name, table.object_id, table.catalogue_number.astype(np.str_))
        fits = [np.char.find(np.char.upper(column), wanted) >= 0 for column in texts]
        places = places[np.isin(places, told.group[np.any(fits, axis=0)])]
    return places


def _of_nation(told: Compared, nation: str) -> Ints:
    if not nation:
        return np.arange(len(told.number))
    return np.unique(told.group[told.assertions.nation == nation])


def listed(told: Compared) -> Iterator[Object]:
    """Yield all objects by number."""
    order = np.argsort(told.group, kind="stable")
    ends = np.searchsorted(told.group[order], np.arange(1, len(told.number)))
    for place, rows in enumerate(np.split(order, ends) if len(order) else []):
        yield _object(told, place, rows)


def _object(told: Compared, place: int, of_it: Ints | None = None) -> Object:
    rows = np.flatnonzero(told.group == place) if of_it is None else of_it
    table = told.assertions.catalogue
    named = rows[np.argsort(table.object_name[rows] == "", kind="stable")[0]]
    farthest = int(told.agreement.farthest[place])
    apart = told.agreement.difference_rtn_km[farthest] if farthest >= 0 else np.full(3, np.nan)
    nations = tuple(sorted({*told.assertions.nation[rows].tolist()}))
    return Object(
        number=int(told.number[place]),
        name=str(table.object_name[named]),
        designator=str(table.object_id[named]),
        type=ObjectType(int(table.object_type[named])).name.lower(),
        nations=nations,
        statements=len(rows),
        verdict=told.verdict(place),
        sigmas=_value(told.agreement.sigmas[farthest]) if len(rows) > 1 else None,
        apart_km=_value(float(np.linalg.norm(apart))) if len(rows) > 1 else None,
    )


def _statement(told: Compared, row: int) -> Statement:
    one = told.statements[row]
    epoch = int(told.assertions.catalogue.elements.epoch_tai_ns[row])
    across, along, normal = told.agreement.difference_rtn_km[row].tolist()
    return Statement(
        handle=one.handle,
        nation=one.key[0],
        said=text_of(one.said_tai_ns),
        epoch=text_of(epoch, 3),
        age_days=round((told.at_tai_ns - epoch) / NS_PER_DAY, 6),
        marking=marking_of(one.key[2]),
        side=int(told.agreement.side[row]),
        sigmas=_value(told.agreement.sigmas[row]),
        across_km=_value(across),
        along_km=_value(along),
        normal_km=_value(normal),
        usable=bool(told.where.usable[row]),
    )


def _value(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


def _check_most(most: int) -> None:
    if not 1 <= most <= MOST:
        raise misuse(f"`most` is 1 to {MOST}, not {most}")
