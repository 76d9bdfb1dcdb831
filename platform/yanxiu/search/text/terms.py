"""The terms of a document, weighted by where they stand (true BM25F adds these before anything is ranked)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from yanxiu.core.search_queue import IndexDocument
from yanxiu.search.engines.interface import EngineDocument, Family
from yanxiu.search.text.completion import completions
from yanxiu.search.text.cut import bigrams, words
from yanxiu.search.text.fold import fold, han_runs, squeeze

TITLE = 1.2
TAGS = 1.5
BODY = 1.0
ATTACHMENT = 0.7
MARKS = 1.0
"""Weight of what kind of thing it is: subject, grade, edition, type, school, author."""
PLACE = 0.5
NOT_BY_PLACE = frozenset({"topic", "post", "activity"})
"""What nobody looks for by where it stands: a workshop's name would find every word ever said in it."""
MAX_TEXT = 200_000
MAX_NAME = 4
"""A title no longer than this is a word by itself, as names of people are."""


def engine_document(document: IndexDocument, label: str) -> EngineDocument:
    """What the engine keeps of a document. `label` is the Chinese name of its kind (教案), found like a word of it."""
    counts: dict[Family, dict[str, float]] = {"w": defaultdict(float), "b": defaultdict(float)}
    lengths: dict[Family, float] = {"w": 0.0, "b": 0.0}
    for text, weight in _weighted(document, label):
        folded = fold(text[:MAX_TEXT])
        found: dict[Family, list[str]] = {"w": words(folded), "b": bigrams(folded)}
        for family, terms in found.items():
            _count(counts[family], terms, weight)
            lengths[family] += weight * len(terms)
    name = squeeze(document.title)
    if len(name) <= MAX_NAME and han_runs(name) == [name] and name not in counts["w"]:
        counts["w"][name] = TITLE  # 王丽 is one word, however it is cut
    return EngineDocument(
        key=(document.kind, document.object_id),
        terms=counts,
        lengths=lengths,
        title=name,
        acl=document.acl,
        facets=_facets(document),
        starts=completions(document.title),
        date=int(document.date.timestamp()) if document.date else 0,
    )


def _weighted(document: IndexDocument, label: str) -> list[tuple[str, float]]:
    marks = (
        label, document.subject, document.stage, document.grade, document.edition, document.volume, document.type,
        document.school, document.author, document.year,
    )  # fmt: skip
    return [
        (document.title, TITLE),
        (" ".join(document.tags), TAGS),
        (document.body, BODY),
        (document.attachment, ATTACHMENT),
        (" ".join(marks), MARKS),
        ("" if document.kind in NOT_BY_PLACE else document.place, PLACE),
    ]


def _count(counts: dict[str, float], terms: Iterable[str], weight: float) -> None:
    for term in terms:
        counts[term] += weight


def _facets(document: IndexDocument) -> dict[str, str]:
    return {
        "kind": document.kind,
        "subject": document.subject,
        "stage": document.stage,
        "grade": document.grade,
        "edition": document.edition,
        "volume": document.volume,
        "type": document.type,
        "school": document.school,
        "author": document.author,
        "year": document.year,
        "theme": document.theme,
        "literacy": document.literacy,
        "grading": document.grading,
        "origin": document.origin,
    }
