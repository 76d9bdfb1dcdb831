"""What follows from edits: who wrote, the text for reading, the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import YanxiuError
from yanxiu.core.events import record
from yanxiu.core.storage import ReceivedFile, keep_file
from yanxiu.lessonplans import events
from yanxiu.lessonplans.document.html import count_characters, plain_text, render_html
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.models import (
    LessonPlan,
    PlanContributor,
    PlanImage,
    PlanText,
)
from yanxiu.lessonplans.queries import count_images
from yanxiu.lessonplans.services.holding import hold_plan, tell_workshop

MOST_PROPOSED_PICTURES = 30
"""So many pictures somebody who only suggests may bring into one plan within a day."""


class TooManyPicturesError(YanxiuError):
    """Pictures that nobody asked for fill the disk too."""

    code = "too_many"
    status = 429
    default_message = f"您一天里在这份教案里最多提 {MOST_PROPOSED_PICTURES} 张图片，请明天再提，或写在批注里告诉主备人"


def check_proposed_image(actor: User, plan: LessonPlan) -> None:
    """Raise TooManyPicturesError when who only suggests may bring no further picture into the plan today."""
    if count_images(plan.id, actor.id, clock.now() - timedelta(days=1)) >= MOST_PROPOSED_PICTURES:
        raise TooManyPicturesError


def keep_proposed_image(actor: User, plan: LessonPlan, received: ReceivedFile) -> PlanImage:
    """Keep a picture that somebody who only suggests would put in; TooManyPicturesError beyond the limit."""
    hold_plan(plan)
    check_proposed_image(actor, plan)
    return keep_image(actor, plan, received)


def keep_image(actor: User, plan: LessonPlan, received: ReceivedFile) -> PlanImage:
    """Keep a picture of the plan."""
    file = keep_file(received, actor.id)
    image = PlanImage(plan_id=plan.id, file_id=file.id, uploaded_by_id=actor.id)
    db.session.add(image)
    db.session.flush()
    return image


def note_edits(plan: LessonPlan, editor_ids: Sequence[int], at: datetime | None = None) -> None:
    """The text came to rest (`at`: then, not now): remember who wrote, the last one last, and tell the program."""
    if not editor_ids:
        return
    hold_plan(plan)
    editors = sorted(set(editor_ids))
    now = at or clock.now()
    plan.edited_at, plan.edited_by_id = now, editor_ids[-1]
    known = {
        row.user_id: row
        for row in db.session.scalars(select(PlanContributor).where(PlanContributor.plan_id == plan.id))
    }
    for user_id in editors:
        if user_id in known:
            known[user_id].last_at = now
        else:
            db.session.add(PlanContributor(plan_id=plan.id, user_id=user_id, first_at=now, last_at=now))
    db.session.flush()
    record(events.PlanEdited(plan.id, tuple(editors), plan.workshop_id))
    tell_workshop(plan)


def write_text(plan_id: int, *, epoch: int, seq: int, document: Node) -> bool:
    """Keep the document as HTML and text; False if a newer one is kept already. PostgreSQL keeps no NUL in a text."""
    kept = db.session.get(PlanText, plan_id)
    if kept is not None and (kept.epoch, kept.seq) > (epoch, seq):
        return False
    if kept is None:
        kept = PlanText(plan_id=plan_id)
        db.session.add(kept)
    kept.epoch, kept.seq = epoch, seq
    kept.html, kept.text = (words.replace("\0", "") for words in (render_html(document), plain_text(document)))
    kept.characters = count_characters(document)
    kept.updated_at = clock.now()
    db.session.flush()
    return True
