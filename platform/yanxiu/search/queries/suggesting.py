"""What is suggested while somebody types: their own latest searches, what many look for, and titles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from yanxiu.accounts.permissions import Viewer
from yanxiu.search.engines.interface import SearchEngine
from yanxiu.search.queries.finding import Hit, Reader
from yanxiu.search.queries.typed import popular_queries, recent_queries
from yanxiu.search.text.completion import completes, completion_key
from yanxiu.search.text.queries import understand

TITLES = 8
MAX_PER_KIND = 5
RECENT, RECENT_ALONE = 3, 6
POPULAR, POPULAR_ALONE = 2, 4
MIN_LATIN = 2
"""One Latin letter begins too much to say anything."""


@dataclass(frozen=True)
class Suggestion:
    """A page to open, or, without an address, words to search for. `note` tells people of one name apart."""

    title: str
    label: str
    url: str = ""
    note: str = ""


def suggestions(engine: SearchEngine, viewer: Viewer, typed: str, *, titles_only: bool = False) -> list[Suggestion]:
    """Own searches first, then popular ones that begin a title this viewer may see, then titles."""
    key, reader = completion_key(typed), Reader(engine, viewer)
    if titles_only:
        return [_of_hit(hit) for hit in titles(reader, typed)]
    recent = list(islice(_matching(recent_queries(viewer), key), RECENT if key else RECENT_ALONE))
    others = (
        text for text in _matching(popular_queries(viewer), key) if text not in recent and _begins_title(reader, text)
    )
    popular = list(islice(others, POPULAR if key else POPULAR_ALONE))
    return [
        *(Suggestion(text, "搜过") for text in recent),
        *(Suggestion(text, "很多人在找") for text in popular),
        *(_of_hit(hit) for hit in titles(reader, typed)),
    ]


def _matching(texts: Iterable[str], key: str) -> Iterable[str]:
    return (text for text in texts if not key or completes(text, key))


def _begins_title(reader: Reader, text: str) -> bool:
    """Whether the whole text, written out, stands in a title: a few people cannot put words of theirs before all."""
    key = completion_key(text)
    if not key or key.isascii():
        return False
    return any(one not in reader.hidden for one in reader.engine.suggest(key, reader.principals, TITLES))


def _of_hit(hit: Hit) -> Suggestion:
    return Suggestion(hit.document.title, hit.label, hit.url, hit.document.place if hit.kind == "person" else "")


def titles(reader: Reader, typed: str) -> list[Hit]:
    """Things this viewer may see whose titles begin with what was typed: in characters, in pinyin, by first letters."""
    key = completion_key(typed)
    if not key or (key.isascii() and len(key) < MIN_LATIN):
        return []
    keys = reader.engine.suggest(key, reader.principals, TITLES * 4)
    reader.turn_to(replace(understand(typed), phrases=()))
    failed = reader.hidden | reader.failing(keys)
    kept, of_kind = [], dict[str, int]()
    for one in keys:
        of_kind[one[0]] = of_kind.get(one[0], 0) + (one not in failed)
        if one not in failed and of_kind[one[0]] <= MAX_PER_KIND:
            kept.append(one)
    kept += [one for one in keys if one not in failed and one not in kept]
    return reader.shown_keys(kept[:TITLES])
