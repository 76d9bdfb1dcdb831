"""Who watched a lesson in which pupils can be recognized: every view is logged, by person and day."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.dialects import postgresql, sqlite

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db, is_sqlite
from yanxiu.core.events import record
from yanxiu.observations.events import LessonWatched, WatchingTogetherBegun
from yanxiu.observations.models import Watching


def note_watching(actor: User, lesson_id: int) -> None:
    """Log that the actor watches today; once a day is enough, a second time changes nothing."""
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(Watching)
    values = {"lesson_id": lesson_id, "user_id": actor.id, "day": clock.today(), "first_at": clock.now()}
    db.session.execute(insert.values(**values).on_conflict_do_nothing())


def note_playing(actor: User, lesson_id: int) -> None:
    """Say that a recording was played, to whoever waits for it."""
    record(LessonWatched(lesson_id, actor.id))


def tell_of_watching_together(actor: User, lesson_id: int, here_ids: Iterable[int]) -> None:
    """Say that the actor began to show the film to all; who has the lesson open sees it there."""
    record(WatchingTogetherBegun(lesson_id, actor.id, tuple(sorted(here_ids))))
