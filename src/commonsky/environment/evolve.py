"""
The sky over decades and centuries: launches, drag, disposal, break-ups, removal.

Drag is followed month by month, everything else in steps of a quarter year or as a scenario says.
At each step the rate of every collision is known without chance (environment.gas); a few weighted,
virtual ones tell what would break, and how many fragments it would leave, and the ones that happen
are drawn with the rate.  So one run tells its rates with little noise, few runs tell the mean, and
the tail follows from the weighted ones (environment.tail).

Node, perigee and anomaly are not followed: rates average over them.  Solar radiation, Sun and Moon
are left out, so what they do to very light and to very eccentric orbits is not seen.

Reference: Liou, Hall, Krisko, Opiela (2004), LEGEND, Adv. Space Res. 34, 981-986, for the shape of
such models; weighted virtual collisions after Zucchelli, Jang, Linares (2025), arXiv 2503.07904.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.disposal import disposal_perigee_km
from commonsky.environment.drag import ballistic_m2_kg, drag_table
from commonsky.environment.earth import YEAR_S
from commonsky.environment.gas import SHELLS, Group, moments, rates
from commonsky.environment.objects import Objects
from commonsky.environment.pairs import Meetings, meetings
from commonsky.environment.scenario import MOST_OBJECTS, Scenario
from commonsky.environment.shattering import (
    Event,
    collided,
    expected_fragments,
    exploded,
)
from commonsky.environment.sky import Sky, sky_of, usable
from commonsky.environment.solar_flux import FluxScenario, drawn_cycles
from commonsky.environment.traffic import Traffic, traffic_of

COLUMNS = ("payload", "rocket body", "debris")
_LEO_KM = 2000.0


@dataclass(frozen=True, slots=True)
class Run:
    """
    What became of a sky, at the ends of m years.

    `counts` (m, 3) of payloads, stages and debris with a perigee below 2000 km; `active` (m,) and
    `mass_kg` (m,) of them; `by_shell` (m, 3, 76) how many are there on average.  Expected
    collisions in each year, `collisions` (m,) and `catastrophic` (m,), are rates told without
    chance; `events` are those that happened.  `virtual` (k, 4) are weighted ones: year, weight,
    fragments it would leave, and whether it would be catastrophic.  `object_years` counts time
    below 2000 km.
    """

    year: Floats
    counts: Floats
    active: Floats
    mass_kg: Floats
    by_shell: Floats
    collisions: Floats
    catastrophic: Floats
    virtual: Floats
    events: tuple[Event, ...]
    object_years: float
    launched: int
    re_entered: int
    removed: int
    seed: int


def evolve(
    objects: Objects, scenario: Scenario, seed: int = 0, *,
    progress: Callable[[float], None] | None = None,
) -> Run:  # fmt: skip
    """
    Return one course that the years may take.

    Objects with a launch after the start come then, once, besides the scenario's launches.  The
    same objects, scenario and seed give the same bytes on one platform.  Objects that are not
    finite, have no mass or no area, or are below 120 km are left out.  `progress` is called with
    the share that is done.
    """
    return _Evolution(objects, scenario, seed).run(progress)


def ensemble(objects: Objects, scenario: Scenario, seeds: range, executor: Executor) -> list[Run]:
    """Return one run for each seed, in their order, on any executor."""
    return list(executor.map(lambda seed: evolve(objects, scenario, seed), seeds))


class _Look(NamedTuple):
    """What is below 2000 km at a moment."""

    counts: Floats
    active: float
    mass_kg: float
    by_shell: Floats


class _Evolution:
    """One run as it goes."""

    def __init__(self, objects: Objects, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        # Streams of their own: what one process draws moves none of the others.
        sun, launch, dispose, explode, collide, look = np.random.default_rng(seed).spawn(6)
        self.launching, self.disposing, self.exploding = launch, dispose, explode
        self.colliding, self.looking = collide, look
        self.flux: FluxScenario = scenario.flux or drawn_cycles(
            scenario.start_year, scenario.years + 1.0, sun
        )
        later = objects.launched_year > scenario.start_year
        self.sky = sky_of(
            objects.take(np.logical_not(later)), scenario.start_year, scenario.mission_years
        )
        # What is known to come later comes then, once: launches that were, or a cloud to try.
        coming = objects.take(later & usable(objects))
        coming = coming.take(np.argsort(coming.launched_year, kind="stable"))
        self.coming = sky_of(coming, scenario.start_year, scenario.mission_years)
        self.coming_year = coming.launched_year
        self.traffic: Traffic = traffic_of(objects, scenario)
        self.events: list[Event] = []
        self.virtual: list[Floats] = []
        self.object_years = 0.0
        self.launched = self.re_entered = self.removed = 0

    def run(self, progress: Callable[[float], None] | None) -> Run:
        scenario = self.scenario
        steps = round(scenario.years / scenario.step_years)
        each = max(round(1.0 / scenario.step_years), 1)
        looks: list[_Look] = []
        expected = np.zeros(2)
        told: list[Floats] = []
        for step in range(steps):
            year = scenario.start_year + step * scenario.step_years
            expected += self.stepped(year)
            if (step + 1) % each == 0 or step == steps - 1:
                looks.append(self.looked_at())
                told.append(expected)
                expected = np.zeros(2)
                if progress is not None:
                    progress((step + 1) / steps)
        yearly = np.reshape(told, (-1, 2))
        ends = scenario.start_year + np.minimum(
            np.arange(1, len(looks) + 1) * each * scenario.step_years, scenario.years
        )
        return Run(
            ends,
            np.reshape([look.counts for look in looks], (-1, 3)),
            np.array([look.active for look in looks]),
            np.array([look.mass_kg for look in looks]),
            np.reshape([look.by_shell for look in looks], (-1, 3, SHELLS)),
            yearly[:, 0], yearly[:, 1],
            np.concatenate(self.virtual) if self.virtual else np.zeros((0, 4)),
            tuple(self.events), self.object_years, self.launched, self.re_entered, self.removed,
            self.seed,
        )  # fmt: skip

    def stepped(self, year: float) -> Floats:
        """Move on by a step; return the collisions expected in it, and the catastrophic ones."""
        dt = self.scenario.step_years
        self.end_missions(year)
        self.launch(year)
        self.remove(year)
        self.explode(year)
        expected = self.collide(year)
        low = self.sky.perigee_km < _LEO_KM
        before = float(self.sky.weight[low].sum())
        months = max(round(12.0 * dt), 1)
        middles: Floats = year + dt * (np.arange(months, dtype=np.float64) + 0.5) / months
        count = len(self.sky)
        self.sky = self.sky.sink(dt, [drag_table(float(one)) for one in self.flux.at(middles)])
        self.re_entered += count - len(self.sky)
        after = float(self.sky.weight[self.sky.perigee_km < _LEO_KM].sum())
        self.object_years += 0.5 * (before + after) * dt
        if len(self.sky) > MOST_OBJECTS:
            raise MemoryError(
                f"by {year:.0f} there are {len(self.sky):,} objects, more than {MOST_OBJECTS:,}: "
                "take longer fragments, fewer launches or fewer years"
            )
        return expected

    def end_missions(self, year: float) -> None:
        sky, scenario = self.sky, self.scenario
        done = np.flatnonzero(sky.active & (sky.until_year <= year))
        if not len(done):
            return
        sky.until_year[done] = -np.inf
        self.dispose(done[self.disposing.random(len(done)) < scenario.disposal_success])

    def dispose(self, rows: Ints) -> None:
        """Lower perigees so that orbits end within the limit; what is above 2000 km stays."""
        sky = self.sky
        rows = rows[sky.perigee_km[rows] < _LEO_KM]
        ballistic = ballistic_m2_kg(
            sky.area_m2[rows] / sky.mass_kg[rows], sky.perigee_km[rows], sky.inclination_rad[rows]
        )
        sky.perigee_km[rows] = disposal_perigee_km(
            sky.perigee_km[rows], sky.apogee_km[rows], ballistic,
            self.scenario.disposal_limit_years,
        )  # fmt: skip
        at_once = self.disposing.random(len(rows)) < self.scenario.direct_re_entry
        kept = np.ones(len(sky), np.bool_)
        kept[rows[at_once]] = False
        self.sky = sky.take(kept)
        self.re_entered += int(at_once.sum())

    def launch(self, year: float) -> None:
        until = year + self.scenario.step_years
        new = self.traffic.between(year, until, self.launching)
        known = np.searchsorted(self.coming_year, (year, until))
        if known[1] > known[0]:
            new = new.joined(self.coming.take(np.arange(*known)))
        if not len(new):
            return
        before = len(self.sky)
        self.launched += len(new)
        self.sky = self.sky.joined(new)
        # Stages are disposed of at once, as often as missions are at their end.
        stages = before + np.flatnonzero(new.kind == ObjectType.ROCKET_BODY)
        done = self.disposing.random(len(stages)) < self.scenario.disposal_success
        self.dispose(stages[done])

    def remove(self, year: float) -> None:
        """Take away the heaviest passive ones where collisions are likeliest."""
        scenario = self.scenario
        if year < scenario.removals_from_year or scenario.removals_per_year <= 0.0:
            return
        wanted = scenario.removals_per_year * scenario.step_years
        count = int(wanted) + int(self.disposing.random() < wanted % 1.0)
        sky = self.sky
        worth = np.where(
            sky.intact & np.logical_not(sky.active) & (sky.perigee_km < _LEO_KM),
            sky.mass_kg * crowding(sky), 0.0,
        )  # fmt: skip
        count = min(count, int((worth > 0.0).sum()))
        if count:
            best = np.argpartition(worth, -count)[-count:]
            kept = np.ones(len(sky), np.bool_)
            kept[best] = False
            self.removed += count
            self.sky = sky.take(kept)

    def explode(self, year: float) -> None:
        scenario, sky = self.scenario, self.sky
        if scenario.explosions_per_object_year <= 0.0:
            return
        chance = scenario.explosions_per_object_year * scenario.step_years
        may = np.flatnonzero(sky.intact & np.logical_not(sky.active))
        rows = may[self.exploding.random(len(may)) < chance]
        self.sky, events = exploded(
            sky, rows, year, scenario.explosion_scale, scenario.smallest_m, self.exploding
        )
        self.events += events

    def collide(self, year: float) -> Floats:
        scenario, sky = self.scenario, self.sky
        low = np.flatnonzero(sky.perigee_km < _LEO_KM)
        gas = sky.take(low).gas()
        told = rates(gas, scenario.avoidance)
        span_s = scenario.step_years * YEAR_S
        # With pairs of an object with itself, which draws leave out again.
        both = 0.5 * float(told.per_s.sum()) * span_s
        met = meetings(gas, told, scenario.virtual_collisions, self.looking)
        mass = sky.mass_kg[low]
        weight = both / scenario.virtual_collisions
        whole = met.catastrophic(mass)
        pieces = expected_fragments(
            mass[met.first], mass[met.second], met.speed_km_s, scenario.smallest_m
        )
        self.virtual.append(np.column_stack([
            np.full(len(met), year), np.full(len(met), weight), pieces, whole
        ]))  # fmt: skip
        if scenario.collisions:
            happening = meetings(gas, told, int(self.colliding.poisson(both)), self.colliding)
            happening = replace(
                happening, first=low[happening.first], second=low[happening.second]
            )
            self.happen(happening, year)
        expected = told.total_per_s * span_s
        return np.array([expected, expected * float(whole.mean()) if len(whole) else 0.0])

    def happen(self, met: Meetings, year: float) -> None:
        if len(met):
            self.sky, events = collided(
                self.sky, met, year, self.scenario.smallest_m, self.colliding
            )
            self.events += events

    def looked_at(self) -> _Look:
        sky = self.sky
        low = sky.perigee_km < _LEO_KM
        sort = np.where(
            sky.kind == ObjectType.PAYLOAD, 0, np.where(sky.kind == ObjectType.ROCKET_BODY, 1, 2)
        )
        counts = np.bincount(sort[low], sky.weight[low], minlength=3)
        gas = replace(sky.gas(0.0), group=sort.astype(np.int8))
        shells = moments(gas)[:, :, :, 0].sum(axis=2)
        active = float(sky.weight[low & sky.active].sum())
        mass_kg = float((sky.weight * sky.mass_kg)[low].sum())
        return _Look(np.asarray(counts, np.float64), active, mass_kg, shells)


def crowding(sky: Sky) -> Floats:
    """(n,) how much is around each object, by the shell of its mean height: a rank, not a rate."""
    gas = replace(sky.gas(0.0), group=np.full(len(sky), Group.TRACKED, np.int8))
    told = moments(gas)[Group.TRACKED, :, :, 0].sum(axis=1)
    middle = 0.5 * (sky.perigee_km + np.minimum(sky.apogee_km, 2.0 * _LEO_KM))
    shell = np.clip((middle - 150.0) / 25.0, 0, SHELLS - 1).astype(np.int64)
    return np.asarray(told[shell] * sky.area_m2, np.float64)
