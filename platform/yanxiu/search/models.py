"""What the database remembers of search: of the index, which is never the only copy of anything, and what words mean."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model

ONLY = 1


class SearchState(Model):
    """One row: which built index holds what the queue gave it, and up to which generation.

    `trying` is written before a commit of the index and `done` after it, so that after any crash the two and the
    generation found on disk tell which queue rows are in the index. An index that is ahead of `trying` or of another
    name was built from a database that is gone (a restored backup): it is built anew.
    """

    __tablename__ = "search_state"

    id: Mapped[Id]
    directory: Mapped[str] = mapped_column(String(120), default="")
    trying: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    rebuild_requested: Mapped[bool] = mapped_column(default=False)
    rebuilt_at: Mapped[datetime | None]


class SynonymVersion(Model):
    """A county's whole table of words for the same thing as somebody saved it, one set a line; never changed."""

    __tablename__ = "search_synonyms"
    __table_args__ = (UniqueConstraint("county_id", "number"),)

    id: Mapped[Id]
    county_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    author: Mapped[User] = relationship()


class TypedQuery(Model):
    """What somebody looked for and found something, as they typed it last; the newest fifty of each person."""

    __tablename__ = "search_typed"
    __table_args__ = (UniqueConstraint("user_id", "text"), Index("ix_search_typed_latest", "user_id", "typed_at"))

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    county_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    text: Mapped[str] = mapped_column(String(60))
    typed_at: Mapped[datetime] = mapped_column(default=clock.now)


class PopularQuery(Model):
    """How many different people of a county keep a query among their latest."""

    __tablename__ = "search_popular"
    __table_args__ = (UniqueConstraint("county_id", "text"), Index("ix_search_popular_most", "county_id", "people"))

    id: Mapped[Id]
    county_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    text: Mapped[str] = mapped_column(String(60))
    people: Mapped[int] = mapped_column(default=1)


class SavedSearch(Model):
    """A search somebody keeps, to be told of what it finds anew.

    `known` holds what it found at the last look, as {kind: ids}, the newest few hundred; when there was more,
    nothing that was made before `horizon` (seconds since 1970) is new. `next_look_at` counts for those who are not
    told at once.
    """

    __tablename__ = "search_saved"
    __table_args__ = (Index("ix_search_saved_due", "paused_at", "next_look_at"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(200))
    filters: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    workshop: Mapped[int] = mapped_column(default=0)
    often: Mapped[str] = mapped_column(String(8))
    paused_at: Mapped[datetime | None]
    next_look_at: Mapped[datetime]
    known: Mapped[dict[str, list[int]]] = mapped_column(JSON, default=dict, deferred=True)
    horizon: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class SavedSearchHit(Model):
    """A thing somebody was told of by a search they keep: once for ever, which the constraint says."""

    __tablename__ = "search_saved_hit"
    __table_args__ = (UniqueConstraint("saved_id", "kind", "object_id"),)

    id: Mapped[Id]
    saved_id: Mapped[int] = mapped_column(ForeignKey("search_saved.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]
