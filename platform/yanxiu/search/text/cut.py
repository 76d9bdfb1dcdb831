"""Cutting folded text into words and into overlapping pairs of characters.

Words carry the meaning, pairs carry what the cutter misses; a query uses both, pairs at half the weight.
The last character of every Chinese run is kept as a single, so that a query of one character finds each place
where it stands: it begins a pair, or it is that single.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from threading import Lock

from yanxiu.search.text.fold import HERE, data_lines, fold, han_runs

_MIXED = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_WORD_FREQUENCY = 20_000
MAX_WORD = 40
_loading = Lock()


Cut = Callable[[str], list[str]]


@cache
def _installed() -> str:
    """The segmenter: rjieba, or jieba where there is no rjieba (99.65 % of its words are the same)."""
    return "rjieba" if find_spec("rjieba") else "jieba"


def _cutter() -> tuple[Cut, Cut, Callable[[str], bool]]:
    """The cut for searching (long words also in parts), the plain one (the pieces are the text), and whether the
    dictionary has a word.

    Its dictionary takes a third of a second to load: only who cuts something waits for it, and whoever else does meanwhile,
    since rjieba lets nobody cut while it is given words.
    """
    with _loading:
        return _loaded()


@cache
def _loaded() -> tuple[Cut, Cut, Callable[[str], bool]]:
    words = [fold(word) for line in data_lines("lexicon.txt") for word in line.split()]
    return _rjieba(words) if _installed() == "rjieba" else _plain_jieba(words)


def _rjieba(words: list[str]) -> tuple[Cut, Cut, Callable[[str], bool]]:
    """The package has read a dictionary when it was loaded; another one for ourselves would take 25 MB more."""
    import rjieba

    for word in words:
        rjieba.add_word(word, _WORD_FREQUENCY, "n")
    return rjieba.cut_for_search, rjieba.cut, rjieba.has_word


def _plain_jieba(words: list[str]) -> tuple[Cut, Cut, Callable[[str], bool]]:
    import jieba

    tokenizer = jieba.Tokenizer()
    for word in words:
        tokenizer.add_word(word, _WORD_FREQUENCY)
    return tokenizer.lcut_for_search, tokenizer.lcut, lambda word: bool(tokenizer.FREQ.get(word))


@cache
def segmenter() -> str:
    """Name of what cuts the words of an index: the segmenter, its version, and the words and folding it is given."""
    digest = hashlib.sha256()
    for name in ("lexicon.txt", "traditional.txt"):
        digest.update((HERE / name).read_bytes())
    return f"{_installed()}{version(_installed())}-{digest.hexdigest()[:8]}"


def words(folded: str) -> list[str]:
    """The words of a folded text, long ones also in their parts (教学设计 → 教学, 设计, 教学设计)."""
    if not folded:
        return []  # the page of a search before anything is typed loads no dictionary
    found: list[str] = []
    for token in _cutter()[0](folded):
        if any(character.isalnum() for character in token):
            found.append(token[:MAX_WORD])
            found.extend(_parts(token))
    return found


def pieces(folded: str) -> list[str]:
    """The text cut into words and what stands between them; joined, they are the text again."""
    return list(_cutter()[1](folded)) if folded else []


def in_dictionary(word: str) -> bool:
    """Whether a piece is a word of the dictionary and not only guessed to be one, as 会受 of 会受影响."""
    return _cutter()[2](word)


def _parts(token: str) -> list[str]:
    """`ppt2023` is also found as `ppt` and as `2023`."""
    if not token.isascii():
        return []
    parts = _MIXED.findall(token)
    return parts if len(parts) > 1 else []


def bigrams(folded: str) -> list[str]:
    """Overlapping pairs of each Chinese run, and its last character by itself."""
    pairs: list[str] = []
    for run in han_runs(folded):
        pairs.extend(run[i : i + 2] for i in range(len(run)))
    return pairs
