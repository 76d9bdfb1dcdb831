"""Polls (投票): options, and one ballot for each person who voted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.db import Id, Model, UtcDateTime


class Results(StrEnum):
    """From when on the figures are shown."""

    VOTED = "voted"
    CLOSED = "closed"
    ALWAYS = "always"


class Poll(Model):
    """The poll of a topic. `closed_at` is set when it was ended by hand, or by its time.

    `ballot_key` makes the marks of an anonymous poll's ballots; it is thrown away when the poll is closed, and from then
    on nobody can tell whose ballot one is.
    """

    __tablename__ = "poll"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    max_choices: Mapped[int] = mapped_column(default=1)
    anonymous: Mapped[bool] = mapped_column(default=False)
    results: Mapped[str] = mapped_column(String(8), default=Results.VOTED.value)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ballot_key: Mapped[str] = mapped_column(String(64), default="")

    options: Mapped[list[PollOption]] = relationship(order_by="PollOption.position")

    def is_closed(self, at: datetime) -> bool:
        """Whether nobody votes any more."""
        return self.closed_at is not None or (self.closes_at is not None and self.closes_at <= at)


class PollOption(Model):
    """One thing to vote for."""

    __tablename__ = "poll_option"
    __table_args__ = (UniqueConstraint("topic_id", "position"),)

    id: Mapped[Id]
    topic_id: Mapped[int] = mapped_column(ForeignKey("poll.topic_id", ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(100))


class PollBallot(Model):
    """That somebody voted. `voter_mark` is the same for the same person, so that nobody has two ballots in a poll.

    In an anonymous poll there is no name (`voter_id` is null) and no time, and the id tells no order.
    """

    __tablename__ = "poll_ballot"
    __table_args__ = (UniqueConstraint("topic_id", "voter_mark"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("poll.topic_id", ondelete="CASCADE"))
    voter_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    voter_mark: Mapped[str] = mapped_column(String(64))

    voter: Mapped[User | None] = relationship()


class PollChoice(Model):
    """What a ballot is for."""

    __tablename__ = "poll_choice"

    ballot_id: Mapped[str] = mapped_column(ForeignKey("poll_ballot.id", ondelete="CASCADE"), primary_key=True)
    option_id: Mapped[int] = mapped_column(
        ForeignKey("poll_option.id", ondelete="CASCADE"), primary_key=True, index=True
    )
