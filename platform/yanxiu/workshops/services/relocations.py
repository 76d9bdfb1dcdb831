"""Putting discussions in order: a topic moved to another workshop, two merged, posts split off into a new one.

Posts keep their ids, so that every address of a post leads to it wherever it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import excerpt
from yanxiu.core.live import bump
from yanxiu.workshops.events import TopicMoved, TopicsMerged, TopicSplit
from yanxiu.workshops.models import (
    AcceptedAnswer,
    Post,
    PostEdit,
    TermItem,
    Topic,
    TopicKind,
    TopicRelocation,
    TopicRequirement,
    TopicVisit,
    Workshop,
)
from yanxiu.workshops.queries.answers import accepted_post_id
from yanxiu.workshops.queries.relocations import MERGEABLE
from yanxiu.workshops.renumbering import (
    Line,
    in_order_of_time,
    parent_among,
    read_after_merging,
    read_of_part,
    with_answers,
)
from yanxiu.workshops.services.attachments import with_own_pictures
from yanxiu.workshops.services.posts import EXCERPT_LENGTH
from yanxiu.workshops.services.requirements import plan_reminder
from yanxiu.workshops.services.topics import checked_title, touch_topic

GONE = "这个话题刚刚被删除或移走了"
UNDO = timedelta(days=1)
RULES: dict[str, type[AcceptedAnswer] | type[TopicRequirement]] = {
    "accepted": AcceptedAnswer,
    "asked": TopicRequirement,
}


def move_topic(actor: User, topic: Topic, target: Workshop) -> TopicRelocation | None:
    """Bring a topic with all its posts into another workshop, as a plain one; return the step. To where it is nothing
    happens."""
    if target.id == topic.workshop_id:
        return None
    pinned = topic.pinned_at.isoformat() if topic.pinned_at else None
    step = carry_topic(actor, topic, target)
    step.before, step.undo_until = {"pinned_at": pinned}, now() + UNDO
    return step


def carry_topic(actor: User, topic: Topic, target: Workshop, *, tells: bool = True) -> TopicRelocation:
    """Let a topic stand in another workshop; `tells`: those who spoke in it hear of it."""
    source = topic.workshop
    for workshop in sorted((source, target), key=lambda w: w.id):
        hold(workshop)
    _hold_topics(topic)
    if topic.workshop_id != source.id:
        raise ConflictError(GONE)
    if target.archived_at is not None:
        raise InvalidError("那个工作坊已经结束，不能再移入话题", field="workshop_id")
    lines = lines_of(topic)
    _carry_pictures(topic, source, target)
    topic.workshop, topic.pinned_at = target, None
    topic.rearranged_seq = bump(f"topic:{topic.id}", "topic", topic.id)
    step = note_step(actor, "move", source.id, topic, topic, None, topic.title, len(lines))
    step.seq = bump(f"workshop:{source.id}", "topic", topic.id)
    touch_topic(topic)
    record_audit(actor, "topic.moved", "topic", topic.id, title=topic.title, name=target.name)
    people = _people(actor, lines) if tells else ()
    record(TopicMoved(topic.id, source.id, target.id, actor.id, people))
    return step


def merge_topics(actor: User, one: Topic, other: Topic) -> Topic:
    """Put the posts of two topics into one, by time; the one that was opened first stays. Returns it."""
    if one.id == other.id or one.workshop_id != other.workshop_id:
        raise InvalidError("请选择同一个工作坊里的另一个话题", field="topic_id")
    if not {one.kind, other.kind} <= set(MERGEABLE):
        raise InvalidError("投票和辩论不能合并：票数和立场是针对原来题目的", field="topic_id")
    hold(one.workshop)
    _hold_topics(*sorted((one, other), key=lambda topic: topic.id))
    first, second = sorted((lines_of(one), lines_of(other)), key=lambda lines: (lines[0].said_at, lines[0].topic_id))
    kept, gone = (one, other) if first[0].topic_id == one.id else (other, one)
    order, coming = in_order_of_time(first, second), second
    _forget_what_solves_nothing(one, other)
    gone.deleted_at, gone.deleted_by_id = now(), actor.id
    bump(f"topic:{gone.id}", "topic", gone.id)
    gone.last_number = gone.replies_count = 0
    renumber_away(kept, gone)
    place(kept, order)
    merge_visits(kept, gone, order)
    before = {"posts": [[line.id, line.parent_id] for line in coming], **_bring_rules(kept, gone)}
    step = note_step(actor, "merge", kept.workshop_id, gone, kept, coming[0].id, gone.title, len(coming))
    step.before, step.undo_until = before, now() + UNDO
    touch_topic(gone)
    touch_topic(kept)
    record_audit(actor, "topic.merged", "topic", kept.id, title=gone.title, after=kept.title, count=len(coming))
    people = _people(actor, coming)
    record(TopicsMerged(kept.id, gone.id, coming[0].id, kept.workshop_id, actor.id, people))
    return kept


def _forget_what_solves_nothing(*topics: Topic) -> None:
    """An accepted answer that was taken back or moved away must not be in the way of one that stands."""
    for topic in topics:
        if accepted_post_id(topic.id) is None:
            db.session.execute(delete(AcceptedAnswer).where(AcceptedAnswer.topic_id == topic.id))


def _bring_rules(kept: Topic, gone: Topic) -> dict[str, Any]:
    """What else of a topic goes along: its place in the plan, the accepted answer, what it asks; returns how it was."""
    before = {"kind": kept.kind, "accepted": False, "asked": False, "items": move_items(gone, kept)}
    if TopicKind.QUESTION in (kept.kind, gone.kind):
        kept.kind = TopicKind.QUESTION.value
    for name, rules in RULES.items():
        if db.session.get(rules, gone.id) is not None:
            if db.session.get(rules, kept.id) is None:
                before[name] = True
                move_rule(rules, gone, kept)
            elif rules is AcceptedAnswer:
                raise InvalidError("两个问答都采纳过回答，请先取消其中一个的采纳", field="topic_id")
    return before


def move_items(source: Topic, target: Topic) -> list[int]:
    """Let items of the plan that lead to one topic lead to another; returns which."""
    plans = update(TermItem).where(TermItem.kind == "topic", TermItem.target_id == source.id)
    moved = plans.values(target_id=target.id).returning(TermItem.id)
    return list(db.session.scalars(moved.execution_options(synchronize_session=False)))


def move_rule(rules: type[AcceptedAnswer] | type[TopicRequirement], source: Topic, target: Topic) -> None:
    """Give the one row of such rules from a topic to another; whoever is to be reminded of it is reminded there."""
    db.session.flush()
    moved = update(rules).where(rules.topic_id == source.id).values(topic_id=target.id)
    db.session.execute(moved.execution_options(synchronize_session=False))
    db.session.expire_all()
    if rules is TopicRequirement:
        plan_reminder(db.session.get_one(TopicRequirement, target.id))


def split_topic(actor: User, topic: Topic, title: str, post_ids: Collection[int]) -> Topic:
    """Make a topic of its own out of chosen posts and the answers under them; the first of them is its text."""
    title = checked_title(title)
    if topic.kind == TopicKind.DEBATE:
        raise InvalidError("辩论话题不能拆分：表态以前看不到的发言会露出来", field="posts")
    hold(topic.workshop)
    _hold_topics(topic)
    lines = lines_of(topic)
    standing = {line.id for line in lines if line.stands and line.number > 1}
    leaving = with_answers(lines, standing & set(post_ids))
    if not leaving:
        raise InvalidError("请至少选一条发言；选中的如果刚被撤回或移走了，请刷新页面再选", field="posts")
    gone = {line.id for line in leaving}
    staying = [line for line in lines if line.id not in gone]
    made = _new_topic(topic, title, leaving[0])
    renumber_away(topic)
    place(made, leaving)
    place(topic, staying)
    _split_visits(topic, made, staying, leaving)
    step = note_step(actor, "split", topic.workshop_id, topic, made, leaving[0].id, topic.title, len(leaving))
    step.before = {"posts": [[line.id, line.parent_id] for line in leaving]}
    step.undo_until = now() + UNDO
    touch_topic(topic)
    touch_topic(made)
    record_audit(actor, "topic.split", "topic", made.id, title=topic.title, after=title, count=len(leaving))
    people = _people(actor, leaving)
    record(TopicSplit(made.id, topic.id, leaving[0].id, topic.workshop_id, actor.id, people))
    return made


def _hold_topics(*topics: Topic) -> None:
    if not all(hold(topic) and topic.deleted_at is None for topic in topics):
        raise ConflictError(GONE)


def lines_of(topic: Topic) -> list[Line]:
    """The posts of a topic in their order."""
    stands = Post.withdrawn_at.is_(None)
    columns = (Post.id, Post.topic_id, Post.number, Post.parent_id, Post.author_id, Post.created_at, stands)
    rows = db.session.execute(select(*columns).where(Post.topic_id == topic.id).order_by(Post.number))
    return [Line(*row) for row in rows]


def _people(actor: User, lines: Sequence[Line]) -> tuple[int, ...]:
    return tuple(sorted({line.author_id for line in lines if line.stands} - {actor.id}))


def note_step(
    actor: User, kind: str, workshop_id: int, topic: Topic, target: Topic, post_id: int | None, title: str, count: int
) -> TopicRelocation:
    """Note what was done."""
    step = TopicRelocation(
        kind=kind,
        workshop_id=workshop_id,
        topic_id=topic.id,
        target_id=target.id,
        post_id=post_id,
        title=title,
        posts_count=count,
        actor_id=actor.id,
    )
    db.session.add(step)
    db.session.flush()
    return step


def _new_topic(source: Topic, title: str, opener: Line) -> Topic:
    text = db.session.scalar(select(Post.html).where(Post.id == opener.id)) or ""
    made = Topic(
        workshop=source.workshop,
        author_id=opener.author_id,
        last_poster_id=opener.author_id,
        title=title,
        excerpt=excerpt(text, EXCERPT_LENGTH),
        last_post_at=opener.said_at,
        created_at=opener.said_at,
    )
    db.session.add(made)
    db.session.flush()
    return made


def renumber_away(*topics: Topic) -> None:
    """Give every post a number that is in nobody's way, for two may not have the same even for a moment."""
    posts = update(Post).where(Post.topic_id.in_([topic.id for topic in topics]))
    db.session.execute(posts.values(number=-Post.id).execution_options(synchronize_session=False))


