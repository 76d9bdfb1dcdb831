"""A bulletin as plain text that reads well in a group chat."""

from __future__ import annotations

from collections.abc import Iterable

from yanxiu.core.html import text_of
from yanxiu.workshops.bulletin_word import Column

COLUMN_LENGTH = 300


def chat_text_of(name: str, columns: Iterable[Column], address: str) -> str:
    """Return name, the columns in short, and where the whole is."""
    lines = [f"【简报】{name}"]
    for column in columns:
        said = "\n".join(part for part in (column.table.summary if column.table else "", text_of(column.html)) if part)
        lines.append(f"◆ {column.name}\n{_short(said)}")
    return "\n".join([*lines, f"全文：{address}"])


def _short(text: str) -> str:
    return text if len(text) <= COLUMN_LENGTH else text[: COLUMN_LENGTH - 1].rstrip() + "…"
