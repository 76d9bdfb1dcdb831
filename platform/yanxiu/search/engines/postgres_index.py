"""One built index in PostgreSQL: a row for each document, its terms in a tsvector under GIN, its counts in jsonb.

The terms are ours (`search.text`), put in with `array_to_tsvector`; no dictionary of the server is asked. The first
letter of a lexeme tells its field. GIN finds the documents of a term; the weighted count of the term in each comes from
`counts`, because positions of a tsvector cannot be read for one lexeme alone. Both end in the same arrays that the
embedded engine has, so that rights, scores and facets are computed by the same code and come out the same.

Documents are numbered in the order in which they are committed and never changed: another version of a document is
another row. What a reader has read of a stretch of numbers therefore stays right, and a commit only adds a stretch.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from yanxiu.search.engines.interface import FACETS, TITLE_LENGTH, EngineDocument, Key
from yanxiu.search.engines.snapshot import MAX_PREFIX_TERMS
from yanxiu.search.scoring import NO_POSTINGS, IntArray, Postings

FIELDS = {"w": "w", "b": "b", "acl": "a", "start": "s"}
"""Fields whose terms are lexemes, and the letter in front of them."""
MAX_LEXEME = 600
"""Characters; PostgreSQL takes 2,046 bytes."""
MOST_AT_ONCE = 200
TABLES = (
    """CREATE TABLE {name}.entry (
        number bigint PRIMARY KEY, kind text NOT NULL, object_id bigint NOT NULL, date bigint NOT NULL,
        length_w real NOT NULL, length_b real NOT NULL, title text COLLATE "C" NOT NULL, facets jsonb NOT NULL,
        starts text[] NOT NULL, lexemes tsvector NOT NULL, counts jsonb NOT NULL)""",
    'CREATE TABLE {name}.word (field text, text text COLLATE "C", since bigint NOT NULL, PRIMARY KEY (field, text))',
    """CREATE TABLE {name}.change (
        generation bigint PRIMARY KEY, first bigint NOT NULL, last bigint NOT NULL, removed bigint[] NOT NULL)""",
)
INDEXES = (
    "CREATE INDEX ON {name}.entry USING gin (lexemes)",
    "CREATE INDEX ON {name}.entry (kind, object_id)",
    "CREATE INDEX ON {name}.entry (title)",
)
_ENTRY = (
    "INSERT INTO {name}.entry VALUES "
    "(%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, array_to_tsvector(%s::text[]), %s::jsonb)"
)
_POSTINGS = """
    SELECT asked.term, entry.number, (entry.counts ->> asked.term)::real
    FROM unnest(%s::text[], %s::text[]) AS asked (term, query)
    JOIN {name}.entry AS entry ON entry.lexemes @@ asked.query::tsquery
    WHERE entry.number BETWEEN %s AND %s ORDER BY 1, 2"""


def lexeme(field: str, text: str) -> str:
    """A term as PostgreSQL keeps it."""
    return FIELDS[field] + text[:MAX_LEXEME].replace("\x00", "")


def quoted(text: str) -> str:
    """A lexeme as a query for it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _row(number: int, document: EngineDocument) -> tuple[Any, ...]:
    counts = {
        lexeme(family, text): float(count) for family, terms in document.terms.items() for text, count in terms.items()
    }
    others = [lexeme("acl", name) for name in document.acl] + [lexeme("start", start) for start in document.starts]
    facets = {name: value for name, value in document.facets.items() if value}
    return (
        number, document.key[0], document.key[1], document.date, document.lengths["w"], document.lengths["b"],
        document.title.replace("\x00", "")[:TITLE_LENGTH], json.dumps(facets), sorted(document.starts),
        [*counts, *others], json.dumps(counts),
    )  # fmt: skip


def create(connection: Connection, name: str) -> None:
    """Make the tables of an index; `finish` makes what finds things in them."""
    connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    for statement in TABLES:
        connection.exec_driver_sql(statement.format(name=name))


