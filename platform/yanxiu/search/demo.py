"""Sample data of search: two searches a teacher keeps, one with news of last week."""

from __future__ import annotations

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.events import record
from yanxiu.resources.models import Resource
from yanxiu.search.events import SavedSearchFound
from yanxiu.search.models import SavedSearch, SavedSearchHit
from yanxiu.search.services import next_look

NEW = 3


def seed(world: DemoWorld) -> None:
    """Keep two searches; nothing older than the demo is told later."""
    if world.small:
        return
    lesson = _keep(world, "草船借箭", "草船借箭", {"subject": "语文"}, "daily")
    _keep(world, "整本书阅读", "整本书阅读", {"stage": "小学"}, "weekly")
    shared = Resource.visibility == "county", Resource.title.contains("草船借箭")
    newest = select(Resource.id).where(*shared).order_by(Resource.created_at.desc(), Resource.id).limit(NEW)
    found = list(db.session.scalars(newest))
    db.session.add_all(
        SavedSearchHit(saved_id=lesson.id, kind="resource", object_id=one, found_at=world.ago(hours=5)) for one in found
    )
    if found:
        record(SavedSearchFound(lesson.id, lesson.user_id, lesson.name, len(found)))


def _keep(world: DemoWorld, name: str, text: str, filters: dict[str, str], often: str) -> SavedSearch:
    saved = SavedSearch(
        user_id=world.users["teacher"].id,
        name=name,
        text=text,
        filters=filters,
        often=often,
        next_look_at=next_look(often, world.now),
        horizon=int(world.now.timestamp()),
        created_at=world.ago(days=9),
    )
    db.session.add(saved)
    db.session.flush()
    return saved
