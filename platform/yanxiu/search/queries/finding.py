"""Finding: the engine's page, read again from the database as this viewer may see it now.

The engine answers from the last commit. So that nothing leaks in the seconds between a change and its commit, what
is waiting in the queue as deleted or narrowed is left out before anything is counted, and what is about to be shown
is checked against the database; when a hit fails there, the engine is asked again without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import or_, select

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.search_queue import IndexDocument, SearchOutbox, acl_hosts, acl_team, acl_workshop, sources
from yanxiu.search.engines.interface import EngineHit, EnginePage, EngineRequest, Key, SearchEngine
from yanxiu.search.models import SearchState
from yanxiu.search.permissions import principals_of
from yanxiu.search.queries.reading import (
    ReadersLexicon,
    Reading,
    in_characters,
    read_letters,
    readings_of,
)
from yanxiu.search.queries.shown import by_kind, documents_of, visible_now
from yanxiu.search.queries.synonyms import synonyms_in_use
from yanxiu.search.text.fold import fold
from yanxiu.search.text.missing import NOTHING_MISSING, Missing, missing
from yanxiu.search.text.queries import NOTHING_ASKED, Query, understand
from yanxiu.search.text.snippets import Piece, line_found, mark, snippet
from yanxiu.search.text.spelling import repaired, surely_meant

PAGE = 20
FEW = 3
"""Hits shown of each kind while all kinds are shown."""
OF_ONE_KIND = 10
"""The same when there is only one kind."""
ATTEMPTS = 4
VERIFIED = 100
"""How many hits a phrase is looked for in."""
MAX_CHECKED = 500
MAX_PAGE = 50
INSIDE = (acl_workshop, acl_team, acl_hosts)
"""By which principals a document is known to be inside a workshop."""
FACETS = (
    "kind", "subject", "stage", "grade", "edition", "volume", "type", "year", "grading", "origin", "theme", "literacy",
    "school", "author",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a person asked for: the text, filters by facet, the order, the page (from 1), and the id of a workshop in
    which alone to look (0: everywhere); who asks for it has seen that the viewer sees its inside."""

    text: str
    filters: Mapping[str, str] = field(default_factory=dict)
    newest_first: bool = False
    page: int = 1
    workshop: int = 0

    @property
    def kind(self) -> str:
        """The one kind wanted, "" for all."""
        return self.filters.get("kind", "")


@dataclass(frozen=True)
class Hit:
    """One thing found, as it is now."""

    kind: str
    label: str
    object_id: int
    url: str
    title: list[Piece]
    text: list[Piece]
    document: IndexDocument

    @property
    def when(self) -> datetime | None:
        """When it was made."""
        return self.document.date


@dataclass(frozen=True)
class Group:
    """The best of one kind, and how many there are."""

    kind: str
    label: str
    total: int
    hits: list[Hit]


@dataclass(frozen=True)
class Found:
    """An answer. `about` when the counts may be a little too high; `loosened` when a phrase was nowhere literally.

    `spelled`: Latin letters that were read as Chinese words; `better`: a query that may have been meant; `instead`: the
    one that was asked in place of the typed one, which finds nothing; `elsewhere`: how much there is without the
    filters when there is nothing with them; `missing`: what of the query nothing holds that this viewer may see.
    """

    query: Query
    total: int
    hits: list[Hit]
    groups: list[Group]
    facets: dict[str, list[tuple[str, int]]]
    hints: list[tuple[str, str, int]]
    about: bool = False
    loosened: bool = False
    pages: int = 1
    spelled: tuple[Reading, ...] = ()
    better: str = ""
    instead: str = ""
    elsewhere: int = 0
    missing: Missing = NOTHING_MISSING


def labels() -> dict[str, str]:
    """The kinds and their Chinese names, in the order of the features."""
    return {kind: source.label for kind, source in sources().items()}


