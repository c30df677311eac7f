"""One element set for each object out of many, nothing lost: what is newest stands."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.catalogue.catalogue import Catalogue

NS_PER_DAY = 86_400_000_000_000
DECAY_HEIGHT_KM = 80.0  # below it nothing completes another revolution
DECAY_MEAN_MOTION_REV_DAY = 16.6
RAD_MIN_PER_REV_DAY = 2.0 * np.pi / 1440.0
# How long elements are worth anything when nothing newer comes, by height of perigee: drag
# spoils low ones within days.
VALID_DAYS = ((400.0, 3.0), (600.0, 7.0), (1000.0, 14.0), (np.inf, 30.0))
DESCRIPTIONS = ("object_id", "object_name", "object_type", "rcs_size", "operator")


@dataclass(frozen=True, slots=True)
class Merged:
    """
    A catalogue with one row for each object (and source, if asked for), ordered by number.

    `superseded` holds the older element sets, by number and from old to new; `duplicate_count`
    counts the rows that repeated another's elements and are kept nowhere.
    """

    catalogue: Catalogue
    superseded: Catalogue
    duplicate_count: int


def merge(catalogue: Catalogue, *, side_by_side: bool = False) -> Merged:
    """
    Keep the newest element set of each catalogue number, or of each number and source.

    Equal epochs are decided by the larger element set number, then the larger revolution number,
    then by content, so that the order of rows changes nothing.  A name, designator, type, size or
    operator that the newest row lacks is taken from the newest that has it.  `superseded_count`
    in the provenance grows by all that no longer stands, exact duplicates included.
    """
    source = np.unique(catalogue.source, return_inverse=True)[1].astype(np.int64)
    owner = source if side_by_side else np.zeros(len(catalogue), np.int64)
    order = _oldest_first(catalogue, owner, source)
    number, owner = catalogue.catalogue_number[order], owner[order]
    content = element_bits(catalogue.elements)[order]
    follows = _next_equal(number, owner)
    # Equal content sorts side by side, since element bits are compared before anything else.
    repeated = follows.copy()
    repeated[:-1] &= (content[1:] == content[:-1]).all(axis=1)
    told = replace(
        catalogue.provenance,
        superseded_count=catalogue.provenance.superseded_count + int(follows.sum()),
    )
    return Merged(
        replace(_described(catalogue, source), provenance=told).take(order[~follows]),
        catalogue.take(order[follows & ~repeated]),
        int(repeated.sum()),
    )


def newest_by_source(catalogue: Catalogue) -> Catalogue:
    """Return the newest element set of each number and source, as `merge` decides, undescribed."""
    source = np.unique(catalogue.source, return_inverse=True)[1].astype(np.int64)
    order = _oldest_first(catalogue, source, source)
    follows = _next_equal(catalogue.catalogue_number[order], source[order])
    return catalogue.take(order[~follows])


def described(catalogue: Catalogue) -> Catalogue:
    """Return the rows with unknown descriptions filled from the newest of their number."""
    return _described(
        catalogue, np.unique(catalogue.source, return_inverse=True)[1].astype(np.int64)
    )


def age_days(catalogue: Catalogue, at_tai_ns: int) -> Floats:
    """(n,) days from each epoch to a time; negative for epochs after it."""
    return (np.int64(at_tai_ns) - catalogue.elements.epoch_tai_ns) / NS_PER_DAY


def validity_tai_ns(catalogue: Catalogue) -> tuple[Ints, Ints]:
    """
    (n,) from when and until when each element set is the one to use.

    From its epoch to the next epoch of the same number and source, at most `VALID_DAYS` for its
    perigee.  Rows may come in any order, a history included.
    """
    start = catalogue.elements.epoch_tai_ns
    source = np.unique(catalogue.source, return_inverse=True)[1].astype(np.int64)
    order = np.lexsort((start, source, catalogue.catalogue_number))
    follows = _next_equal(catalogue.catalogue_number[order], source[order])
    limits, days = np.array(VALID_DAYS).T
    kind = np.searchsorted(limits, catalogue.elements.perigee_height_km, side="right")
    kind = np.minimum(kind, len(days) - 1)  # a nan perigee sorts last
    stop = start + (days[kind] * NS_PER_DAY).astype(np.int64)
    later = np.flatnonzero(follows)
    stop[order[later]] = np.minimum(stop[order[later]], start[order[later + 1]])
    return start, stop


def decayed(catalogue: Catalogue) -> NDArray[np.bool_]:
    """(n,) whether the elements are of an orbit that has ended: too low or too fast at epoch."""
    elements = catalogue.elements
    fast = elements.mean_motion_rad_min > DECAY_MEAN_MOTION_REV_DAY * RAD_MIN_PER_REV_DAY
    return np.asarray(fast | (elements.perigee_height_km < DECAY_HEIGHT_KM))


def default_start(catalogue: Catalogue) -> int:
    """
    Return the newest epoch that is not more than a day after the median epoch, in TAI ns.

    The median shields the choice from a few epochs in the far future.
    """
    if len(catalogue) == 0:
        raise ValueError("a default start needs at least one element set, but there is none")
    epochs = np.sort(catalogue.elements.epoch_tai_ns)
    # As integers, by the lower of two middles: a float64 would round to 256 ns.
    last = epochs[(len(epochs) - 1) // 2] + NS_PER_DAY
    return int(epochs[np.searchsorted(epochs, last, side="right") - 1])


def select(catalogue: Catalogue, max_age_days: float, at_tai_ns: int) -> Catalogue:
    """Return the rows whose epoch is at most so many days before or after a time."""
    return catalogue.take(np.flatnonzero(np.abs(age_days(catalogue, at_tai_ns)) <= max_age_days))


def element_bits(elements: MeanElements) -> Ints:
    """(n, 10) every element as an integer, for comparing them exactly, nan included."""
    columns = [getattr(elements, column.name) for column in fields(elements)]
    return np.stack([np.ascontiguousarray(column).view(np.int64) for column in columns], axis=1)


def _next_equal(*keys: Ints) -> NDArray[np.bool_]:
    """(n,) whether the next row of sorted keys has the same ones."""
    equal = np.zeros(len(keys[0]), np.bool_)
    equal[:-1] = True
    for key in keys:
        equal[:-1] &= key[1:] == key[:-1]
    return equal


def _oldest_first(catalogue: Catalogue, owner: Ints, source: Ints) -> Ints:
    """Order of rows by number and owner, then from the worst claim to stand to the best."""
    epoch, number = catalogue.elements.epoch_tai_ns, catalogue.catalogue_number
    order = np.lexsort((epoch, owner, number))
    follows = _next_equal(number[order], owner[order], epoch[order])
    if not follows.any():
        return order
    # Only what ties on the cheap keys is compared in full.
    tied = follows.copy()
    tied[1:] |= follows[:-1]
    places = np.flatnonzero(tied)
    rows = order[places]
    part = catalogue.take(rows)
    known = sum((getattr(part, name) != _unknown(part, name)).astype(int) for name in DESCRIPTIONS)
    texts = [
        np.unique(getattr(part, name), return_inverse=True)[1]
        for name in ("object_id", "object_name", "operator", "classification")
    ]
    finest = (
        *texts, part.object_type, part.rcs_size, source[rows], known,
        *element_bits(part.elements).T, part.revolution_at_epoch, part.element_set_number,
        epoch[rows], owner[rows], number[rows],
    )  # fmt: skip
    order[places] = rows[np.lexsort(finest)]
    return order


def _unknown(catalogue: Catalogue, name: str) -> str | int:
    return "" if getattr(catalogue, name).dtype.kind == "U" else 0


def _described(catalogue: Catalogue, source: Ints) -> Catalogue:
    """Return the rows with unknown descriptions filled from the newest of their number."""
    order = _oldest_first(catalogue, np.zeros(len(catalogue), np.int64), source)
    number = catalogue.catalogue_number
    completed = {}
    for name in DESCRIPTIONS:
        column = getattr(catalogue, name).copy()
        unknown = column == _unknown(catalogue, name)
        donors = order[~unknown[order]]
        missing = np.flatnonzero(unknown)
        if len(donors) and len(missing):
            place = np.searchsorted(number[donors], number[missing], side="right") - 1
            donor = donors[np.maximum(place, 0)]
            same = number[donor] == number[missing]
            column[missing[same]] = column[donor[same]]
        completed[name] = column
    return replace(catalogue, **completed)
