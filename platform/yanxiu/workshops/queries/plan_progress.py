"""Who has done which item of a term's plan: of tasks, activities and topics the workshop knows it, of what it contains
whoever has it tells what was really done; the rest members tick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, select

from yanxiu.core.db import db
from yanxiu.workshops.models import Attendance, Submission, TermItem, TermTick, TopicVisit, Workshop, WorkshopMember
from yanxiu.workshops.permissions.tasks import HANDING_IN
from yanxiu.workshops.queries.attendance import CAME
from yanxiu.workshops.queries.members import all_members
from yanxiu.workshops.queries.plan_targets import kind_names, plan_target

KNOWN = {"task": "已交", "activity": "参加了", "topic": "看过"}
"""What done means where it need not be ticked."""


def is_known(item: TermItem) -> bool:
    """Whether the workshop sees by itself that an item is done."""
    return item.target_id is not None and item.kind in KNOWN


def done_words() -> dict[str, str]:
    """Return the words for what is known to be done, by kind."""
    told = {kind: target.done_word for kind in kind_names() if (target := plan_target(kind)) and target.done_word}
    return told | KNOWN


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
    """Return (item, user) of what these people have done: known by itself, or ticked."""
    people = list(user_ids)
    ticked = [item.id for item in items if not is_known(item)]
    ticks = select(TermTick.item_id, TermTick.user_id).where(TermTick.item_id.in_(ticked))
    found = {(row[0], row[1]) for row in db.session.execute(ticks.where(TermTick.user_id.in_(people)))}
    return found | known_pairs(items, people)


def known_pairs(items: Sequence[TermItem], people: Sequence[int]) -> set[tuple[int, int]]:
    """Return what is known by itself, by as many queries as there are kinds; what a plan contains is told by whoever
    has it."""
    targets: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        if item.target_id is not None:
            targets[item.kind][item.target_id].append(item.id)
    found: set[tuple[int, int]] = set()
    for kind in kind_names():
        for target_id, user_id in _done(kind, targets[kind], people):
            found |= {(item_id, user_id) for item_id in targets[kind][target_id]}
    return found


def _done(kind: str, ids: Collection[int], people: Sequence[int]) -> Collection[tuple[int, int]]:
    if kind in KNOWN:
        statement = _known(kind, ids)
        rows = db.session.execute(statement.where(statement.selected_columns[1].in_(people)))
        return [(row[0], row[1]) for row in rows]
    target = plan_target(kind)
    return target.done(ids, people) if target is not None and target.done is not None else ()


def items_to_tick(kind: str, target_id: int, user_id: int | None) -> Sequence[int]:
    """Return the items of plans that stand for a thing and that a member of theirs has not ticked yet."""
    ticked = exists().where(TermTick.item_id == TermItem.id, TermTick.user_id == user_id)
    found = (
        select(TermItem.id)
        .join(WorkshopMember, WorkshopMember.workshop_id == TermItem.workshop_id)
        .join(Workshop, Workshop.id == TermItem.workshop_id)
        .where(TermItem.kind == kind, TermItem.target_id == target_id, TermItem.deleted_at.is_(None), ~ticked)
        .where(WorkshopMember.user_id == user_id, Workshop.archived_at.is_(None))
    )
    return db.session.scalars(found).all()


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
