"""Text that came from outside, on its way to a terminal."""

from __future__ import annotations


def plain(text: str) -> str:
    """Return a text without characters that could steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
