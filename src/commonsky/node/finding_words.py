"""What was found, each in a sentence that a duty officer can read aloud."""

from __future__ import annotations

from commonsky.node.findings import (
    AnyFinding,
    Fragmentation,
    Manoeuvre,
    Proximity,
    Relocation,
)


def finding_words(one: AnyFinding) -> str:
    """Return one sentence."""
    match one:
        case Manoeuvre():
            return _manoeuvre(one)
        case Relocation():
            return (
                f"{one.object} {one.name} left {_east(one.longitude_from_deg)} between "
                f"{_minute(one.left_not_before)} and {_minute(one.left_not_after)}, "
                + _arrival(one)
            )
        case Proximity():
            return _proximity(one)
        case Fragmentation():
            return _fragmentation(one)


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


def _minute(text: str) -> str:
    return text[:16].replace("T", " ")


def _east(degrees: float) -> str:
    return f"{abs(degrees):.2f} degrees {'east' if degrees >= 0 else 'west'}"
