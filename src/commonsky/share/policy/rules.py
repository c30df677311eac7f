"""The rules of a policy as Cedar has them: parsed, checked against the schema, named."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import cedarpy

from commonsky.errors import PolicyError

POLICY, SCHEMA = "release.cedar", "schema.cedarschema"
ACTIONS = ("release_full", "release_event", "release_exists", "warn")
BY_RECORD = "objects"  # attributes without a finite domain
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, what it does, for which actions, as written."""

    id: str
    effect: str  # permit, forbid
    actions: tuple[str, ...]  # empty where it lists none
    reason: str
    approved_by: tuple[str, ...]
    text: str
    attributes: frozenset[str]


def schema() -> str:
    """Return the schema of all release policies."""
    return files("commonsky.share.policy").joinpath(SCHEMA).read_text(encoding="utf-8")


def source(folder: Path) -> str:
    """Return the text of a policy folder's rules."""
    path = folder / POLICY
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PolicyError(f"{path} has more than {MOST_BYTES} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} cannot be read: {error}") from error


def rules(text: str) -> dict[str, Rule]:
    """Return the rules of a policy by the ids that Cedar gives them."""
    try:
        told = json.loads(cedarpy.policies_to_json_str(text))
    except ValueError as error:
        raise PolicyError(f"the release policy cannot be read: {error}") from None
    return {name: _rule(name, one) for name, one in told["staticPolicies"].items()}


def valid(text: str) -> list[str]:
    """Return what the schema says against a policy, nothing where it fits."""
    try:
        result = cedarpy.validate_policies(text, schema())
    except ValueError as error:
        return [str(error)]
    return [] if result.validation_passed else [str(one) for one in result.errors]


def _rule(name: str, told: dict[str, Any]) -> Rule:
    notes = told.get("annotations", {})
    action = told["action"]
    listed = [action["entity"]] if "entity" in action else action.get("entities", [])
    attributes: set[str] = set()
    _gather(told.get("conditions", []), attributes)
    return Rule(
        id=notes.get("id") or name,
        effect=told["effect"],
        actions=tuple(one["id"] for one in listed),
        reason=notes.get("reason") or "",
        approved_by=tuple(
            one.strip() for one in (notes.get("approved_by") or "").split(",") if one.strip()
        ),
        text=_text(told),
        attributes=frozenset(attributes),
    )


def _gather(part: Any, found: set[str]) -> None:  # noqa: ANN401 - JSON
    if isinstance(part, dict):
        if "attr" in part and isinstance(part["attr"], str):
            found.add(part["attr"])
        for value in part.values():
            _gather(value, found)
    elif isinstance(part, list):
        for value in part:
            _gather(value, found)


def _text(told: dict[str, Any]) -> str:
    alone = {"staticPolicies": {"rule": told}, "templates": {}, "templateLinks": []}
    return str(cedarpy.policies_from_json_str(json.dumps(alone))).strip()
