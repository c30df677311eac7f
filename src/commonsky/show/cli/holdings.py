"""`commonsky catalogue` and `commonsky diff`: what catalogues hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, seconds_since, utc_text, utc_texts
from commonsky.catalogue.batch import secular_rates_rad_s
from commonsky.catalogue.catalogue import Catalogue, ObjectType, Texts
from commonsky.catalogue.difference import Difference, difference
from commonsky.catalogue.merge import merge
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.screening import read_files, tell_intake
from commonsky.show.cli.voice import Voice

AGES_DAYS = (1.0, 3.0, 7.0, 30.0, np.inf)
BIGGEST_OPERATORS = 8
ORBITS = ("LEO", "MEO", "GEO", "eccentric")
LEO_APOGEE_KM, GEO_HEIGHT_KM, GEO_BAND_KM, ECCENTRIC = 2000.0, 35_786.0, 500.0, 0.25
NS_PER_HOUR = 3600 * NS_PER_S
HOURS_TOLD = 72  # more is told in days
SAME_EPOCH = "same epoch"
WORTH_TELLING_KM = 0.05  # less would be told as 0.0


class Change(msgspec.Struct, frozen=True):
    """One line of `commonsky diff`.  Changes are new minus old, null where one side is missing."""

    kind: str
    object: int
    name: str
    epoch_old: str | None
    epoch_new: str | None
    what: str
    perigee_change_km: float | None = None
    apogee_change_km: float | None = None
    plane_change_km: float | None = None


def show_catalogue(files: Sequence[str]) -> None:
    """Write a short statement of what files hold."""
    catalogue = read_files(files)
    sys.stdout.write("\n".join(statement(catalogue)) + "\n")


def statement(catalogue: Catalogue) -> list[str]:
    """Return the lines of the statement."""
    told = catalogue.provenance
    lines = [f"{len(catalogue):,} objects from {told.read_count:,} records"]
    lines += [
        f"  {source.name}: {source.format}, {source.accepted:,} of {source.read:,} records, "
        f"{source.size_bytes:,} bytes, sha256 {source.sha256[:12]}"
        for source in told.inputs
    ]
    lines.append(f"  superseded by newer ones: {told.superseded_count:,}")
    lines.append(f"  set aside: {told.quarantined_count:,}")
    lines += [
        f"    {record.source} line {record.line}, {record.field or 'record'}: {record.reason}"
        for record in told.quarantined[:10]
    ]
    if len(catalogue) == 0:
        return lines
    kinds = {str(kind.name).lower().replace("_", " "): int(kind) for kind in ObjectType}
    lines += counted("type", {name: catalogue.object_type == kind for name, kind in kinds.items()})
    orbits = orbit_of(catalogue)
    lines += counted("orbit", {name: orbits == k for k, name in enumerate(ORBITS)})
    epochs = catalogue.elements.epoch_tai_ns
    newest = int(epochs.max())
    lines.append(
        f"epochs {utc_text(int(epochs.min()), 0)} to {utc_text(newest, 0)}, "
        f"median {utc_text(int(np.median(epochs)), 0)}"
    )
    age_days = (newest - epochs) / NS_PER_DAY
    within = {f"{days:g} days": age_days <= days for days in AGES_DAYS[:-1]}
    lines += counted("older than the newest by at most", within)
    return [*lines, *largest("operator", catalogue.operator)]


def orbit_of(catalogue: Catalogue) -> NDArray[np.int64]:
    """(n,) orbit class of each object, as its position in `ORBITS`."""
    elements = catalogue.elements
    height = elements.semi_major_axis_km - 6378.135
    geo = np.abs(height - GEO_HEIGHT_KM) < GEO_BAND_KM
    low = elements.apogee_height_km < LEO_APOGEE_KM
    names = [low, elements.eccentricity >= ECCENTRIC, geo]
    return np.select(names, [0, 3, 2], default=1)


def counted(title: str, groups: dict[str, NDArray[np.bool_]]) -> list[str]:
    """Return lines that say how many rows each group has, the empty ones left out."""
    sizes = {name: int(rows.sum()) for name, rows in groups.items()}
    width = max(len(name) for name in sizes)
    return [f"{title}:", *(f"  {name:<{width}} {n:>9,}" for name, n in sizes.items() if n)]


def largest(title: str, names: Texts) -> list[str]:
    """Return lines that say which names are the most frequent."""
    known, sizes = np.unique(names[names != ""], return_counts=True)
    first = np.argsort(-sizes, kind="stable")[:BIGGEST_OPERATORS]
    if len(first) == 0:
        return []
    return [f"largest {title}s:", *(f"  {sizes[k]:>9,} {known[k]}" for k in first.tolist())]


def show_difference(old: str, new: str) -> None:
    """Write what changed from one catalogue to another: a JSON object a line, a summary last."""
    if old == new == "-":
        raise Misuse("standard input (-) can be read only once; name a file for OLD or NEW")
    voice = Voice()
    before, after = (_standing(name, voice) for name in (old, new))
    told = difference(before, after)
    encoder = msgspec.json.Encoder()
    lines = (encoder.encode(change) + b"\n" for change in changes(before, after, told))
    sys.stdout.buffer.writelines(lines)
    summary = {
        "kind": "summary",
        "appeared": len(told.appeared),
        "vanished": len(told.vanished),
        "changed": len(told.changed),
        "unchanged": len(told.unchanged),
        "objects_old": len(before),
        "objects_new": len(after),
        "quarantined_old": before.provenance.quarantined_count,
        "quarantined_new": after.provenance.quarantined_count,
    }
    sys.stdout.buffer.write(encoder.encode(summary) + b"\n")


def _standing(name: str, voice: Voice) -> Catalogue:
    """Read one file; of each object what is newest stands."""
    catalogue = merge(read_files([name])).catalogue
    voice.say(f"{name}:")
    tell_intake(voice, catalogue)
    return catalogue


def changes(before: Catalogue, after: Catalogue, told: Difference) -> Iterator[Change]:
    """
    Yield what appeared, what vanished, what changed, each by number.

    Both catalogues have one row for each object.
    """
    yield from _seen_once("appeared", after.take(told.appeared))
    yield from _seen_once("vanished", before.take(told.vanished))
    yield from _seen_twice(before.take(told.replaced), after.take(told.changed))


def _seen_once(kind: str, part: Catalogue) -> Iterator[Change]:
    """Yield objects that only one of the catalogues holds, with their orbits."""
    elements = part.elements
    epochs = utc_texts(elements.epoch_tai_ns)
    inclination_deg = np.degrees(elements.inclination_rad)
    for k, (perigee, apogee) in enumerate(
        zip(elements.perigee_height_km, elements.apogee_height_km, strict=True)
    ):
        yield Change(
            kind=kind,
            object=int(part.catalogue_number[k]),
            name=str(part.object_name[k]),
            epoch_old=epochs[k] if kind == "vanished" else None,
            epoch_new=epochs[k] if kind == "appeared" else None,
            what=(
                f"perigee {perigee:,.0f} km, "
                f"apogee {apogee:,.0f} km, "
                f"inclination {inclination_deg[k]:.1f} deg"
            ),
        )


def _seen_twice(before: Catalogue, after: Catalogue) -> Iterator[Change]:
    """Yield the changes of objects that face each other, row by row."""
    old, new = before.elements, after.elements
    epochs_old, epochs_new = utc_texts(old.epoch_tai_ns), utc_texts(new.epoch_tai_ns)
    hours = (new.epoch_tai_ns - old.epoch_tai_ns) / NS_PER_HOUR
    perigee = (new.perigee_height_km - old.perigee_height_km).round(3)
    apogee = (new.apogee_height_km - old.apogee_height_km).round(3)
    plane = plane_change_km(old, new).round(3)
    for k in range(len(after)):
        changed = (float(perigee[k]), float(apogee[k]), float(plane[k]))
        yield Change(
            "changed", int(after.catalogue_number[k]), str(after.object_name[k]),
            epochs_old[k], epochs_new[k], in_words(float(hours[k]), *changed), *changed,
        )  # fmt: skip


def plane_change_km(old: MeanElements, new: MeanElements) -> Floats:
    """
    (n,) how far apart the planes of two orbits are at most, at the newer's mean distance.

    The old plane is first turned to the new epoch as J2 turns it, to first order.  What that
    leaves out, the Moon and the Sun above all, is 0.2 km a day for half of a real catalogue and
    more than 1 km a day for a tenth of it.
    """
    node, _ = secular_rates_rad_s(old.semi_major_axis_km, old.eccentricity, old.inclination_rad)
    turned = old.raan_rad + node * seconds_since(new.epoch_tai_ns, old.epoch_tai_ns)
    first, second = (
        np.stack([np.sin(i) * np.sin(raan), -np.sin(i) * np.cos(raan), np.cos(i)], axis=1)
        for i, raan in ((old.inclination_rad, turned), (new.inclination_rad, new.raan_rad))
    )
    sine = np.linalg.norm(np.cross(first, second), axis=1)
    angle_rad = np.arctan2(sine, np.einsum("nc,nc->n", first, second))
    return angle_rad * new.semi_major_axis_km


def in_words(hours: float, perigee_km: float, apogee_km: float, plane_km: float) -> str:
    """Return what changed from one element set of an object to another, in a few words."""
    words = [
        f"{_duration(abs(hours))} {'newer' if hours > 0 else 'older'}" if hours else SAME_EPOCH
    ]
    for name, change in (("perigee", perigee_km), ("apogee", apogee_km)):
        if abs(change) >= WORTH_TELLING_KM:
            words.append(f"{name} {abs(change):,.1f} km {'higher' if change > 0 else 'lower'}")
    if plane_km >= WORTH_TELLING_KM:
        words.append(f"plane {plane_km:,.1f} km off")
    return ", ".join(words if len(words) > 1 else [*words, "the same orbit to 0.1 km"])


def _duration(hours: float) -> str:
    return f"{hours:.1f} h" if hours < HOURS_TOLD else f"{hours / 24:.1f} days"
