"""Dossiers that were made at this node: asked for, listed, taken out as pages."""

from __future__ import annotations

import logging
import re
from datetime import date
from pathlib import Path

import msgspec

from commonsky.astro.epoch import utc_text
from commonsky.characterise.history import history
from commonsky.errors import UnreadableInput
from commonsky.node.assembly import keys_of
from commonsky.node.case_file import asked_rules, composed, followed
from commonsky.node.dossier import Asked, Dossier
from commonsky.node.dossier_files import PAGE, claimed, opened, written
from commonsky.show.api.answer import Answer, Marking, marking_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.exporting import Exported, file_name
from commonsky.show.api.keys import ApiKey
from commonsky.show.api.norms import circumstances_of, composed_here, day_of, register_of
from commonsky.show.api.problem import misuse, unknown
from commonsky.show.report.dossier import dossier_html
from commonsky.show.report.dossier_courses import courses_of
from commonsky.show.report.dossier_gabbard import clouds_of

LOG = logging.getLogger(__name__)
MOST_OBJECTS, MOST_BESIDE, MOST_TITLE, MOST_KEPT = 20, 2000, 200, 1000
NAME = re.compile(r"[0-9A-Za-z-]{1,80}")
HTML = "text/html; charset=utf-8"
SCOPE = "dossiers made at this node"
MARKING = "marking.json"


class DossierAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a dossier is to be about; no rules means all."""

    objects: tuple[int, ...]
    beside: tuple[int, ...] = ()
    title: str = ""
    since: str = ""
    until: str = ""
    on: str = ""
    rules: tuple[str, ...] = ()


class DossierLine(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier in a list."""

    name: str
    title: str
    objects: tuple[int, ...]
    on: str
    records: int
    findings: int
    signed_by: tuple[str, ...]
    marking: Marking


class DossierTold(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier, whole but for its records."""

    line: DossierLine
    dossier: Dossier


def make(desk: Desk, asked: DossierAsked, key: ApiKey) -> Answer[DossierTold]:
    """Make a dossier of what this node holds, signed with its key."""
    if not 1 <= len(set(asked.objects)) <= MOST_OBJECTS:
        raise misuse(f"`objects` are 1 to {MOST_OBJECTS} catalogue numbers")
    if len(asked.beside) > MOST_BESIDE:
        raise misuse(f"`beside` are {MOST_BESIDE} catalogue numbers at most")
    if len(asked.title) > MOST_TITLE:
        raise misuse(f"`title` has {MOST_TITLE} characters at most")
    asked_rules(asked.rules)
    objects = tuple(sorted(set(asked.objects)))
    about = Asked(
        title=asked.title or f"Dossier on {', '.join(map(str, objects))}", objects=objects,
        on=day_of(desk, asked.on), since=_moment(asked.since), until=_moment(asked.until),
        beside=tuple(sorted(set(asked.beside) - set(objects))), rules=asked.rules,
        nation=desk.home.nation, realm=desk.home.realm,
    )  # fmt: skip
    _, exhibits, label = composed_here(desk, about)
    dossier, sets = composed(about, exhibits, register_of(desk), circumstances_of(desk))
    made = utc_text(desk.clock.now_tai_ns(), 0).replace(":", "").replace("T", "-").rstrip("Z")
    folder = desk.home.dossiers / f"{objects[0]}-{made}"
    if folder.exists():
        raise misuse("a dossier on this was made this very second; ask again")
    signer = keys_of(desk.home).signer()
    past = history(sets)
    shown = courses_of(past.of(followed(past, about)), sets)
    page = dossier_html(dossier, shown, [signer.name], clouds_of(past, sets, dossier.findings))
    written(folder, dossier, exhibits, page, signer, signer.name)
    marking = marking_of(label)
    (folder / MARKING).write_bytes(msgspec.json.encode(marking))
    LOG.info("a dossier was made", extra={"dossier": folder.name, "operator": key.name})
    return one(desk, folder.name)


def dossiers(desk: Desk) -> Answer[tuple[DossierLine, ...]]:
    """Return the dossiers that were made here, the newest first."""
    folders = sorted(desk.home.dossiers.iterdir()) if desk.home.dossiers.is_dir() else []
    told = []
    for folder in folders[-MOST_KEPT:]:
        try:
            told.append(_line(folder)[0])
        except UnreadableInput:
            LOG.warning("a dossier cannot be read", extra={"dossier": folder.name})
    return Answer(tuple(sorted(told, key=lambda line: line.name.split("-", 1)[1], reverse=True)),
                  completeness(desk, SCOPE))  # fmt: skip


def one(desk: Desk, name: str) -> Answer[DossierTold]:
    """Return one dossier."""
    line, dossier = _line(_folder(desk, name))
    return Answer(DossierTold(line=line, dossier=dossier), completeness(desk, SCOPE))


def page(desk: Desk, name: str) -> Exported:
    """Return the page of a dossier."""
    content = (_folder(desk, name) / PAGE).read_bytes()
    return Exported(file_name(desk, f"dossier-{name}.html"), HTML, content)


def _folder(desk: Desk, name: str) -> Path:
    folder = desk.home.dossiers / name
    if not NAME.fullmatch(name) or not folder.is_dir():
        raise unknown(f"no dossier {name!r} was made here")
    return folder


def _line(folder: Path) -> tuple[DossierLine, Dossier]:
    found = opened(folder)
    dossier = found.dossier
    try:
        marking = msgspec.json.decode((folder / MARKING).read_bytes(), type=Marking)
    except (OSError, msgspec.DecodeError) as error:
        raise UnreadableInput(f"{folder / MARKING} cannot be read") from error
    line = DossierLine(
        name=folder.name, title=dossier.asked.title, objects=dossier.asked.objects,
        on=dossier.asked.on, records=dossier.records, findings=len(dossier.findings),
        signed_by=tuple(claimed(found)), marking=marking,
    )  # fmt: skip
    return line, dossier


def _moment(text: str) -> str:
    if not text:
        return ""
    try:
        return f"{date.fromisoformat(text[:10]).isoformat()}T00:00:00Z"
    except ValueError:
        raise misuse(f"a UTC day is written as 2024-11-01, not {text!r}") from None
