"""The reading copy of an activity's record, and the reflections handed in afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.workshops.events import RecordSection, ReflectionHandedIn
from yanxiu.workshops.models import Activity, ActivityRecord, ActivityReflection, RecordPart, RecordWriter
from yanxiu.workshops.services import posts
from yanxiu.workshops.services.activities import hold_activity
from yanxiu.workshops.services.attachments import Place, put_in_use


def keep_record(activity: Activity, html: str, sections: Sequence[RecordSection], writer_ids: Iterable[int]) -> None:
    """Keep how the record reads now, and show it to those who have the activity open. Twice does no harm."""
    if not hold(activity):
        return
    db.session.merge(ActivityRecord(activity_id=activity.id, html=html, written_at=now()))
    db.session.flush()
    for model in (RecordPart, RecordWriter):
        db.session.execute(delete(model).where(model.activity_id == activity.id))
    parts = [
        {"activity_id": activity.id, "name": each.key, "number": number, "title": each.title, "text": each.text}
        for number, each in enumerate(sections, start=1)
    ]
    writers = [{"activity_id": activity.id, "user_id": user_id} for user_id in sorted(set(writer_ids))]
    for model, rows in ((RecordPart, parts), (RecordWriter, writers)):
        if rows:
            db.session.execute(insert(model), rows)
    bump(f"activity:{activity.id}", "record", activity.id)


def hand_in_reflection(actor: User, activity: Activity, html: str) -> ActivityReflection:
    """Hand in what one thinks, or change it; the same words again change nothing."""
    hold_activity(activity)
    if activity.starts_at > now():
        raise ConflictError("活动还没开始，开始以后再写反思")
    content = posts.checked_content(html)
    mine = select(ActivityReflection).where(
        ActivityReflection.activity_id == activity.id, ActivityReflection.author_id == actor.id
    )
    found = db.session.scalar(mine)
    if found is not None and found.html == content.html:
        return found
    if found is None:
        found = ActivityReflection(activity_id=activity.id, author_id=actor.id, html=content.html, text=content.text)
        db.session.add(found)
    else:
        found.html, found.text, found.changed_at = content.html, content.text, now()
    db.session.flush()
    put_in_use(actor, content.html, Place(reflection_id=found.id))
    bump(f"activity:{activity.id}", "reflection", found.id)
    record(ReflectionHandedIn(found.id, activity.id))
    return found
