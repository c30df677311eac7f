"""Statements of several nations about an invented sky, to be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from commonsky.assess.uncertainty import error_classes, sigma_rtn_km
from commonsky.astro.arrays import Ints
from commonsky.catalogue.assertion import Assertions, Predicted, predicted
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.catalogue.identity import number_for_unnumbered
from commonsky.catalogue.population import REFERENCE_TAI_NS, population

AT = REFERENCE_TAI_NS
NS_PER_DAY = 86_400_000_000_000


@cache
def sky(count: int = 300) -> Catalogue:
    """Elements a few hours old, of objects that keep their orbits."""
    some = population(4 * count, 9)
    steady = np.flatnonzero(some.elements.perigee_height_km > 450.0)[:count]
    some = some.take(steady)
    epoch = np.full(count, AT - NS_PER_DAY // 8, np.int64)
    return replace(some, elements=replace(some.elements, epoch_tai_ns=epoch))


def ahead(some: Catalogue, by_km: float) -> Catalogue:
    """The same orbits, so far ahead along them."""
    by_rad = by_km / some.elements.semi_major_axis_km
    anomaly = some.elements.mean_anomaly_rad + by_rad
    return replace(some, elements=replace(some.elements, mean_anomaly_rad=anomaly))


def aged(some: Catalogue, days: float) -> Catalogue:
    """
    Elements with an older epoch, which put their objects about where they were.

    By mean motion alone; what else moves them is some kilometres in a day.
    """
    elements = some.elements
    anomaly = elements.mean_anomaly_rad - elements.mean_motion_rad_min * 1440.0 * days
    epoch = elements.epoch_tai_ns - round(days * NS_PER_DAY)
    return replace(some, elements=replace(elements, mean_anomaly_rad=anomaly, epoch_tai_ns=epoch))


def unnumbered(some: Catalogue, name: str = "UCT", object_id: str = "") -> Catalogue:
    """The same as a nation has it that knows no number; names count on."""
    names = [f"{name} {k}" for k in range(len(some))]
    pieces = [object_id] * len(some)
    numbers = [number_for_unnumbered(o, n) for o, n in zip(pieces, names, strict=True)]
    return replace(
        some, object_name=np.array(names), object_id=np.array(pieces),
        catalogue_number=np.array(numbers, np.int64),
    )  # fmt: skip


def of(some: Catalogue, *rows: int, **columns: Any) -> Catalogue:
    """Some rows, with other columns."""
    chosen = some.take(np.array(rows))
    changed: dict[str, Any] = {name: np.array(value) for name, value in columns.items()}
    return replace(chosen, **changed)


def said(*parts: tuple[str, Catalogue]) -> tuple[Assertions, Predicted]:
    """Statements of nations in this order, and where they put their objects."""
    table = concatenated([part for _, part in parts])
    nations = np.repeat([nation for nation, _ in parts], [len(part) for _, part in parts])
    return stated(table, nations)


def stated(table: Catalogue, nations: Any) -> tuple[Assertions, Predicted]:
    age = (AT - table.elements.epoch_tai_ns) / NS_PER_DAY
    sigma = sigma_rtn_km(error_classes(table), age)
    where = predicted(table.elements, AT, sigma)
    n = len(table)
    return Assertions(table, np.array(nations), np.full(n, AT), np.arange(n)), where


def reordered(
    assertions: Assertions, where: Predicted, order: Ints
) -> tuple[Assertions, Predicted]:
    return (
        Assertions(
            assertions.catalogue.take(order), assertions.nation[order],
            assertions.said_tai_ns[order], assertions.row[order],
        ),
        Predicted(
            where.at_tai_ns, where.position_teme_km[order], where.velocity_teme_km_s[order],
            where.sigma_rtn_km[order],
        ),
    )  # fmt: skip


def partition(group: Ints) -> set[frozenset[int]]:
    """Rows that are together."""
    return {frozenset(np.flatnonzero(group == one).tolist()) for one in np.unique(group)}


def sets(*groups: Sequence[int]) -> set[frozenset[int]]:
    return {frozenset(group) for group in groups}
