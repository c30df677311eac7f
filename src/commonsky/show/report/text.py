"""Numbers and foreign text, as the report prints them."""

from __future__ import annotations

import math
import unicodedata
from html import escape

import numpy as np

MINUS = "\N{MINUS SIGN}"
NONE = "\N{EN DASH}"
TIMES = "\N{MULTIPLICATION SIGN}"
SIGMA = "\N{GREEK SMALL LETTER SIGMA}"
UNBROKEN = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
LONGEST_NAME = 48


def shown(text: object, longest: int = LONGEST_NAME) -> str:
    """
    Foreign text made safe to stand in the page: escaped, cut, with nothing invisible in it.

    Control characters, direction overrides and unassigned code points become their code in
    brackets, so that a name cannot reorder or hide what stands beside it.
    """
    raw = str(text)
    cut = raw[:longest]
    parts = [
        f"[U+{ord(c):04X}]"
        if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        else c
        for c in cut
    ]
    # A name may stack thousands of combining marks over the line above it: keep two in a row.
    kept, marks = [], 0
    for part in parts:
        marks = marks + 1 if len(part) == 1 and unicodedata.combining(part) else 0
        if marks <= 2:
            kept.append(part)
    return escape("".join(kept)) + ("\N{HORIZONTAL ELLIPSIS}" if len(raw) > longest else "")


def count(value: float) -> str:
    """Return a whole number with thousands separated by commas."""
    return f"{round(value):,}"


def counted(value: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: "1 event", "2 events"."""
    return f"{count(value)} {singular if value == 1 else plural or singular + 's'}"


def signed(value: float, digits: int = 3) -> str:
    """Return a decimal with its sign and a true minus; a dash where it is not finite."""
    if not math.isfinite(value):
        return NONE
    text = f"{abs(value):,.{digits}f}"
    return f"{MINUS if value < 0 else '+'}{text}"


def decimal(value: float, digits: int) -> str:
    """Return a decimal with thousands separated; a dash where it is not finite."""
    return f"{value:,.{digits}f}".replace("-", MINUS) if math.isfinite(value) else NONE


def significant(value: float) -> str:
    """Return a positive factor to two significant digits."""
    if not math.isfinite(value):
        return NONE
    return f"{value:,.0f}" if 100 <= value < 1e6 else f"{value:.2g}"


def length(value_km: float) -> str:
    """Return a length in the unit a reader would choose, to about three digits."""
    if not math.isfinite(value_km):
        return NONE
    metres = abs(value_km) * 1e3
    if metres < 10:
        return f"{metres:.1f} m"
    if metres < 1e3:
        return f"{metres:.0f} m"
    return f"{metres / 1e3:,.{2 if metres < 1e4 else 1 if metres < 1e5 else 0}f} km"


def mantissa_exponent(log10_value: float) -> tuple[str, int]:
    """Return m and e with value = m * 10^e, m to one decimal in [1.0, 9.9]."""
    exponent = math.floor(log10_value)
    mantissa = f"{10.0 ** (log10_value - exponent):.1f}"
    return ("1.0", exponent + 1) if mantissa == "10.0" else (mantissa, exponent)


def probability(log10_pc: float) -> str:
    """Return a probability as HTML, "2.9 × 10⁻⁴"; a dash where there is none."""
    if math.isnan(log10_pc):
        return NONE
    if log10_pc == -math.inf:
        return "0"
    mantissa, exponent = mantissa_exponent(log10_pc)
    if exponent >= -1:
        return f"{10.0**log10_pc:.2f}"
    return f"{mantissa}{NARROW}{TIMES}{NARROW}10<sup>{MINUS}{-exponent}</sup>"


def odds(log10_pc: float) -> str:
    """Return a probability in words a tired reader cannot misread: "1 in 3,400"."""
    if math.isnan(log10_pc):
        return "unknown"
    if log10_pc < -12:
        return "less than 1 in a million million"
    if log10_pc < -9:
        return "less than 1 in a thousand million"
    one_in = 10.0**-log10_pc
    if one_in < 1.5:
        return "almost certain"
    digits = max(0, math.floor(math.log10(one_in)) - 1)
    rounded = round(one_in / 10**digits) * 10**digits
    if rounded >= 1_000_000:
        return f"1 in{UNBROKEN}{rounded / 1e6:,.3g} million"
    return f"1 in{UNBROKEN}{rounded:,}"


def percent(share: float) -> str:
    """Return a share as a percentage that never rounds to a false 0 or 100."""
    value = 100.0 * share
    if 0 < value < 0.1:
        return "less than 0.1 %"
    if 99.9 < value < 100:
        return "more than 99.9 %"
    return f"{value:.1f} %" if value < 10 or value > 99 else f"{value:.0f} %"


def duration(seconds: float) -> str:
    """Return a span of time: "7 days", "36 hours", "90 minutes"."""
    for unit, size in (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0)):
        whole = seconds / size
        if whole >= 1 and (abs(whole - round(whole)) < 1e-6 or whole >= 2):
            number = f"{whole:.1f}".removesuffix(".0")
            return f"{number} {unit}" if number == "1" else f"{number} {unit}s"
    return f"{seconds:.0f} seconds"


def countdown(seconds: float) -> str:
    """Return the time from the start of the screening: "+2 d 04:05:06"."""
    # Cut, as the clocks beside it are, so that the two agree to the second.
    whole = math.floor(abs(seconds))
    days, rest = divmod(whole, 86400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    sign = MINUS if seconds < 0 else "+"
    return f"{sign}{days} d {clock}" if days else f"{sign}{clock}"


def log10_or_nan(value: float) -> float:
    """Return log10 of a probability; -inf for zero, nan for nan."""
    if math.isnan(value):
        return math.nan
    return math.log10(value) if value > 0 else -math.inf


def finite(values: object) -> bool:
    """Whether every number in `values` is finite."""
    return bool(np.all(np.isfinite(np.asarray(values, dtype=np.float64))))
