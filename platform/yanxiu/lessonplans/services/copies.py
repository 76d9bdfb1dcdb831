"""A plan of one's own made out of something in the library (复制到我的备课)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import NAMESPACE_OID, uuid5

from yanxiu.accounts.catalog import EDITIONS, GRADES, STAGES, SUBJECTS
from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.errors import NotFoundError
from yanxiu.core.events import record
from yanxiu.core.storage import ReceivedFile
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.remarks import without_comments
from yanxiu.lessonplans.document.suggesting import as_undecided
from yanxiu.lessonplans.events.copies import OriginalCopied
from yanxiu.lessonplans.models import NAMED, LessonPlan, PlanSnapshot
from yanxiu.lessonplans.queries.originals import Original
from yanxiu.lessonplans.queries.papers import paper_of
from yanxiu.lessonplans.queries.templates import key_of
from yanxiu.lessonplans.services.adaptations import carry_pictures
from yanxiu.lessonplans.services.imports import import_plan
from yanxiu.lessonplans.services.plans import PlanCard, create_plan
from yanxiu.lessonplans.services.revisions import keep_revision
from yanxiu.lessonplans.word_import import FileThread

LONGEST_NAME = 60
KNOWN = {"subject": SUBJECTS, "stage": STAGES, "grade": GRADES, "edition": EDITIONS}
"""The library's catalog of textbooks is each county's own; a plan's card takes of it what its form offers."""


def copy_plan(actor: User, home: Viewer, original: Original) -> LessonPlan:
    """Make a plan that says what a version of another plan does, as if nothing that is proposed there was accepted."""
    paper = paper_of(*original.plan) if original.plan is not None else None
    if paper is None:
        raise NotFoundError
    document = without_comments(as_undecided(paper.document))
    plan = create_plan(actor, home, card_of(original), key_of(paper.plan), document)
    carry_pictures(actor, paper.plan, plan)
    _note(actor, plan, original)
    return plan


def copy_file(
    actor: User,
    home: Viewer,
    original: Original,
    template_key: str,
    document: Node,
    pictures: Mapping[str, ReceivedFile],
    threads: Sequence[FileThread],
) -> LessonPlan:
    """Make a plan of a Word file that was read; pressed twice it is made once."""
    once = str(uuid5(NAMESPACE_OID, f"original {original.id} {original.stamp}"))
    plan = import_plan(actor, home, card_of(original), template_key, document, pictures, once, threads)
    _note(actor, plan, original)
    return plan


def card_of(original: Original) -> PlanCard:
    """The card of the new plan: private, about what the original is about."""
    known = {name: value if (value := original.card.get(name, "")) in KNOWN[name] else "" for name in KNOWN}
    return PlanCard(
        original.title[:100],
        subject=known["subject"],
        stage=known["stage"],
        grade=known["grade"],
        edition=known["edition"],
        volume=original.card.get("volume", ""),
        unit=original.card.get("unit", ""),
        lesson=original.card.get("lesson", ""),
    )


def _note(actor: User, plan: LessonPlan, original: Original) -> None:
    """Keep how it read there as the first version, to compare with, and say what the plan was made of."""
    state = db.session.get_one(PlanSnapshot, plan.id).state
    title = f"原文：{original.title}"[:LONGEST_NAME]
    base = keep_revision(plan, state, 0, kind=NAMED, title=title, author_id=actor.id)
    record(OriginalCopied(original.id, original.stamp, plan.id, base.number, actor.id))
