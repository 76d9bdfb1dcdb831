"""Undoing what put a discussion in order, within a day: what was written meanwhile stays with what it answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.workshops.events import TopicsMerged, TopicSplit
from yanxiu.workshops.models import (
    AcceptedAnswer,
    TermItem,
    Topic,
    TopicKind,
    TopicRelocation,
    TopicRequirement,
    Workshop,
)
from yanxiu.workshops.queries.relocations import has_later_step
from yanxiu.workshops.renumbering import Line, in_order_of_time, read_of_part
from yanxiu.workshops.services.relocations import (
    GONE,
    carry_topic,
    lines_of,
    merge_visits,
    move_items,
    move_rule,
    note_step,
    place,
    renumber_away,
    visits_of,
)
from yanxiu.workshops.services.topics import pins_are_full, touch_topic


def undo_step(actor: User, step: TopicRelocation, source: Workshop) -> Topic:
    """Undo the last step that was done to a topic; `source` is the workshop of the old address. Returns the topic to be shown."""
    for workshop_id in sorted({source.id, step.target.workshop_id}):
        hold(db.session.get_one(Workshop, workshop_id))
    hold(step)
    if not step.can_be_undone(now()):
        raise ConflictError("这一步已经撤销，或者超过了一天，不能再撤销")
    if has_later_step(step):
        raise ConflictError("后来又整理过这个话题，请先撤销后来的那一步")
    before = step.before or {}
    if step.kind == "move":
        shown = _move_back(actor, step, source, before.get("pinned_at"))
    else:
        parents = dict(before["posts"])
        shown = (_part_again if step.kind == "merge" else _join_again)(actor, step, parents)
    step.undone_at = now()
    db.session.flush()
    record_audit(actor, "topic.undone", "topic", shown.id, title=shown.title, kind=step.kind)
    return shown


def _move_back(actor: User, step: TopicRelocation, source: Workshop, pinned_at: str | None) -> Topic:
    topic = step.target
    back = carry_topic(actor, topic, source, tells=False)
    back.undone_at = now()
    topic.pinned_at = datetime.fromisoformat(pinned_at) if pinned_at and not pins_are_full(source.id) else None
    touch_topic(topic)
    return topic


def _hold(*topics: Topic) -> None:
    for topic in sorted(topics, key=lambda one: one.id):
        if not hold(topic):
            raise ConflictError(GONE)


def _with_parents(lines: list[Line], parents: dict[int, int | None]) -> list[Line]:
    """Let posts stand again under what they stood under."""
    return [replace(line, parent_id=parents[line.id]) if line.id in parents else line for line in lines]


def _part_again(actor: User, step: TopicRelocation, parents: dict[int, int | None]) -> Topic:
    """Make two topics of one; answers to what goes go along."""
    kept, gone, before = step.target, step.topic, step.before or {}
    _hold(kept, gone)
    if kept.deleted_at is not None or gone.deleted_at is None or gone.last_number:
        raise ConflictError(GONE)
    lines = lines_of(kept)
    leaving = [line for line in lines if line.id in parents or line.parent_id in parents]
    ids = {line.id for line in leaving}
    if not leaving[0].stands:
        raise ConflictError("并进来的话题正文已被撤回，请先恢复再撤销合并")
    staying = [line for line in lines if line.id not in ids]
    if gone.pinned_at is not None and pins_are_full(gone.workshop_id):
        gone.pinned_at = None
    gone.deleted_at = gone.deleted_by_id = None
    kept.kind = before["kind"]
    _share_rules(kept, gone, ids, asked=before["asked"])
    items = update(TermItem).where(TermItem.id.in_(before["items"]), TermItem.target_id == kept.id)
    db.session.execute(items.values(target_id=gone.id).execution_options(synchronize_session=False))
    renumber_away(kept)
    place(gone, _with_parents(leaving, parents))
    place(kept, staying)
    # How far somebody had read what comes back is still noted with it.
    for visit in visits_of(kept).values():
        visit.last_seen_number = read_of_part(staying, visit.last_seen_number)
    note_step(actor, "unmerge", kept.workshop_id, kept, gone, None, kept.title, len(leaving))
    touch_topic(kept)
    touch_topic(gone)
    record(TopicSplit(gone.id, kept.id, leaving[0].id, kept.workshop_id, actor.id, ()))
    return kept


def _share_rules(kept: Topic, gone: Topic, leaving: Collection[int], *, asked: bool) -> None:
    """What was asked goes back; an accepted answer stays with its post, as long as that is in a question."""
    if asked:
        move_rule(TopicRequirement, kept, gone)
    accepted = db.session.get(AcceptedAnswer, kept.id)
    if accepted is None:
        return
    leaves = accepted.post_id in leaving
    if (gone if leaves else kept).kind != TopicKind.QUESTION:
        db.session.delete(accepted)
    elif leaves:
        move_rule(AcceptedAnswer, kept, gone)


def _join_again(actor: User, step: TopicRelocation, parents: dict[int, int | None]) -> Topic:
    """Put the posts of a topic back among those they were taken from; what was written there since comes along."""
    topic, made = step.topic, step.target
    _hold(topic, made)
    if topic.deleted_at is not None or made.deleted_at is not None or made.workshop_id != topic.workshop_id:
        raise ConflictError(GONE)
    if made.kind != TopicKind.DISCUSSION:
        raise ConflictError("新话题已经改了类型，不能再并回去")
    _bring_requirement(made, topic)
    coming = lines_of(made)
    order = _with_parents(in_order_of_time(lines_of(topic), coming), parents)
    made.deleted_at, made.deleted_by_id = now(), actor.id
    made.last_number = made.replies_count = 0
    bump(f"topic:{made.id}", "topic", made.id)
    renumber_away(topic, made)
    place(topic, order)
    merge_visits(topic, made, order)
    move_items(made, topic)
    note_step(actor, "unsplit", topic.workshop_id, made, topic, None, made.title, len(coming))
    touch_topic(made)
    touch_topic(topic)
    record(TopicsMerged(topic.id, made.id, coming[0].id, topic.workshop_id, actor.id, ()))
    return topic


def _bring_requirement(made: Topic, topic: Topic) -> None:
    """What was asked in the new topic since goes along, unless the old one asks something itself."""
    if db.session.get(TopicRequirement, made.id) is None:
        return
    if db.session.get(TopicRequirement, topic.id) is not None:
        raise ConflictError("两个话题都有回帖要求，请先取消其中一个再撤销")
    move_rule(TopicRequirement, made, topic)