def place(topic: Topic, order: Sequence[Line]) -> None:
    """Let these posts, in this order, be the posts of a topic: numbers, threads, counters, and the topic's last word.

    Their old numbers are out of the way.
    """
    db.session.flush()
    seq = bump(f"topic:{topic.id}", "topic", topic.id)
    inside = {line.id for line in order}
    db.session.execute(
        update(Post),
        [
            {
                "id": line.id,
                "topic_id": topic.id,
                "number": number,
                "parent_id": parent_among(line, order, inside),
                "seq": seq,
            }
            for number, line in enumerate(order, start=1)
        ],
    )
    db.session.expire_all()
    last = max((line for line in order if line.stands), key=lambda line: line.said_at)
    topic.last_number = len(order)
    topic.replies_count = sum(line.stands for line in order[1:])
    topic.last_post_at, topic.last_poster_id = last.said_at, last.author_id
    topic.rearranged_seq = seq


def visits_of(topic: Topic) -> dict[int, TopicVisit]:
    """How far each person has read a topic."""
    found = db.session.scalars(select(TopicVisit).where(TopicVisit.topic_id == topic.id))
    return {visit.user_id: visit for visit in found}


def merge_visits(kept: Topic, gone: Topic, order: Sequence[Line]) -> None:
    """Whoever had read the one has the other before them; nobody finds as read what they never saw."""
    there, coming = visits_of(kept), visits_of(gone)
    for user_id, visit in there.items():
        other = coming.get(user_id)
        seen = {kept.id: visit.last_seen_number, gone.id: other.last_seen_number if other else 0}
        visit.last_seen_number = read_after_merging(order, seen)
    db.session.flush()


def _split_visits(topic: Topic, made: Topic, staying: Sequence[Line], leaving: Sequence[Line]) -> None:
    for user_id, visit in visits_of(topic).items():
        read = read_of_part(leaving, visit.last_seen_number)
        visit.last_seen_number = read_of_part(staying, visit.last_seen_number)
        if read:
            opened = visit.opened_at
            db.session.add(
                TopicVisit(topic_id=made.id, user_id=user_id, last_seen_number=read, seen_at=now(), opened_at=opened)
            )
    db.session.flush()


def _carry_pictures(topic: Topic, source: Workshop, target: Workshop) -> None:
    """Pictures inside the texts, earlier ones too, get addresses of the workshop in which they are read from now on."""
    mark = f"%/workshops/{source.id}/pictures/%"
    posts = db.session.scalars(select(Post).where(Post.topic_id == topic.id, Post.html.like(mark))).all()
    edits = select(PostEdit).join(Post, Post.id == PostEdit.post_id)
    kept = db.session.scalars(edits.where(Post.topic_id == topic.id, PostEdit.html.like(mark))).all()
    for post in posts:
        post.html = with_own_pictures(post.html, source, target)
    for edit in kept:
        edit.html = with_own_pictures(edit.html, source, target)
    db.session.flush()
