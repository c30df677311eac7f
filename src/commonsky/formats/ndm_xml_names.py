"""
Which element stands where in navigation messages in XML, and which keywords stand in it.

Reference: CCSDS 505.0-B, as its published examples and other senders' documents show it; the
schemas themselves were not at hand, nor those of the second covariance of CDM 2.0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_ocm import OCM
from commonsky.formats.ndm_odm import COVARIANCE, OEM, OMM, OPM, STATE_NAMES, STATE_UNITS
from commonsky.formats.ndm_spec import Field, Obligation, Section, Specification, fields
from commonsky.formats.ndm_tdm import RDM, TDM

ROOTS = {one.kind.lower(): one for one in (CDM, OCM, OEM, OMM, OPM, RDM, TDM)}
OTHERS = frozenset({"acm", "aem", "apm", "prm", "srm"})
USER_DEFINED = "USER_DEFINED"
ACCELERATIONS = ("X_DDOT", "Y_DDOT", "Z_DDOT")


class Form(Enum):
    """What an element becomes in keywords and values."""

    KEYWORDS = "a line a keyword"
    STATE = "one line of numbers"
    MATRIX = "keywords, and the rows of a triangle"
    OBSERVATION = "a line a measurement, with its time"


@dataclass(slots=True, eq=False)
class Element:
    """
    An element that holds others.

    `bound` is the word of the lines around it (META for META_START and META_STOP), `line` the
    element that holds a line of numbers and `many` that of which there may be thousands; ""
    where there are none.  Keywords that are `joined` make lines of numbers together.
    """

    keywords: dict[bytes, Field] = field(default_factory=dict)
    children: dict[bytes, Element] = field(default_factory=dict)
    form: Form = Form.KEYWORDS
    bound: str = ""
    line: str = ""
    many: str = ""
    joined: frozenset[bytes] = frozenset()
    repeats: bool = False
    user: bool = False


def _told(found: Iterable[Field]) -> dict[bytes, Field]:
    return {one.name.encode(): one for one in found if not one.name.endswith("*")}


def _element(
    specification: Specification, *sections: str, line: str = "", repeats: bool = False
) -> Element:
    found: dict[str, Section] = {one.name: one for one in specification.sections}
    told = [one for name in sections for one in found[name].fields.values()]
    bound = found[sections[0]].start.removesuffix("_START")
    return Element(_told(told), bound=bound, line=line, repeats=repeats)


def _message(
    specification: Specification, relative: dict[str, Element], **data: Element
) -> Element:
    """Return the tree of a message, `data` being what stands in that element."""
    inside = Element(children=_named(data))
    parts = {"metadata": _element(specification, "metadata"), "data": inside}
    repeats = bool(specification.repeats_from)
    segment = Element(children=_named(parts), repeats=repeats)
    body = Element(children=_named({**relative, "segment": segment}))
    return Element(children=_named({"header": _element(specification, "header"), "body": body}))


def _named(elements: dict[str, Element]) -> dict[bytes, Element]:
    return {name.encode(): one for name, one in elements.items()}


def _user() -> Element:
    return Element(user=True)


def _relative() -> Element:
    found = _element(CDM, "relative")
    state = {name: one for name, one in found.keywords.items() if name.startswith(b"RELATIVE_")}
    found.children[b"relativeStateVector"] = Element(state)
    return found


def _cdm() -> Element:
    covariances = ("covariance", "covariance on other axes", "additional")
    return _message(
        CDM,
        {"relativeMetadataData": _relative()},
        odParameters=_element(CDM, "determination"),
        additionalParameters=_element(CDM, "parameters"),
        stateVector=_element(CDM, "state"),
        covarianceMatrix=_element(CDM, *covariances, repeats=True),
        xyzCovarianceMatrix=_element(CDM, "covariance on other axes"),
        additionalCovarianceMetadata=_element(CDM, "additional"),
        userDefinedParameters=_user(),
    )


def _opm() -> Element:
    return _message(
        OPM,
        {},
        stateVector=_element(OPM, "state"),
        keplerianElements=_element(OPM, "elements"),
        spacecraftParameters=_element(OPM, "spacecraft"),
        covarianceMatrix=_element(OPM, "covariance"),
        maneuverParameters=_element(OPM, "manoeuvre", repeats=True),
        userDefinedParameters=_user(),
    )


def _omm() -> Element:
    return _message(
        OMM,
        {},
        meanElements=_element(OMM, "elements"),
        spacecraftParameters=_element(OMM, "spacecraft"),
        tleParameters=_element(OMM, "tle"),
        covarianceMatrix=_element(OMM, "covariance"),
        userDefinedParameters=_user(),
    )


def _rdm() -> Element:
    return _message(
        RDM,
        {},
        atmosphericReentryParameters=_element(RDM, "re-entry"),
        groundImpactParameters=_element(RDM, "re-entry"),
        stateVector=_element(RDM, "state"),
        covarianceMatrix=_element(RDM, "covariance"),
        spacecraftParameters=_element(RDM, "spacecraft"),
        odParameters=_element(RDM, "determination"),
        userDefinedParameters=_user(),
    )


def _real(name: str, unit: str) -> Field:
    return Field(name, Obligation.VITAL, "real", unit, ())


def _oem() -> Element:
    state = [Field("EPOCH", Obligation.VITAL, "time", "", ())]
    state += [_real(name, STATE_UNITS[name]) for name in STATE_NAMES]
    state += [_real(name, "km/s**2") for name in ACCELERATIONS]
    matrix = _element(OEM, "covariance", repeats=True)
    matrix.form = Form.MATRIX
    elements = _told(one for one in fields(COVARIANCE).values() if one.kind == "real")
    matrix.keywords |= elements
    matrix.joined = frozenset(elements)
    told = _told(state)
    whole = Element(told, form=Form.STATE, joined=frozenset(told), repeats=True)
    found = _message(OEM, {}, stateVector=whole, covarianceMatrix=matrix)
    _data_of(found).many = "stateVector"
    return found


def _data_of(message: Element) -> Element:
    return message.children[b"body"].children[b"segment"].children[b"data"]


def _tdm() -> Element:
    observed = _element(TDM, "data", repeats=True)
    observed.form = Form.OBSERVATION
    observed.keywords[b"EPOCH"] = Field("EPOCH", Obligation.VITAL, "time", "", ())
    found = _message(TDM, {}, observation=observed)
    observed.joined = frozenset(observed.keywords)
    data = _data_of(found)
    data.bound, observed.bound, data.many = observed.bound, "", "observation"
    return found


def _ocm() -> Element:
    user = _element(OCM, "user")
    user.user = True
    return _message(
        OCM,
        {},
        traj=_element(OCM, "trajectory", line="trajLine", repeats=True),
        phys=_element(OCM, "physical properties"),
        cov=_element(OCM, "covariance", line="covLine", repeats=True),
        man=_element(OCM, "manoeuvre", line="manLine", repeats=True),
        pert=_element(OCM, "perturbations"),
        od=_element(OCM, "determination"),
        user=user,
    )


TREES = {
    "cdm": _cdm(), "ocm": _ocm(), "oem": _oem(), "omm": _omm(), "opm": _opm(), "rdm": _rdm(),
    "tdm": _tdm(),
}  # fmt: skip
MATRIX = tuple(name for name in fields(COVARIANCE) if name != "COV_REF_FRAME")
STATE = ("EPOCH", *STATE_NAMES, *ACCELERATIONS)
