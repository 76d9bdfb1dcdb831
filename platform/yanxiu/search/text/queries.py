"""From what a person typed to what an engine is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from yanxiu.search.engines.interface import Alternative, Clause, Term
from yanxiu.search.text.asking import meaningful, without_function_words, without_question_words
from yanxiu.search.text.cut import bigrams, pieces, words
from yanxiu.search.text.facets import facets_named
from yanxiu.search.text.fold import fold, han_runs, squeeze
from yanxiu.search.text.synonyms import Synonyms, shipped, with_synonyms

MAX_QUERY = 200
MAX_TERMS = 40
BIGRAM = 0.5
SYNONYM = 0.7
_PHRASE = re.compile(r"《([^《》]+)》|[\"“”]([^\"“”]+)[\"“”]|「([^「」]+)」")
_EXCLUDED = re.compile(r"(?:^|\s)-(\S+)")


@dataclass(frozen=True)
class Query:
    """A query understood. `needles` are the folded words to mark in what was found, `facets` what its words name, `runs`
    the words that stand together without anything between them; `asks` when it is put as a question."""

    typed: str
    facets: Mapping[str, str]
    title: str
    clauses: tuple[Clause, ...]
    required: tuple[tuple[Term, ...], ...]
    excluded: tuple[tuple[Term, ...], ...]
    phrases: tuple[str, ...]
    needles: tuple[str, ...]
    runs: tuple[tuple[str, ...], ...]
    asks: bool

    @property
    def empty(self) -> bool:
        """Nothing to look for."""
        return not self.clauses


NOTHING_ASKED = Query("", {}, "", (), (), (), (), (), (), False)


def understand(typed: str, synonyms: Synonyms | None = None) -> Query:
    """Read phrases in 《》 or quotes, words with a minus, and the rest as words and pairs of characters."""
    synonyms = synonyms or shipped()
    folded = fold(typed[:MAX_QUERY])
    left_out = [word for word in _EXCLUDED.findall(folded) if holding(word)]
    rest = _EXCLUDED.sub(" ", folded)
    phrases = [next(filter(None, groups)).strip() for groups in _PHRASE.findall(rest)]
    plain = without_question_words(rest)
    asked = without_function_words(plain)
    facets = facets_named(rest)
    return Query(
        typed=typed[:MAX_QUERY],
        facets=facets,
        title=squeeze(rest.strip(" ?？。!！")),
        clauses=(*_clauses(asked, synonyms), *_values(facets, rest)),
        required=tuple(holding(phrase) for phrase in phrases if holding(phrase)),
        excluded=tuple(holding(word) for word in left_out),
        phrases=tuple(phrase for phrase in phrases if holding(phrase)),
        needles=_needles(asked, [*phrases, *map(fold, facets.values())], synonyms),
        runs=_runs(asked, synonyms),
        asks=plain != rest,
    )


def holding(text: str) -> tuple[Term, ...]:
    """The terms that any text with these very characters must have."""
    terms: list[Term] = []
    for run in han_runs(text):
        pairs = [run[i : i + 2] for i in range(len(run) - 1)]
        terms.extend(Term("b", pair) for pair in pairs)
        if len(run) == 1:
            terms.append(Term("b", run, prefix=True))
    terms.extend(Term("w", word) for word in words(text) if word.isascii())
    return tuple(dict.fromkeys(terms))


def _clauses(asked: str, synonyms: Synonyms) -> tuple[Clause, ...]:
    """One clause for each word with all its parts, and a bridge for each pair of characters between words."""
    clauses: list[Clause] = []
    said: set[Term] = set()
    for word, others in _words_asked(asked, synonyms):
        own = _terms(word)
        alternatives = [Alternative(own)]
        alternatives.extend(Alternative(_terms(other), whole=True, share=SYNONYM) for other in others)
        if own and not said.issuperset(own):
            clauses.append(Clause(tuple(alternatives), word=word))
        said.update(own)
    bridges = [Term("b", pair, BIGRAM) for pair in dict.fromkeys(bigrams(asked)) if len(pair) == 2]
    clauses.extend(Clause((Alternative((term,)),), bridge=True) for term in bridges if term not in said)
    return tuple(clauses[:MAX_TERMS])


def _values(facets: Mapping[str, str], said: str) -> tuple[Clause, ...]:
    """What a facet is called here, where the query calls it otherwise: 初一 is 七年级."""
    unsaid = [value for value in facets.values() if fold(value) not in said]
    return tuple(Clause((Alternative(_terms(fold(value))),), bridge=True) for value in unsaid)


def _runs(asked: str, synonyms: Synonyms) -> tuple[tuple[str, ...], ...]:
    runs: list[tuple[str, ...]] = [()]
    for word, _ in with_synonyms(pieces(asked), synonyms):
        if any(character.isalnum() for character in word):
            runs[-1] += (word,)
        elif runs[-1]:
            runs.append(())
    return tuple(filter(None, runs))


def _words_asked(asked: str, synonyms: Synonyms) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (word, others)
        for word, others in with_synonyms(pieces(asked), synonyms)
        if any(character.isalnum() for character in word)
    ]


def _terms(text: str) -> tuple[Term, ...]:
    """Words, pairs of characters at half the weight, and for a lone character whatever begins with it."""
    found = [Term("w", word) for word in meaningful(words(text))]
    kept = set(meaningful(words(text)))
    for run in han_runs(text):
        if len(run) == 1 and run in kept:
            found.append(Term("b", run, BIGRAM, prefix=True))
        found.extend(Term("b", pair, BIGRAM) for pair in bigrams(run) if len(pair) == 2)
    return tuple(dict.fromkeys(found))


def _needles(asked: str, phrases: list[str], synonyms: Synonyms) -> tuple[str, ...]:
    wanted = [*phrases, *meaningful(words(asked))]
    for word, others in _words_asked(asked, synonyms):
        wanted.extend((word, *others))
    long = [word for word in wanted if len(word) > 1 or not han_runs(word)]
    return tuple(dict.fromkeys(long or wanted))
