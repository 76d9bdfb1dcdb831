"""What is said of a resource. Whoever may see the resource and is signed in may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.resources.models.voices import ResourceComment, ResourceRating

MOST = 100
"""Threads that the page shows; the newest of more."""


@dataclass(frozen=True)
class Talk:
    """Threads to show, ids of those to take away, how far it reaches if not to the end."""

    threads: Sequence[ResourceComment]
    gone: list[int] = field(default_factory=list)
    seq: int | None = None


def talk_about(resource_id: int) -> Sequence[ResourceComment]:
    """Return the newest threads, in the order they were begun; those taken back are left out."""
    standing = _threads(resource_id).where(ResourceComment.withdrawn_at.is_(None))
    return db.session.scalars(standing.order_by(ResourceComment.id.desc()).limit(MOST)).all()[::-1]


def talk_since(resource_id: int, seq: int) -> Talk:
    """Return what changed after `seq`."""
    newer = _threads(resource_id).where(ResourceComment.seq > seq).order_by(ResourceComment.seq).limit(MOST)
    changed = db.session.scalars(newer).all()
    return Talk(
        [thread for thread in changed if thread.withdrawn_at is None],
        [thread.id for thread in changed if thread.withdrawn_at is not None],
        changed[-1].seq if len(changed) == MOST else None,
    )


def _threads(resource_id: int) -> Select[ResourceComment]:
    author = joinedload(ResourceComment.author).joinedload(User.organization)
    answers = selectinload(ResourceComment.replies).joinedload(ResourceComment.author).joinedload(User.organization)
    here = ResourceComment.resource_id == resource_id, ResourceComment.parent_id.is_(None)
    return select(ResourceComment).where(*here).options(author, answers)


def find_comment(resource_id: int, comment_id: int) -> ResourceComment | None:
    """Return a comment or an answer that stands."""
    here = ResourceComment.id == comment_id, ResourceComment.resource_id == resource_id
    found = db.session.scalars(select(ResourceComment).where(*here).options(joinedload(ResourceComment.parent))).first()
    if found is None or found.withdrawn_at is not None:
        return None
    return None if found.parent is not None and found.parent.withdrawn_at is not None else found


def stars_of(user_id: int | None, resource_id: int) -> int:
    """Return how many stars somebody gave, 0 for none."""
    given = select(ResourceRating.stars).where(
        ResourceRating.user_id == user_id, ResourceRating.resource_id == resource_id
    )
    return db.session.scalar(given) or 0
