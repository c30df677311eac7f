"""Where two pictures differ: what only one holds, and what both hold on different orbits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.catalogue.assertion import AGREE_SIGMAS, Assertions, Predicted
from commonsky.catalogue.merge import default_start, element_bits
from commonsky.catalogue.same_object import Identity, identify
from commonsky.node.assertions import Statement
from commonsky.node.comparison import asserted, located
from commonsky.node.picture import Picture


@dataclass(frozen=True, slots=True)
class Apart:
    """
    One object that two pictures have on different orbits, and how far apart they are.

    Kilometres along the orbit, across it in its plane, and normal to it, of the second from the
    first; nan where one of them has it nowhere at that time.
    """

    number: int
    name: str
    across_km: float
    along_km: float
    normal_km: float
    sigmas: float

    @property
    def agrees(self) -> bool:
        """Whether the errors that both must have explain the difference."""
        return self.sigmas <= AGREE_SIGMAS

    def __str__(self) -> str:
        told = f"{self.number} {self.name}".strip()
        if np.isnan(self.sigmas):
            return f"{told}: one of the two has it nowhere at that time"
        verdict = "as errors may be" if self.agrees else "DISSENT"
        return (
            f"{told}: {self.along_km:+,.1f} km along, {self.across_km:+,.1f} across, "
            f"{self.normal_km:+,.1f} normal, {self.sigmas:,.1f} sigmas: {verdict}"
        )


@dataclass(frozen=True, slots=True)
class Differences:
    """Objects of two pictures by what is said of them; `apart` from most sigmas to fewest."""

    at_tai_ns: int
    first_alone: Ints  # numbers
    second_alone: Ints
    alike: Ints
    apart: tuple[Apart, ...]

    @property
    def same(self) -> int:
        """How many objects have the very same elements in both."""
        return len(self.alike)

    @property
    def only_first(self) -> int:
        """How many objects the first alone holds."""
        return len(self.first_alone)

    @property
    def only_second(self) -> int:
        """How many objects the second alone holds."""
        return len(self.second_alone)


def differences(
    first: Picture, second: Picture, at_tai_ns: int = 0, executor: Executor | None = None
) -> Differences:
    """
    Compare two pictures object by object, across numberings, at one time.

    0 is the newest epoch of both that is not far off.  Of several statements of an object in one
    picture that counts which was said last.
    """
    parts = [_statements(picture) for picture in (first, second)]
    statements = [*parts[0], *parts[1]]
    nothing = np.zeros(0, np.int64)
    if not statements:
        return Differences(at_tai_ns, nothing, nothing, nothing, ())
    table = asserted(statements)
    at = at_tai_ns or default_start(table.catalogue)
    where = located(table, at, executor)
    found = identify(table, where)
    split = len(parts[0])
    one = _said_last(table, found, np.arange(split))
    other = _said_last(table, found, np.arange(split, len(statements)))
    both = np.flatnonzero((one >= 0) & (other >= 0))
    bits = element_bits(table.catalogue.elements)
    alike = (bits[one[both]] == bits[other[both]]).all(axis=1)
    moved = both[~alike]
    told = sorted(
        _apart(table, where, found.number[moved], one[moved], other[moved]),
        key=lambda each: (-np.nan_to_num(each.sigmas, nan=-1.0), each.number),
    )
    return Differences(
        at,
        found.number[(one >= 0) & (other < 0)],
        found.number[(one < 0) & (other >= 0)],
        found.number[both[alike]],
        tuple(told),
    )


def _statements(picture: Picture) -> list[Statement]:
    return [one for one in picture.standing if isinstance(one, Statement)]


def _said_last(table: Assertions, found: Identity, rows: Ints) -> Ints:
    """(m,) of these rows the one said last of each object, -1 where there is none."""
    last = np.full(len(found.number), -1, np.int64)
    epoch = table.catalogue.elements.epoch_tai_ns[rows]
    order = rows[np.lexsort((epoch, table.said_tai_ns[rows]))]
    last[found.group[order]] = order
    return last


def _apart(
    table: Assertions, where: Predicted, number: Ints, one: Ints, other: Ints
) -> Iterator[Apart]:
    rtn_km, sigmas = where.apart(one, other)
    names = table.catalogue.object_name[one].tolist()
    for k, (across, along, normal) in enumerate(rtn_km.tolist()):
        yield Apart(int(number[k]), names[k], across, along, normal, float(sigmas[k]))
