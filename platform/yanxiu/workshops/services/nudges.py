"""Reminding members: at most once a day for each person and matter, never in somebody's quiet hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from yanxiu.accounts.models import User
from yanxiu.accounts.quiet import end_of_quiet
from yanxiu.core.clock import now, today
from yanxiu.core.db import db, hold, is_sqlite
from yanxiu.core.errors import ConflictError
from yanxiu.core.events import record
from yanxiu.core.tasks import enqueue
from yanxiu.workshops.events import MembersReminded
from yanxiu.workshops.matters import Matter
from yanxiu.workshops.models import Nudge, NudgeRecipient, Workshop
from yanxiu.workshops.queries import attention

REMIND = "workshops.remind"
UNDO_S = 12
AT_ONCE = 50


@dataclass(frozen=True)
class Reminded:
    """Whom it is for, by name: the `resting` hear of it when their quiet hours end, the first of them at `wakes_at`."""

    nudge: Nudge
    awake: list[str]
    resting: list[str]
    wakes_at: datetime | None


def remind_members(actor: User, workshop: Workshop, matter: Matter, item_id: int = 0) -> Reminded:
    """Remind everybody whom the matter concerns now; whoever was reminded of it today is left out.

    Nothing leaves for some seconds, so that it can be taken back.
    """
    wanted = set(attention.concerned(workshop.id, matter, item_id)) - {actor.id}
    if not wanted:
        raise ConflictError("现在没有需要提醒的老师")
    nudge = Nudge(workshop_id=workshop.id, actor_id=actor.id, matter=matter.value, item_id=item_id)
    db.session.add(nudge)
    db.session.flush()
    chosen = _choose(nudge, sorted(wanted))
    if not chosen:
        raise ConflictError("今天已经提醒过了，同一件事一天只提醒一次")
    moments = _moments(chosen)
    for moment, people in moments.items():
        _queue(nudge, list(people), UNDO_S if moment is None else (moment - now()).total_seconds())
    awake = list(moments.pop(None, {}).values())
    resting = [name for people in moments.values() for name in people.values()]
    return Reminded(nudge, awake, resting, min((moment for moment in moments if moment), default=None))


def _choose(nudge: Nudge, user_ids: Sequence[int]) -> list[int]:
    """Note whom it is for; the table's constraint leaves out who was reminded of this today."""
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(NudgeRecipient)
    same = {"nudge_id": nudge.id, "workshop_id": nudge.workshop_id, "matter": nudge.matter, "item_id": nudge.item_id}
    rows = [same | {"user_id": user_id, "day": today()} for user_id in user_ids]
    noted = insert.values(rows).on_conflict_do_nothing().returning(NudgeRecipient.user_id)
    return sorted(db.session.scalars(noted))


def _moments(user_ids: Iterable[int]) -> dict[datetime | None, dict[int, str]]:
    """Sort people (id, name) by when they may be told: None is now, else the end of their quiet hours."""
    found: dict[datetime | None, dict[int, str]] = defaultdict(dict)
    people = select(User.id, User.name, User.quiet_from, User.quiet_until).where(User.id.in_(user_ids))
    for user_id, name, quiet_from, quiet_until in db.session.execute(people.order_by(User.id)):
        found[end_of_quiet(quiet_from, quiet_until, now())][user_id] = name
    return found


def _queue(nudge: Nudge, user_ids: Sequence[int], delay_s: float) -> None:
    for start in range(0, len(user_ids), AT_ONCE):
        enqueue(REMIND, {"nudge_id": nudge.id, "user_ids": user_ids[start : start + AT_ONCE]}, delay_s=delay_s)


def take_back_reminder(actor: User, nudge: Nudge) -> int:
    """Stop a reminder before it leaves; return how many will not hear of it. They may be reminded again today."""
    if not hold(nudge) or nudge.canceled_at is not None:
        raise ConflictError("这次提醒已经撤销了")
    waiting = delete(NudgeRecipient).where(NudgeRecipient.nudge_id == nudge.id, NudgeRecipient.told_at.is_(None))
    stopped = db.session.scalars(
        waiting.returning(NudgeRecipient.id).execution_options(synchronize_session=False)
    ).all()
    if not stopped:
        raise ConflictError("提醒已经送到，收不回来了")
    nudge.canceled_at = now()
    return len(stopped)


def deliver_reminder(payload: dict[str, Any]) -> None:
    """Tell some of the people of a reminder who still have not done it. Harmless twice: who was told is noted."""
    nudge = db.session.get(Nudge, payload["nudge_id"])
    if nudge is None or not hold(nudge):
        return
    wanted = set(attention.concerned(nudge.workshop_id, Matter(nudge.matter), nudge.item_id))
    told = db.session.scalars(
        update(NudgeRecipient)
        .where(
            NudgeRecipient.nudge_id == nudge.id,
            NudgeRecipient.told_at.is_(None),
            NudgeRecipient.user_id.in_(wanted & set(payload["user_ids"])),
        )
        .values(told_at=now())
        .returning(NudgeRecipient.user_id)
        .execution_options(synchronize_session=False)
    ).all()
    if told:
        people = tuple(sorted(told))
        record(MembersReminded(nudge.id, nudge.workshop_id, nudge.actor_id, nudge.matter, nudge.item_id, people))
