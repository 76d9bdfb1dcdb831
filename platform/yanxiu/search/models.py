"""What the database remembers about the index, which is never the only copy of anything."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

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