def find(engine: SearchEngine, viewer: Viewer, wanted: Wanted) -> Found:
    """Search for `viewer`. The number of database queries does not depend on the number of hits."""
    synonyms = synonyms_in_use(viewer.county_id)
    query = understand(wanted.text, synonyms)
    if query.empty:
        return Found(query, 0, [], [], {}, [])
    search = Reader(engine, viewer)
    lexicon = search.lexicon(wanted)
    spelled = read_letters(wanted.text, lexicon)
    text, more = in_characters(wanted.text, spelled)
    request = search.ask(understand(text, synonyms.also(more)) if spelled else query, wanted)
    page, about = search.run(request)
    better = repaired(text, lexicon) if wanted.page == 1 and not spelled else ""
    instead = ""
    if better and not page.total and not wanted.filters and surely_meant(text, better):
        request = search.ask(understand(better, synonyms), wanted)
        page, about = search.run(request)
        better, instead = "", better
    loosened = bool(search.query.phrases) and not page.total and not request.filters and not request.within
    if loosened:
        search.turn_to(replace(search.query, phrases=()))
        request = replace(request, required=())
        page, about = search.run(request)
    facets = {name: list(values) for name, values in page.facets.items()}
    return Found(
        query=search.query,
        total=page.total,
        hits=search.shown(page.hits),
        groups=_groups(page, search) if not wanted.kind else [],
        facets=facets,
        hints=_hints(search.query, wanted, facets, page.total),
        about=about,
        loosened=loosened,
        pages=min(MAX_PAGE, -(-page.total // PAGE)),
        spelled=readings_of(wanted.text, spelled),
        better=better,
        instead=instead,
        elsewhere=0 if page.total else search.without_filters(request),
        missing=NOTHING_MISSING if instead or loosened else missing(search.query, page.unsaid, page.whole),
    )


_done = select(SearchState.done).scalar_subquery()
_WAITING = (
    select(SearchOutbox.kind, SearchOutbox.object_id)
    .where(SearchOutbox.urgent, or_(SearchOutbox.generation.is_(None), SearchOutbox.generation > _done))
    .distinct()
)


class Reader:
    """One search of one viewer, and what it has read from the database so far."""

    def __init__(self, engine: SearchEngine, viewer: Viewer) -> None:
        self.engine = engine
        self.viewer = viewer
        self.query = NOTHING_ASKED
        self.principals = principals_of(viewer)
        self.documents: dict[Key, IndexDocument] = {}
        self._checked: set[Key] = set()
        self._good: set[Key] = set()
        self._hidden: frozenset[Key] | None = None

    @property
    def hidden(self) -> frozenset[Key]:
        """What the index still has and this viewer may not see any more."""
        if self._hidden is None:
            self._hidden = frozenset(self._waiting_to_go())
        return self._hidden

    def turn_to(self, query: Query) -> None:
        """Look for something else: what was checked is checked anew, since phrases are part of the check."""
        self.query = query
        self._checked.clear()
        self._good.clear()

    def lexicon(self, wanted: Wanted) -> ReadersLexicon:
        """The words of what this viewer may see (in the workshop, when it is one that is searched)."""
        return ReadersLexicon(self.engine, self.principals, EngineRequest(without=self.hidden, within=_within(wanted)))

    def ask(self, query: Query, wanted: Wanted) -> EngineRequest:
        """Turn to a query; what the engine is asked."""
        self.turn_to(query)
        return EngineRequest(
            clauses=query.clauses,
            required=query.required,
            excluded=query.excluded,
            filters={name: frozenset({value}) for name, value in wanted.filters.items()},
            within=_within(wanted),
            title=query.title,
            newest_first=wanted.newest_first,
            boosts={name: frozenset({value}) for name, value in query.facets.items() if name in FACETS},
            offset=PAGE * (wanted.page - 1),
            limit=PAGE if wanted.kind else 0,
            per_kind=0 if wanted.kind else OF_ONE_KIND,
            facets=FACETS,
        )

    def without_filters(self, request: EngineRequest) -> int:
        """How much there would be without any filter; 0 if there is none."""
        if not request.filters:
            return 0
        bare = replace(request, filters={}, without=self.hidden, limit=0, per_kind=0, facets=())
        return self.engine.search(bare, self.principals).total

    def run(self, request: EngineRequest) -> tuple[EnginePage, bool]:
        """The page, and whether its counts are only about right."""
        without = self.hidden
        page = EnginePage((), 0, {})
        for _ in range(ATTEMPTS):
            page = _first_of_each(self.engine.search(replace(request, without=without), self.principals))
            failed = self.failing(self._candidates(request, without, page))
            if not failed:
                return page, bool(self.query.phrases) and page.total > VERIFIED
            without |= failed
        page = _first_of_each(self.engine.search(replace(request, without=without), self.principals))
        return _only(page, self._good), True

    def _candidates(self, request: EngineRequest, without: frozenset[Key], page: EnginePage) -> list[Key]:
        keys = [hit.key for hit in page.hits]
        keys.extend(hit.key for hits in page.by_kind.values() for hit in hits)
        if self.query.phrases and page.total:
            first = replace(request, without=without, offset=0, limit=VERIFIED, per_kind=0, facets=())
            keys.extend(hit.key for hit in self.engine.search(first, self.principals).hits)
        return list(dict.fromkeys(keys))

    def failing(self, keys: Iterable[Key]) -> set[Key]:
        """Those of `keys` that are gone, may not be seen any more, or do not hold the phrases."""
        new = [key for key in keys if key not in self._checked]
        self._checked.update(new)
        may = visible_now(self.viewer, new)
        self.documents.update(documents_of(key for key in new if key in may))
        failed = {key for key in new if key not in may or not self._holds(key)}
        self._good.update(key for key in new if key not in failed)
        return failed

    def _holds(self, key: Key) -> bool:
        document = self.documents.get(key)
        if document is None:
            return False
        if not self.query.phrases:
            return True
        text = fold("\n".join((document.title, document.body, document.attachment, *document.tags, document.place)))
        return all(phrase in text for phrase in self.query.phrases)

    def _waiting_to_go(self) -> set[Key]:
        """Deleted or narrowed things that the index does not know about yet and this viewer may not see, or not all of."""
        keys = [(row.kind, row.object_id) for row in db.session.execute(_WAITING)]
        unread = {kind for kind, ids in by_kind(keys).items() if len(ids) > MAX_CHECKED}
        unread |= {source.kind for source in sources().values() if source.in_parts}
        return set(keys) - visible_now(self.viewer, [key for key in keys if key[0] not in unread])

    def shown_keys(self, keys: Iterable[Key]) -> list[Hit]:
        """Checked things in this order."""
        return [self._hit(self.documents[key]) for key in keys if key in self.documents]

    def shown(self, hits: Iterable[EngineHit]) -> list[Hit]:
        """Hits with their words marked."""
        return [self._hit(self.documents[hit.key]) for hit in hits if hit.key in self.documents]

    def _hit(self, document: IndexDocument) -> Hit:
        needles = self.query.needles
        return Hit(
            kind=document.kind,
            label=labels().get(document.kind, document.kind),
            object_id=document.object_id,
            url=_opening(document, needles),
            title=mark(document.title, needles),
            text=_excerpt(document, needles),
            document=document,
        )


def _within(wanted: Wanted) -> frozenset[str]:
    return frozenset(mark(wanted.workshop) for mark in INSIDE) if wanted.workshop else frozenset()


def _opening(document: IndexDocument, needles: tuple[str, ...]) -> str:
    """Where a hit leads: what is said in a video and nowhere else, to the second at which it is said."""
    if not document.seconds:
        return document.url
    told = fold("\n".join((document.title, document.body)))
    line = line_found(document.attachment, [needle for needle in needles if needle not in told])
    if line is None or line >= len(document.seconds):
        return document.url
    return f"{document.url}?t={document.seconds[line]}"


def _excerpt(document: IndexDocument, needles: tuple[str, ...]) -> list[Piece]:
    """Where the words stand in the text, or in the attached file; nothing when the title says it all."""
    if document.body and document.body in document.title:
        return []
    pieces = snippet(document.body or document.attachment, needles)
    if document.attachment and not any(piece.hit for piece in pieces):
        inside = snippet(document.attachment, needles)
        return inside if any(piece.hit for piece in inside) else pieces
    return pieces


def _only(page: EnginePage, known: set[Key]) -> EnginePage:
    by_kind = {kind: tuple(hit for hit in hits if hit.key in known) for kind, hits in page.by_kind.items()}
    return replace(page, hits=tuple(hit for hit in page.hits if hit.key in known), by_kind=by_kind)


def _first_of_each(page: EnginePage) -> EnginePage:
    """A few of each kind; when everything found is of one kind, all that were read."""
    if len(page.by_kind) < 2:
        return page
    return replace(page, by_kind={kind: hits[:FEW] for kind, hits in page.by_kind.items()})


def _groups(page: EnginePage, search: Reader) -> list[Group]:
    """The kinds, the one with the best hit first."""
    totals = dict(page.facets.get("kind", ()))
    names = labels()
    order = sorted(page.by_kind.items(), key=lambda item: -item[1][0].score if item[1] else 0.0)
    return [Group(kind, names.get(kind, kind), totals.get(kind, 0), search.shown(hits)) for kind, hits in order if hits]


def _hints(
    query: Query, wanted: Wanted, facets: dict[str, list[tuple[str, int]]], total: int
) -> list[tuple[str, str, int]]:
    """Filters the words of the query suggest: 五年级语文教案 → 年级 五年级, 学科 语文, 类别 教案."""
    text = fold(query.typed)
    return [
        (name, value, count)
        for name in ("stage", "grade", "volume", "subject", "edition", "type", "grading", "year")
        for value, count in facets.get(name, ())
        if name not in wanted.filters and count < total and _names(query, text, name, value)
    ]


def _names(query: Query, text: str, name: str, value: str) -> bool:
    return query.facets.get(name) == value or (name in ("type", "grading") and len(value) > 1 and fold(value) in text)
