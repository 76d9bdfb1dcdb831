"""Putting the rows of an archive into the database: first each table after those it needs, then what points ahead."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, update

from yanxiu.core.archives.reading import ArchiveError, OpenedArchive
from yanxiu.core.archives.rows import batched, has_own_id, is_own_mark, typed_value
from yanxiu.core.db import db
from yanxiu.core.live import LiveTopic
from yanxiu.core.search_queue import enqueue_index_many
from yanxiu.core.storage import ReceivedFile, StoredFile
from yanxiu.workshops.archive.moving import Moving
from yanxiu.workshops.archive.scoping import FILE, USER, references
from yanxiu.workshops.queries.archive_parts import Kept, kept_tables

LIVE = "~live"
SENT_ONCE = "client_uuid"
"""Made new, always the same from the same: the person may have the original here too."""

Row = dict[str, Any]
CAME_IN = cast(Table, StoredFile.__table__).c.created_at


class Placing:
    """One archive on its way in; inside a unit of work. `ids` are the new numbers by table and old number."""

    def __init__(self, archive: OpenedArchive, ids: dict[str, dict[Any, Any]], key: str) -> None:
        self._archive, self._kept, self.ids = archive, kept_tables(), ids
        self._space = uuid.uuid5(uuid.NAMESPACE_OID, key)
        self._there = {name for name in self._kept if name in archive.manifest["rows"]}
        words = {rule.word: name for name, rule in self._kept.items() if rule.word}
        self._moving = Moving(self.ids, {**words, "people": USER})

    def keep_files(self, files: list[tuple[Row, ReceivedFile]]) -> None:
        """Add the rows of the stored files, with the moments at which they came in first."""
        made: dict[int, int] = {}
        for row, received in files:
            owner = self.ids[USER].get(row.get("owner_id") or 0)
            file = StoredFile(key=received.key, name=received.name, mime=received.mime, size=received.size)
            file.sha256, file.owner_id = received.sha256, owner
            file.created_at = typed_value(CAME_IN, row.get("created_at")) or datetime.now().astimezone()
            db.session.add(file)
            db.session.flush()
            made[row["id"]] = file.id
            db.session.expunge(file)
        self.ids[FILE] = made

    def place_rows(self) -> dict[str, int]:
        """Insert everything; return how many rows of each table there are now."""
        counts = {name: self._place_table(self._kept[name]) for name in self._kept if name in self._there}
        for name in self._kept:
            if name in self._there:
                self._finish_table(self._kept[name])
        return counts

    def _place_table(self, rule: Kept) -> int:
        name, count = rule.table.name, 0
        self.ids.setdefault(name, {})
        for rows in batched(self._archive.lines(name)):
            found = [(row, values) for row in rows if (values := self._values(rule, row)) is not None]
            fresh = [(row, values) for row, values in found if not self._is_known(rule, row, values)]
            count += len(found)
            if fresh:
                self._insert(rule, [row for row, _values in fresh], [rule.arriving(values) for _row, values in fresh])
        return count

    def _is_known(self, rule: Kept, row: Row, values: Row) -> bool:
        here = rule.known(values) if rule.known is not None else None
        if here is not None:
            self.ids[rule.table.name][row["id"]] = here
        return here is not None

    def _values(self, rule: Kept, row: Row) -> Row | None:
        """Return a row with its values here; None if it cannot be without something that is not there."""
        found = references(self._kept, rule.table)
        values: Row = {}
        for column in rule.table.columns:
            if column.name not in row or (column.name == "id" and has_own_id(rule.table)):
                continue
            value = typed_value(column, row[column.name])
            if column.foreign_keys:
                value = self._number(found.get(column.name, ""), value)
                if value is None and not column.nullable:
                    return None
            elif column.name in rule.points:
                value = self._pointed(rule, column.name, row) or (None if column.nullable else 0)
            elif value is not None and (column.name == SENT_ONCE or is_own_mark(column)):
                value = str(uuid.uuid5(self._space, value))
            values[column.name] = value
        return values

    def _number(self, table: str, old: Any) -> Any:
        return None if old is None else self.ids.get(table, {}).get(old)

    def _pointed(self, rule: Kept, column: str, row: Row) -> int | None:
        target = rule.points[column]
        table = target if isinstance(target, str) else target[1].get(row.get(target[0], ""), "")
        return self._number(table, row[column])

    def _insert(self, rule: Kept, rows: list[Row], values: list[Row]) -> None:
        table = rule.table
        if not has_own_id(table):
            db.session.execute(insert(table), values)
            self._note_keys(rule, rows, values)
            return
        made = db.session.execute(insert(table).returning(table.c.id, sort_by_parameter_order=True), values).scalars()
        new = {row["id"]: number for row, number in zip(rows, made, strict=True)}
        if len(new) != len(rows):
            raise ArchiveError(f"数据表 {table.name} 里有重复的编号，档案已损坏")
        self.ids[table.name] |= new
        self._set_live(rule, rows, new)
        rule.placed(list(new.values()))
        if rule.index:
            enqueue_index_many(rule.index, list(new.values()))

    def _note_keys(self, rule: Kept, rows: list[Row], values: list[Row]) -> None:
        """A table may be named by a key that is somebody else's number, or a text of its own."""
        keys = [column.name for column in rule.table.primary_key.columns]
        if len(keys) == 1:
            pairs = zip(rows, values, strict=True)
            self.ids[rule.table.name] |= {row[keys[0]]: value[keys[0]] for row, value in pairs}

    def _set_live(self, rule: Kept, rows: list[Row], new: dict[int, int]) -> None:
        """Live lists go on from the numbers their rows carry."""
        numbers = [
            {"name": f"{word}:{new[row['id']]}", "seq": seq}
            for row in rows
            for word, seq in (row.get(LIVE) or {}).items()
            if word in rule.live and isinstance(seq, int)
        ]
        if numbers:
            names = [each["name"] for each in numbers]
            db.session.execute(delete(LiveTopic).where(LiveTopic.name.in_(names)))
            db.session.execute(insert(LiveTopic), numbers)

    def _finish_table(self, rule: Kept) -> None:
        """Give rows what could not be known when they were put in: later rows, and addresses in texts."""
        keys = list(rule.table.primary_key.columns)
        for rows in batched(self._archive.lines(rule.table.name)):
            for row in rows:
                changed = self._late(rule, row)
                where = self._key(rule, row) if changed else None
                if where is None:
                    continue
                stamps = {
                    c.name: typed_value(c, row[c.name]) for c in rule.table.columns if c.onupdate and c.name in row
                }
                statement = update(rule.table).values(stamps | changed)
                for column in keys:
                    statement = statement.where(column == bindparam(f"key_{column.name}", where[column.name]))
                db.session.execute(statement)

    def _key(self, rule: Kept, row: Row) -> Row | None:
        """Return the key of a row here; None if it was not put in."""
        found = references(self._kept, rule.table)
        key: Row = {}
        for column in rule.table.primary_key.columns:
            own = column.name == "id" and not column.foreign_keys
            table = rule.table.name if own else found.get(column.name, "")
            key[column.name] = self._number(table, row[column.name]) if table else typed_value(column, row[column.name])
            if key[column.name] is None:
                return None
        return key

    def _late(self, rule: Kept, row: Row) -> Row:
        if rule.known is not None:
            return {}
        changed: Row = dict(self._ahead(rule, row))
        for column in rule.table.columns:
            value = row.get(column.name)
            if isinstance(value, str) and '="' in value and (moved := self._moving.html(value)) != value:
                changed[column.name] = moved
        if rule.moving is not None:
            typed = {c.name: typed_value(c, row[c.name]) for c in rule.table.columns if c.name in row}
            changed |= rule.moving(typed, self._moving.address)
        return changed

    def _ahead(self, rule: Kept, row: Row) -> Iterator[tuple[str, int]]:
        """Yield the numbers that lead to rows of the same table or a later one."""
        done = set(self._kept)
        for column, table in references(self._kept, rule.table).items():
            if (
                table in done
                and self._is_ahead(rule.table.name, table)
                and (new := self._number(table, row.get(column)))
            ):
                yield column, new
        for column in rule.points:
            if new := self._pointed(rule, column, row):
                yield column, new

    def _is_ahead(self, table: str, other: str) -> bool:
        order = list(self._kept)
        return other in self._kept and order.index(other) >= order.index(table)
