"""The record of an activity, written by several at once, and the reflections handed in afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.workshops.activity_words import RECORD_PARTS
from yanxiu.workshops.events import RecordChanged
from yanxiu.workshops.merging import merged
from yanxiu.workshops.models import Activity, ActivityReflection, RecordPart
from yanxiu.workshops.services import posts
from yanxiu.workshops.services.activities import hold_activity

PART_LENGTH = 10_000


@dataclass
class Saved:
    """What a part says now, by name; `clashes` are those that were not written, with what stands there."""

    texts: dict[str, str] = field(default_factory=dict)
    clashes: dict[str, str] = field(default_factory=dict)


def save_record(actor: User, activity: Activity, written: Mapping[str, tuple[str, str]]) -> Saved:
    """Write parts of the record, each given as (what it said when the writing began, what it shall say).

    What a colleague wrote meanwhile is brought together with it; where both changed the same lines nothing is written
    and the caller shows both.
    """
    hold_activity(activity)
    saved = Saved()
    parts = {part.name: part for part in _parts(activity)}
    changed = False
    for name, (base, mine) in written.items():
        theirs = parts[name].text if name in parts else ""
        text = _together(name, base, mine, theirs)
        if text is None:
            saved.clashes[name] = theirs
            continue
        saved.texts[name] = text
        if text != theirs:
            _write(actor, activity, parts.get(name), name, text)
            changed = True
    if changed:
        db.session.flush()
        bump(f"activity:{activity.id}", "record", activity.id)
        record(RecordChanged(activity.id, activity.workshop_id, actor.id))
    return saved


def _together(name: str, base: str, mine: str, theirs: str) -> str | None:
    if name not in RECORD_PARTS:
        raise InvalidError("记录里没有这一栏")
    text = merged(base, mine, theirs)
    if text is not None and len(text) > PART_LENGTH:
        raise InvalidError(f"每一栏请控制在 {PART_LENGTH} 字以内", field=name)
    return text


def _write(actor: User, activity: Activity, part: RecordPart | None, name: str, text: str) -> None:
    if part is None:
        db.session.add(RecordPart(activity_id=activity.id, name=name, text=text, editor_id=actor.id))
    else:
        part.text, part.editor_id, part.edited_at = text, actor.id, now()


def _parts(activity: Activity) -> list[RecordPart]:
    statement = select(RecordPart).where(RecordPart.activity_id == activity.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


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
    bump(f"activity:{activity.id}", "reflection", found.id)
    return found
