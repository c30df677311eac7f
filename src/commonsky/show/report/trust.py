"""What was left out of the run, and where everything in it came from."""

from __future__ import annotations

from typing import Any

import commonsky
from commonsky.catalogue.catalogue import Quarantined
from commonsky.show.report.headline import volume_words
from commonsky.show.report.markup import table
from commonsky.show.report.moment import Moment
from commonsky.show.report.run import Run
from commonsky.show.report.text import MINUS, count, counted, shown

MOST_EXAMPLES = 20

METHOD = f"""<div class="method"><h3>How these numbers were made</h3>
<p>Orbits are propagated with SGP4. Every local minimum of the distance inside the volume is found,
refined on the exact propagation, and listed. Where object 2 is, is said on the radial, in-track
and cross-track axes of object 1.</p>
<p>Element sets carry no covariance. Here it is estimated by class of orbit, kind of object, age
and the drag of the set itself, from how real element sets disagreed with later ones, so every Pc
from them is <b>screening grade</b>. It ranks events; it does not decide manoeuvres.</p>
<p>Pc is the probability that the centres pass within the combined hard-body radius, for a short
and straight encounter with Gaussian errors of position in the encounter plane. That does not hold
for slow encounters, which therefore have none. The largest Pc is the largest over all sizes of
the covariance, its shape kept. An event is diluted where a smaller covariance would give a larger
Pc: such an event is uncertain, not safe.</p>
<p>Marks change at Pc 10<sup>{MINUS}7</sup> and 10<sup>{MINUS}4</sup>, the bounds that NASA CARA
uses for attention and for mitigation with covariances from orbit determination. With estimated
covariances they only sort.</p></div>"""


def not_assessed(run: Run) -> str:
    """Return the section on records and objects that could not take part."""
    summary, provenance = run.summary, run.catalogue.provenance
    rows: list[tuple[int, str, str]] = [
        (
            provenance.quarantined_count,
            "records in quarantine",
            "could not be read; the rest of their files was",
        ),
        (
            provenance.superseded_count,
            "records superseded",
            "a newer element set of the same object and source replaced them",
        ),
        (
            summary.failed,
            "objects failed to propagate",
            "decayed, or elements outside the theory: they met nothing because they have no path",
        ),
    ]
    rows += [
        (number, f"objects excluded: {shown(reason.replace('_', ' '), 80)}", "left out as asked")
        for reason, number in summary.excluded.items()
    ]
    body = ((count(number), f"<b>{name}</b>", meaning) for number, name, meaning in rows)
    return table("Records and objects", (), body, numbers=[0], style="left-out") + _examples(
        provenance.quarantined, provenance.quarantined_count
    )


def _examples(quarantined: tuple[Quarantined, ...], total: int) -> str:
    if not quarantined:
        return ""
    some = quarantined[:MOST_EXAMPLES]
    rows = (
        (
            shown(record.source, 60),
            count(record.line),
            shown(record.field, 40),
            shown(record.reason, 160),
            f"<code>{shown(record.excerpt, 60)}</code>",
        )
        for record in some
    )
    caption = f"Quarantine: {count(len(some))} of {counted(total, 'record')}"
    return table(caption, ("Source", "Line", "Field", "Reason", "Record"), rows, numbers=[1])


def provenance(run: Run) -> str:
    """Return the section that lets another person make the same run."""
    return _inputs(run) + _parameters(run) + METHOD


def _inputs(run: Run) -> str:
    inputs = run.catalogue.provenance.inputs
    if not inputs:
        return "<p>The catalogue was made in memory; no file was read.</p>"
    rows = (
        (
            shown(source.name, 60),
            shown(source.format, 20),
            *map(count, (source.size_bytes, source.read, source.accepted, source.quarantined)),
            f"<code>{shown(source.sha256, 64)}</code>",
        )
        for source in inputs
    )
    names = ("Name", "Format", "Bytes", "Read", "Accepted", "Quarantined", "SHA-256")
    return table("Inputs", names, rows, numbers=(2, 3, 4, 5))


def _parameters(run: Run) -> str:
    rows: list[tuple[str, str]] = [
        ("software", f"commonsky {shown(run.summary.version or commonsky.__version__)}"),
        ("start", Moment.at(run.start_tai_ns).iso),
        ("stop", Moment.at(run.stop_tai_ns).iso),
        ("volume", volume_words(run)),
        ("complete", "yes" if run.summary.complete else "no"),
    ]
    said = {"start", "stop", "threshold_km", "volume_km", "volume_shape", "complete", "version"}
    rows += [
        (shown(name.replace("_", " ")), _plain(value))
        for name, value in run.summary.as_dict().items()
        if name not in said
    ]
    return table("Parameters and counts", (), rows, style="params")


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever a summary holds
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(shown(item, 60) for item in value[:20]) or "none"
    if isinstance(value, dict):
        parts = (f"{shown(name, 60)}: {_plain(item)}" for name, item in value.items())
        return ", ".join(parts) or "none"
    return count(value) if isinstance(value, int) else shown(value, 200)
