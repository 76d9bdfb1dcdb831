"""What an observer found under a perspective, and what whoever leads concludes from all of it."""

from __future__ import annotations

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.observations.events import FindingWritten
from yanxiu.observations.models import Lesson, LessonPerspective, PerspectiveFinding
from yanxiu.observations.queries.perspectives import all_perspectives_of
from yanxiu.observations.services.cycle import MAX_TEXT, tidy
from yanxiu.observations.services.lessons import hold_lesson
from yanxiu.observations.services.perspectives import claim_perspective


def write_finding(actor: User, lesson: Lesson, perspective_id: int, body: str, seen: str | None = None) -> None:
    """Write one's 观察结果与建议; an empty one takes it away.

    `seen` is the text the actor began with: ConflictError where another page of theirs has saved something else since.
    Who does not watch (any more) does from now on: the division may have changed while the finding was written. Under what was
    changed or retired meanwhile, who watched it still writes what was seen by it; others do not begin there.
    """
    hold_lesson(lesson)
    perspective = next((one for one in all_perspectives_of(lesson.id) if one.id == perspective_id), None)
    if perspective is None:
        raise ConflictError("这个视角刚刚被拿掉了", field="body")
    words, known = tidy(body), _own(actor, perspective)
    if len(words) > MAX_TEXT:
        raise InvalidError(f"最多 {MAX_TEXT} 字", field="body")
    present = known.body if known is not None else ""
    if words == present or (seen is not None and words == tidy(seen)):
        return
    if seen is not None and present != tidy(seen):
        raise ConflictError("您在别处刚刚改过这一段。请把两边合起来，再保存一次", field="body")
    if known is None and perspective.retired_at is not None:
        if not perspective.is_watched_by(actor.id):
            raise ConflictError("这个视角刚刚停用了，或者改了新的一版", field="body")
    elif known is None:
        claim_perspective(actor, lesson, perspective.id, {watcher.user_id for watcher in perspective.watchers})
    if known is None:
        known = PerspectiveFinding(perspective_id=perspective.id, author_id=actor.id)
        db.session.add(known)
    known.body, known.written_at = words, clock.now()
    db.session.flush()
    record(FindingWritten(known.id, lesson.id, actor.id, is_gone=not words))
    if not words:
        db.session.delete(known)
    db.session.flush()
    bump(lesson.topic, "perspective", lesson.id)


def _own(actor: User, perspective: LessonPerspective) -> PerspectiveFinding | None:
    mine = (PerspectiveFinding.perspective_id == perspective.id, PerspectiveFinding.author_id == actor.id)
    return db.session.scalars(select(PerspectiveFinding).where(*mine)).first()
