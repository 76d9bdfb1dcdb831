"""Lesson plans in the archive of their workshop: each as Word and PDF, and with its document, versions and pictures as data."""

from __future__ import annotations

import zlib
from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.word import SMALL, Picture
from yanxiu.lessonplans.document.ydoc import FIELD, json_from_state, load
from yanxiu.lessonplans.models import (
    Adaptation,
    LessonPlan,
    PlanCheck,
    PlanComment,
    PlanContributor,
    PlanCredit,
    PlanDeparture,
    PlanHistory,
    PlanImage,
    PlanImport,
    PlanMember,
    PlanPlaceStep,
    PlanRound,
    PlanSnapshot,
    PlanText,
    PlanUpdate,
    Preparation,
    Revision,
    RevisionShare,
    Suggestion,
)
from yanxiu.lessonplans.queries import IS_PLAN, find_record, stored_document
from yanxiu.lessonplans.queries.papers import pictures_of
from yanxiu.lessonplans.queries.word_files import printed
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.queries.archive_parts import ArchivePart, Kept, Left, Move, Row, Shelf, Wish

ADDRESSED = (b"/lesson-plans/", b"href")
"""What a document holds that shows a picture or leads somewhere."""

OWN_ADDRESS = {"image": "src", "card": "href"}


def whole_document(row: Row, _wish: Wish) -> Row:
    """The snapshot with all edits since then in it, so that the log can stay."""
    stored = stored_document(row["plan_id"])
    if stored is None or row["quarantined_at"] is not None:
        return row
    return {**row, "state": stored.merged(), "seq": stored.seq, "log_rows": 0, "log_bytes": 0}


def moved_state(state: bytes, move: Move) -> bytes:
    """Return a document whose pictures and links have the addresses they have here."""
    if not any(word in state for word in ADDRESSED):
        return state
    doc = load(state)
    root = doc.get(FIELD, type=XmlFragment)
    with doc.transaction():
        _move_addresses(root, move)
    return doc.get_update()


def _move_addresses(parent: XmlFragment | XmlElement, move: Move) -> None:
    for child in list(parent.children):
        if isinstance(child, XmlText):
            _move_links(child, move)
        if not isinstance(child, XmlElement):
            continue
        pairs: Any = child.attributes
        name = OWN_ADDRESS.get(child.tag or "")
        address = dict(pairs).get(name) if name else None
        if name and isinstance(address, str):
            child.attributes[name] = move(address)
        _move_addresses(child, move)


def _move_links(text: XmlText, move: Move) -> None:
    """Give the links of a text that lead inside of this site their new ends; offsets are bytes of UTF-8."""
    at = 0
    for value, marks in text.diff():
        end = at + (len(value.encode()) if isinstance(value, str) else 1)
        for name, about in (marks or {}).items():
            address = about.get("href") if isinstance(about, dict) and name.partition("--")[0] == "link" else None
            if isinstance(address, str) and address.startswith("/") and not address.startswith("//"):
                text.format(at, end, {name: {**about, "href": move(address)}})
        at = end


def without_template(row: Row) -> Row:
    """The templates of a school stay with it."""
    return {**row, "template_version_id": None}


def moved_snapshot(row: Row, move: Move) -> Row:
    state = moved_state(row["state"], move)
    return {} if state == row["state"] else {"state": state}


def moved_revision(row: Row, move: Move) -> Row:
    before = zlib.decompress(row["state"])
    state = moved_state(before, move)
    return {} if state == before else {"state": zlib.compress(state, 9)}


def fill_plans(shelf: Shelf, workshop: Workshop) -> None:
    """Put each plan as Word and PDF."""
    mine = select(LessonPlan).where(LessonPlan.workshop_id == workshop.id, LessonPlan.deleted_at.is_(None), IS_PLAN)
    plans = db.session.scalars(mine.options(joinedload(LessonPlan.owner)).order_by(LessonPlan.id)).all()
    for plan in plans:
        stored = stored_document(plan.id)
        html, picture = printed(plan.id, json_from_state(stored.merged()) if stored is not None else {})
        with shelf.both("教案", f"{plan.title}（{plan.owner.name}）") as word:
            word.title(plan.title)
            edited = plan.edited_at.astimezone(LOCAL_ZONE)
            word.paragraph(f"{plan.placed}　主备人 {plan.owner.name}　{edited:%Y-%m-%d %H:%M}", SMALL)
            word.html(html, picture)
        shelf.tell("教案", plan.title, word.path, plan.owner.name, also=word.pdf)


def pictures_of_record(activity_id: int) -> Picture:
    """How the pictures in the record of an activity are found, for Word."""
    record = find_record(activity_id)
    return pictures_of(record.id if record is not None else 0)


_WITHDRAWN = select(PlanComment.id).where(PlanComment.withdrawn_at.is_not(None))
STANDING = PlanComment.withdrawn_at.is_(None) & or_(
    PlanComment.parent_id.is_(None), PlanComment.parent_id.not_in(_WITHDRAWN)
)

ARCHIVE_PARTS: tuple[ArchivePart, ...] = (
    ArchivePart(
        kept=(
            Kept(
                LessonPlan,
                "workshop_id",
                LessonPlan.deleted_at.is_(None),
                word="lesson-plans",
                index="plan",
                arriving=without_template,
            ),
            Kept(PlanMember, "plan_id"),
            Kept(PlanContributor, "plan_id"),
            Kept(PlanSnapshot, "plan_id", leaving=whole_document, moving=moved_snapshot),
            Kept(PlanText, "plan_id"),
            Kept(Revision, "plan_id", moving=moved_revision),
            Kept(RevisionShare, "revision_id"),
            Kept(PlanCredit, "plan_id"),
            Kept(PlanImage, "plan_id", word="images"),
            Kept(Preparation, "plan_id"),
            Kept(Adaptation, "plan_id"),
            Kept(PlanCheck, "plan_id"),
            Kept(PlanRound, "plan_id", points={"lesson_id": "lesson"}),
            Kept(Suggestion, "plan_id", points={"remark_id": "timed_comment"}),
            Kept(PlanComment, "plan_id", STANDING, index="plan_comment"),
        ),
        left=(
            Left(PlanUpdate, "the snapshot that goes along has every edit in it"),
            Left(
                PlanHistory, "each step of the writing stays here; the versions and who wrote how much of them go along"
            ),
            Left(PlanPlaceStep, "takes back a remap of the old county's catalog"),
            Left(PlanDeparture, "tells open pages of plans that went elsewhere; there are none"),
            Left(PlanImport, "only keeps a second press of a button from doing something"),
        ),
        fill=fill_plans,
    ),
)
