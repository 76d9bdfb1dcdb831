"""What may be said about a file that has just arrived: by its name, by the county's catalog, by its first lines."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from yanxiu.resources.catalog import LEVELS
from yanxiu.resources.extraction.clues import Clue, clue_at, clues_in, title_clue
from yanxiu.resources.extraction.guessing import guess_details, is_kind_of_extension
from yanxiu.resources.queries.textbooks import books_naming

Proposals = dict[str, dict[str, str]]
HEADLINES = 8
"""Among so many first lines the lesson is looked for."""


def guessed(
    county_id: int | None, name: str, head: Sequence[str], person: Mapping[str, str]
) -> tuple[dict[str, str], Proposals]:
    """Return the values a card begins with, and what the text says, with the reason.

    The name outweighs the catalog, the catalog the text, the text what is known of the person; where the name says
    something else than the text, the text's word stays a proposal.
    """
    stem, extension = os.path.splitext(name)
    said, clues = guess_details(name), clues_in(head)
    if is_kind_of_extension(extension):
        clues.pop("kind", None)
    by_name = books_naming(county_id, name, said, person)
    clues = {**clues, **_from_catalog(county_id, head, {**_values(clues), **by_name, **said}, person)}
    title = title_clue(stem, head)
    guess = {**person, **_values(clues), **by_name, **said}
    if title is not None:
        clues["title"], guess["title"] = title, title.value
    proposals = {column: {"value": clue.value, "reason": clue.reason} for column, clue in clues.items()}
    return {column: value for column, value in guess.items() if value}, proposals


def _values(clues: Mapping[str, Clue]) -> dict[str, str]:
    return {column: clue.value for column, clue in clues.items()}


def _from_catalog(
    county_id: int | None, head: Sequence[str], known: Mapping[str, str], person: Mapping[str, str]
) -> dict[str, Clue]:
    """What the catalog knows of the lesson that the text names; a line that names it is the reason for all of it."""
    levels = {column: known[column] for column in LEVELS if known.get(column) and column != "lesson"}
    book = books_naming(county_id, "\n".join(head[:HEADLINES]), levels, person)
    lesson = book.get("lesson", "")
    at = next((number for number, line in enumerate(head, start=1) if lesson and lesson in line), 0)
    if not at:
        return {}
    return {column: _at(value, clue_at(lesson, at, head[at - 1])) for column, value in book.items()}


def _at(value: str, clue: Clue) -> Clue:
    return Clue(value, clue.line, clue.quote)
