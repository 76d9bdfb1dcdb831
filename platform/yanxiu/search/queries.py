"""Finding: the engine's page, read again from the database as this viewer may see it now.

The engine answers from the last commit. So that nothing leaks in the seconds between a change and its commit, what
is waiting in the queue as deleted or narrowed is left out before anything is counted, and what is about to be shown
is checked against the database; when a hit fails there, the engine is asked again without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import or_, select

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.search_queue import IndexDocument, SearchOutbox, acl_team, acl_workshop, sources
from yanxiu.search.engines.interface import EngineHit, EnginePage, EngineRequest, Key, SearchEngine
from yanxiu.search.models import SearchState
from yanxiu.search.permissions import principals_of
from yanxiu.search.text.fold import fold, squeeze
from yanxiu.search.text.queries import Query, understand
from yanxiu.search.text.snippets import Piece, mark, snippet

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
SUGGESTIONS = 8
FACETS = ("kind", "subject", "stage", "grade", "type", "year")


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
    """An answer. `about` when the counts may be a little too high; `loosened` when a phrase was nowhere literally."""

    query: Query
    total: int
    hits: list[Hit]
    groups: list[Group]
    facets: dict[str, list[tuple[str, int]]]
    hints: list[tuple[str, str, int]]
    about: bool = False
    loosened: bool = False
    pages: int = 1


def labels() -> dict[str, str]:
    """The kinds and their Chinese names, in the order of the features."""
    return {kind: source.label for kind, source in sources().items()}


def find(engine: SearchEngine, viewer: Viewer, wanted: Wanted) -> Found:
    """Search for `viewer`. The number of database queries does not depend on the number of hits."""
    query = understand(wanted.text)
    if query.empty:
        return Found(query, 0, [], [], {}, [])
    request = _request(query, wanted)
    search = _Search(engine, viewer, query)
    page, about = search.run(request)
    loosened = False
    if query.phrases and not page.total and not request.filters and not request.within:
        loosened = True
        search = _Search(engine, viewer, replace(query, phrases=()))
        page, about = search.run(replace(request, required=()))
    facets = {name: list(values) for name, values in page.facets.items()}
    return Found(
        query=query,
        total=page.total,
        hits=search.shown(page.hits),
        groups=_groups(page, search) if not wanted.kind else [],
        facets=facets,
        hints=_hints(query, wanted, facets, page.total),
        about=about,
        loosened=loosened,
        pages=min(MAX_PAGE, -(-page.total // PAGE)),
    )


def suggest(engine: SearchEngine, viewer: Viewer, text: str) -> list[Hit]:
    """Things this viewer may see whose titles begin with what was typed."""
    start = squeeze(text)[:40]
    if not start:
        return []
    keys = engine.suggest(start, principals_of(viewer), SUGGESTIONS * 2)
    search = _Search(engine, viewer, understand(text))
    failed = search.failing(keys)
    hits = [EngineHit(key, 0.0, 0) for key in keys if key not in failed]
    return search.shown(hits)[:SUGGESTIONS]


def _request(query: Query, wanted: Wanted) -> EngineRequest:
    return EngineRequest(
        clauses=query.clauses,
        required=query.required,
        excluded=query.excluded,
        filters={name: frozenset({value}) for name, value in wanted.filters.items()},
        within=frozenset({acl_workshop(wanted.workshop), acl_team(wanted.workshop)} if wanted.workshop else ()),
        title=query.title,
        newest_first=wanted.newest_first,
        offset=PAGE * (wanted.page - 1),
        limit=PAGE if wanted.kind else 0,
        per_kind=0 if wanted.kind else OF_ONE_KIND,
        facets=FACETS,
    )


class _Search:
    """One search of one viewer, and what it has read from the database so far."""

    def __init__(self, engine: SearchEngine, viewer: Viewer, query: Query) -> None:
        self.engine = engine
        self.viewer = viewer
        self.query = query
        self.principals = principals_of(viewer)
        self.documents: dict[Key, IndexDocument] = {}
        self._checked: set[Key] = set()
        self._good: set[Key] = set()

    def run(self, request: EngineRequest) -> tuple[EnginePage, bool]:
        """The page, and whether its counts are only about right."""
        without = frozenset(self._waiting_to_go())
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
        failed: set[Key] = set()
        for kind, ids in _by_kind(new).items():
            source = sources().get(kind)
            may = source.visible(self.viewer, ids) if source else set()
            if source:
                self.documents.update({(kind, d.object_id): d for d in source.load(ids)})
            failed.update((kind, i) for i in ids if i not in may or not self._holds((kind, i)))
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
        """Deleted or narrowed things that the index does not know about yet and this viewer may not see."""
        done = select(SearchState.done).scalar_subquery()
        statement = (
            select(SearchOutbox.kind, SearchOutbox.object_id)
            .where(SearchOutbox.urgent)
            .where(or_(SearchOutbox.generation.is_(None), SearchOutbox.generation > done))
            .distinct()
        )
        keys = [(row.kind, row.object_id) for row in db.session.execute(statement)]
        hidden = set(keys)
        for kind, ids in _by_kind(keys).items():
            source = sources().get(kind)
            if source and len(ids) <= MAX_CHECKED:
                hidden -= {(kind, object_id) for object_id in source.visible(self.viewer, ids)}
        return hidden

    def shown(self, hits: Iterable[EngineHit]) -> list[Hit]:
        """Hits with their words marked."""
        return [self._hit(self.documents[hit.key]) for hit in hits if hit.key in self.documents]

    def _hit(self, document: IndexDocument) -> Hit:
        needles = self.query.needles
        return Hit(
            kind=document.kind,
            label=labels().get(document.kind, document.kind),
            object_id=document.object_id,
            url=document.url,
            title=mark(document.title, needles),
            text=_excerpt(document, needles),
            document=document,
        )


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


def _by_kind(keys: Iterable[Key]) -> dict[str, list[int]]:
    kinds: dict[str, list[int]] = defaultdict(list)
    for kind, object_id in keys:
        kinds[kind].append(object_id)
    return kinds


def _groups(page: EnginePage, search: _Search) -> list[Group]:
    """The kinds, the one with the best hit first."""
    totals = dict(page.facets.get("kind", ()))
    names = labels()
    order = sorted(page.by_kind.items(), key=lambda item: -item[1][0].score if item[1] else 0.0)
    return [Group(kind, names.get(kind, kind), totals.get(kind, 0), search.shown(hits)) for kind, hits in order if hits]


def _hints(
    query: Query, wanted: Wanted, facets: dict[str, list[tuple[str, int]]], total: int
) -> list[tuple[str, str, int]]:
    """Filters the words of the query suggest: 五年级语文教案 → 年级 五年级, 学科 语文."""
    text = fold(query.typed)
    return [
        (name, value, count)
        for name in ("stage", "grade", "subject", "type")
        for value, count in facets.get(name, ())
        if name not in wanted.filters and count < total and len(value) > 1 and fold(value) in text
    ]
