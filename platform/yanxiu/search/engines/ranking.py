"""From a request to a page: rights first, then scores, then counts; the same for every engine that has a snapshot."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from yanxiu.search.engines.interface import Alternative, Clause, EngineHit, EnginePage, EngineRequest, Term
from yanxiu.search.engines.snapshot import Snapshot
from yanxiu.search.scoring import FloatArray, IntArray, Mask, Postings, best, idf, saturated

LEAST_COVERED = 0.2
"""A document must hold this share (by idf) of a query of several things; one common word alone is not an answer."""
LEAST_COVERED_BY_DATE = 0.6
"""More of it when the order is by date and cannot push the accidental ones down."""
EXACT_TITLE = 0.5
TITLE_START = 0.15
SUGGESTED = 60


def rank(snapshot: Snapshot, request: EngineRequest, principals: frozenset[str]) -> EnginePage:
    """The page these principals get. Nothing outside their own documents is in hits, totals or facets."""
    base = _readable(snapshot, request, principals)
    scores = np.zeros(snapshot.size, np.float32)
    if request.clauses:
        base = base & _score(snapshot, request, scores)
        _prefer_titles(snapshot, request.title, scores, base)
    masks = {facet: snapshot.filtered(facet, wanted) for facet, wanted in request.filters.items()}
    chosen = _all(base, masks.values())
    ids = np.flatnonzero(chosen).astype(np.int32)
    order = _in_order(snapshot, request, scores, ids)
    page = order[request.offset : request.offset + request.limit]
    return EnginePage(
        hits=_hits(snapshot, scores, page),
        total=len(ids),
        facets={facet: _counts(snapshot, facet, base, masks) for facet in request.facets},
        by_kind=_best_of_kinds(snapshot, request, scores, ids) if request.per_kind else {},
    )


def suggest(snapshot: Snapshot, start: str, principals: frozenset[str], limit: int) -> IntArray:
    """Readable documents whose title begins with `start`, newest first."""
    ids = snapshot.starting("title", start).ids
    ids = ids[snapshot.allowed(principals)[ids]]
    return ids[np.lexsort((-ids, -snapshot.dates[ids]))][:limit]


def _all(base: Mask, masks: Iterable[Mask]) -> Mask:
    for mask in masks:
        base = base & mask
    return base


def _readable(snapshot: Snapshot, request: EngineRequest, principals: frozenset[str]) -> Mask:
    mask = snapshot.allowed(principals) & snapshot.live
    if request.without:
        mask[snapshot.numbers(request.without)] = False
    for terms in request.required:
        mask &= _holds_all(snapshot, terms)
    for terms in request.excluded:
        mask &= ~_holds_all(snapshot, terms)
    return mask


def _postings(snapshot: Snapshot, term: Term) -> Postings:
    find = snapshot.starting if term.prefix else snapshot.postings
    return find(term.family, term.text)


def _holds_all(snapshot: Snapshot, terms: Iterable[Term]) -> Mask:
    mask = np.ones(snapshot.size, bool)
    for term in terms:
        one = np.zeros(snapshot.size, bool)
        one[_postings(snapshot, term).ids] = True
        mask &= one
    return mask


def _score(snapshot: Snapshot, request: EngineRequest, scores: FloatArray) -> Mask:
    """Add up the clauses into `scores`; which documents hold enough of what was asked."""
    covered = np.zeros(snapshot.size, np.float32)
    asked = 0.0
    for clause in request.clauses:
        ids, gained, mass = _clause(snapshot, clause)
        scores[ids] += gained
        covered[ids] += mass
        asked += mass if len(ids) else 0.0  # what stands nowhere cannot be asked of a document
    least = LEAST_COVERED_BY_DATE if request.newest_first else LEAST_COVERED
    several = len(request.clauses) > 2
    mask: Mask = covered >= least * asked - 1e-4 if several else covered > 0
    return mask & (covered > 0)


def _clause(snapshot: Snapshot, clause: Clause) -> tuple[IntArray, FloatArray, float]:
    """Which documents a clause finds, what each gains by it, and how telling the clause is."""
    if len(clause.alternatives) == 1 and len(clause.alternatives[0].terms) == 1:
        term = clause.alternatives[0].terms[0]
        postings = _postings(snapshot, term)
        mass = term.weight * idf(snapshot.documents, len(postings.ids))
        return postings.ids, saturated(postings, snapshot.norms[term.family], mass), mass
    gained, mass = _best_alternative(snapshot, clause)
    ids = np.flatnonzero(gained).astype(np.int32)
    return ids, gained[ids], mass


def _best_alternative(snapshot: Snapshot, clause: Clause) -> tuple[FloatArray, float]:
    first_mass = 0.0
    gained = np.zeros(snapshot.size, np.float32)
    for position, alternative in enumerate(clause.alternatives):
        found = [_postings(snapshot, term) for term in alternative.terms]
        weights = [
            term.weight * idf(snapshot.documents, len(postings.ids))
            for term, postings in zip(alternative.terms, found, strict=True)
        ]
        mass = sum(weights)
        if position == 0:
            first_mass = mass
        limit = min(1.0, first_mass / mass) if mass > 0 else 1.0
        factor = alternative.share * limit if alternative.share < 1.0 else 1.0
        part = _alternative(snapshot, alternative, found, [factor * weight for weight in weights])
        np.maximum(gained, part, out=gained)
    return gained, first_mass


def _alternative(
    snapshot: Snapshot, alternative: Alternative, found: list[Postings], weights: list[float]
) -> FloatArray:
    gained = np.zeros(snapshot.size, np.float32)
    held = np.zeros(snapshot.size, np.int16)
    for term, postings, weight in zip(alternative.terms, found, weights, strict=True):
        gained[postings.ids] += saturated(postings, snapshot.norms[term.family], weight)
        held[postings.ids] += 1
    if alternative.whole:
        gained[held < len(alternative.terms)] = 0.0
    return gained


def _prefer_titles(snapshot: Snapshot, title: str, scores: FloatArray, matching: Mask) -> None:
    """A title that is the query, or begins with it, goes before texts that merely hold the words."""
    if len(title) < 2 or not matching.any():
        return
    top = float(scores[matching].max())
    scores[snapshot.starting("title", title).ids] += TITLE_START * top
    scores[snapshot.postings("title", title).ids] += EXACT_TITLE * top


def _in_order(snapshot: Snapshot, request: EngineRequest, scores: FloatArray, ids: IntArray) -> IntArray:
    if request.newest_first or not request.clauses:
        return ids[np.lexsort((-ids, -snapshot.dates[ids]))]
    return best(scores, ids, request.offset + request.limit)


def _hits(snapshot: Snapshot, scores: FloatArray, numbers: IntArray) -> tuple[EngineHit, ...]:
    return tuple(
        EngineHit(snapshot.key(int(number)), float(scores[number]), int(snapshot.dates[number])) for number in numbers
    )


def _counts(snapshot: Snapshot, facet: str, base: Mask, masks: dict[str, Mask]) -> tuple[tuple[str, int], ...]:
    """Counts of a facet's values under the other filters, so that one may change one's mind; most first."""
    values, codes = snapshot.codes(facet)
    kept = codes[_all(base, (mask for name, mask in masks.items() if name != facet))]
    numbers = np.bincount(kept[kept >= 0], minlength=len(values)).tolist()
    found = [(value, count) for value, count in zip(values, numbers, strict=True) if count]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _best_of_kinds(
    snapshot: Snapshot, request: EngineRequest, scores: FloatArray, ids: IntArray
) -> dict[str, tuple[EngineHit, ...]]:
    values, codes = snapshot.codes("kind")
    groups: dict[str, tuple[EngineHit, ...]] = {}
    for code in np.unique(codes[ids]):
        few = EngineRequest(
            clauses=request.clauses, newest_first=request.newest_first, offset=0, limit=request.per_kind
        )
        order = _in_order(snapshot, few, scores, ids[codes[ids] == code])
        groups[values[code]] = _hits(snapshot, scores, order[: request.per_kind])
    return groups
