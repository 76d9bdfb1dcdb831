"""What follows from edits: who wrote, the text for reading, the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
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
from yanxiu.lessonplans.services.holding import hold_plan, tell_workshop


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
