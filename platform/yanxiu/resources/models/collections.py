"""Tables of collections: resources put together under a title, in an order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import Organization, User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model, Timestamps
from yanxiu.core.storage import StoredFile


class ResourceCollection(Timestamps, Model):
    """资源包. Shared like a resource, but with no workshop; who opens it sees of it what they may see anyway."""

    __tablename__ = "resource_collection"
    __table_args__ = (Index("ix_resource_collection_created_at_id", "created_at", "id"),)

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(80))
    introduction: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[str] = mapped_column(String(16), default="county")
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    org_path: Mapped[str] = mapped_column(String(255), default="")
    removed_at: Mapped[datetime | None]

    owner: Mapped[User] = relationship()
    school: Mapped[Organization | None] = relationship(foreign_keys=[school_id])
    cover: Mapped[StoredFile | None] = relationship()


class CollectionItem(Model):
    """A resource in a collection; `position` counts from 0 and has no gaps."""

    __tablename__ = "resource_collection_item"
    __table_args__ = (UniqueConstraint("collection_id", "resource_id"),)

    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("resource_collection.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    position: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
