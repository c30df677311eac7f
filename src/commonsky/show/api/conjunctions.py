"""The present table of conjunctions, as the screening of this node has it."""

from __future__ import annotations

import msgspec
import numpy as np

from commonsky.node.alerts import Conjunction, State
from commonsky.node.conjunctions import Conjunctions
from commonsky.show.api.answer import Page
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk, View
from commonsky.show.api.problem import misuse

SCOPE = "conjunctions of all that was stated to this node, within the horizon"
MOST = 1000
ORDERS = ("tca", "pc", "pc_max", "miss_km")


class ConjunctionsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    Which conjunctions: the `most` after so many, in an order; of one object, within a distance.

    The table changes as orbits do: `as_of` says whether two pages are of the same one.
    """

    after: int = 0
    most: int = 100
    order: str = "tca"
    object: int = 0
    within_km: float = 0.0
    least_pc: float = 0.0


def conjunctions(desk: Desk, asked: ConjunctionsAsked) -> Page[Conjunction]:
    """Return a page of the table."""
    if not 1 <= asked.most <= MOST or asked.after < 0:
        raise misuse(f"`most` is 1 to {MOST}, and `after` is not negative")
    if asked.order not in ORDERS:
        raise misuse(f"`order` is one of {', '.join(ORDERS)}, not {asked.order!r}")
    view = desk.view()
    told = completeness(desk, SCOPE, view)
    if view.conjunctions is None:
        return Page((), "", told)
    table = _chosen(view.conjunctions, asked)
    if asked.order != "tca":
        table = table.sort_by(asked.order)
    rows = np.arange(asked.after, min(asked.after + asked.most, len(table)))
    end = asked.after + len(rows)
    return Page(_rows(table.take(rows)), str(end) if end < len(table) else "", told)


def conjunctions_of(view: View, number: int, most: int) -> tuple[tuple[Conjunction, ...], int]:
    """Return the first conjunctions of an object by time, and how many there are."""
    if view.conjunctions is None:
        return (), 0
    table = _chosen(view.conjunctions, ConjunctionsAsked(object=number))
    return _rows(table.head(most)), len(table)


def _chosen(table: Conjunctions, asked: ConjunctionsAsked) -> Conjunctions:
    wanted = np.ones(len(table), np.bool_)
    if asked.object:
        wanted &= (table.object1 == asked.object) | (table.object2 == asked.object)
    if asked.within_km:
        wanted &= table.miss_km <= asked.within_km
    if asked.least_pc:
        wanted &= np.nan_to_num(table.pc, nan=0.0) >= asked.least_pc
    return table if wanted.all() else table.take(np.flatnonzero(wanted))


def _rows(table: Conjunctions) -> tuple[Conjunction, ...]:
    return tuple(Conjunction(state=State.STANDING, **row) for row in table.rows())
