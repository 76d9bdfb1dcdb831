"""Putting discussions in order: a topic moved to another workshop, two merged, posts split off into a new one.

Posts keep their ids, so that every address of a post leads to it wherever it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select, update

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import excerpt
from yanxiu.core.live import bump
from yanxiu.workshops.events import TopicMoved, TopicsMerged, TopicSplit
from yanxiu.workshops.models import Post, PostEdit, TermItem, Topic, TopicKind, TopicRelocation, TopicVisit, Workshop
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
from yanxiu.workshops.services.topics import checked_title, touch_topic

GONE = "这个话题刚刚被删除或移走了"


def move_topic(actor: User, topic: Topic, target: Workshop) -> None:
    """Bring a topic with all its posts into another workshop, as a plain one. To where it is nothing happens."""
    source = topic.workshop
    if target.id == source.id:
        return
    for workshop in sorted((source, target), key=lambda w: w.id):
        hold(workshop)
    _hold_topics(topic)
    if topic.workshop_id != source.id:
        raise ConflictError(GONE)
    if target.archived_at is not None:
        raise InvalidError("那个工作坊已经结束，不能再移入话题", field="workshop_id")
    lines = _lines_of(topic)
    _carry_pictures(topic, source, target)
    topic.workshop, topic.pinned_at = target, None
    topic.rearranged_seq = bump(f"topic:{topic.id}", "topic", topic.id)
    step = _note_step(actor, "move", source.id, topic, topic, None, topic.title, len(lines))
    step.seq = bump(f"workshop:{source.id}", "topic", topic.id)
    touch_topic(topic)
    record_audit(actor, "topic.moved", "topic", topic.id, title=topic.title, name=target.name)
    record(TopicMoved(topic.id, source.id, target.id, actor.id, _people(actor, lines)))


def merge_topics(actor: User, one: Topic, other: Topic) -> Topic:
    """Put the posts of two topics into one, by time; the one that was opened first stays. Returns it."""
    if one.id == other.id or one.workshop_id != other.workshop_id:
        raise InvalidError("请选择同一个工作坊里的另一个话题", field="topic_id")
    if {one.kind, other.kind} != {TopicKind.DISCUSSION.value}:
        raise InvalidError("只有普通讨论可以合并，问答等话题各有各的规则", field="topic_id")
    hold(one.workshop)
    _hold_topics(*sorted((one, other), key=lambda topic: topic.id))
    first, second = sorted((_lines_of(one), _lines_of(other)), key=lambda lines: (lines[0].said_at, lines[0].topic_id))
    kept, gone = (one, other) if first[0].topic_id == one.id else (other, one)
    order, coming = in_order_of_time(first, second), second
    gone.deleted_at, gone.deleted_by_id = now(), actor.id
    bump(f"topic:{gone.id}", "topic", gone.id)
    gone.last_number = gone.replies_count = 0
    _renumber_away(kept, gone)
    _place(kept, order)
    _merge_visits(kept, gone, order)
    plans = update(TermItem).where(TermItem.kind == "topic", TermItem.target_id == gone.id)
    db.session.execute(plans.values(target_id=kept.id))
    _note_step(actor, "merge", kept.workshop_id, gone, kept, coming[0].id, gone.title, len(coming))
    touch_topic(gone)
    touch_topic(kept)
    record_audit(actor, "topic.merged", "topic", kept.id, title=gone.title, after=kept.title, count=len(coming))
    people = _people(actor, coming)
    record(TopicsMerged(kept.id, gone.id, coming[0].id, kept.workshop_id, actor.id, people))
    return kept


def split_topic(actor: User, topic: Topic, title: str, post_ids: Collection[int]) -> Topic:
    """Make a topic of its own out of chosen posts and the answers under them; the first of them is its text."""
    title = checked_title(title)
    if topic.kind == TopicKind.DEBATE:
        raise InvalidError("辩论话题不能拆分：表态以前看不到的发言会露出来", field="posts")
    hold(topic.workshop)
    _hold_topics(topic)
    lines = _lines_of(topic)
    standing = {line.id for line in lines if line.stands and line.number > 1}
    leaving = with_answers(lines, standing & set(post_ids))
    if not leaving:
        raise InvalidError("请至少选一条发言；选中的如果刚被撤回或移走了，请刷新页面再选", field="posts")
    gone = {line.id for line in leaving}
    staying = [line for line in lines if line.id not in gone]
    made = _new_topic(topic, title, leaving[0])
    _renumber_away(topic)
    _place(made, leaving)
    _place(topic, staying)
    _split_visits(topic, made, staying, leaving)
    _note_step(actor, "split", topic.workshop_id, topic, made, leaving[0].id, topic.title, len(leaving))
    touch_topic(topic)
    touch_topic(made)
    record_audit(actor, "topic.split", "topic", made.id, title=topic.title, after=title, count=len(leaving))
    people = _people(actor, leaving)
    record(TopicSplit(made.id, topic.id, leaving[0].id, topic.workshop_id, actor.id, people))
    return made


def _hold_topics(*topics: Topic) -> None:
    if not all(hold(topic) and topic.deleted_at is None for topic in topics):
        raise ConflictError(GONE)


def _lines_of(topic: Topic) -> list[Line]:
    """The posts of a topic in their order."""
    stands = Post.withdrawn_at.is_(None)
    columns = (Post.id, Post.topic_id, Post.number, Post.parent_id, Post.author_id, Post.created_at, stands)
    rows = db.session.execute(select(*columns).where(Post.topic_id == topic.id).order_by(Post.number))
    return [Line(*row) for row in rows]


def _people(actor: User, lines: Sequence[Line]) -> tuple[int, ...]:
    return tuple(sorted({line.author_id for line in lines if line.stands} - {actor.id}))


def _note_step(
    actor: User, kind: str, workshop_id: int, topic: Topic, target: Topic, post_id: int | None, title: str, count: int
) -> TopicRelocation:
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


def _renumber_away(*topics: Topic) -> None:
    """Give every post a number that is in nobody's way, for two may not have the same even for a moment."""
    posts = update(Post).where(Post.topic_id.in_([topic.id for topic in topics]))
    db.session.execute(posts.values(number=-Post.id).execution_options(synchronize_session=False))


def _place(topic: Topic, order: Sequence[Line]) -> None:
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


def _visits_of(topic: Topic) -> dict[int, TopicVisit]:
    found = db.session.scalars(select(TopicVisit).where(TopicVisit.topic_id == topic.id))
    return {visit.user_id: visit for visit in found}


def _merge_visits(kept: Topic, gone: Topic, order: Sequence[Line]) -> None:
    """Whoever had read the one has the other before them; nobody finds as read what they never saw."""
    there, coming = _visits_of(kept), _visits_of(gone)
    for user_id, visit in there.items():
        other = coming.get(user_id)
        seen = {kept.id: visit.last_seen_number, gone.id: other.last_seen_number if other else 0}
        visit.last_seen_number = read_after_merging(order, seen)
    db.session.flush()


def _split_visits(topic: Topic, made: Topic, staying: Sequence[Line], leaving: Sequence[Line]) -> None:
    for user_id, visit in _visits_of(topic).items():
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
