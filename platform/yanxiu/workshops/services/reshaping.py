"""Changing the kind of a topic, or the rules of its kind, after it was published.

Before anybody took part everything may change. Afterwards only what takes nothing from those who did: options added, time
extended, a seal opened; the rest is refused in words.
"""

from __future__ import annotations

from sqlalchemy import delete, exists, select

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.workshops.events import TopicChanged
from yanxiu.workshops.models import AcceptedAnswer, Debate, DebateStand, Poll, PollBallot, PollOption, Topic, TopicKind
from yanxiu.workshops.queries.answers import accepted_post_id
from yanxiu.workshops.queries.kinds import has_begun
from yanxiu.workshops.services.debates import DebateDetails, checked_sides, open_debate
from yanxiu.workshops.services.holding import hold_topic
from yanxiu.workshops.services.kinds import Shape
from yanxiu.workshops.services.polls import PollDetails, add_options, check_poll, open_poll, plan_closing
from yanxiu.workshops.services.topics import touch_topic

TALK = {TopicKind.DISCUSSION.value, TopicKind.QUESTION.value}


def reshape_topic(actor: User, topic: Topic, shape: Shape) -> None:
    """Give a topic another kind, or other rules of its kind; the same again changes nothing."""
    hold_topic(topic)
    before = topic.kind
    if shape.kind != before:
        _turn(actor, topic, shape)
    elif not _change_rules(actor, topic, shape):
        return
    db.session.flush()
    bump(f"topic:{topic.id}", "topic", topic.id)
    touch_topic(topic)
    record_audit(
        actor, "topic.reshaped", "topic", topic.id, workshop_id=topic.workshop_id, title=topic.title, kind=topic.kind
    )
    record(TopicChanged(topic.id, topic.workshop_id, actor.id, renamed=TopicKind.DEBATE in (before, topic.kind)))


def _turn(actor: User, topic: Topic, shape: Shape) -> None:
    if has_begun(topic) and not {topic.kind, shape.kind} <= TALK:
        raise InvalidError("已经有老师参与，只能在研讨和问答之间改", field="kind")
    if accepted_post_id(topic.id) is not None:
        raise InvalidError("已经采纳了一条回答，取消采纳以后才能改类型", field="kind")
    db.session.execute(delete(PollOption).where(PollOption.topic_id == topic.id))
    for rules in (Poll, Debate, AcceptedAnswer):
        db.session.execute(delete(rules).where(rules.topic_id == topic.id))
    db.session.expire_all()
    topic.kind = shape.kind
    if shape.kind == TopicKind.POLL:
        open_poll(actor, topic, shape.poll)
    if shape.kind == TopicKind.DEBATE:
        open_debate(actor, topic, shape.debate)


def _change_rules(actor: User, topic: Topic, shape: Shape) -> bool:
    poll, debate = db.session.get(Poll, topic.id), db.session.get(Debate, topic.id)
    if topic.kind == TopicKind.POLL and poll is not None:
        return _change_poll(actor, topic, poll, shape.poll)
    if topic.kind == TopicKind.DEBATE and debate is not None:
        return _change_debate(topic, debate, shape.debate)
    return False


def _rules_of(poll: Poll) -> PollDetails:
    options = tuple(option.text for option in poll.options)
    return PollDetails(options, poll.max_choices, poll.anonymous, poll.results, poll.closes_at)


def _same_minute(poll: Poll, details: PollDetails) -> bool:
    """The form shows minutes; an end that was not touched comes back without its seconds."""
    if poll.closes_at is None or details.closes_at is None:
        return poll.closes_at is details.closes_at
    return poll.closes_at.replace(second=0, microsecond=0) == details.closes_at


def _change_poll(actor: User, topic: Topic, poll: Poll, wanted: PollDetails) -> bool:
    hold(poll)
    if _same_minute(poll, wanted):
        wanted = PollDetails(wanted.options, wanted.max_choices, wanted.anonymous, wanted.results, poll.closes_at)
    before = _rules_of(poll)
    if wanted == before:
        return False
    if poll.is_closed(now()):
        raise InvalidError("投票已经截止，不能再改", field="poll_options")
    check_poll(wanted)
    if not db.session.scalar(select(exists().where(PollBallot.topic_id == topic.id))):
        db.session.execute(delete(PollOption).where(PollOption.topic_id == topic.id))
        db.session.execute(delete(Poll).where(Poll.topic_id == topic.id))
        db.session.expire_all()
        open_poll(actor, topic, wanted)
        return True
    _check_nothing_is_taken(before, wanted)
    add_options(poll, wanted.options[len(before.options) :], after=len(before.options))
    poll.closes_at = wanted.closes_at
    plan_closing(poll)
    return True


def _check_nothing_is_taken(before: PollDetails, wanted: PollDetails) -> None:
    if wanted.options[: len(before.options)] != before.options:
        raise InvalidError("已经有老师投票，原来的选项不能改、不能删，只能在后面加", field="poll_options")
    if wanted.max_choices != before.max_choices:
        raise InvalidError("已经有老师投票，最多可选几项不能再改", field="poll_max")
    if wanted.anonymous != before.anonymous:
        raise InvalidError("已经有老师投票，记名不记名不能再改", field="poll_names")
    if wanted.results != before.results:
        raise InvalidError("已经有老师投票，什么时候看结果不能再改", field="poll_results")
    sooner = wanted.closes_at is not None and (before.closes_at is None or wanted.closes_at < before.closes_at)
    if sooner:
        raise InvalidError("已经有老师投票，截止时间只能延长或取消；要提前结束请用“现在截止”", field="poll_closes_at")


def _change_debate(topic: Topic, debate: Debate, wanted: DebateDetails) -> bool:
    hold(debate)
    side_a, side_b = checked_sides(wanted)
    if (side_a, side_b, wanted.views_first) == (debate.side_a, debate.side_b, debate.views_first):
        return False
    stated = db.session.scalar(select(exists().where(DebateStand.topic_id == topic.id)))
    if stated and side_a != debate.side_a:
        raise InvalidError("已经有老师表态，两方的观点不能再改", field="debate_a")
    if stated and side_b != debate.side_b:
        raise InvalidError("已经有老师表态，两方的观点不能再改", field="debate_b")
    if stated and wanted.views_first:
        raise InvalidError("发言已经公开过，不能再改成先表态", field="views_first")
    debate.side_a, debate.side_b, debate.views_first = side_a, side_b, wanted.views_first
    return True