def finish(connection: Connection, name: str) -> None:
    """Make the GIN index: much faster at the end than row by row."""
    for statement in INDEXES:
        connection.exec_driver_sql(statement.format(name=name))
    connection.exec_driver_sql(f"ANALYZE {name}.entry")


def insert(connection: Connection, name: str, first: int, documents: Sequence[EngineDocument]) -> int:
    """Put documents in from number `first` on; the last number."""
    if not documents:
        return first - 1
    connection.exec_driver_sql(_ENTRY.format(name=name), [_row(first + i, d) for i, d in enumerate(documents)])
    words: dict[tuple[str, str], int] = {}
    for number, document in enumerate(documents, first):
        for family, terms in document.terms.items():
            for text in terms:
                words.setdefault((family, lexeme(family, text)[1:]), number)
    fields, texts, since = zip(*((f, t, n) for (f, t), n in words.items()), strict=True) if words else ((), (), ())
    connection.exec_driver_sql(
        f"INSERT INTO {name}.word SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[]) ON CONFLICT DO NOTHING",
        (list(fields), list(texts), list(since)),
    )
    return first + len(documents) - 1


def remove(connection: Connection, name: str, keys: Iterable[Key]) -> list[int]:
    """Take objects out; the numbers that were theirs."""
    found = list(keys)
    return list(
        connection.exec_driver_sql(
            f"DELETE FROM {name}.entry USING unnest(%s::text[], %s::bigint[]) AS gone (kind, object_id) "
            "WHERE entry.kind = gone.kind AND entry.object_id = gone.object_id RETURNING number",
            ([kind for kind, _ in found], [number for _, number in found]),
        ).scalars()
    )


def note(connection: Connection, name: str, generation: int, first: int, last: int, removed: list[int]) -> None:
    """Write down what a commit brought. Two writers that thought themselves alone meet here, and one of them fails."""
    connection.exec_driver_sql(f"INSERT INTO {name}.change VALUES (%s, %s, %s, %s)", (generation, first, last, removed))


def newest(connection: Connection, name: str) -> tuple[int, int]:
    """The generation of an index and the last number it gave."""
    row = connection.exec_driver_sql(
        f"SELECT generation, last FROM {name}.change ORDER BY generation DESC LIMIT 1"
    ).one_or_none()
    return (-1, 0) if row is None else (int(row[0]), int(row[1]))


