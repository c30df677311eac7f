"""TOML read strictly: keys nobody knows, and values of another kind, are refused in words."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from commonsky.errors import MessageError

Word = TypeVar("Word", bound=StrEnum)


class Wrong(ValueError):
    """What is wrong with a table; whoever knows the line makes a `MessageError` of it."""


def document(content: bytes, what: str, most_bytes: int) -> dict[str, Any]:
    """Return the tables of a TOML file; what is none is a `MessageError`."""
    if len(content) > most_bytes:
        raise MessageError(f"{what} has at most {most_bytes:,} bytes", line=1)
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise MessageError(f"{what} is TOML in UTF-8: {error}", line=1) from None


def only(table: Mapping[str, Any], known: Collection[str], where: str) -> None:
    """Refuse keys that nobody knows."""
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise Wrong(f"{where} knows no {unknown[0]!r}; it knows {', '.join(known)}")


def all_there(table: Mapping[str, Any], needed: Collection[str], where: str) -> None:
    """Refuse a table that lacks a key."""
    missing = [one for one in needed if one not in table]
    if missing:
        raise Wrong(f"{where} lacks {missing[0]!r}")


def text(value: object, key: str, *, may_be_empty: bool = False) -> str:
    """Return a text, its white space made single."""
    if not isinstance(value, str) or not (value.strip() or may_be_empty):
        raise Wrong(f"{key} is a text, not {value!r}")
    return " ".join(value.split())


def texts(value: object, key: str) -> tuple[str, ...]:
    """Return a list of texts."""
    if not isinstance(value, list):
        raise Wrong(f"{key} is a list of texts, not {value!r}")
    return tuple(text(one, key) for one in value)


def number(value: object, key: str) -> float:
    """Return a number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"{key} is a number, not {value!r}")
    return float(value)


def whole(value: object, key: str) -> int:
    """Return a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"{key} is a whole number, not {value!r}")
    return value


def day(value: object, key: str) -> date:
    """Return a day; one with a time is none."""
    if type(value) is not date:
        raise Wrong(f"{key} is a day such as 2024-09-09, not {value!r}")
    return value


def flag(value: object, key: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise Wrong(f"{key} is true or false, not {value!r}")
    return value


def table(value: object, key: str) -> dict[str, Any]:
    """Return a table."""
    if not isinstance(value, dict):
        raise Wrong(f"{key} is a table, not {value!r}")
    return value


def tables(value: object, key: str) -> list[dict[str, Any]]:
    """Return a list of tables."""
    if not isinstance(value, list):
        raise Wrong(f"{key} is written as [[{key}]], not {value!r}")
    return [table(one, key) for one in value]


def word(kind: type[Word], value: object, key: str) -> Word:
    """Return one of the words of a closed list."""
    for one in kind:
        if one.value == value:
            return one
    raise Wrong(f"{key} is one of {', '.join(kind)}, not {value!r}")
