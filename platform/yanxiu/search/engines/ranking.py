"""From a request to a page: rights first, then scores, then counts; the same for every engine that has a snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from yanxiu.search.engines.interface import (
    Alternative,
    Clause,
    EngineHit,
    EnginePage,
    EngineRequest,
    Family,
    Fits,
    Term,
)
from yanxiu.search.engines.room import Room
from yanxiu.search.engines.snapshot import Snapshot
from yanxiu.search.scoring import (
    FloatArray,
    IntArray,
    LengthNorm,
    Mask,
    Numbers,
    Postings,
    best,
    common,
    idf,
    length_norm,
    saturate,
)

LEAST_COVERED = 0.2
"""A document must hold this share (by idf) of a query of several things; one common word alone is not an answer."""
LEAST_COVERED_BY_DATE = 0.6
"""More of it when the order is by date and cannot push the accidental ones down."""
LOOKED_AT = 200
"""Among so many titles the newest are suggested."""
SAID = 0.7
"""A clause is said by a document that holds this share of it: 三年级 is not said by 年级 alone."""
PARTLY = 0.7
"""What is left of the score of a document that holds next to nothing of what was asked."""
PARTS = 2.0
"""A word and its parts together weigh at most this often as much as the most telling of them."""
EXACT_TITLE = 0.5
TITLE_START = 0.15
NAMED = 1.2
"""What a facet named in the query is worth to a document that has it."""
MUCH_FEWER = 25
"""So many times shorter a list is rather looked up in the other than both are marked."""


@dataclass(frozen=True)
class Own:
    """All that a reader may see, whatever is asked for. How telling a word is and what length is usual is said of these
    alone: what one may not see moves nothing, neither the line below which a hit is too weak nor the order."""

    mask: Mask
    documents: int
    lengths: dict[Family, FloatArray]
    norms: dict[Family, LengthNorm]
    room: Room

    def weights(self, terms: Iterable[Term], found: Iterable[Postings]) -> tuple[list[float], list[int]]:
        """What terms weigh, and how many documents hold each."""
        held = [self.held(postings) for postings in found]
        return [term.weight * idf(self.documents, count) for term, count in zip(terms, held, strict=True)], held

    def held(self, postings: Postings) -> int:
        """How many documents these are."""
        if self.documents == len(self.mask):
            return len(postings.ids)
        return int(np.count_nonzero(self.mask[self.room.numbers(postings.ids)]))

    def add(self, term: Term, postings: Postings, weight: float, scores: FloatArray, *, first: bool = False) -> None:
        """Add what each document gains by a term; the `first` of all finds nothing there yet."""
        at = self.room.numbers(postings.ids)
        room = self.room.floats(), self.room.floats()
        gain, beside = room[0][: len(at)], room[1][: len(at)]
        self.norms[term.family].into(self.lengths[term.family], at, beside)
        saturate(postings.counts, beside, weight, gain)
        if not first:
            np.take(scores, at, out=beside, mode="clip")
            gain += beside
        scores[at] = gain
        self.room.put_back(*room)


def _own(snapshot: Snapshot, without: IntArray, principals: frozenset[str], room: Room) -> Own:
    mask = snapshot.allowed(principals)
    documents, lengths = snapshot.extent(principals)
    gone = without[mask[without]]
    if len(gone):
        mask = mask.copy()
        mask[gone] = False
    documents -= len(gone)
    norms: dict[Family, LengthNorm] = {}
    for family, each in snapshot.lengths.items():
        left = lengths[family] - float(each[gone].sum(dtype=np.float64))
        norms[family] = length_norm(left / documents if documents else 0.0)
    return Own(mask, documents, snapshot.lengths, norms, room)


def rank(snapshot: Snapshot, request: EngineRequest, principals: frozenset[str]) -> EnginePage:
    """The page these principals get. Nothing outside their own documents is in hits, totals or facets."""
    with snapshot.room() as room:
        return _rank(snapshot, request, principals, room)


def _rank(snapshot: Snapshot, request: EngineRequest, principals: frozenset[str], room: Room) -> EnginePage:
    snapshot.ahead(_asked(request))
    base = readable = _readable(snapshot, request, principals, room)
    scores = room.zeros()
    if request.clauses:
        own = _own(snapshot, snapshot.numbers(request.without), principals, room)
        base = base & _score(snapshot, own, request, scores)
        if request.every:
            base = _all(base, (_says(snapshot, own, clause) for clause in request.clauses if not clause.bridge))
        _prefer_named(snapshot, request, scores)
        _prefer_titles(snapshot, request.title, scores, base)
    masks = {facet: snapshot.filtered(facet, wanted) for facet, wanted in request.filters.items()}
    chosen = _all(base, masks.values())
    ids = np.flatnonzero(chosen)
    order = _in_order(snapshot, request, scores, ids)
    page = order[request.offset : request.offset + request.limit]
    unsaid, whole = _unsaid(snapshot, readable, request.clauses, room)
    made = EnginePage(
        hits=_hits(snapshot, scores, page),
        total=len(ids),
        facets=_facets(snapshot, request.facets, base, masks, chosen),
        by_kind=_best_of_kinds(snapshot, request, scores, ids) if request.per_kind else {},
        unsaid=unsaid,
        whole=whole,
    )
    room.put_back(scores)
    return made


def suggest(snapshot: Snapshot, start: str, principals: frozenset[str], limit: int) -> IntArray:
    """Readable documents of which a beginning begins with `start`: whole ones first, then the newest.

    Of many, the first in the order of the alphabet are looked at; what somebody may not see pushes nothing out.
    """
    ids = snapshot.beginning(start, snapshot.allowed(principals), LOOKED_AT)
    whole = np.isin(ids, snapshot.postings("start", start).ids)
    return ids[np.lexsort((-ids, -snapshot.dates[ids], ~whole))][:limit]


def spelled(
    snapshot: Snapshot, spellings: Iterable[str], scope: EngineRequest, principals: frozenset[str], fits: Fits
) -> dict[str, list[tuple[str, int]]]:
    """Words by how they are spelled, with how many readable documents hold them: none is told that is in none."""
    with snapshot.room() as room:
        mask = _readable(snapshot, scope, principals, room)
    found: dict[str, list[tuple[str, int]]] = {}
    fitting = {one: [word for word in words if fits(one, word)] for one, words in snapshot.spelled(spellings).items()}
    snapshot.ahead(("w", word) for words in fitting.values() for word in words)
    for spelling, several in fitting.items():
        words = ((word, int(np.count_nonzero(mask[snapshot.postings("w", word).ids]))) for word in several)
        known = [(word, count) for word, count in words if count]
        if known:
            found[spelling] = sorted(known, key=lambda pair: (-pair[1], pair[0]))
    return found


def counted(
    snapshot: Snapshot, wanted: Iterable[tuple[Term, ...]], scope: EngineRequest, principals: frozenset[str]
) -> list[int]:
    """How many readable documents hold all the terms of each of `wanted`."""
    wanted = list(wanted)
    snapshot.ahead((term.family, term.text) for terms in wanted for term in terms if not term.prefix)
    with snapshot.room() as room:
        mask = _readable(snapshot, scope, principals, room)
        held = (_holding_all(snapshot, terms, room) if terms else np.flatnonzero(mask) for terms in wanted)
        return [int(np.count_nonzero(mask[ids])) for ids in held]


def _all(base: Mask, masks: Iterable[Mask]) -> Mask:
    for mask in masks:
        base = base & mask
    return base


def _readable(snapshot: Snapshot, request: EngineRequest, principals: frozenset[str], room: Room) -> Mask:
    """Not to be written to."""
    mask = snapshot.allowed(principals)
    if request.within:
        mask = mask & snapshot.allowed(request.within)
    if request.without:
        mask = mask.copy()
        mask[snapshot.numbers(request.without)] = False
    for terms in request.required:
        mask = mask & _marked(snapshot, _holding_all(snapshot, terms, room))
    for terms in request.excluded:
        mask = mask & ~_marked(snapshot, _holding_all(snapshot, terms, room))
    return mask


def _marked(snapshot: Snapshot, ids: IntArray) -> Mask:
    mask = np.zeros(snapshot.size, bool)
    mask[ids] = True
    return mask


def _asked(request: EngineRequest) -> Iterable[tuple[str, str]]:
    """The terms of a request, all but the beginnings of words."""
    clauses = [alternative.terms for clause in request.clauses for alternative in clause.alternatives]
    several = (*clauses, *request.required, *request.excluded)
    return [(term.family, term.text) for terms in several for term in terms if not term.prefix]


def _postings(snapshot: Snapshot, term: Term) -> Postings:
    find = snapshot.starting if term.prefix else snapshot.postings
    return find(term.family, term.text)


def _holding_all(snapshot: Snapshot, terms: Iterable[Term], room: Room) -> IntArray:
    """The documents that hold all of these terms, of which there is one at least."""
    return _in_all([_postings(snapshot, term) for term in terms], room)


def _in_all(found: Iterable[Postings], room: Room) -> IntArray:
    """From the rarest on, so that little is left to be looked for in the long lists."""
    few, *others = sorted((postings.ids for postings in found), key=len)
    for many in others:
        if MUCH_FEWER * len(few) < len(many):
            few = common(few, many)
        elif len(few):
            marks = room.mask(room.numbers(many))
            few = few[marks[few]]
            room.put_back(marks)
    return few


def _score(snapshot: Snapshot, own: Own, request: EngineRequest, scores: FloatArray) -> Mask:
    """Add up the clauses into `scores`; which documents hold enough of what was asked.

    What is asked weighs by its most telling term. A document that holds all of it keeps its whole score, one that
    holds half of it loses a part: otherwise a long word, which also counts in its parts, drowns a short one.
    """
    room = own.room
    covered = room.zeros()
    asked, several = 0.0, 0
    for clause in request.clauses:
        if clause.bridge and len(clause.alternatives) == 1 == len(clause.alternatives[0].terms):
            _bridge(snapshot, own, clause.alternatives[0].terms[0], scores)
            continue
        gained, held, mass = _clause(snapshot, own, clause)
        scores += gained
        if not clause.bridge:
            covered += held
            asked += mass
            several += 1
        room.put_back(gained, held)
    if asked > 0:
        kept = room.floats()
        np.multiply(covered, 1.0 - PARTLY, out=kept)
        kept /= asked
        kept += PARTLY
        scores *= kept
        room.put_back(kept)
    least = LEAST_COVERED_BY_DATE if request.newest_first else LEAST_COVERED
    enough: Mask = covered >= least * asked - 1e-4 if several > 1 else covered > 0
    enough &= covered > 0
    room.put_back(covered)
    return enough


def _bridge(snapshot: Snapshot, own: Own, term: Term, scores: FloatArray) -> None:
    """The same as a clause of one term that is nothing asked for: most of a query are such, and each holds few documents."""
    postings = _postings(snapshot, term)
    weights, _ = own.weights((term,), (postings,))
    own.add(term, postings, weights[0], scores)


def _clause(snapshot: Snapshot, own: Own, clause: Clause) -> tuple[FloatArray, FloatArray, float]:
    """What each document gains by a clause, how much of it each holds, and how telling it is where it stands at all."""
    gained = held = None
    first_sum = mass = 0.0
    for position, alternative in enumerate(clause.alternatives):
        found = [_postings(snapshot, term) for term in alternative.terms]
        weights, counts = own.weights(alternative.terms, found)
        if position == 0:
            first_sum = sum(weights)
            mass = max((weight for weight, count in zip(weights, counts, strict=True) if count), default=0.0)
        factor = min(1.0, PARTS * mass / (first_sum or 1.0)) if mass else 1.0
        if position:
            factor *= alternative.share * min(1.0, first_sum / (sum(weights) or 1.0))
        part, share = _alternative(own, alternative, found, weights)
        if factor != 1.0:
            part *= np.float32(factor)
        if gained is None or held is None:
            gained, held = part, share
        else:
            np.maximum(gained, part, out=gained)
            np.maximum(held, share, out=held)
        if not mass:  # the word that was typed stands nowhere; another word for it does
            mass = float(share[own.mask].max(initial=0.0))
        if gained is not part:
            own.room.put_back(part, share)
    if gained is None or held is None:
        return own.room.zeros(), own.room.zeros(), mass
    return gained, np.minimum(held, mass, out=held), mass


def _says(snapshot: Snapshot, own: Own, clause: Clause) -> Mask:
    """Which documents say a clause in one of its ways: hold the most telling term of it, or one nearly as telling."""
    says = np.zeros(snapshot.size, bool)
    for alternative in clause.alternatives:
        found = [_postings(snapshot, term) for term in alternative.terms]
        weights, _ = own.weights(alternative.terms, found)
        gained, share = _alternative(own, alternative, found, weights)
        says |= (share > 0) & (share >= SAID * max(weights, default=0.0))
        own.room.put_back(gained, share)
    return says


def _unsaid(snapshot: Snapshot, readable: Mask, clauses: Iterable[Clause], room: Room) -> tuple[tuple[str, ...], bool]:
    """The words that no readable document says, and whether one says all of what is asked.

    Literally, in any of their ways: a part of a word says nothing of the word.
    """
    said = [(clause, readable & _written(snapshot, clause, room)) for clause in clauses if not clause.bridge]
    unsaid = tuple(clause.word for clause, says in said if not says.any())
    return unsaid, not unsaid and bool(_all(readable, (says for _, says in said)).any())


def _written(snapshot: Snapshot, clause: Clause, room: Room) -> Mask:
    """Where one way of saying it stands: all its pairs of characters, however the text was cut, or else one of its terms."""
    mask = np.zeros(snapshot.size, bool)
    for alternative in clause.alternatives:
        pairs = [term for term in alternative.terms if term.family == "b" and not term.prefix]
        if pairs:
            mask[_holding_all(snapshot, pairs, room)] = True
        for term in alternative.terms if not pairs else ():
            mask[_postings(snapshot, term).ids] = True
    return mask


def _alternative(
    own: Own, alternative: Alternative, found: list[Postings], weights: list[float]
) -> tuple[FloatArray, FloatArray]:
    """What each document gains by it, and the weight of the most telling term that it holds."""
    room = own.room
    gained, best_held = room.zeros(), room.zeros()
    for position, (term, postings) in enumerate(zip(alternative.terms, found, strict=True)):
        own.add(term, postings, weights[position], gained, first=not position)
    for weight, postings in sorted(zip(weights, found, strict=True), key=lambda pair: pair[0]):
        best_held[room.numbers(postings.ids)] = weight  # the more telling one, coming later, is what stays
    if alternative.whole and len(found) > 1:
        complete = _in_all(found, room)
        for array in (gained, best_held):
            kept = array[complete]
            array.fill(0.0)
            array[complete] = kept
    return gained, best_held


def _prefer_named(snapshot: Snapshot, request: EngineRequest, scores: FloatArray) -> None:
    """五年级 in the words of a query: what is of that grade goes before what merely says so."""
    for facet, values in request.boosts.items():
        np.multiply(scores, NAMED, out=scores, where=snapshot.filtered(facet, values))


def _prefer_titles(snapshot: Snapshot, title: str, scores: FloatArray, matching: Mask) -> None:
    """A title that is the query, or begins with it, goes before texts that merely hold the words."""
    if len(title) < 2 or not matching.any():
        return
    top = float(scores[matching].max())
    scores[snapshot.starting("title", title).ids] += TITLE_START * top
    scores[snapshot.postings("title", title).ids] += EXACT_TITLE * top


def _in_order(snapshot: Snapshot, request: EngineRequest, scores: FloatArray, ids: Numbers) -> Numbers:
    if request.newest_first or not request.clauses:
        return ids[np.lexsort((-ids, -snapshot.dates[ids]))]
    return best(scores, ids, request.offset + request.limit)


def _hits(snapshot: Snapshot, scores: FloatArray, numbers: Numbers) -> tuple[EngineHit, ...]:
    return tuple(
        EngineHit(snapshot.key(int(number)), float(scores[number]), int(snapshot.dates[number])) for number in numbers
    )


def _facets(
    snapshot: Snapshot, facets: Iterable[str], base: Mask, masks: dict[str, Mask], under_all: Mask
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Counts of each facet's values under the other filters, so that one may change one's mind."""
    counts = {}
    all_numbers = np.flatnonzero(under_all)
    for facet in facets:
        others = [mask for name, mask in masks.items() if name != facet]
        free = len(others) < len(masks)
        mask = _all(base, others) if free else under_all
        counts[facet] = _counts(snapshot, facet, mask, np.flatnonzero(mask) if free else all_numbers)
    return counts


def _counts(snapshot: Snapshot, facet: str, mask: Mask, numbers: Numbers) -> tuple[tuple[str, int], ...]:
    """How many of these documents have each value of a facet, most first."""
    codes = snapshot.codes(facet)
    found = [(value, count) for value, count in zip(codes.values, codes.counts(numbers, mask), strict=True) if count]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _best_of_kinds(
    snapshot: Snapshot, request: EngineRequest, scores: FloatArray, ids: Numbers
) -> dict[str, tuple[EngineHit, ...]]:
    known = snapshot.codes("kind")
    kinds = known.codes[ids]
    groups: dict[str, tuple[EngineHit, ...]] = {}
    for code in np.flatnonzero(np.bincount(kinds)):
        few = EngineRequest(
            clauses=request.clauses, newest_first=request.newest_first, offset=0, limit=request.per_kind
        )
        order = _in_order(snapshot, few, scores, ids[kinds == code])
        groups[known.values[code]] = _hits(snapshot, scores, order[: request.per_kind])
    return groups
