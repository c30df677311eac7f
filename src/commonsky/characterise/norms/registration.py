"""Whether an object was registered, how late, and whether its end was told."""

from __future__ import annotations

from datetime import date

from commonsky.characterise.norms.facts import Registration
from commonsky.characterise.norms.knowledge import (
    Day,
    Ends,
    Unknown,
    all_of,
    chance,
    never,
)
from commonsky.characterise.norms.verdict import Numbers, Reckoned, Result


def registration_delay(numbers: Numbers, fact: Registration) -> Result:
    """
    Return the probability that it was registered later than a given delay, or not at all.

    What is not registered is late once the register was read after that delay.
    """
    delay = numbers["delay_days"]
    registered = chance(fact.registered, numbers["absent_if_unfound"])
    late = _longer(fact.when, fact.registered_on, delay)
    due = _longer(fact.when, fact.searched, delay)
    missing = all_of(never(registered), due)
    ends = (
        min(registered[0] * late[0] + (1.0 - registered[0]) * due[0],
            registered[1] * late[0] + (1.0 - registered[1]) * due[0]),
        max(registered[0] * late[1] + (1.0 - registered[0]) * due[1],
            registered[1] * late[1] + (1.0 - registered[1]) * due[1]),
    )  # fmt: skip
    return Reckoned(
        ends=ends,
        remarks=(
            (
                f"registered later than {delay:g} days after launch, or not at all (then by "
                f"{missing[1]:.2g} at most); the treaty says only 'as soon as practicable'"
            ),
        ),
        would_change=("an entry of the register that was overlooked, or came since",),
    )


def registered_at_all(numbers: Numbers, fact: Registration) -> Result:
    """Return the probability that it was not registered when the register was read."""
    return Reckoned(
        ends=never(chance(fact.registered, numbers["absent_if_unfound"])),
        would_change=("an entry of the register that was overlooked, or came since",),
    )


def decay_told(numbers: Numbers, fact: Registration) -> Result:
    """Return the probability that it came down and the register was not told."""
    return Reckoned(
        ends=all_of(
            chance(fact.decayed, 0.0),
            never(chance(fact.decay_told, numbers["absent_if_unfound"])),
        ),
        remarks=("to be told as soon as practicable: no day is set",),
        would_change=("a notice to the register that was overlooked, or came since",),
    )


def status_told(numbers: Numbers, fact: Registration) -> Result:
    """Return the probability that its function ended and the register was not told."""
    return Reckoned(
        ends=all_of(
            chance(fact.ended, 0.0),
            never(chance(fact.status_told, numbers["absent_if_unfound"])),
        ),
        would_change=("a notice to the register that was overlooked, or came since",),
    )


def _longer(since: Day, until: Day, days: float) -> Ends:
    """How likely more than so many days lie between two."""
    if isinstance(since, Unknown) or isinstance(until, Unknown):
        return 0.0, 1.0
    return (
        float(_between(since.last, until.first) > days),
        float(_between(since.first, until.last) > days),
    )


def _between(first: date, last: date) -> int:
    return (last - first).days
