"""
How likely a break-up was intended: questions whose answers tell, and Bayes over a range of priors.

The likelihoods of the usual questions are ours.  They say how often a yes is to be expected if a
break-up was intended and if it was not; what matters is their ratio.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from commonsky.characterise.norms.facts import Question
from commonsky.characterise.norms.knowledge import Answer, Ends, Unknown, chance
from commonsky.characterise.norms.verdict import Numbers

MOST_QUESTIONS = 12
USUAL: Mapping[str, Question] = MappingProxyType({
    "announced": Question(
        text="announced or admitted by a State, or named a test by its own agency",
        answer=Unknown("not searched"), yes_if_intended=0.9, yes_if_not=1e-5,
    ),
    "launch": Question(
        text="a launch or a closed area at that time, on its track",
        answer=Unknown("not searched"), yes_if_intended=0.7, yes_if_not=0.02,
    ),
    "met": Question(
        text="a catalogued object met it at that time",
        answer=Unknown("not searched"), yes_if_intended=0.05, yes_if_not=0.2,
    ),
    "blow": Question(
        text="speeds and number of fragments of a blow from outside",
        answer=Unknown("not searched"), yes_if_intended=0.9, yes_if_not=0.2,
    ),
})  # fmt: skip


def intention(numbers: Numbers, questions: Sequence[Question]) -> Ends:
    """
    Return how likely a break-up was intended, at least and at most.

    An answer that is itself uncertain is weighed by both its answers (Jeffrey's rule), and answers
    count as independent of each other once it is known whether it was intended.  The ends are the
    extremes over what the answers and the prior may be, so that an answer more narrows them.
    """
    if len(questions) > MOST_QUESTIONS:
        raise ValueError(f"at most {MOST_QUESTIONS} questions, not {len(questions)}")
    ends = [chance(one.answer, numbers["absent_if_unfound"]) for one in questions]
    # Where a yes speaks for it, its smallest chance gives the smallest posterior.
    speaks_for = [one.yes_if_intended >= one.yes_if_not for one in questions]
    low = [end[0] if yes else end[1] for end, yes in zip(ends, speaks_for, strict=True)]
    high = [end[1] if yes else end[0] for end, yes in zip(ends, speaks_for, strict=True)]
    return (
        _posterior(numbers["prior_low"], questions, low),
        _posterior(numbers["prior_high"], questions, high),
    )


def _posterior(prior: float, questions: Sequence[Question], chances: Sequence[float]) -> float:
    """Average the posterior over all combinations of answers, by how likely each is."""
    total = 0.0
    for answers in itertools.product((True, False), repeat=len(questions)):
        weight, intended, other = 1.0, prior, 1.0 - prior
        for one, of_yes, is_yes in zip(questions, chances, answers, strict=True):
            weight *= of_yes if is_yes else 1.0 - of_yes
            intended *= one.yes_if_intended if is_yes else 1.0 - one.yes_if_intended
            other *= one.yes_if_not if is_yes else 1.0 - one.yes_if_not
        if weight > 0.0:
            total += weight * intended / (intended + other)
    return total


def usual_questions(answers: Mapping[str, Answer]) -> tuple[Question, ...]:
    """Return the usual questions with these answers; a name that is none of them is an error."""
    unknown = sorted(set(answers) - set(USUAL))
    if unknown:
        raise ValueError(f"the usual questions are {', '.join(USUAL)}, and not {unknown[0]!r}")
    return tuple(
        Question(
            text=one.text, answer=answers.get(name, one.answer),
            yes_if_intended=one.yes_if_intended, yes_if_not=one.yes_if_not,
        )
        for name, one in USUAL.items()
    )  # fmt: skip
