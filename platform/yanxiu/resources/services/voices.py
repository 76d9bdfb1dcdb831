"""Stars and comments of a resource. The caller is inside a unit of work and has asked the predicate."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import delete, func, select, update

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.core.remarks import checked_words
from yanxiu.resources.events import ResourceCommented
from yanxiu.resources.models import Resource
from yanxiu.resources.models.voices import ResourceComment, ResourceRating

MAX_LENGTH = 1000
MOST_ANSWERS = 100
"""Under one comment: a thread is fetched as a whole."""
STARS = range(1, 6)
PRIOR_COUNT, PRIOR_STARS = 5, 3.5
"""A resource is ranked as if five more people had given 3.5 stars (a Bayesian mean): one friend's five do not lead."""


def topic_of(resource_id: int) -> str:
    """Return the live list of what is said of a resource."""
    return f"resource-talk:{resource_id}"


def rate(actor: User, resource: Resource, stars: int) -> None:
    """Give 1 to 5 stars, others than before, or with 0 take them back. InvalidError for anything else."""
    if stars not in STARS and stars != 0:
        raise InvalidError("请选一到五颗星", field="stars")
    _hold(resource)
    mine = ResourceRating.resource_id == resource.id, ResourceRating.user_id == actor.id
    db.session.execute(delete(ResourceRating).where(*mine))
    if stars:
        db.session.add(ResourceRating(resource_id=resource.id, user_id=actor.id, stars=stars))
        db.session.flush()
    sums = select(func.count(), func.coalesce(func.sum(ResourceRating.stars), 0))
    count, total = db.session.execute(sums.where(ResourceRating.resource_id == resource.id)).one()
    score = round(100 * (total + PRIOR_COUNT * PRIOR_STARS) / (count + PRIOR_COUNT))
    values = {"rating_count": count, "rating_sum": total, "rating_score": score, "updated_at": Resource.updated_at}
    db.session.execute(update(Resource).where(Resource.id == resource.id).values(values))


def comment(actor: User, resource: Resource, body: str, client_uuid: str, parent: ResourceComment | None = None) -> int:
    """Say something, or answer what was said; return the thread's number. Sent again under its `client_uuid` it is the same."""
    _hold(resource)
    same = _sent(actor, client_uuid)
    if same is not None and same.resource_id == resource.id:
        return same.parent_id or same.id
    if parent is not None and len(parent.live_replies) >= MOST_ANSWERS:
        raise InvalidError("这条评论下的回复已经很多，请另写一条评论", field="body")
    made = ResourceComment(
        resource_id=resource.id,
        parent_id=parent.id if parent else None,
        author_id=actor.id,
        body=checked_words(body, MAX_LENGTH, "请写几个字再发表", f"评论最多 {MAX_LENGTH} 字，请分成几条"),
        client_uuid=client_uuid if client_uuid and same is None else str(uuid4()),
    )
    db.session.add(made)
    db.session.flush()
    thread = parent or made
    _show(thread)
    told = {resource.owner_id, *([parent.author_id] if parent else [])} - {actor.id}
    record(ResourceCommented(resource.id, thread.id, actor.id, frozenset(told)))
    return thread.id


def withdraw_comment(actor: User, row: ResourceComment) -> int:
    """Take a comment away, with its answers; somebody else's is written into the log. Return the thread's number."""
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now()
        if row.author_id != actor.id:
            record_audit(actor, "resource.hide_comment", "resource", row.resource_id, comment=row.id)
    _show(row.parent or row)
    return row.parent_id or row.id


def _show(thread: ResourceComment) -> None:
    thread.seq = bump(topic_of(thread.resource_id), "comment", thread.id)
    db.session.flush()


def _sent(actor: User, client_uuid: str) -> ResourceComment | None:
    wanted = ResourceComment.author_id == actor.id, ResourceComment.client_uuid == client_uuid
    return db.session.scalars(select(ResourceComment).where(*wanted)).first() if client_uuid else None


def _hold(resource: Resource) -> None:
    if not hold(resource):
        raise NotFoundError
