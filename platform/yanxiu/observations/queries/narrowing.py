"""Narrowing the comments of a lesson: by who wrote them, their kind, a #tag in their words, whether they are ticked off."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.observations.models import Lesson, TimedComment
from yanxiu.observations.queries.comments import open_threads

_TAG = re.compile(r"[#＃](\w{1,20})")
MOST_TAGS = 40
"""Tags that are offered; the most used ones."""


@dataclass(frozen=True)
class CommentFilter:
    """What a list of comments is narrowed to; `state` is "open" or "resolved", `tagged` the threads that have `tag`."""

    kind: str = ""
    author_id: int | None = None
    state: str = ""
    tag: str = ""
    tagged: frozenset[int] = frozenset()
    perspective_id: int | None = None

    @property
    def narrows(self) -> bool:
        return bool(self.kind or self.author_id or self.state or self.tag or self.perspective_id)

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what a thread must be like."""
        if self.kind:
            yield TimedComment.kind == self.kind
        if self.author_id is not None:
            yield TimedComment.author_id == self.author_id
        if self.state:
            ticked = TimedComment.resolved_at
            yield ticked.is_(None) if self.state == "open" else ticked.is_not(None)
        if self.tag:
            yield TimedComment.id.in_(self.tagged)
        if self.perspective_id is not None:
            yield TimedComment.perspective_id == self.perspective_id

    def arguments(self) -> dict[str, str | int]:
        """Return what stands in an address."""
        told = {"kind": self.kind, "author": self.author_id, "state": self.state, "tag": self.tag}
        told["perspective"] = self.perspective_id
        return {name: value for name, value in told.items() if value}


def tags_in(text: str) -> list[str]:
    """Return the #tags of a text, each once."""
    return list(dict.fromkeys(found.lower() for found in _TAG.findall(text)))


def threads_by_tag(viewer: Viewer, lesson: Lesson) -> dict[str, list[int]]:
    """Return the threads of every tag that the viewer may read. Of a tag all viewers have the same open threads."""
    found: dict[str, list[int]] = {}
    for number, body in db.session.execute(_marked(viewer, lesson)):
        for tag in tags_in(body):
            found.setdefault(tag, []).append(number)
    return found


def most_used(threads: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """Return the tags to offer and how many threads each has, the most used first."""
    return dict(Counter({tag: len(numbers) for tag, numbers in threads.items()}).most_common(MOST_TAGS))


def _marked(viewer: Viewer, lesson: Lesson) -> Select[int, str]:
    marked = or_(TimedComment.body.contains("#"), TimedComment.body.contains("＃"))
    columns = open_threads(viewer, lesson).where(marked).with_only_columns(TimedComment.id, TimedComment.body)
    return columns.order_by(TimedComment.id)


def speakers_of(viewer: Viewer, lesson: Lesson) -> Sequence[User]:
    """Return who wrote a comment that the viewer may read, by name."""
    ids = open_threads(viewer, lesson).with_only_columns(TimedComment.author_id)
    statement = select(User).where(User.id.in_(ids)).options(joinedload(User.organization))
    return db.session.scalars(statement.order_by(User.name_key, User.id)).all()
