"""Lesson plans in the archive of their workshop: each as Word, and with its document, versions and pictures as data."""

from __future__ import annotations

import re
import zlib
from typing import Any, BinaryIO

from pycrdt import XmlElement, XmlFragment
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.storage import storage
from yanxiu.core.word import SMALL, Picture
from yanxiu.lessonplans.document.ydoc import FIELD, load
from yanxiu.lessonplans.models import (
    LessonPlan,
    PlanContributor,
    PlanDeparture,
    PlanImage,
    PlanMember,
    PlanSnapshot,
    PlanText,
    PlanUpdate,
    Revision,
)
from yanxiu.lessonplans.queries import find_image, stored_document
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.queries.archive_parts import ArchivePart, Kept, Left, Move, Row, Shelf, Wish

OWN = b"/lesson-plans/"
_IMAGE = re.compile(r"^/lesson-plans/(\d+)/images/(\d+)$")


def whole_document(row: Row, _wish: Wish) -> Row:
    """The snapshot with all edits since then in it, so that the log can stay."""
    stored = stored_document(row["plan_id"])
    if stored is None or row["quarantined_at"] is not None:
        return row
    return {**row, "state": stored.merged(), "seq": stored.seq, "log_rows": 0, "log_bytes": 0}


def moved_state(state: bytes, move: Move) -> bytes:
    """Return a document whose pictures have the addresses they have here."""
    if OWN not in state:
        return state
    doc = load(state)
    root = doc.get(FIELD, type=XmlFragment)
    with doc.transaction():
        _move_pictures(root, move)
    return doc.get_update()


def _move_pictures(parent: XmlFragment | XmlElement, move: Move) -> None:
    for child in parent.children:
        if not isinstance(child, XmlElement):
            continue
        pairs: Any = child.attributes
        source = dict(pairs).get("src") if child.tag == "image" else None
        if isinstance(source, str):
            child.attributes["src"] = move(source)
        _move_pictures(child, move)


def moved_snapshot(row: Row, move: Move) -> Row:
    state = moved_state(row["state"], move)
    return {} if state == row["state"] else {"state": state}


def moved_revision(row: Row, move: Move) -> Row:
    before = zlib.decompress(row["state"])
    state = moved_state(before, move)
    return {} if state == before else {"state": zlib.compress(state, 9)}


def fill_plans(shelf: Shelf, workshop: Workshop) -> None:
    """Put each plan as Word."""
    mine = select(LessonPlan).where(LessonPlan.workshop_id == workshop.id, LessonPlan.deleted_at.is_(None))
    plans = db.session.scalars(mine.options(joinedload(LessonPlan.owner)).order_by(LessonPlan.id)).all()
    for plan in plans:
        text = db.session.get(PlanText, plan.id)
        with shelf.word("教案", f"{plan.title}（{plan.owner.name}）.docx") as word:
            word.title(plan.title)
            edited = plan.edited_at.astimezone(LOCAL_ZONE)
            word.paragraph(f"{plan.placed}　主备人 {plan.owner.name}　{edited:%Y-%m-%d %H:%M}", SMALL)
            word.html(text.html if text is not None else "", _pictures_of(plan.id))
        shelf.tell("教案", plan.title, word.path, plan.owner.name)


def _pictures_of(plan_id: int) -> Picture:
    def find(address: str) -> BinaryIO | None:
        found = _IMAGE.match(address)
        image = find_image(plan_id, int(found[2])) if found and int(found[1]) == plan_id else None
        try:
            return storage().open(image.file.key) if image is not None else None
        except FileNotFoundError:
            return None

    return find


ARCHIVE_PARTS: tuple[ArchivePart, ...] = (
    ArchivePart(
        kept=(
            Kept(LessonPlan, "workshop_id", LessonPlan.deleted_at.is_(None), word="lesson-plans", index="plan"),
            Kept(PlanMember, "plan_id"),
            Kept(PlanContributor, "plan_id"),
            Kept(PlanSnapshot, "plan_id", leaving=whole_document, moving=moved_snapshot),
            Kept(PlanText, "plan_id"),
            Kept(Revision, "plan_id", moving=moved_revision),
            Kept(PlanImage, "plan_id", word="images"),
        ),
        left=(
            Left(PlanUpdate, "the snapshot that goes along has every edit in it"),
            Left(PlanDeparture, "tells open pages of plans that went elsewhere; there are none"),
        ),
        fill=fill_plans,
    ),
)
