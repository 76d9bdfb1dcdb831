"""Who has done which item of a term's plan: of tasks, activities and topics the workshop knows it, the rest members tick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from yanxiu.core.db import db
from yanxiu.workshops.models import Attendance, Submission, TermItem, TermTick, TopicVisit, WorkshopMember
from yanxiu.workshops.permissions.tasks import HANDING_IN
from yanxiu.workshops.queries.attendance import CAME
from yanxiu.workshops.queries.members import all_members

KNOWN = {"task": "已交", "activity": "参加了", "topic": "看过"}
"""What done means where it need not be ticked."""


def is_known(item: TermItem) -> bool:
    """Whether the workshop sees by itself that an item is done."""
    return item.target_id is not None and item.kind in KNOWN


def _known(kind: str, ids: Iterable[int]) -> Select[int, int]:
    """Select (thing, user) of what was done."""
    if kind == "task":
        return select(Submission.task_id, Submission.user_id).where(Submission.task_id.in_(ids))
    if kind == "activity":
        came = select(Attendance.activity_id, Attendance.user_id).where(Attendance.activity_id.in_(ids))
        return came.where(Attendance.state.in_(CAME))
    opened = select(TopicVisit.topic_id, TopicVisit.user_id).where(TopicVisit.topic_id.in_(ids))
    return opened.where(TopicVisit.opened_at.is_not(None))


def done_pairs(items: Sequence[TermItem], user_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Return (item, user) of what these people have done, by as many queries as there are kinds."""
    people = list(user_ids)
    targets: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    ticked = [item.id for item in items if not is_known(item)]
    for item in items:
        if is_known(item) and item.target_id is not None:
            targets[item.kind][item.target_id].append(item.id)
    ticks = select(TermTick.item_id, TermTick.user_id).where(TermTick.item_id.in_(ticked))
    found = {(row[0], row[1]) for row in db.session.execute(ticks.where(TermTick.user_id.in_(people)))}
    for kind in KNOWN:
        statement = _known(kind, targets[kind])
        who = statement.selected_columns[1]
        for target_id, user_id in db.session.execute(statement.where(who.in_(people))):
            found |= {(item_id, user_id) for item_id in targets[kind][target_id]}
    return found


@dataclass(frozen=True)
class Progress:
    """The members whom the plan is for, its items, and who has done what."""

    people: Sequence[WorkshopMember]
    items: Sequence[TermItem]
    done: set[tuple[int, int]]

    def share_of(self, user_id: int) -> str:
        """How many of the items one person has done: 3 / 8."""
        count = sum((item.id, user_id) in self.done for item in self.items)
        return f"{count} / {len(self.items)}"

    def count_of(self, item_id: int) -> int:
        """How many of the people have done an item."""
        return sum((item_id, member.user_id) in self.done for member in self.people)


def progress_of(workshop_id: int, items: Sequence[TermItem]) -> Progress:
    """Return how far the members are; who leads or guides is not asked."""
    people = [member for member in all_members(workshop_id) if member.role in HANDING_IN]
    return Progress(people, items, done_pairs(items, [member.user_id for member in people]))
