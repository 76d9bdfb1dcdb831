"""What of a query nobody wrote, in the words of who asks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

from yanxiu.search.text.cut import in_dictionary
from yanxiu.search.text.fold import fold, han_runs
from yanxiu.search.text.queries import Query

MOST_NAMED = 3


@dataclass(frozen=True)
class Missing:
    """Texts that nothing holds; with `together`, each is there but nothing holds them all. Without any: all is well."""

    texts: tuple[str, ...] = ()
    together: bool = False

    def __bool__(self) -> bool:
        return bool(self.texts)


NOTHING_MISSING = Missing()


def missing(query: Query, unsaid: Collection[str], whole: bool) -> Missing:
    """What to tell of a query whose words `unsaid` stand nowhere, or which no document says as a `whole`.

    Nobody expects that a question is written somewhere as it was asked, so of one only words are told that there are.
    Phrases have their own sentence.
    """
    if whole or query.phrases:
        return NOTHING_MISSING
    nowhere = {word for word in unsaid if not query.asks or in_dictionary(word)}
    texts = [text for run in query.runs for text in _stretches(run, nowhere)]
    if not texts and not unsaid and not query.asks:
        texts = ["".join(run) for run in query.runs]
    together = not nowhere and len(texts) > 1
    if not texts or len(texts) > MOST_NAMED:
        texts = [query.typed] if texts else []
    return Missing(tuple(_as_typed(query.typed, text) for text in texts), together)


def _stretches(run: tuple[str, ...], nowhere: set[str]) -> Iterator[str]:
    """Words that stand nowhere, with single characters beside them: names and terms are cut into 王 大锤, 区块 链."""
    marked = [(word, word in nowhere or (len(word) == 1 and han_runs(word) == [word])) for word in run]
    for inside, words in groupby(marked, key=lambda pair: pair[1]):
        found = [word for word, _ in words]
        if inside and not nowhere.isdisjoint(found):
            yield "".join(found)


def _as_typed(typed: str, text: str) -> str:
    at = fold(typed).find(text)
    return typed[at : at + len(text)] if at >= 0 else text
