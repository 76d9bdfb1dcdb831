"""Keeping versions of a plan."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import without_invisible
from yanxiu.lessonplans import events
from yanxiu.lessonplans.authorship import Claim
from yanxiu.lessonplans.document.html import count_characters
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import (
    AUTOMATIC,
    BEFORE_RESTORE,
    NAMED,
    LessonPlan,
    PlanCredit,
    Revision,
    RevisionShare,
)
from yanxiu.lessonplans.queries import next_revision_number
from yanxiu.lessonplans.services.holding import hold_plan, one_line


def save_revision(actor: User, plan: LessonPlan, state: bytes, title: str, note: str = "", *, seq: int = 0) -> Revision:
    """Keep the document as it is now under a name. `state` is the full encoded document, up to log row `seq`."""
    name = one_line(title)
    if not name:
        raise InvalidError("给这个版本起个名字，例如“二稿”", field="title")
    if len(name) > 60:
        raise InvalidError("版本名字最多 60 个字", field="title")
    revision = keep_revision(plan, state, seq, kind=NAMED, title=name, author_id=actor.id)
    revision.note = without_invisible(note).strip()[:500]
    record(events.RevisionSaved(revision.id, plan.id, actor.id, plan.workshop_id))
    return revision


class Packed(NamedTuple):
    """A document as versions are kept, and how long it is."""

    state: bytes
    characters: int


def packed(state: bytes) -> Packed:
    """Make a full encoded document ready to be kept; for a long one this takes a while."""
    return Packed(zlib.compress(state, 9), count_characters(json_from_state(state)))


def keep_revision(plan: LessonPlan, state: bytes | Packed, seq: int, **card: Any) -> Revision:
    """Keep the full encoded document as the next version."""
    kept = state if isinstance(state, Packed) else packed(state)
    hold_plan(plan)
    revision = Revision(
        plan_id=plan.id,
        number=next_revision_number(plan.id),
        seq=seq,
        state=kept.state,
        characters=kept.characters,
        **card,
    )
    db.session.add(revision)
    db.session.flush()
    record(events.RevisionKept(revision.id, plan.id))
    return revision


def keep_rested(plan: LessonPlan, state: bytes, seq: int) -> Revision:
    """Keep what people left when they stopped writing, without a word to anybody."""
    title = f"自动保存 {plan.edited_at.astimezone(clock.LOCAL_ZONE):%Y-%m-%d %H:%M}"
    author = plan.edited_by_id or plan.owner_id
    return keep_revision(plan, state, seq, kind=AUTOMATIC, title=title, author_id=author)


def keep_before_pulling(
    actor: User, plan: LessonPlan, state: bytes, seq: int, credits: Iterable[Claim] = ()
) -> Revision:
    """Keep a copy as it is before sections of the shared plan are put into it; `credits` say who wrote those."""
    kept = keep_revision(plan, state, seq, kind=BEFORE_RESTORE, title="换成共案的内容之前", author_id=actor.id)
    db.session.add_all(PlanCredit(plan_id=plan.id, **claim._asdict()) for claim in credits)
    return kept


def keep_before_restore(
    actor: User, plan: LessonPlan, state: bytes | Packed, seq: int, revision: Revision, credits: Iterable[Claim] = ()
) -> Revision:
    """Keep what is there before an earlier version is brought back; `credits` say who wrote what comes back."""
    title = f"恢复“{revision.title}”之前"
    kept = keep_revision(plan, state, seq, kind=BEFORE_RESTORE, title=title[:60], author_id=actor.id)
    db.session.add_all(PlanCredit(plan_id=plan.id, **claim._asdict()) for claim in credits)
    revision.restored_at = clock.now()
    record(events.RevisionRestored(revision.id, plan.id, actor.id))
    record_audit(actor, "plan.restore", "lesson_plan", plan.id, revision=revision.number)
    return kept


def keep_moment(actor: User, plan: LessonPlan, state: bytes, seq: int, at: datetime) -> Revision:
    """Keep what the plan was at an earlier moment as a version of its own."""
    title = f"{at.astimezone(clock.LOCAL_ZONE):%Y-%m-%d %H:%M} 的内容"
    return save_revision(actor, plan, state, title, "从编辑过程里取回", seq=seq)


def note_shares(revision_id: int, counts: Mapping[int, int]) -> None:
    """Note how many characters of each person stand in a version; counted anew, it replaces what was noted."""
    db.session.execute(delete(RevisionShare).where(RevisionShare.revision_id == revision_id))
    shares = [RevisionShare(revision_id=revision_id, user_id=user, characters=n) for user, n in counts.items() if n]
    db.session.add_all(shares)
    db.session.flush()
