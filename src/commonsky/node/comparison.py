"""The statements of a picture compared: which are of one object, and who agrees about it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Self

import numpy as np

from commonsky.assess.uncertainty import error_classes, tail_sigma_rtn_km
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.assertion import (
    Agreement,
    Assertions,
    Predicted,
    agreement,
    predicted,
)
from commonsky.catalogue.merge import described
from commonsky.catalogue.same_object import Identity, identify
from commonsky.node.assertions import Statement
from commonsky.node.side_by_side import gathered


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    n statements at one time: `identity` says which are of one object, `agreement` who agrees.

    Errors have heavier tails than a Gaussian: so many sigmas are counted in those of the tails.
    """

    statements: tuple[Statement, ...]
    assertions: Assertions
    where: Predicted
    identity: Identity
    agreement: Agreement

    @classmethod
    def of(
        cls, statements: Sequence[Statement], at_tai_ns: int, executor: Executor | None = None
    ) -> Self:
        """Compare statements where they put their objects at a time."""
        table = asserted(statements)
        where = located(table, at_tai_ns, executor)
        identity = identify(table, where)
        return cls(
            tuple(statements), table, where, identity, agreement(table, identity.group, where)
        )


def asserted(statements: Sequence[Statement]) -> Assertions:
    """Return statements as a table, row by row, each described as well as any of its object."""
    table = described(gathered(statements))
    return Assertions(
        table,
        np.array([one.key[0] for one in statements], np.str_),
        np.array([one.said_tai_ns for one in statements], np.int64),
        np.arange(len(statements)),
    )


def located(table: Assertions, at_tai_ns: int, executor: Executor | None = None) -> Predicted:
    """Return where statements put their objects at a time, as surely as the age of each allows."""
    elements = table.catalogue.elements
    age_days = (at_tai_ns - elements.epoch_tai_ns) / NS_PER_DAY
    sigma = tail_sigma_rtn_km(error_classes(table.catalogue), age_days)
    return predicted(elements, at_tai_ns, sigma, executor)
