"""What a node tells Prometheus, read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import prometheus_client
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from commonsky.astro.epoch import utc_text
from commonsky.show.api.desk import Desk
from commonsky.show.api.state import Peer, health, peers_of

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
PER_PEER: tuple[tuple[str, str, type[Metric], Callable[[Peer], float]], ...] = (
    ("received", "Records received since this process began", CounterMetricFamily,
     lambda one: one.received),
    ("unreachable", "Times that a partner could not be reached", CounterMetricFamily,
     lambda one: one.unreachable),
    ("reached", "Whether a partner was reached when last asked", GaugeMetricFamily,
     lambda one: one.state == "reached"),
    ("held_entries", "Entries of a partner's log that are stored", GaugeMetricFamily,
     lambda one: one.held),
    ("told_entries", "Entries of our log for a partner", GaugeMetricFamily,
     lambda one: one.told),
    ("acknowledged_entries", "Entries of our log that a partner holds durably",
     GaugeMetricFamily, lambda one: one.acknowledged),
    ("behind_entries", "Entries of our log that a partner has not acknowledged",
     GaugeMetricFamily, lambda one: one.behind),
)  # fmt: skip


class Metrics:
    """The registry of one node; several nodes may live in one process."""

    def __init__(self, desk: Desk, counts: dict[str, tuple[str, Callable[[], float]]]) -> None:
        """`counts` are more totals: by name what they count, and how much that is now."""
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        turns = Histogram(
            "commonsky_turn_seconds", "How long a turn of the node took",
            registry=self._registry, buckets=BUCKETS_S,
        )  # fmt: skip
        screenings = Histogram(
            "commonsky_screening_turn_seconds", "How long turns took in which orbits changed",
            registry=self._registry, buckets=BUCKETS_S,
        )  # fmt: skip

        def observe(seconds: float, screened: bool) -> None:
            turns.observe(seconds)
            if screened:
                screenings.observe(seconds)

        desk.observers.append(observe)
        self._registry.register(_Ledger(desk, counts))

    def text(self) -> bytes:
        """Return all of it in the text format of Prometheus."""
        return generate_latest(self._registry)


class _Ledger(Collector):
    """What is counted in the ledger, and what is known of partners."""

    def __init__(self, desk: Desk, counts: dict[str, tuple[str, Callable[[], float]]]) -> None:
        self._desk, self._counts = desk, counts

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the ledger is not read to register."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Yield what is so at this moment."""
        yield from self._records()
        yield from self._peers()
        desk = self._desk
        waiting = GaugeMetricFamily("commonsky_recalls_waiting", "Recalls that wait for a person")
        waiting.add_metric([], desk.waiting)
        yield waiting
        ready = GaugeMetricFamily("commonsky_ready", "Whether the node is ready for work")
        ready.add_metric([], health(desk).ready)
        yield ready
        since = GaugeMetricFamily("commonsky_since_turn_seconds", "Seconds since the last turn")
        since.add_metric([], desk.since_turn_s)
        yield since
        for name, (told, count) in self._counts.items():
            total = CounterMetricFamily(f"commonsky_{name}", told)
            total.add_metric([], count())
            yield total

    def _records(self) -> Iterable[Metric]:
        desk = self._desk
        records = GaugeMetricFamily("commonsky_records", "Records held", labels=["kind", "nation"])
        for mark in desk.survey.watermarks():
            records.add_metric([mark.kind.value, mark.nation], mark.count)
        yield records
        alerts = GaugeMetricFamily(
            "commonsky_alerts_open", "Alerts that stand and lie ahead", labels=["kind"]
        )
        now = utc_text(desk.clock.now_tai_ns())
        for kind, count in desk.survey.open_alerts(now).items():
            alerts.add_metric([kind.value], count)
        yield alerts
        aside = GaugeMetricFamily(
            "commonsky_quarantined", "Entries that were set aside", labels=["nation", "reason"]
        )
        for (nation, reason), count in desk.survey.quarantined().items():
            aside.add_metric([nation, reason], count)
        yield aside

    def _peers(self) -> Iterable[Metric]:
        peers = peers_of(self._desk)
        for name, told, kind, value in PER_PEER:
            family = kind(f"commonsky_peer_{name}", told, labels=["nation"])  # type: ignore[call-arg,arg-type]
            for one in peers:
                family.add_metric([one.nation], float(value(one)))  # type: ignore[attr-defined]
            yield family
        refused = CounterMetricFamily(
            "commonsky_peer_refused",
            "Times that a partner's log was refused",
            labels=["nation", "reason"],
        )
        for one in peers:
            for reason, count in one.refusals.items():
                refused.add_metric([one.nation, reason], count)
        yield refused
