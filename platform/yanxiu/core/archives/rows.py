"""Rows of a table as plain values and back: what JSON has no word for is written as text."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, Date, Float, Integer, LargeBinary, String, Table

from yanxiu.core.archives.reading import ArchiveError
from yanxiu.core.db import UtcDateTime

T = TypeVar("T")
AT_ONCE = 500


def batched(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Yield the items some at a time."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with values that JSON can hold."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value


def typed_value(column: Column[Any], value: Any) -> Any:
    """Return a value as its column wants it; ArchiveError when it is nothing the column could hold."""
    if value is None:
        return None
    try:
        return _typed(column, value)
    except (ValueError, TypeError) as error:
        raise ArchiveError(f"数据表 {column.table.name} 的 {column.name} 里有读不懂的值，档案已损坏") from error


def _typed(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return _aware(datetime.fromisoformat(value))
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return b64decode(value, validate=True)
    expected = _EXPECTED.get(_family(kind))
    if expected is not None and (not isinstance(value, expected) or (expected is int and isinstance(value, bool))):
        raise TypeError(type(value))
    if isinstance(kind, String) and kind.length is not None and len(value) > kind.length:
        raise ValueError(column.name)
    return value


_EXPECTED: dict[type, type | tuple[type, ...]] = {Boolean: bool, Integer: int, Float: (int, float), String: str}


def _family(kind: Any) -> type:
    return next((family for family in _EXPECTED if isinstance(kind, family)), object)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("naive")
    return moment


def has_own_id(table: Table) -> bool:
    """Tell whether the database numbers the rows of a table."""
    keys = list(table.primary_key.columns)
    return len(keys) == 1 and isinstance(keys[0].type, Integer) and not keys[0].foreign_keys


def is_own_mark(column: Column[Any]) -> bool:
    """Tell whether a column is a key that the program makes up itself, a random text."""
    return column.primary_key and isinstance(column.type, String) and column.name == "id"
