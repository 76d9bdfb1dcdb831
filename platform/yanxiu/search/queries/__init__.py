"""Finding things: `finding` asks and checks, `reading` understands with what the reader may see, `synonyms` the
table, `suggesting` and `typed` what is offered while typing."""

from __future__ import annotations

from yanxiu.search.queries.finding import FACETS, MAX_PAGE, Found, Group, Hit, Wanted, find, labels
from yanxiu.search.queries.saved import (
    OFTEN,
    Matches,
    News,
    SavedRow,
    due_searches,
    find_saved,
    matches,
    news_of,
    readable,
    same_search,
    saved_searches,
    wanted_of,
)
from yanxiu.search.queries.shown import visible_now
from yanxiu.search.queries.suggesting import Suggestion, suggestions
from yanxiu.search.queries.synonyms import SynonymChange, newest_number, synonym_history, synonym_lines, synonyms_in_use
from yanxiu.search.queries.typed import recent_queries, typed_lately

__all__ = [
    "FACETS",
    "MAX_PAGE",
    "OFTEN",
    "Found",
    "Group",
    "Hit",
    "Matches",
    "News",
    "SavedRow",
    "Suggestion",
    "SynonymChange",
    "Wanted",
    "due_searches",
    "find",
    "find_saved",
    "labels",
    "matches",
    "newest_number",
    "news_of",
    "readable",
    "recent_queries",
    "same_search",
    "saved_searches",
    "suggestions",
    "synonym_history",
    "synonym_lines",
    "synonyms_in_use",
    "typed_lately",
    "visible_now",
    "wanted_of",
]
