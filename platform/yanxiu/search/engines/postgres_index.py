"""One built index in PostgreSQL: a row for each document with its terms in a tsvector under GIN.

The terms are ours (`search.text`), put in with `array_to_tsvector`; no dictionary of the server is asked. The first
letter of a lexeme tells its field. A word carries its weighted count, as in "w三国=2.4", and the list of words knows
which counts there are of each: so GIN alone answers which documents hold a word and how often, without reading one
tsvector (positions cannot be read for one lexeme alone; to unpack the rows took forty times as long). The answers end
in the same arrays that the embedded engine has, so that rights, scores and facets are computed by the same code.

Documents are numbered in the order in which they are committed and never changed: another version of a document is
another row. What a reader has read of a stretch of numbers therefore stays right, and a commit only adds a stretch.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from threading import Lock
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from yanxiu.search.engines.interface import FACETS, TITLE_LENGTH, EngineDocument, Key, facet_values
from yanxiu.search.scoring import NO_POSTINGS, IntArray, Postings, together

FIELDS = {"w": "w", "b": "b", "acl": "a", "start": "s"}
"""Fields whose terms are lexemes, and the letter in front of them."""
MAX_LEXEME = 600
"""Characters; PostgreSQL takes 2,046 bytes."""
MOST_BYTES = 1_000_000
"""Of the words of one document in UTF-8; a tsvector has room for 1,048,575 bytes, rights and beginnings among them."""
MOST_AT_ONCE = 200
MOST_AHEAD = 2000
"""Postings that were fetched along and that nobody has asked for yet."""
TABLES = (
    """CREATE TABLE {name}.entry (
        number bigint PRIMARY KEY, kind text NOT NULL, object_id bigint NOT NULL, date bigint NOT NULL,
        length_w real NOT NULL, length_b real NOT NULL, title text COLLATE "C" NOT NULL, facets jsonb NOT NULL,
        starts text[] NOT NULL, lexemes tsvector NOT NULL)""",
    """CREATE TABLE {name}.word (
        lexeme text COLLATE "C" PRIMARY KEY, query tsquery NOT NULL, field text NOT NULL,
        text text COLLATE "C" NOT NULL, count real NOT NULL, since bigint NOT NULL)""",
    """CREATE TABLE {name}.change (
        generation bigint PRIMARY KEY, first bigint NOT NULL, last bigint NOT NULL, removed bigint[] NOT NULL)""",
)
INDEXES = (
    "CREATE INDEX ON {name}.entry USING gin (lexemes)",
    "CREATE INDEX ON {name}.entry (kind, object_id)",
    "CREATE INDEX ON {name}.entry (title)",
    "CREATE INDEX ON {name}.word (field, text)",
)
_ENTRY = "INSERT INTO {name}.entry VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, array_to_tsvector(%s::text[]))"
_WORDS = """
    INSERT INTO {name}.word SELECT lexeme, query::tsquery, field, text, count, since
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::real[], %s::bigint[])
        AS new (lexeme, query, field, text, count, since)
    ORDER BY lexeme ON CONFLICT DO NOTHING"""
_COUNTED = """
    SELECT word.text, word.count, found.numbers FROM {name}.word CROSS JOIN LATERAL (
        SELECT string_agg(int8send(number), ''::bytea) AS numbers FROM {name}.entry
        WHERE lexemes @@ word.query AND number BETWEEN %s AND %s) AS found
    WHERE word.field = %s AND word.text = ANY (%s::text[]) AND word.since <= %s AND found.numbers IS NOT NULL"""
_BEGUN = """
    SELECT word.count, found.numbers FROM {name}.word CROSS JOIN LATERAL (
        SELECT string_agg(int8send(number), ''::bytea) AS numbers FROM {name}.entry
        WHERE lexemes @@ word.query AND number BETWEEN %s AND %s) AS found
    WHERE word.field = %s AND word.text >= %s AND word.text < %s AND word.since <= %s AND found.numbers IS NOT NULL
    ORDER BY word.text"""
_HELD = """
    SELECT asked.text, 1.0::real, found.numbers
    FROM unnest(%s::text[], %s::text[]) AS asked (text, query) CROSS JOIN LATERAL (
        SELECT string_agg(int8send(number), ''::bytea) AS numbers FROM {name}.entry
        WHERE lexemes @@ asked.query::tsquery AND number BETWEEN %s AND %s) AS found
    WHERE found.numbers IS NOT NULL"""


def kept(text: str) -> str:
    """A term as PostgreSQL can keep it."""
    return text[:MAX_LEXEME].replace("\x00", "")


def lexeme(field: str, text: str, count: float | None = None) -> str:
    """A term of a field, a word with its weighted count, as it stands in the tsvector."""
    return FIELDS[field] + kept(text) + ("" if count is None else f"={count:.6g}")


def quoted(text: str) -> str:
    """A lexeme as a query for it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _words(document: EngineDocument) -> dict[str, tuple[str, str, float]]:
    """The words of a document by their lexemes: family, text, weighted count.

    Of a very long text the first ones of each family in turn, as many as there is room for.
    """
    found: dict[str, tuple[str, str, float]] = {}
    room = MOST_BYTES
    families = ([(family, *term) for term in terms.items()] for family, terms in document.terms.items())
    for family, text, count in filter(None, chain.from_iterable(zip_longest(*families))):
        term = lexeme(family, text, count)
        room -= len(term.encode())
        if room < 0:
            break
        found[term] = family, kept(text), float(f"{count:.6g}")
    return found


