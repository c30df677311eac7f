"""What a screening found, made into the table of conjunctions: who, how uncertain, how likely."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

import msgspec
import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

import commonsky
from commonsky.assess.collision import (
    METHODS,
    NULLS,
    CollisionAssessment,
    PcMethod,
    PcNull,
    assess,
)
from commonsky.assess.completeness import missed_share
from commonsky.assess.hard_body import hard_body_radii_km
from commonsky.assess.uncertainty import (
    ErrorClasses,
    covariance_inertial_km2,
    error_classes,
    sigma_rtn_km,
)
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY, utc_text
from commonsky.astro.frames import transform
from commonsky.astro.states import Frame
from commonsky.catalogue.catalogue import Catalogue, Texts
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.catalogue.identity import fleets
from commonsky.catalogue.merge import DESCRIPTIONS
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.summary import Summary
from commonsky.screen.encounter import Encounters
from commonsky.screen.volume import Shape, Volume

GRADE = "screening"
ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Sky:
    """
    Everything that was screened, row by row: element sets first, then the ephemerides in TEME.

    Errors of an ephemeris are not known to us: its sigmas are nan, and there is no Pc.
    """

    catalogue: Catalogue
    ephemerides: tuple[Ephemeris, ...]
    numbers: Ints
    names: Texts
    sources: Texts
    fleets: Texts
    epoch_tai_ns: Ints  # of an ephemeris the first
    hard_body_radius_km: Floats
    classes: ErrorClasses  # of the element sets alone
    named_sources: tuple[str, ...]  # each once

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        ephemerides: Sequence[Ephemeris],
        hard_body_radius_km: Mapping[int, float],
    ) -> Sky:
        """Look up once what is needed of every object."""
        beside = tuple(in_teme(one) for one in ephemerides)
        numbers = _joined(catalogue.catalogue_number, [one.catalogue_number for one in beside])
        types = _joined(catalogue.object_type, [int(one.object_type) for one in beside])
        sizes = _joined(catalogue.rcs_size, [0] * len(beside))
        sources = _joined(catalogue.source, [one.source for one in beside])
        return cls(
            catalogue,
            beside,
            numbers,
            _joined(catalogue.object_name, [one.object_name for one in beside]),
            sources,
            _joined(fleets(catalogue), [_fleet_of(catalogue, one) for one in beside]),
            _joined(catalogue.elements.epoch_tai_ns, [int(one.epoch_tai_ns[0]) for one in beside]),
            hard_body_radii_km(types, sizes, numbers, hard_body_radius_km),
            error_classes(catalogue),
            tuple(np.unique(sources).tolist()),
        )

    def replaced(
        self, catalogue: Catalogue, rows: Ints, hard_body_radius_km: Mapping[int, float]
    ) -> Sky:
        """
        Return this sky with another catalogue that differs from ours in these rows alone.

        Rows beyond ours are new; they come in order.  Who is described anew may change the fleets
        of others.
        """
        some = catalogue.take(rows)
        like = _row_of_same(self.catalogue, some, rows)
        grown = like[rows >= len(self.catalogue)]
        if (like < 0).any() or (len(grown) and self.ephemerides):
            return Sky.of(catalogue, self.ephemerides, hard_body_radius_km)
        base = self
        if len(grown):
            base = self._taken(np.concatenate([np.arange(len(self.catalogue)), grown]))
        held, classes = base.classes, error_classes(some)
        sources = _changed(base.sources, rows, some.source)
        gone = {name for name in base.sources[rows].tolist() if not (sources == name).any()}
        return replace(
            base,
            catalogue=catalogue,
            sources=sources,
            epoch_tai_ns=_changed(base.epoch_tai_ns, rows, some.elements.epoch_tai_ns),
            named_sources=tuple(sorted({*self.named_sources, *some.source.tolist()} - gone)),
            classes=ErrorClasses(
                *(
                    _changed(getattr(held, column.name), rows, getattr(classes, column.name))
                    for column in fields(ErrorClasses)
                )
            ),
        )

    def without(self, rows: Ints, hard_body_radius_km: Mapping[int, float]) -> Sky:
        """Return this sky without these rows of the catalogue; those after them move up."""
        kept = np.delete(np.arange(len(self.catalogue)), rows)
        catalogue = self.catalogue.take(kept)
        nowhere = np.full(len(rows), len(catalogue))
        if (_row_of_same(catalogue, self.catalogue.take(rows), nowhere) < 0).any():
            return Sky.of(catalogue, self.ephemerides, hard_body_radius_km)
        left = self._taken(np.delete(np.arange(len(self.numbers)), rows))
        named = tuple(name for name in self.named_sources if (left.sources == name).any())
        return replace(left, catalogue=catalogue, named_sources=named)

    def _taken(self, rows: Ints) -> Sky:
        """Return the columns of these rows, beside the same catalogue."""
        return replace(
            self,
            numbers=self.numbers[rows],
            names=self.names[rows],
            sources=self.sources[rows],
            fleets=self.fleets[rows],
            epoch_tai_ns=self.epoch_tai_ns[rows],
            hard_body_radius_km=self.hard_body_radius_km[rows],
            classes=self.classes.take(rows[rows < len(self.catalogue)]),
        )

    def sigma_rtn_km(self, rows: Ints, age_days: Floats) -> Floats:
        """(n, 3) sigmas of the objects in `rows` at ages, nan for ephemerides."""
        sigma = np.full((len(rows), 3), np.nan)
        known = np.flatnonzero(rows < len(self.catalogue))
        sigma[known] = sigma_rtn_km(self.classes.take(rows[known]), age_days[known])
        return sigma


def _joined(column: NDArray[Any], more: Sequence[object]) -> NDArray[Any]:
    if not more:
        return column
    kind = np.str_ if column.dtype.kind == "U" else column.dtype
    return np.concatenate([column, np.array(more, dtype=kind)])


def _row_of_same(ours: Catalogue, theirs: Catalogue, rows: Ints) -> Ints:
    """
    (k,) rows of ours that describe the objects of another catalogue (k,) as it does, or -1.

    Those at `rows`, and where our table does not reach so far the first of the same number.
    """
    found = rows.copy()
    beyond = np.flatnonzero(rows >= len(ours))
    if len(beyond):
        same = np.flatnonzero(np.isin(ours.catalogue_number, theirs.catalogue_number[beyond]))
        first = dict(
            zip(ours.catalogue_number[same[::-1]].tolist(), same[::-1].tolist(), strict=True)
        )
        numbers = theirs.catalogue_number[beyond].tolist()
        found[beyond] = [first.get(number, -1) for number in numbers]
    if (found < 0).all():
        return found
    alike = found >= 0
    for name in DESCRIPTIONS:
        alike &= getattr(ours, name)[found] == getattr(theirs, name)
    return np.where(alike, found, -1)


def _changed(column: NDArray[Any], rows: Ints, values: NDArray[Any]) -> NDArray[Any]:
    changed = column.astype(np.result_type(column, values))
    changed[rows] = values
    return changed


def _fleet_of(catalogue: Catalogue, ephemeris: Ephemeris) -> str:
    """Return the fleet of an ephemeris: its operator, or that of its element set."""
    same = np.flatnonzero(catalogue.catalogue_number == ephemeris.catalogue_number)
    return ephemeris.operator or (str(fleets(catalogue)[same[0]]) if len(same) else "")


def in_teme(ephemeris: Ephemeris) -> Ephemeris:
    """Return an ephemeris in the frame that screening uses."""
    if ephemeris.frame is Frame.TEME:
        return ephemeris
    position_km, velocity_km_s = transform(
        ephemeris.position_km,
        ephemeris.velocity_km_s,
        ephemeris.epoch_tai_ns,
        ephemeris.frame,
        Frame.TEME,
    )
    return replace(
        ephemeris, frame=Frame.TEME, position_km=position_km, velocity_km_s=velocity_km_s
    )


def conjunctions(
    sky: Sky,
    found: Encounters,
    summary: Summary,
    volume: Volume,
    *,
    primary: NDArray[np.bool_] | None = None,
    executor: Executor | None = None,
    progress: Callable[[float, float], None] | None = None,
) -> Conjunctions:
    """
    Return encounters as conjunctions: named, with sigmas, radii and probabilities.

    `primary` (rows,) says about which objects the volume was, None about all.
    """
    row1, row2 = found.row1, found.row2
    age1, age2 = (
        (found.tca_tai_ns - sky.epoch_tai_ns[rows]) / NS_PER_DAY for rows in (row1, row2)
    )
    sigma1, sigma2 = sky.sigma_rtn_km(row1, age1), sky.sigma_rtn_km(row2, age2)
    radius1, radius2 = sky.hard_body_radius_km[row1], sky.hard_body_radius_km[row2]
    fleet1, fleet2 = sky.fleets[row1], sky.fleets[row2]
    share = missed_share(
        volume,
        sigma1,
        sigma2,
        (found.position1_teme_km, found.velocity1_teme_km_s),
        (found.position2_teme_km, found.velocity2_teme_km_s),
        primary1=None if primary is None else primary[row1],
        primary2=None if primary is None else primary[row2],
    )
    return Conjunctions(
        object1=sky.numbers[row1],
        object2=sky.numbers[row2],
        name1=sky.names[row1],
        name2=sky.names[row2],
        source1=sky.sources[row1],
        source2=sky.sources[row2],
        age1_days=age1,
        age2_days=age2,
        intra_fleet=(fleet1 == fleet2) & (fleet1 != ""),
        grade=np.full(len(found), GRADE),
        hard_body_radius1_km=radius1,
        hard_body_radius2_km=radius2,
        sigma1_rtn_km=sigma1,
        sigma2_rtn_km=sigma2,
        encounters=found,
        assessment=assessed(found, sigma1, sigma2, radius1 + radius2, executor, progress),
        summary=msgspec.structs.replace(
            summary,
            conjunctions=len(found),
            missed_share=None if np.isnan(share) else round(float(share), 4),
        ),
    )


def assessed(
    found: Encounters,
    sigma1_rtn_km: Floats,
    sigma2_rtn_km: Floats,
    hard_body_radius_km: Floats,
    executor: Executor | None = None,
    progress: Callable[[float, float], None] | None = None,
) -> CollisionAssessment:
    """Return the assessment of encounters; slow ones have none, and say so."""
    starts = range(0, max(len(found), 1), ROWS_AT_ONCE)

    def part(start: int) -> CollisionAssessment:
        some = np.arange(start, min(start + ROWS_AT_ONCE, len(found)))
        one = found.take(some)
        return assess(
            one.position1_teme_km,
            one.velocity1_teme_km_s,
            covariance_inertial_km2(
                sigma1_rtn_km[some], one.position1_teme_km, one.velocity1_teme_km_s
            ),
            one.position2_teme_km,
            one.velocity2_teme_km_s,
            covariance_inertial_km2(
                sigma2_rtn_km[some], one.position2_teme_km, one.velocity2_teme_km_s
            ),
            hard_body_radius_km[some],
        )

    parts = []
    for done, one in enumerate((executor.map if executor else map)(part, starts)):
        parts.append(one)
        if progress:
            progress(done + 1, len(starts))
    whole = CollisionAssessment(
        *(np.concatenate([getattr(p, c.name) for p in parts]) for c in fields(CollisionAssessment))
    )
    return without_slow(whole, found.slow)


def without_slow(whole: CollisionAssessment, slow: NDArray[np.bool_]) -> CollisionAssessment:
    """Take the probabilities off slow pairs, for which straight lines do not hold."""
    return replace(
        whole,
        pc=np.where(slow, np.nan, whole.pc),
        log10_pc=np.where(slow, np.nan, whole.log10_pc),
        pc_max=np.where(slow, np.nan, whole.pc_max),
        scale_at_max=np.where(slow, np.nan, whole.scale_at_max),
        diluted=whole.diluted & ~slow,
        method=np.where(slow, METHODS.index(PcMethod.NONE), whole.method).astype(np.int8),
        null_reason=np.where(slow, NULLS.index(PcNull.SLOW_ENCOUNTER), whole.null_reason).astype(
            np.int8
        ),
    )


class Coverage(Protocol):
    """What is needed to know of a screening to say what it covered."""

    @property
    def unusable_knots(self) -> Ints:
        """(rows,) at how many knots each object had no usable state."""

    @property
    def knots(self) -> int:
        """How many knots there were."""

    @property
    def step_s(self) -> float:
        """How far apart they were."""


def summary_of(
    sky: Sky,
    screening: Coverage,
    span: tuple[int, int],
    volume: Volume,
    primaries: Collection[int] | None,
    excluded: dict[str, int],
) -> Summary:
    """Return what a screening covered; `conjunctions` puts in how many it found."""
    told = sky.catalogue.provenance
    failed = int((screening.unusable_knots >= screening.knots).sum())
    sphere = volume.shape is Shape.SPHERE
    return Summary(
        read=max(told.read_count, len(sky.catalogue)),
        accepted=len(sky.catalogue) + sum(excluded.values()),
        quarantined=told.quarantined_count,
        superseded=told.superseded_count,
        propagated=len(sky.numbers) - failed,
        failed=failed,
        partly=int((screening.unusable_knots > 0).sum()) - failed,
        conjunctions=0,
        start=utc_text(span[0], 6),
        stop=utc_text(span[1], 6),
        threshold_km=volume.semi_axes_km[0] if sphere else UNSET,
        volume_km=UNSET if sphere else volume.semi_axes_km,
        volume_shape=UNSET if sphere else str(volume.shape),
        volume_frame=UNSET if sphere else str(volume.frame),
        primaries=UNSET if primaries is None else len(primaries),
        step_s=screening.step_s,
        grade=GRADE,
        excluded=excluded,
        sources=sky.named_sources,
        version=commonsky.__version__,
        complete=True,
    )
