"""What a policy says of a class and a recipient, and why."""

from __future__ import annotations

from dataclasses import dataclass

from commonsky.share.policy.rules import Rule

BETWEEN = ", "  # rule ids hold neither


@dataclass(frozen=True, slots=True)
class Released:
    """Something leaves: at which level, by which rules, under which agreements."""

    level: str
    rule: str
    agreement: str

    def __str__(self) -> str:
        """Return it in plain words."""
        under = f" under {self.agreement}" if self.agreement else ""
        return f"released ({self.level}) by {self.rule}{under}"


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing leaves, and what keeps it."""

    rule: str

    def __str__(self) -> str:
        """Return it in plain words."""
        return f"withheld: {self.rule}"


Verdict = Released | Withheld


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    Why a verdict is what it is.

    `tried` has every level, highest first, with what the policy says of it; `rules` are those
    that decided; `agreements` say what the label's agreements are.
    """

    verdict: Verdict
    tried: tuple[tuple[str, Verdict], ...]
    rules: tuple[Rule, ...]
    agreements: tuple[str, ...] = ()
    missing: str = ""  # whose word the class still waits for

    @property
    def rule(self) -> Rule | None:
        """The first of the rules that decided; None where no rule of the policy did."""
        return self.rules[0] if self.rules else None

    def lines(self) -> list[str]:
        """Return it in plain words."""
        told = [str(self.verdict)]
        told += [self.missing] if self.missing else []
        for rule in self.rules:
            told.append(f"the rule, from line {rule.line}:")
            told += [f"    {line}" for line in rule.text.splitlines()]
            told += [f"    reason: {rule.reason}"] if rule.reason else []
        told += [f"agreement {one}" for one in self.agreements]
        return [*told, *(f"{level}: {verdict}" for level, verdict in self.tried)]