def _row(number: int, document: EngineDocument, words: Iterable[str]) -> tuple[Any, ...]:
    others = [lexeme("acl", name) for name in document.acl] + [lexeme("start", start) for start in document.starts]
    facets = {name: value for name, value in document.facets.items() if value}
    return (
        number, document.key[0], document.key[1], document.date, document.lengths["w"], document.lengths["b"],
        kept(document.title)[:TITLE_LENGTH], json.dumps(facets), sorted(document.starts), [*words, *others],
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
    connection.exec_driver_sql(f"ANALYZE {name}.entry, {name}.word")


def insert(connection: Connection, name: str, first: int, documents: Sequence[EngineDocument]) -> int:
    """Put documents in from number `first` on; the last number."""
    if not documents:
        return first - 1
    words = [_words(document) for document in documents]
    rows = [_row(first + i, d, w) for i, (d, w) in enumerate(zip(documents, words, strict=True))]
    connection.exec_driver_sql(_ENTRY.format(name=name), rows)
    new: dict[str, tuple[Any, ...]] = {}
    for number, found in enumerate(words, first):
        for term, word in found.items():
            new.setdefault(term, (term, quoted(term), *word, number))
    if new:
        columns = [list(column) for column in zip(*new.values(), strict=True)]
        connection.exec_driver_sql(_WORDS.format(name=name), tuple(columns))
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


def _in_order(parts: list[Postings]) -> Postings:
    """The documents of a term, of which each part has those with one count."""
    if not parts:
        return NO_POSTINGS
    ids = np.concatenate([part.ids for part in parts])
    order = np.argsort(ids)
    return Postings(ids[order], np.concatenate([part.counts for part in parts])[order])


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

    @property
    def mapped(self) -> bool:
        """No: what is read comes from the server."""
        return False

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
        if len(self._known) > MOST_AHEAD:
            self._known.clear()
        by_field: dict[str, list[str]] = defaultdict(list)
        for field, text in terms:
            if (field, text) not in self._known:
                by_field[field].append(text)
        for field, texts in by_field.items():
            for text, postings in self._fetch(field, texts).items():
                self._known[field, text] = postings

    def _fetch(self, field: str, texts: Sequence[str]) -> dict[str, Postings]:
        texts = list(dict.fromkeys(texts))
        within = (self.first, self.last)
        if field in ("w", "b"):
            rows = self._rows(_COUNTED, (*within, field, [kept(text) for text in texts], self.last))
        else:
            terms = [lexeme(field, text) for text in texts]
            rows = self._rows(_HELD, ([kept(text) for text in texts], [quoted(term) for term in terms], *within))
        found: dict[str, list[Postings]] = defaultdict(list)
        for text, count, packed in rows:  # all numbers as one string of bytes: row by row took most of the time
            found[text].append(self._unpacked(packed, count))
        return {text: _in_order(found[kept(text)]) for text in texts}

    def _unpacked(self, packed: bytes, count: float) -> Postings:
        ids = (np.frombuffer(packed, ">i8") - self.first).astype(np.int32)
        return Postings(ids, np.full(len(ids), count, np.float32))

    def begun(self, field: str, prefix: str) -> Postings:
        """The postings of all terms of a family of words, or of all titles, that begin with `prefix`."""
        beyond = prefix + chr(0x10FFFF)
        if field == "title":
            rows = self._rows(
                "SELECT number FROM {name}.entry WHERE title >= %s AND title < %s AND number BETWEEN %s AND %s",
                (prefix, beyond, self.first, self.last),
            )
            return self._postings([row[0] for row in rows])
        rows = self._rows(_BEGUN, (self.first, self.last, field, prefix, beyond, self.last))
        return together([self._unpacked(packed, count) for count, packed in rows])

    def _postings(self, numbers: list[int]) -> Postings:
        if not numbers:
            return NO_POSTINGS
        ids: IntArray = (np.array(numbers, np.int64) - self.first).astype(np.int32)
        return Postings(ids, np.ones(len(ids), np.float32))

    def _by_facet(self) -> Mapping[str, Mapping[str, Postings]]:
        with self._lock:
            if self._facets is None:
                found: dict[str, dict[str, list[int]]] = {facet: defaultdict(list) for facet in FACETS}
                rows = self._rows(
                    "SELECT number, facets FROM {name}.entry WHERE number BETWEEN %s AND %s ORDER BY 1",
                    (self.first, self.last),
                )
                for number, facets in rows:
                    for facet in found.keys() & facets.keys():
                        for value in facet_values(facet, facets[facet]):
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
        if field == "start":
            names = self._starts(prefix)[:limit]
        else:
            rows = self._rows(
                "SELECT DISTINCT text FROM {name}.word WHERE field = %s AND text >= %s AND text < %s "
                "AND since BETWEEN %s AND %s ORDER BY text LIMIT %s",
                (field, prefix, prefix + chr(0x10FFFF), self.first, self.last, limit),
            )
            names = [row[0] for row in rows]
        if prefix and names:
            self.ahead((field, name) for name in names[:MOST_AT_ONCE])
        return names

    def _starts(self, prefix: str) -> list[str]:
        rows = self._rows(
            "SELECT DISTINCT start FROM {name}.entry, unnest(starts) AS start "
            "WHERE lexemes @@ %s::tsquery AND number BETWEEN %s AND %s AND starts_with(start, %s)",
            (f"{quoted(lexeme('start', prefix))}:*", self.first, self.last, prefix),
        )
        return sorted(row[0] for row in rows)
