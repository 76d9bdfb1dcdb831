"""The one interface of the search engines, and the plain values that cross it.

Terms are made above it (`search.text`), documents and rights come from above it, so that another engine gets the
same terms and the same judged questions.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

FACETS = (
    "kind",
    "subject",
    "stage",
    "grade",
    "edition",
    "volume",
    "type",
    "school",
    "author",
    "year",
    "theme",
    "literacy",
    "grading",
    "origin",
)
SEVERAL = frozenset({"author", "literacy"})
"""Facets of which a document may have several values; a document gives them in one text, with 、 between them."""
TITLE_LENGTH = 60
"""Characters of a title that are compared with a query."""
Key = tuple[str, int]
"""Kind and id of the object that a document stands for."""
Family = Literal["w", "b"]
"""Words, or overlapping pairs of characters."""
Fits = Callable[[str, str], bool]
"""Whether a word that is spelled so is worth counting."""


@dataclass(frozen=True)
class EngineDocument:
    """A document as an engine keeps it: weighted terms of both families, their weighted lengths, facets and rights.

    `starts`: by what beginnings the title is found while somebody types.
    """

    key: Key
    terms: Mapping[Family, Mapping[str, float]]
    lengths: Mapping[Family, float]
    title: str
    acl: frozenset[str]
    facets: Mapping[str, str]
    date: int = 0
    starts: frozenset[str] = frozenset()


def facet_values(facet: str, given: str) -> tuple[str, ...]:
    """The values of a facet that a document gives, each once."""
    values = given.split("、") if facet in SEVERAL else [given]
    return tuple(dict.fromkeys(value for value in values if value))


@dataclass(frozen=True)
class Term:
    """One term of a query. With `prefix`, every indexed term that begins like it counts as the same one."""

    family: Family
    text: str
    weight: float = 1.0
    prefix: bool = False


@dataclass(frozen=True)
class Alternative:
    """Terms that say one thing together; when `whole`, a document must have them all to gain anything.

    `share` < 1 marks another way of saying it (a synonym): together its terms weigh at most this share of the
    clause's first alternative, so that a long synonym does not outweigh the word that was typed.
    """

    terms: tuple[Term, ...]
    whole: bool = False
    share: float = 1.0


@dataclass(frozen=True)
class Clause:
    """One thing asked for, said in one or several ways; the best of them counts.

    A `bridge` adds to the score (characters that stand side by side in the query) but is nothing asked for.
    `word`: what it is called when one speaks of it.
    """

    alternatives: tuple[Alternative, ...]
    bridge: bool = False
    word: str = ""


@dataclass(frozen=True)
class EngineRequest:
    """What to find, and what of it to give back.

    A document matches when at least one clause finds it, it has every term of each of `required`, and it has not
    all the terms of any of `excluded`. No clauses at all match every document. With `every`, all clauses but the
    bridges must find it: for who is told of a thing and does not look down a list.
    `boosts`: values of facets that the words of the query name; who has them goes up a little, nobody is left out.
    `per_kind` asks for the best few of each kind beside the page. `within`: only what one of these principals may see,
    as "w12" for what is inside that workshop; this narrows what the reader may see and never widens it.
    """

    clauses: tuple[Clause, ...] = ()
    required: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[tuple[Term, ...], ...] = ()
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    without: frozenset[Key] = frozenset()
    within: frozenset[str] = frozenset()
    title: str = ""
    every: bool = False
    newest_first: bool = False
    boosts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    offset: int = 0
    limit: int = 20
    per_kind: int = 0
    facets: tuple[str, ...] = ()

    @property
    def key(self) -> Hashable:
        """The same for two requests that ask for the same."""
        sets = (tuple(sorted(chosen.items(), key=lambda item: item[0])) for chosen in (self.filters, self.boosts))
        asked = (self.clauses, self.required, self.excluded, self.without, self.within, self.title, self.facets)
        return (*asked, *sets, self.every, self.newest_first, self.offset, self.limit, self.per_kind)


@dataclass(frozen=True)
class EngineHit:
    """A found document and its score; scores are never shown."""

    key: Key
    score: float
    date: int


@dataclass(frozen=True)
class EnginePage:
    """Hits, and counts taken from what this reader may see and nothing else.

    `unsaid`: the words asked for that no document says in any way; `whole`: some document says all of them.
    """

    hits: tuple[EngineHit, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    by_kind: Mapping[str, tuple[EngineHit, ...]] = field(default_factory=dict)
    unsaid: tuple[str, ...] = ()
    whole: bool = True


EMPTY_PAGE = EnginePage((), 0, {})


@dataclass(frozen=True)
class Batch:
    """One commit: documents that replace their older selves, and keys that are gone."""

    documents: tuple[EngineDocument, ...] = ()
    deleted: tuple[Key, ...] = ()


@dataclass(frozen=True)
class EngineStats:
    """Figures for the system page and the doctor."""

    name: str
    generation: int
    documents: int
    segments: int
    bytes: int


class Home(Protocol):
    """Where the built indexes of an engine live."""

    def indexer_lock(self) -> AbstractContextManager[None]:
        """Be the only one who writes; IndexBusyError while another is."""


class SearchEngine(Protocol):
    """Keeps documents and finds them. Reading is safe from any thread; writing is for the one indexer."""

    @property
    def home(self) -> Home:
        """Where its indexes live."""

    def look_again(self) -> None:
        """Do not wait before looking for a newer commit."""

    def search(self, request: EngineRequest, principals: frozenset[str]) -> EnginePage:
        """Rank what these principals may see."""

    def suggest(self, start: str, principals: frozenset[str], limit: int) -> list[Key]:
        """Documents of which a beginning begins with `start`: whole ones first, then the newest."""

    def spelled(
        self, spellings: Iterable[str], scope: EngineRequest, principals: frozenset[str], fits: Fits
    ) -> dict[str, list[tuple[str, int]]]:
        """Words that are spelled so and `fits`, with the number of documents these principals may see that hold each."""

    def counted(
        self, wanted: Sequence[tuple[Term, ...]], scope: EngineRequest, principals: frozenset[str]
    ) -> list[int]:
        """How many documents that these principals may see hold all the terms of each of `wanted` (`()`: all)."""

    def open(self) -> int:
        """Make the index ready for writing, repairing what a crash left; its generation, -1 when there is none."""

    def name(self) -> str:
        """Which built index is in use, "" for none; unlike a generation never the same for two builds."""

    def apply(self, batch: Batch) -> int:
        """Commit durably; the new generation."""

    def rebuild(self, documents: Iterable[Sequence[EngineDocument]], between: Callable[[], None]) -> int:
        """Build a new index beside the old one and change over; `between` is called after each batch."""

    def check(self) -> list[str]:
        """Read everything back; what is wrong, in sentences (nothing when all is well)."""

    def stats(self) -> EngineStats:
        """Size and state."""
