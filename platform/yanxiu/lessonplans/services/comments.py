"""Commenting on words of a plan: saying, answering, ticking off, and saying what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.remarks import checked_uuid, checked_words
from yanxiu.lessonplans.events.comments import PlanCommentChanged, PlanCommented
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.models.comments import PlanComment
from yanxiu.lessonplans.models.rounds import COMMENT, OPEN, WITHDRAWN, Suggestion
from yanxiu.lessonplans.queries.comments import comment_sent, open_threads_by, people_named_in
from yanxiu.lessonplans.queries.rounds import rounds_of
from yanxiu.lessonplans.services.holding import hold_plan, show_comment
from yanxiu.lessonplans.services.rounds import Decision, decide

MAX_LENGTH = 2000
MOST_OPEN = 60
"""Of one person and one plan: more would push those of the others off the panel."""
MOST_ANSWERS = 100
"""Under one comment: a thread is fetched as a whole."""


@dataclass(frozen=True)
class Passage:
    """The words a comment is about, as they are now."""

    section: str
    quote: str


@dataclass(frozen=True)
class Remark:
    """What somebody says."""

    body: str
    client_uuid: str


def comment(actor: User, plan: LessonPlan, remark: Remark, passage: Passage) -> PlanComment:
    """Say something about a passage; sent again under its `client_uuid` it is the same comment."""
    hold_plan(plan)
    if (same := sent_before(actor, plan, remark)) is not None:
        return same
    if open_threads_by(plan.id, actor.id) >= MOST_OPEN:
        raise InvalidError(f"您有 {MOST_OPEN} 条批注还没有解决，请先解决或撤回一些", field="body")
    made = PlanComment(
        plan_id=plan.id,
        author_id=actor.id,
        anchor=uuid4().hex[:12],
        section=passage.section[:40],
        quote=passage.quote[:300],
        body=_checked(remark.body),
        client_uuid=remark.client_uuid if comment_sent(actor.id, remark.client_uuid) is None else str(uuid4()),
    )
    return _added(made, plan, made)


def sent_before(actor: User, plan: LessonPlan, remark: Remark) -> PlanComment | None:
    """Return the comment that these very words, sent under this `client_uuid`, became; other words are another comment."""
    body, known = _checked(remark.body), comment_sent(actor.id, checked_uuid(remark.client_uuid))
    same = known is not None and (known.plan_id, known.parent_id, known.body) == (plan.id, None, body)
    return known if same else None


def reply(actor: User, plan: LessonPlan, thread: PlanComment, remark: Remark) -> PlanComment:
    """Answer a comment; the same words sent again are the same answer."""
    hold_plan(plan)
    hold(thread)
    body, known = _checked(remark.body), comment_sent(actor.id, checked_uuid(remark.client_uuid))
    if known is not None and (known.parent_id, known.body) == (thread.id, body):
        return known
    if thread.parent_id is not None:
        raise InvalidError("请回复这条批注本身")
    if thread.withdrawn_at is not None:
        raise ConflictError("这条批注刚刚被撤回，不能再回复")
    if len(thread.live_replies) >= MOST_ANSWERS:
        raise InvalidError(f"这条批注下面已有 {MOST_ANSWERS} 条回复，请另写一条批注", field="body")
    made = PlanComment(
        plan_id=plan.id,
        author_id=actor.id,
        parent_id=thread.id,
        body=body,
        client_uuid=remark.client_uuid if known is None else str(uuid4()),
    )
    return _added(made, plan, thread)


def resolve(actor: User, found: PlanComment, resolved: bool) -> None:
    """Tick a thread off, or open it again."""
    _hold_thread(found)
    if (found.resolved_at is not None) == resolved:
        return
    found.resolved_at = clock.now() if resolved else None
    found.resolved_by_id = actor.id if resolved else None
    _changed(actor, found, "resolved" if resolved else "reopened")


def withdraw(actor: User, found: PlanComment) -> None:
    """Take one's own words back, also as a suggestion of the plan; of a thread that was answered only the whole goes."""
    hold(found)
    if found.suggestion is not None:
        hold(found.suggestion)
    if found.verdict:
        raise ConflictError("这条批注刚刚已经处理了")
    if found.withdrawn_at is None:
        found.withdrawn_at = clock.now()
        if found.suggestion is not None:
            found.suggestion.state = WITHDRAWN
        _changed(actor, found, "withdrawn")


def settle(actor: User, found: PlanComment, decision: Decision) -> None:
    """Adopt or decline: the comment becomes a suggestion of the plan and carries what was decided."""
    _hold_thread(found)
    if found.suggestion is not None:
        hold(found.suggestion)
    standing = found.suggestion is not None and found.suggestion.state != WITHDRAWN
    if not standing and decision.state != OPEN:
        found.suggestion = _suggestion_from(actor, found)
        db.session.flush()
        standing = True
    if standing and found.suggestion is not None:
        decide(actor, found.suggestion, decision)


def mentioned_in(body: str, people: Sequence[User]) -> set[int]:
    """Return whose names stand behind an @. Of two names that both fit it is the longer one; namesakes are all meant."""
    found: set[int] = set()
    for part in body.split("@")[1:]:
        fitting = [user for user in people if part.startswith(user.name)]
        longest = max((len(user.name) for user in fitting), default=0)
        found |= {user.id for user in fitting if len(user.name) == longest}
    return found


def _added(made: PlanComment, plan: LessonPlan, thread: PlanComment) -> PlanComment:
    db.session.add(made)
    db.session.flush()
    mentioned = mentioned_in(made.body, people_named_in(plan, made.body)) if "@" in made.body else set()
    show_comment(thread)
    record(PlanCommented(made.id, plan.id, made.author_id, thread.id, tuple(sorted(mentioned))))
    return made


def _changed(actor: User, found: PlanComment, what: str) -> None:
    db.session.flush()
    show_comment(found)
    record(PlanCommentChanged(found.id, found.plan_id, actor.id, what))


def _hold_thread(found: PlanComment) -> None:
    if found.parent_id is not None:
        raise InvalidError("只能处理整条批注")
    hold(found)
    if found.withdrawn_at is not None:
        raise ConflictError("这条批注刚刚被撤回了")


def _suggestion_from(actor: User, found: PlanComment) -> Suggestion:
    rounds = rounds_of(found.plan_id)
    made = Suggestion(
        plan_id=found.plan_id,
        round_id=rounds[-1].id if rounds else None,
        author_id=found.author_id,
        recorder_id=actor.id,
        source=COMMENT,
        section=found.section,
        quote=found.quote,
        anchor=found.anchor or "",
        body=f"{found.said_by}：{found.body}" if found.said_by else found.body,
        client_uuid=str(uuid4()),
    )
    db.session.add(made)
    return made


def _checked(body: str) -> str:
    return checked_words(body, MAX_LENGTH, "请写下您的批注", f"批注最多 {MAX_LENGTH} 字，请分成几条")
