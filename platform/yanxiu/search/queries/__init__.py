"""Finding things: `finding` asks and checks, `reading` understands with what the reader may see, `synonyms` the
table, `suggesting` and `typed` what is offered while typing."""

from __future__ import annotations

from yanxiu.search.queries.finding import FACETS, MAX_PAGE, Found, Group, Hit, Wanted, find, labels
from yanxiu.search.queries.suggesting import Suggestion, suggestions
from yanxiu.search.queries.synonyms import SynonymChange, newest_number, synonym_history, synonym_lines, synonyms_in_use
from yanxiu.search.queries.typed import recent_queries, typed_lately

__all__ = [
    "FACETS",
    "MAX_PAGE",
    "Found",
    "Group",
    "Hit",
    "Suggestion",
    "SynonymChange",
    "Wanted",
    "find",
    "labels",
    "newest_number",
    "recent_queries",
    "suggestions",
    "synonym_history",
    "synonym_lines",
    "synonyms_in_use",
    "typed_lately",
]
