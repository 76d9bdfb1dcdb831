"""Key-set paging: the next page starts after the last key seen, never at an offset."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, or_
from sqlalchemy.sql import operators

from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError

T = TypeVar("T")
BROKEN = "翻页地址不完整，请回到列表首页再试"


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `next_cursor` is None on the last."""

    items: Sequence[T]
    next_cursor: str | None


def paginate(statement: Select[Any], *keys: Any, cursor: str | None = None, size: int = 20) -> Page[Any]:
    """Run `statement` ordered by `keys` and return one page of its scalar results.

    `keys` are mapped columns of the selected entity with `.desc()` or `.asc()`, not null, the last one unique.
    `cursor` is a former page's `next_cursor`; InvalidError if it is not one.
    """
    ordered = [_as_key(key) for key in keys]
    if cursor:
        statement = statement.where(_after(ordered, _decode(cursor, ordered)))
    rows = db.session.scalars(statement.order_by(*keys).limit(size + 1)).unique().all()
    items = rows[:size]
    last = items[-1] if len(rows) > size else None
    return Page(items, None if last is None else _encode([getattr(last, c.key) for c, _ in ordered]))


def paginate_rows(
    statement: Select[*tuple[Any, ...]], *keys: Any, cursor: str | None = None, size: int = 30
) -> Page[tuple[Any, ...]]:
    """Like `paginate` for rows of several columns or entities: `keys` are any expressions of known type, the last of them
    together unique in the result. Wrap what may be null.
    """
    ordered = [_as_key(key) for key in keys]
    if cursor:
        statement = statement.where(_after(ordered, _decode(cursor, ordered)))
    keyed = statement.add_columns(*(column for column, _ in ordered)).order_by(*keys).limit(size + 1)
    rows = [tuple(row) for row in db.session.execute(keyed)]
    items = [row[: -len(keys)] for row in rows[:size]]
    return Page(items, _encode(rows[size - 1][-len(keys) :]) if len(rows) > size else None)


def page_of(
    rows: Iterable[T], key: Callable[[T], tuple[int, ...]], cursor: str | None = None, size: int = 50
) -> Page[T]:
    """Return one page of rows that were read whole, in the order of a key that is unique among them."""
    ordered = sorted(rows, key=key)
    if cursor and ordered:
        after = _numbers(cursor, len(key(ordered[0])))
        ordered = [row for row in ordered if key(row) > after]
    items = ordered[:size]
    return Page(items, _encode(key(items[-1])) if len(ordered) > size else None)


def _numbers(cursor: str, count: int) -> tuple[int, ...]:
    values = _loaded(cursor)
    if len(values) != count or not all(type(value) is int for value in values):
        raise InvalidError(BROKEN)
    return tuple(values)


def _as_key(key: Any) -> tuple[Any, bool]:
    if isinstance(key, UnaryExpression):
        return key.element, key.modifier is operators.desc_op
    return key, False


def _after(keys: list[tuple[Any, bool]], values: list[Any]) -> ColumnElement[bool]:
    choices = []
    for i, (column, descending) in enumerate(keys):
        equal = [c == v for (c, _), v in zip(keys[:i], values[:i], strict=True)]
        beyond = column < values[i] if descending else column > values[i]
        choices.append(and_(*equal, beyond))
    return or_(*choices)


def _encode(values: Sequence[Any]) -> str:
    plain = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _decode(cursor: str, keys: list[tuple[Any, bool]]) -> list[Any]:
    values = _loaded(cursor)
    try:
        if len(values) != len(keys):
            raise ValueError
        return [_typed(value, column) for value, (column, _) in zip(values, keys, strict=True)]
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidError(BROKEN) from error


def _loaded(cursor: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError) as error:
        raise InvalidError(BROKEN) from error
    if not isinstance(values, list):
        raise InvalidError(BROKEN)
    return values


def _typed(value: Any, column: Any) -> Any:
    wanted = column.type.python_type
    if wanted is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("naive")
        return moment.astimezone(UTC)
    if wanted is float and isinstance(value, int):
        return float(value)
    if type(value) is not wanted:
        raise TypeError(f"{value!r} is not {wanted}")
    if wanted is int and abs(value) >= 2**63:
        raise ValueError("out of range")
    if wanted is str:
        value.encode()  # half a character is none that a database takes
    return value
