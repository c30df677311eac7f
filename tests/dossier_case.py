"""A small dossier, written by hand, for the tests."""

from __future__ import annotations

import msgspec

from commonsky.ledger.label import Label
from commonsky.node.custody import custody
from commonsky.node.dossier import SPEC, Asked, Dossier, software, with_records
from commonsky.node.evidence import Exhibit, of_files
from commonsky.node.findings import Manoeuvre
from commonsky.node.judgements import Judgement
from commonsky.node.statements import Author
from tests.catalogue_case import catalogue_of

CATALOGUE = catalogue_of(
    *({"number": 5, "name": "FIRST", "day": float(day)} for day in range(4)),
    {"number": 5, "name": "FIRST", "day": 20.0},
)
MANOEUVRE = Manoeuvre(
    rows=(1, 2), object=5, name="FIRST", not_before="2025-04-01T00:00:00Z",
    not_after="2025-04-02T00:00:00Z", epoch_estimate="2025-04-01T12:00:00Z", delta_v_m_s=1.25,
    delta_v_sigma_m_s=0.5, delta_v_rtn_m_s=(0.0, 1.25, 0.0), type="orbit raising", score=7.5,
    detectable_m_s=0.1,
)  # fmt: skip
JUDGEMENT = Judgement(
    rule="IADC-5.3.2", version="1", title="Leave low orbits within 25 years", objects=(5,),
    fact=("Mean height 700 km.",), outcome="determined", probability=0.8, probability_low=0.6,
    probability_high=0.95, confidence=0.9, reasons=("It would stay for 40 years.",),
    would_decide=(), binding="guideline", legal="A guideline: nobody is bound by law.",
    citations=("IADC-02-01",), alternatives=(("A later disposal.", 0.2), ("Drag sails.", None)),
    would_change=("A manoeuvre that lowers it.",), rows=(4,),
)  # fmt: skip


def exhibits() -> list[Exhibit]:
    """Every set of the catalogue as a record."""
    return of_files(CATALOGUE, Author("NOR", "ops"), Label())


def dossier(title: str = "A case") -> Dossier:
    """Return the whole dossier."""
    from commonsky.characterise.history import history  # noqa: PLC0415 - quick start

    handles = [one.handle for one in exhibits()]
    judgement = msgspec.structs.replace(JUDGEMENT, rows=(), records=(handles[4],))
    return Dossier(
        spec=SPEC, asked=Asked(title=title, objects=(5,), on="2025-05-01"),
        summary=("It moved once.",), findings=with_records([MANOEUVRE], handles),
        judgements=(judgement,), custody=tuple(custody(history(CATALOGUE), CATALOGUE)),
        circumstances=(), register=(), withheld=("Nothing is known to be withheld.",), files=(),
        records=len(handles), software=software(),
    )  # fmt: skip
