"""
Derived data: a cache, never truth, whose keys say what each value was made of.

Recall drops every value whose key holds a handle, incremental work computes the keys that are
missing, a replay fills the cache again, and a label is the join over a key's inputs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import msgspec

from commonsky.ledger.label import Label
from commonsky.ledger.lineage import ancestors, derived_label, descendants
from commonsky.ledger.record import Lineage
from commonsky.ledger.store import Store


@dataclass(frozen=True, slots=True, order=True)
class DerivedKey:
    """All that a value depends on: a function and its version, parameters, handles (sorted)."""

    function: str  # name and version, as screen@1
    parameters_digest: str
    inputs: tuple[str, ...]

    @classmethod
    def of(cls, function: str, parameters_digest: str, inputs: Iterable[str]) -> Self:
        """Return a key; the order of its inputs, and how often they are named, do not matter."""
        return cls(function, parameters_digest, tuple(sorted({*inputs})))

    @property
    def digest(self) -> bytes:
        """SHA-256 over the key."""
        told = [self.function, self.parameters_digest, self.inputs]
        return hashlib.sha256(msgspec.json.encode(told)).digest()

    @property
    def lineage(self) -> Lineage:
        """The key as the lineage of a record that states the value."""
        return Lineage(
            function=self.function, parameters_digest=self.parameters_digest, used=self.inputs
        )


def parameters_digest(parameters: Any, *tables: bytes) -> str:  # noqa: ANN401 - what JSON takes
    """
    Return SHA-256 over parameters and over the tables a function reads, in hexadecimal.

    `tables` are the bytes, or digests, of Earth orientation, space weather and the like.
    """
    told = hashlib.sha256(msgspec.json.encode(parameters, order="deterministic"))
    for table in tables:
        told.update(hashlib.sha256(table).digest())
    return told.hexdigest()


class Derived:
    """The derived data of one ledger."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def value(self, key: DerivedKey) -> bytes | None:
        """Return what is kept under a key, None where nothing is."""
        return self._store.derived(key.digest)

    def keep(self, key: DerivedKey, value: bytes) -> bool:
        """
        Keep a value, and tell whether it was kept.

        It is not where an input, or what that rests on, was withdrawn or purged meanwhile, or
        where an input is not held: nothing would drop the value again.
        """
        with self._store.transaction():
            usable = self._is_usable(key)
            if usable:
                self._store.keep_derived(key.digest, key.inputs, value)
        return usable

    def made(self, key: DerivedKey, make: Callable[[], bytes]) -> bytes:
        """Return what is kept under a key, or make it now and keep it."""
        found = self.value(key)
        if found is None:
            found = make()
            self.keep(key, found)
        return found

    def missing(self, keys: Iterable[DerivedKey]) -> list[DerivedKey]:
        """Return the keys under which nothing is kept, in their order."""
        return [key for key in keys if self.value(key) is None]

    def drop(self, handle: str) -> int:
        """Drop all that was made of a record, or of what rests on it; return how many values."""
        with self._store.transaction():
            resting = [handle, *descendants(self._store, handle)]
            return sum(self._store.drop_derived(one) for one in resting)

    def label(self, keys: Sequence[DerivedKey]) -> Label:
        """Return the label of what is derived from all these."""
        return derived_label(self._store, {one for key in keys for one in key.inputs})

    def _is_usable(self, key: DerivedKey) -> bool:
        return all(self._store.known(key.inputs)) and not any(
            held.record.body is None or self._store.withdrawn(held.record.envelope.handle)
            for held in ancestors(self._store, key.inputs)
        )
