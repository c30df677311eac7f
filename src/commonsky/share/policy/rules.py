"""The rules of a policy as Cedar has them: parsed, checked against the schema, named."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import cedarpy

from commonsky.errors import PolicyError
from commonsky.share.policy.syntax import Passage, Spoken, passages, spoken

POLICY, SCHEMA = "release.cedar", "schema.cedarschema"
ACTIONS = ("release_full", "release_event", "release_exists", "warn")
MOST_BYTES = 1_000_000
MOST_CHARACTERS = 8_000  # of a rule; Cedar's parser overruns its stack on deeper ones than that
CEDARS_NAME = re.compile(r"(?:for policy )?`policy\d+`,? ?")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, what it does, for which actions, as written."""

    id: str  # "" where it has none
    effect: str  # permit, forbid
    actions: tuple[str, ...]  # empty where it lists none
    always: bool  # it holds for every recipient and record
    reason: str
    approved_by: tuple[str, ...]
    line: int
    text: str
    meaning: str  # the same of two rules that differ in notes and layout alone
    spoken: Spoken

    @property
    def place(self) -> str:
        """Where it stands, for whoever must change it."""
        return f"line {self.line}, rule {self.id}" if self.id else f"line {self.line}"


def schema() -> str:
    """Return the schema of all release policies."""
    return files("commonsky.share.policy").joinpath(SCHEMA).read_text(encoding="utf-8")


def source(folder: Path) -> str:
    """Return the text of a policy folder's rules."""
    path = folder / POLICY
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PolicyError(f"{path} has more than {MOST_BYTES:,} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} cannot be read: {error}") from error


def rules(text: str) -> dict[str, Rule]:
    """Return the rules of a policy by the ids that Cedar gives them: policy0, policy1 …"""
    written = passages(text)
    for one in written:
        if len(one.text) > MOST_CHARACTERS:
            raise PolicyError(
                f"the rule that begins at line {one.line} has more than {MOST_CHARACTERS:,} "
                "characters; write several"
            )
    try:
        told = json.loads(cedarpy.policies_to_json_str(text))
        if told["templates"]:
            raise PolicyError("a rule may not have ?principal or ?resource: it would never hold")
        return {name: _rule(one, written[_row(name)]) for name, one in _static(told).items()}
    except ValueError as error:
        raise PolicyError(_misread(written, error)) from None
    except RecursionError:
        raise PolicyError("a rule has more conditions than can be read; write several") from None


def valid(text: str, found: dict[str, Rule]) -> list[str]:
    """Return what the schema says against a policy, nothing where it fits."""
    try:
        result = cedarpy.validate_policies(text, schema())
    except ValueError as error:
        return [str(error)]
    told = [
        f"{found[one.policy_id].place}: {CEDARS_NAME.sub('', one.error)}"
        if one.policy_id in found
        else one.error
        for one in result.errors
    ]
    return list(dict.fromkeys(told))


def _static(told: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(told["staticPolicies"].items(), key=lambda one: _row(one[0])))


def _row(name: str) -> int:
    return int(name.removeprefix("policy"))


def _misread(written: list[Passage], error: ValueError) -> str:
    """Say where the first rule stands that Cedar cannot read; Cedar itself names no line."""
    for one in written:
        try:
            cedarpy.policies_to_json_str(one.text)
        except ValueError as found:
            return f"the rule that begins at line {one.line} cannot be read: {found}"
    return f"the release policy cannot be read: {error}"


def _rule(told: dict[str, Any], written: Passage) -> Rule:
    notes = told.get("annotations", {})
    action = told["action"]
    listed = [action["entity"]] if "entity" in action else action.get("entities", [])
    open_to_all = told["principal"]["op"] == told["resource"]["op"] == "All"
    return Rule(
        id=notes.get("id") or "",
        effect=told["effect"],
        actions=tuple(one["id"] for one in listed),
        always=open_to_all and not told.get("conditions"),
        reason=(notes.get("reason") or "").strip(),
        approved_by=tuple(
            one.strip() for one in (notes.get("approved_by") or "").split(",") if one.strip()
        ),
        line=written.line,
        text=written.text,
        meaning=json.dumps({**told, "annotations": {}}, sort_keys=True),
        spoken=spoken([told["principal"], told["resource"], told.get("conditions", [])]),
    )
