"""Writing in a sample plan as if it had been typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.lessonplans import services
from yanxiu.lessonplans.collab.updates import compacted
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.restoring import replacements, restoring_update
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import LessonPlan, PlanContributor, PlanSnapshot, PlanUpdate
from yanxiu.lessonplans.queries import stored_document


def wrote(plan: LessonPlan, user: User, at: datetime) -> None:
    """Note that somebody wrote in the plan at that moment."""
    plan.edited_at, plan.edited_by_id = at, user.id
    known = db.session.get(PlanContributor, (plan.id, user.id))
    if known is None:
        db.session.add(PlanContributor(plan_id=plan.id, user_id=user.id, first_at=at, last_at=at))
    else:
        known.last_at = at
    db.session.flush()


def state_of(plan: LessonPlan) -> bytes:
    """The document with every edit in it."""
    stored = stored_document(plan.id)
    assert stored is not None
    return compacted([stored.snapshot, *stored.log])


def rewrite(plan: LessonPlan, document: Node, user: User, at: datetime) -> None:
    """Turn the document into another one by an edit in its log, as if it had been typed."""
    snapshot = db.session.get(PlanSnapshot, plan.id)
    assert snapshot is not None
    update = restoring_update(state_of(plan), document)
    snapshot.head += 1
    snapshot.log_rows += 1
    snapshot.log_bytes += len(update)
    row = PlanUpdate(plan_id=plan.id, seq=snapshot.head, data=update, user_ids=str(user.id), created_at=at)
    db.session.add(row)
    db.session.flush()
    services.write_text(plan.id, epoch=snapshot.epoch, seq=snapshot.head, document=document)
    wrote(plan, user, at)


def rewrite_in_turns(plan: LessonPlan, document: Node, people: Sequence[User], at: datetime) -> None:
    """Turn the document into another one section by section, each by the next of these people, some minutes apart."""
    now = json_from_state(state_of(plan))
    for turn, part in enumerate(replacements(now["content"], document["content"])):
        wanted = document["content"][part.first : part.until]
        now = {**now, "content": [*now["content"][: part.at], *wanted, *now["content"][part.at + part.gone :]]}
        rewrite(plan, now, people[turn % len(people)], at + timedelta(minutes=7 * turn))
