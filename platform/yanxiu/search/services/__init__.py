"""Writes of search: `words` the table of words for the same thing and what people looked for, `saved` kept searches."""

from __future__ import annotations

from yanxiu.search.services.saved import (
    LOOK,
    MAX_NAME,
    MAX_SAVED,
    change_search,
    next_look,
    note_told,
    remove_search,
    save_search,
    see_news,
    wake_looks,
)
from yanxiu.search.services.words import SAVED_MEANWHILE, forget_queries, note_queries, note_query, save_synonyms

__all__ = [
    "LOOK",
    "MAX_NAME",
    "MAX_SAVED",
    "SAVED_MEANWHILE",
    "change_search",
    "forget_queries",
    "next_look",
    "note_queries",
    "note_query",
    "note_told",
    "remove_search",
    "save_search",
    "save_synonyms",
    "see_news",
    "wake_looks",
]
