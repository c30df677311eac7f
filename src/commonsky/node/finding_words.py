"""What was found, each in a sentence that a duty officer can read aloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from commonsky.node.findings import (
    AnyFinding,
    Decay,
    Fragmentation,
    Launch,
    Manoeuvre,
    Oddity,
    Proximity,
    Relocation,
    Swap,
)

CAUSES = {
    "none": "nothing by itself", "axis": "its axis", "shape": "its shape", "plane": "its plane",
    "along": "its place along the track",
}  # fmt: skip


def finding_words(one: AnyFinding) -> str:
    """Return one sentence."""
    return WORDS[type(one)](one)


def _manoeuvre(one: Manoeuvre) -> str:
    much = "by an amount that cannot be told"
    if one.delta_v_m_s is not None:
        much = f"by {one.delta_v_m_s:.3g} m/s"
        if one.delta_v_sigma_m_s is not None:
            much += f" (sigma {one.delta_v_sigma_m_s:.2g})"
    return (
        f"{one.object} {one.name} manoeuvred {much} between {_minute(one.not_before)} and "
        f"{_minute(one.not_after)}: {one.type}"
    )


def _arrival(one: Relocation) -> str:
    if one.status == "under way":
        return f"and drifts still, at {_east(one.longitude_to_deg)}"
    return f"and stayed at {_east(one.longitude_to_deg)} from {_minute(one.arrived_not_after)}"


def _proximity(one: Proximity) -> str:
    pair = f"{one.object1} {one.name1} and {one.object2} {one.name2}"
    if one.separation_km is None:
        return f"{pair} shared a slot until {_minute(one.not_after)}; no distance can be said"
    low, high = one.separation_low_km or 0.0, one.separation_high_km or 0.0
    habit = ", as they usually are" if one.habitual else ""
    return (
        f"{pair} were {one.separation_km:.3g} km apart ({low:.3g} to {high:.3g}) at "
        f"{_minute(one.closest)}{habit}"
    )


def _fragmentation(one: Fragmentation) -> str:
    who = f"{one.parent} {one.parent_name}" if one.parent else "something unknown"
    return (
        f"{one.fragments} pieces come of {who}, between {_minute(one.not_before)} and "
        f"{_minute(one.not_after)}: {one.type}"
    )


def _launch(one: Launch) -> str:
    what = f"{one.payloads} payloads, {one.stages} stages, {one.debris} pieces of debris"
    many = f"{len(one.members)} new objects"
    if not one.new:
        return f"{many} of the earlier launch {one.launch}: {what}"
    name = f"launch {one.launch}" if one.launch else "a launch that is not named yet"
    return f"{many} of {name}, not before {_minute(one.not_before)}: {what}"


def _decay(one: Decay) -> str:
    who = f"{one.object} {one.name}"
    if one.fate == "renumbered":
        return f"{who} goes on as {one.found_as}"
    if one.fate == "re-entered":
        span = f"{_minute(one.not_before)} and {_minute(one.not_after)}"
        return f"{who} came down between {span} (probability {one.probability:.2f})"
    return f"{who} is {one.fate} since {_minute(one.not_before)}"


def _minute(text: str) -> str:
    return text[:16].replace("T", " ")


def _east(degrees: float) -> str:
    return f"{abs(degrees):.2f} degrees {'east' if degrees >= 0 else 'west'}"


def _relocation(one: Relocation) -> str:
    return (
        f"{one.object} {one.name} left {_east(one.longitude_from_deg)} between "
        f"{_minute(one.left_not_before)} and {_minute(one.left_not_after)}, " + _arrival(one)
    )


def _swap(one: Swap) -> str:
    return (
        f"the histories of {one.object1} and {one.object2} swapped between "
        f"{_minute(one.not_before)} and {_minute(one.not_after)}"
    )


def _oddity(one: Oddity) -> str:
    return (
        f"{one.object} {one.name} is out of its own pattern since {_minute(one.not_before)}, most "
        f"in {CAUSES[one.cause]} (p = {one.p_own:.1g})"
    )


WORDS: dict[type, Callable[[Any], str]] = {
    Manoeuvre: _manoeuvre,
    Relocation: _relocation,
    Proximity: _proximity,
    Fragmentation: _fragmentation,
    Launch: _launch,
    Decay: _decay,
    Swap: _swap,
    Oddity: _oddity,
}
