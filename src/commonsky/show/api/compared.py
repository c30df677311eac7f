"""The picture with its statements compared: who agrees with whom about each object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.assess.uncertainty import error_classes, sigma_rtn_km
from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.assertion import (
    Agreement,
    Assertions,
    Predicted,
    Verdict,
    agreement,
    predicted,
)
from commonsky.node.assertions import Statement
from commonsky.node.side_by_side import gathered

VERDICTS = tuple(one.name.lower() for one in Verdict)


@dataclass(frozen=True, slots=True)
class Compared:
    """
    n statements compared at one time; `group` (n,) counts m objects, `number` (m,) is sorted.

    Objects are told apart by the number that they have in the picture.
    """

    at_tai_ns: int
    statements: list[Statement]
    assertions: Assertions
    where: Predicted
    number: Ints
    group: Ints
    agreement: Agreement

    @classmethod
    def of(cls, statements: list[Statement], at_tai_ns: int) -> Compared:
        """Compare statements where they put their objects at a time."""
        catalogue = gathered(statements)
        said = np.array([one.said_tai_ns for one in statements], np.int64)
        nation = np.array([one.key[0] for one in statements], np.str_)
        table = Assertions(catalogue, nation, said, np.arange(len(statements)))
        age_days = (at_tai_ns - catalogue.elements.epoch_tai_ns) / NS_PER_DAY
        sigma = sigma_rtn_km(error_classes(catalogue), age_days)
        where = predicted(catalogue.elements, at_tai_ns, sigma)
        number, group = np.unique(catalogue.catalogue_number, return_inverse=True)
        group = group.astype(np.int64)
        return cls(
            at_tai_ns, statements, table, where, number, group, agreement(table, group, where)
        )

    def rows(self, number: int) -> Ints:
        """(k,) the statements of one object."""
        place = int(np.searchsorted(self.number, number))
        if place == len(self.number) or self.number[place] != number:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.group == place)

    def verdict(self, place: int) -> str:
        """Return what is said together of the object at a place of `number`."""
        return VERDICTS[self.agreement.verdict[place]]

    def newest(self, nation: str) -> dict[int, int]:
        """Return of each object the row that a nation said last."""
        chosen = np.flatnonzero(self.assertions.nation == nation)
        order = chosen[np.argsort(self.assertions.said_tai_ns[chosen], kind="stable")]
        numbers = self.assertions.catalogue.catalogue_number[order].tolist()
        return dict(zip(numbers, order.tolist(), strict=True))
