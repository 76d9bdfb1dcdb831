"""Topics and posts. The text of a topic is its first post (number 1), so that liking,
quoting, attaching and editing work the same for the question and for its answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.models.kinds import TopicKind
from yanxiu.workshops.models.teams import Workshop


class Topic(Model):
    """A thread of a workshop.

    `seq` is the number of its last change in the live list `workshop:<id>`;
    `last_number` is the number of its newest post, counted up in the database; `rearranged_seq` is the number in the
    live list `topic:<id>` since which its posts stand as they do: a page from before has to be loaded again.
    """

    __tablename__ = "topic"
    __table_args__ = (
        Index("ix_topic_latest_reply", "workshop_id", "last_post_at", "id"),
        Index("ix_topic_newest", "workshop_id", "created_at", "id"),
        Index("ix_topic_seq", "workshop_id", "seq"),
    )

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(12), default=TopicKind.DISCUSSION.value)
    excerpt: Mapped[str] = mapped_column(String(200), default="")
    pinned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    last_number: Mapped[int] = mapped_column(default=0)
    replies_count: Mapped[int] = mapped_column(default=0)
    last_post_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_poster_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    seq: Mapped[int] = mapped_column(default=0)
    rearranged_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    workshop: Mapped[Workshop] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    last_poster: Mapped[User] = relationship(foreign_keys=[last_poster_id])


class Post(Model):
    """One thing somebody said. `parent_id` is set on an answer to a post and always
    names a post that is itself no answer: one level is shown nested.

    `seq` is the number of its last change in the live list `topic:<id>`; `client_uuid`
    comes from the form and makes sending twice the same as sending once. `withdrawn_by_id` is who
    took it back: what a leader withdrew is not the author's to bring back.
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("topic_id", "number"),
        UniqueConstraint("author_id", "client_uuid"),
        Index("ix_post_seq", "topic_id", "seq"),
        Index("ix_post_author_created", "author_id", "created_at"),
        Index(
            "ix_post_figures",  # holds all that 学情 counts, so that it need not read the texts
            "topic_id",
            "created_at",
            "author_id",
            "number",
            "parent_id",
            "withdrawn_at",
        ),
    )

    id: Mapped[Id]
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    quote_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    number: Mapped[int]
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    client_uuid: Mapped[str] = mapped_column(String(36))
    likes_count: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    topic: Mapped[Topic] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    quote: Mapped[Post | None] = relationship(foreign_keys=[quote_id], remote_side="Post.id")
    attachments: Mapped[list[PostAttachment]] = relationship(back_populates="post", order_by="PostAttachment.position")

    @property
    def is_opener(self) -> bool:
        """Whether this is the text of the topic itself."""
        return self.number == 1


class PostAttachment(Model):
    """A file sent along with a post; an image has a small picture of itself."""

    __tablename__ = "post_attachment"

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    thumbnail_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    position: Mapped[int] = mapped_column(default=0)

    post: Mapped[Post] = relationship(back_populates="attachments")
    file: Mapped[StoredFile] = relationship(foreign_keys=[file_id])
    thumbnail: Mapped[StoredFile | None] = relationship(foreign_keys=[thumbnail_id])


class PostMention(Model):
    """A member of the workshop named with @ in a post."""

    __tablename__ = "post_mention"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)


class PostLike(Model):
    """Somebody's thumb under a post; the key makes a second one impossible."""

    __tablename__ = "post_like"
    __table_args__ = (Index("ix_post_like_created", "created_at"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    user: Mapped[User] = relationship()


class PostEdit(Model):
    """What a post said before it was changed."""

    __tablename__ = "post_edit"

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    editor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    editor: Mapped[User] = relationship()


class TopicVisit(Model):
    """How far a person has read a topic: the highest post number that was on the screen.

    `opened_at` is when the page was open in front of the person for the first time; 全部已读 opens nothing.
    """

    __tablename__ = "topic_visit"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    last_seen_number: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
