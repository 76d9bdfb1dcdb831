"""What is written down about two lessons together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.observations.beside.alignment import Anchor
from yanxiu.observations.models import Lesson, LessonAlignment
from yanxiu.observations.queries.pairs import saved_anchors
from yanxiu.observations.services.lessons import hold_lesson

MAX_ANCHORS = 40


def save_anchors(
    actor: User, left: Lesson, right: Lesson, anchors: Sequence[Anchor], left_ms: int, right_ms: int
) -> None:
    """Keep which moments of two lessons belong together; both grow from anchor to anchor. None: the proposal counts again.

    `left_ms` and `right_ms` are the lengths of the recordings.
    """
    for lesson in sorted((left, right), key=lambda one: one.id):
        hold_lesson(lesson)
    if len(anchors) > MAX_ANCHORS:
        raise InvalidError(f"最多对齐 {MAX_ANCHORS} 处", field="anchors")
    ordered = sorted(anchors, key=lambda one: (one.left_ms, one.right_ms))
    for one, after in pairwise(ordered):
        if after.left_ms <= one.left_ms or after.right_ms <= one.right_ms:
            raise InvalidError(f"“{one.label}”和“{after.label}”在两节课里的先后不一样，或时间重复", field="anchors")
    if any(one.left_ms >= left_ms or one.right_ms >= right_ms for one in ordered):
        raise InvalidError("时间要在两段实录的长度之内", field="anchors")
    _keep(actor, left, right, ordered)


def _keep(actor: User, left: Lesson, right: Lesson, ordered: Sequence[Anchor]) -> None:
    first, second = sorted((left.id, right.id))
    turned = ordered if first == left.id else [one.turned for one in ordered]
    _anchors, found = saved_anchors(left.id, right.id)
    if not turned:
        if found is not None:
            db.session.delete(found)
        return
    row = found or LessonAlignment(first_id=first, second_id=second)
    row.anchors = [[one.left_ms, one.right_ms, one.label] for one in turned]
    row.saved_by_id, row.saved_at = actor.id, clock.now()
    db.session.add(row)
