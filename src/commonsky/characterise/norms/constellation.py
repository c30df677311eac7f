"""How surely a fleet disposes of its satellites, from how those ended that have."""

from __future__ import annotations

from commonsky.assess.binomial import incomplete_beta
from commonsky.characterise.norms.facts import FleetDisposal
from commonsky.characterise.norms.knowledge import Ends, chance
from commonsky.characterise.norms.verdict import Numbers, Reckoned, Result

PRIOR_TRIALS = 1.0


def fleet_limit(numbers: Numbers, fleet_size: int) -> float:
    """Return the share of disposals that must succeed; it grows with the fleet's size."""
    if fleet_size < numbers["small_fleet"]:
        return numbers["small_base"] + numbers["small_per_satellite"] * fleet_size
    return numbers["large"]


def fleet_disposal(numbers: Numbers, fact: FleetDisposal) -> Result:
    """Return the probability that the share of successes is below what the fleet's size asks."""
    limit = fleet_limit(numbers, fact.fleet_size)
    ends = below_share(fact, limit)
    return Reckoned(
        ends=ends,
        remarks=(f"{len(fact.disposed)} ended; at least {limit:.3f} of them must succeed",),
        would_change=("how those ended of which nobody knows", "more that end as they should"),
    )


def below_share(fact: FleetDisposal, limit: float) -> Ends:
    """
    Return how likely the true share of successes is below a limit.

    Beta-binomial, the prior being worth one trial that nobody knows whether it succeeded; those
    whose end nobody knows may all have succeeded, or all failed.

    Reference: Walley (1996), J. R. Stat. Soc. B 58(1), 3-57, for a prior of unknown place.
    """
    ends = [chance(one, 0.0) for one in fact.disposed]
    most, least = sum(high for _, high in ends), sum(low for low, _ in ends)
    failures = len(ends) - most
    low = incomplete_beta(limit, most + PRIOR_TRIALS, failures) if failures > 0.0 else 0.0
    worst = len(ends) - least + PRIOR_TRIALS
    return low, incomplete_beta(limit, least, worst) if least > 0.0 else 1.0
