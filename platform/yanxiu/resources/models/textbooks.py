"""Tables of the catalog of textbooks: a tree of seven levels, each county's own, and what was taken over to a newer book."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model, Timestamps
from yanxiu.resources.catalog import LEVELS


class TextbookNode(Timestamps, Model):
    """A stage, grade, subject, edition, volume, unit or lesson (`level` 0–6) of a county's catalog.

    The seven names are those of the chain down to this node, empty below it: resources carry the same columns, so that
    lists and search need no join, and a new name is written to both in one statement. The chain says which node it is.
    """

    __tablename__ = "textbook_node"
    __table_args__ = (
        UniqueConstraint(
            "county_id",
            "stage",
            "grade",
            "subject",
            "edition",
            "volume",
            "unit",
            "lesson",
            name="uq_textbook_node_chain",
        ),
        Index("ix_textbook_node_county_id_level", "county_id", "level"),
    )

    id: Mapped[Id]
    county_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("textbook_node.id"), index=True)
    level: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(String(10), default="")
    grade: Mapped[str] = mapped_column(String(10), default="")
    subject: Mapped[str] = mapped_column(String(20), default="")
    edition: Mapped[str] = mapped_column(String(20), default="")
    volume: Mapped[str] = mapped_column(String(10), default="")
    unit: Mapped[str] = mapped_column(String(60), default="")
    lesson: Mapped[str] = mapped_column(String(60), default="")
    retired_at: Mapped[datetime | None]
    """Since when it is offered to nobody who describes something new; what stands below it is retired with it."""

    @property
    def column(self) -> str:
        """The name of the column that holds its own name."""
        return list(LEVELS)[self.level]

    @property
    def name(self) -> str:
        """Its own name, the last of the chain."""
        return str(getattr(self, self.column))

    @property
    def chain(self) -> tuple[str, ...]:
        """The names from the stage down to this node."""
        return tuple(str(getattr(self, column)) for column in list(LEVELS)[: self.level + 1])

    @property
    def label(self) -> str:
        """The chain in one line."""
        return " › ".join(self.chain)


class TextbookRemap(Model):
    """Everything under one node was taken over to another; `undone_at` if that was taken back."""

    __tablename__ = "textbook_remap"

    id: Mapped[Id]
    county_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("textbook_node.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("textbook_node.id"))
    source_label: Mapped[str] = mapped_column(String(300))
    target_label: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    undone_at: Mapped[datetime | None]

    actor: Mapped[User] = relationship()


class TextbookRemapStep(Model):
    """Where one resource stood before a remap and where it was put: what it takes to undo it."""

    __tablename__ = "textbook_remap_step"

    remap_id: Mapped[int] = mapped_column(ForeignKey("textbook_remap.id"), primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True, index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
