"""What somebody says in a small field, and the key under which it is sent: checked the same way wherever it is said."""

from __future__ import annotations

from uuid import UUID

from yanxiu.core.errors import InvalidError
from yanxiu.core.html import is_blank, without_invisible


def checked_words(body: str, most: int, missing: str, too_many: str) -> str:
    """Return plain words as they are kept: lines end as browsers count them, nothing invisible.

    InvalidError for the field `body` that says `missing` where there are none, `too_many` beyond `most` characters.
    """
    text = without_invisible(body.replace("\r\n", "\n")).strip()
    if is_blank(text):
        raise InvalidError(missing, field="body")
    if len(text) > most:
        raise InvalidError(too_many, field="body")
    return text


def checked_uuid(value: str) -> str:
    """Return the key of one sending; InvalidError when it is no UUID."""
    try:
        return str(UUID(value))
    except ValueError as error:
        raise InvalidError("页面数据不完整，请刷新后再发") from error