class PostgresSegment:
    """The documents of a stretch of numbers. What it has read of a facet or below a prefix it keeps."""

    def __init__(self, engine: Engine, index: str, first: int, facts: np.ndarray[Any, Any]) -> None:
        self._engine = engine
        self._index = index
        self.first = first
        self.size = len(facts)
        self.facts = facts
        self.name = f"{index}:{first}-{self.last}"
        self._facets: Mapping[str, Mapping[str, Postings]] | None = None
        self._known: dict[tuple[str, str], Postings] = {}
        self._lock = Lock()

    @property
    def last(self) -> int:
        """The highest number."""
        return self.first + self.size - 1

    # --- reading ---

    def _rows(self, statement: str, parameters: tuple[Any, ...]) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return connection.exec_driver_sql(statement.format(name=self._index), parameters).all()

    def read(self, field: str, text: str) -> Postings:
        """The postings of one term, by the segment's own document numbers."""
        known = self._known.pop((field, text), None)
        if known is not None:
            return known
        if field in FACETS:
            return self._by_facet().get(field, {}).get(text, NO_POSTINGS)
        if field in FIELDS:
            return self._fetch(field, [text])[text]
        if field == "key":
            kind, _, number = text.rpartition(":")
            where, parameters = "kind = %s AND object_id = %s", (kind, int(number))
        else:
            where, parameters = "title = %s", (text,)  # type: ignore[assignment]
        rows = self._rows(
            f"SELECT number FROM {{name}}.entry WHERE {where} AND number BETWEEN %s AND %s ORDER BY 1",
            (*parameters, self.first, self.last),
        )
        return self._postings([row[0] for row in rows])

    def ahead(self, terms: Iterable[tuple[str, str]]) -> None:
        """Fetch in one question what `read` will be asked for."""
        by_field: dict[str, list[str]] = defaultdict(list)
        for field, text in terms:
            by_field[field].append(text)
        for field, texts in by_field.items():
            for text, postings in self._fetch(field, texts).items():
                self._known[field, text] = postings

    def _fetch(self, field: str, texts: Sequence[str]) -> dict[str, Postings]:
        terms = {lexeme(field, text): text for text in texts}
        rows = self._rows(_POSTINGS, (list(terms), [quoted(term) for term in terms], self.first, self.last))
        numbers: dict[str, list[int]] = defaultdict(list)
        counts: dict[str, list[float]] = defaultdict(list)
        for term, number, count in rows:
            numbers[term].append(number)
            counts[term].append(1.0 if count is None else count)
        return {text: self._postings(numbers[term], counts[term]) for term, text in terms.items()}

    def _postings(self, numbers: list[int], counts: list[float] | None = None) -> Postings:
        if not numbers:
            return NO_POSTINGS
        ids: IntArray = (np.array(numbers, np.int64) - self.first).astype(np.int32)
        return Postings(ids, np.ones(len(ids), np.float32) if counts is None else np.array(counts, np.float32))

    def _by_facet(self) -> Mapping[str, Mapping[str, Postings]]:
        with self._lock:
            if self._facets is None:
                found: dict[str, dict[str, list[int]]] = {facet: defaultdict(list) for facet in FACETS}
                rows = self._rows(
                    "SELECT number, facets FROM {name}.entry WHERE number BETWEEN %s AND %s ORDER BY 1",
                    (self.first, self.last),
                )
                for number, facets in rows:
                    for facet, value in facets.items():
                        if facet in found:
                            found[facet][value].append(number)
                self._facets = {
                    facet: {value: self._postings(numbers) for value, numbers in values.items()}
                    for facet, values in found.items()
                }
            return self._facets

    # --- terms ---

    def lexicon(self, field: str, prefix: str = "", limit: int | None = None) -> list[str]:
        """The terms of a field that begin with `prefix`, in order; the postings of some are fetched along."""
        if field in FACETS:
            names = sorted(name for name in self._by_facet().get(field, {}) if name.startswith(prefix))
            return names[:limit]
        if field == "title":
            return self._titles(prefix, limit)
        if field == "start":
            names = self._starts(prefix)[:limit]
        else:
            rows = self._rows(
                "SELECT text FROM {name}.word WHERE field = %s AND text >= %s AND text < %s "
                "AND since BETWEEN %s AND %s ORDER BY text LIMIT %s",
                (field, prefix, prefix + chr(0x10FFFF), self.first, self.last, limit),
            )
            names = [row[0] for row in rows]
        if prefix and names:
            self.ahead((field, name) for name in names[:MOST_AT_ONCE])
        return names

    def _titles(self, prefix: str, limit: int | None) -> list[str]:
        rows = self._rows(
            "SELECT title, number FROM {name}.entry WHERE title >= %s AND title < %s AND number BETWEEN %s AND %s "
            "ORDER BY title, number",
            (prefix, prefix + chr(0x10FFFF), self.first, self.last),
        )
        numbers: dict[str, list[int]] = defaultdict(list)
        for title, number in rows:
            numbers[title].append(number)
        names = list(numbers)[: limit or MAX_PREFIX_TERMS]
        self._known.update({("title", name): self._postings(numbers[name]) for name in names})
        return names

    def _starts(self, prefix: str) -> list[str]:
        rows = self._rows(
            "SELECT DISTINCT start FROM {name}.entry, unnest(starts) AS start "
            "WHERE lexemes @@ %s::tsquery AND number BETWEEN %s AND %s AND starts_with(start, %s)",
            (f"{quoted(lexeme('start', prefix))}:*", self.first, self.last, prefix),
        )
        return sorted(row[0] for row in rows)
