"""Which rows of which table belong to a workshop: the tables are walked by their foreign keys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, select

from yanxiu.workshops.queries.archive_parts import Kept, Wish

USER, PLACE, FILE, WORKSHOP = "user", "organization", "stored_file", "workshop"


def target_of(column: Column[Any]) -> str:
    """Return the table a foreign key leads to, or nothing."""
    return next((key.column.table.name for key in column.foreign_keys), "")


class Scoping:
    """The rows of one workshop."""

    def __init__(self, kept: Mapping[str, Kept], workshop_id: int, wish: Wish) -> None:
        self.kept, self.workshop_id, self.wish = kept, workshop_id, wish

    def rows_of(self, name: str) -> Select[Any]:
        """Select whole rows in the order of their keys."""
        table = self.kept[name].table
        return select(table).where(self.condition(name)).order_by(*table.primary_key.columns)

    def ids_of(self, name: str) -> Select[int]:
        table = self.kept[name].table
        return select(table.c.id).where(self.condition(name))

    def of(self, model: Any) -> Select[int]:
        return self.ids_of(model.__table__.name)

    def condition(self, name: str) -> ColumnElement[bool]:
        """What a row must fulfill: it belongs to what goes along, and so does everything it cannot do without."""
        rule = self.kept[name]
        wanted = [self._belongs(rule), *self._needs(rule)]
        if rule.where is not None:
            wanted.append(rule.where)
        if rule.asked is not None:
            wanted.append(rule.asked(self.wish))
        return and_(*wanted)

    def _belongs(self, rule: Kept) -> ColumnElement[bool]:
        if rule.chosen is not None:
            return rule.chosen(self.of)
        if not rule.via:
            mine: ColumnElement[bool] = rule.table.c.id == self.workshop_id
            return mine
        column = rule.table.c[rule.via]
        if target_of(column) == WORKSHOP:
            return column == self.workshop_id
        return self._within(column)

    def _within(self, column: Column[Any]) -> ColumnElement[bool]:
        """The row that a foreign key leads to goes along."""
        other = next(iter(column.foreign_keys)).column
        return column.in_(select(other).where(self.condition(other.table.name)))

    def _needs(self, rule: Kept) -> list[ColumnElement[bool]]:
        return [
            self._within(column)
            for column in rule.table.columns
            if (target := target_of(column)) in self.kept
            and column.name != rule.via
            and not column.nullable
            and target not in (WORKSHOP, rule.table.name)
            and self.kept[target].chosen is None
        ]


def references(kept: Mapping[str, Kept], table: Table) -> dict[str, str]:
    """Return the foreign keys of a table by column: those into tables that go along, people, places and files."""
    there = {*kept, USER, PLACE, FILE}
    return {c.name: target for c in table.columns if (target := target_of(c)) in there}


class Needed:
    """What rows refer to outside of the archive's tables."""

    def __init__(self) -> None:
        self.people: set[int] = set()
        self.places: set[int] = set()
        self.files: set[int] = set()

    @cached_property
    def by_table(self) -> dict[str, set[int]]:
        return {USER: self.people, PLACE: self.places, FILE: self.files}

    def note(self, row: Mapping[str, Any], found: Mapping[str, str]) -> None:
        for column, target in found.items():
            ids = self.by_table.get(target)
            if ids is not None and row[column] is not None:
                ids.add(row[column])
