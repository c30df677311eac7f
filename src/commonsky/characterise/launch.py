"""
What was launched, and what of older launches was catalogued late.

Designators tell which launch an object is of, where there are any.  Without them, and to check
them, objects are put together by plane and size: what rose together flies together for weeks.
An object without a designator is tied to the launch it flies with.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import Catalogue, ObjectType, Texts
from commonsky.catalogue.identity import designator
from commonsky.characterise.fragmentation import arrivals, in_orbit
from commonsky.characterise.smooth_orbits import SmoothOrbits, smooth_orbits

_RECENT = 60  # launches: what is older was not awaited
_LAUNCH_LETTERS = 8  # of 2024-140AB
_TOGETHER_RAD, _SIZES, _SHAPES = 0.012, 0.06, 0.06
_TIED_RAD = 0.012
_BELT_KM, _BELT_TILT_RAD = 35_000.0, 0.3  # where everything flies in one plane


class Basis(IntEnum):
    """What ties the objects of a launch to each other."""

    DESIGNATOR = 0
    ORBITS = 1


@dataclass(frozen=True, slots=True)
class Launches:
    """
    m launches that new objects are of: `is_new` where it is not months old, and nothing of it was
    in the earlier catalogue.

    `launch` is year and number, "" where orbits alone tie the objects.  Rows of the later
    catalogue are `piece[first[j]:first[j + 1]]`; of these `tied` have no designator and were put
    there by their orbits.  The launch was between `not_before` and `not_after`, as far as
    catalogues tell, if it is new.  Apsides, tilt and node are medians.
    """

    launch: Texts
    basis: NDArray[np.int8]
    is_new: NDArray[np.bool_]
    payloads: Ints
    stages: Ints
    debris: Ints
    unknown: Ints
    tied: Ints
    perigee_km: Floats
    apogee_km: Floats
    inclination_rad: Floats
    node_rad: Floats
    not_before_tai_ns: Ints
    not_after_tai_ns: Ints
    piece: Ints
    first: Ints

    def __len__(self) -> int:
        return len(self.launch)

    def pieces(self, j: int) -> Ints:
        """Return the rows of the later catalogue that are of launch j."""
        return self.piece[self.first[j] : self.first[j + 1]]


def launches(before: Catalogue, after: Catalogue, *, by_orbits_alone: bool = False) -> Launches:
    """
    Return the launches that new objects of the later of two catalogues are of.

    `by_orbits_alone` leaves designators out, as where none are given yet.
    """
    rows = in_orbit(after, arrivals(before, after))
    new = after.take(rows)
    name = np.array(
        [designator(text)[:_LAUNCH_LETTERS] for text in new.object_id.tolist()], np.str_
    ).reshape(len(rows))
    if by_orbits_alone:
        name = np.zeros(len(rows), "U8")
    group, basis = _groups(new, name)
    known = {designator(text)[:_LAUNCH_LETTERS] for text in before.object_id.tolist()}
    members = [np.flatnonzero(group == g) for g in range(int(group.max(initial=-1)) + 1)]
    members = [rows_of for rows_of in members if len(rows_of)]
    seen = int(before.elements.epoch_tai_ns.max(initial=0))
    return _table(new, rows, name, members, basis, known, seen)


def _groups(new: Catalogue, name: Texts) -> tuple[Ints, NDArray[np.int8]]:
    """(n,) group of each, and whether it was named or put there by its orbit."""
    group = np.full(len(new), -1, np.int64)
    named = np.flatnonzero(name != "")
    if len(named):
        group[named] = np.unique(name[named], return_inverse=True)[1]
    nameless = np.flatnonzero(name == "")
    if len(nameless):
        epoch = int(np.median(new.elements.epoch_tai_ns))
        orbits = smooth_orbits(new.elements, np.array([epoch]))
        _tie(orbits, group, named, nameless)
        _join(orbits, group, nameless[group[nameless] < 0])
    return group, np.where(name != "", Basis.DESIGNATOR, Basis.ORBITS).astype(np.int8)


def _flying_together(
    orbits: SmoothOrbits, one: Ints, other: Ints, angle: float
) -> NDArray[np.bool_]:
    """(a, b) who shares plane, size and shape with whom; in the belt nobody can be told apart."""
    normal, axis = orbits.normal[:, 0], orbits.axis_km[:, 0]
    shape = np.linalg.norm(orbits.eccentricity[:, 0], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        near = normal[one] @ normal[other].T > np.cos(angle)
        near &= np.abs(axis[one, None] / axis[other] - 1.0) < _SIZES
        near &= np.abs(shape[one, None] - shape[other]) < _SHAPES
        belt = (axis > _BELT_KM) & (normal[:, 2] > np.cos(_BELT_TILT_RAD)) & (shape < _SHAPES)
    return near & ~belt[one, None]


def _tie(orbits: SmoothOrbits, group: Ints, named: Ints, nameless: Ints) -> None:
    """Put those without a name to the launch that most of those about them are of."""
    if not len(named):
        return
    near = _flying_together(orbits, nameless, named, _TIED_RAD)
    for place, row in enumerate(nameless.tolist()):
        about = group[named[near[place]]]
        if len(about):
            group[row] = int(np.bincount(about).argmax())


def _join(orbits: SmoothOrbits, group: Ints, rows: Ints) -> None:
    """Give each cluster of rows a group of its own."""
    near = _flying_together(orbits, rows, rows, _TOGETHER_RAD)
    following = int(group.max(initial=-1)) + 1
    left = np.ones(len(rows), np.bool_)
    for start in range(len(rows)):
        if not left[start]:
            continue
        reached = np.zeros(len(rows), np.bool_)
        edge = np.zeros(len(rows), np.bool_)
        edge[start] = True
        while edge.any():
            reached |= edge
            edge = near[edge].any(axis=0) & ~reached & left
        group[rows[reached]] = following
        left &= ~reached
        following += 1


def _table(
    new: Catalogue, rows: Ints, name: Texts, members: list[Ints], basis: NDArray[np.int8],
    known: set[str], seen_tai_ns: int,
) -> Launches:  # fmt: skip
    kind, elements = new.object_type, new.elements
    launch = [_name(name[of]) for of in members]
    counts = np.array(
        [[int((kind[of] == one).sum()) for one in ObjectType] for of in members], np.int64
    ).reshape(len(members), len(ObjectType))
    tied = [int((basis[of] == Basis.ORBITS).sum()) if label else 0
            for of, label in zip(members, launch, strict=True)]  # fmt: skip

    def middle(values: Floats) -> Floats:
        return np.array([float(np.median(values[of])) for of in members])

    first_seen = [int(elements.epoch_tai_ns[of].min()) for of in members]
    node = [
        float(np.angle(np.exp(1j * elements.raan_rad[of]).mean()) % (2 * np.pi)) for of in members
    ]
    return Launches(
        np.array(launch, np.str_).reshape(len(members)),
        np.array([Basis.DESIGNATOR if label else Basis.ORBITS for label in launch], np.int8),
        np.array([_is_new(label, known) for label in launch], np.bool_),
        counts[:, ObjectType.PAYLOAD], counts[:, ObjectType.ROCKET_BODY],
        counts[:, ObjectType.DEBRIS], counts[:, ObjectType.UNKNOWN], np.array(tied, np.int64),
        middle(elements.perigee_height_km), middle(elements.apogee_height_km),
        middle(elements.inclination_rad), np.array(node),
        np.full(len(members), seen_tai_ns), np.array(first_seen, np.int64),
        np.concatenate([np.zeros(0, np.int64), *(rows[of] for of in members)]),
        np.concatenate([[0], np.cumsum([len(of) for of in members])]).astype(np.int64),
    )  # fmt: skip


def _is_new(launch: str, known: set[str]) -> bool:
    """Whether nothing of a launch was there before, and it is no old one of which nothing was."""
    recent = sorted(known)[-_RECENT:]
    return launch not in known and (not launch or not recent or launch > recent[0])


def _name(names: Texts) -> str:
    labels = names[names != ""]
    return str(labels[0]) if len(labels) else ""
