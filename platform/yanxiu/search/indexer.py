"""The one indexer: takes changes from the queue, reads the things as they are now, commits them to the index.

Order of a commit, so that a crash at any point loses nothing: (1) the queue rows get the generation they are going
into, (2) the index commits that generation durably, (3) the database notes that it is done. Rows of the newest two
generations are kept: if the newest turns out torn after a power cut, its rows wait again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from threading import Event
from time import monotonic

from flask import Flask
from sqlalchemy import delete, or_, select, update

from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.search_queue import KEPT_S, IndexSource, SearchOutbox, sources
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.engines.home import IndexBusyError
from yanxiu.search.engines.interface import Batch, EngineDocument, Key, SearchEngine
from yanxiu.search.models import ONLY, SearchState
from yanxiu.search.services import wake_looks
from yanxiu.search.text.terms import engine_document

log = logging.getLogger(__name__)
FORGET_EVERY_S = 30.0
"""Each time all rows that are done are looked through for those that are old."""
BATCH = 200
IDLE_S = 0.25
RETRY_S = 2.0
KEPT_GENERATIONS = 2
IN_BUILD = 0
"""The generation of rows that the build being made takes in anyway."""


class Indexer:
    """Writes the index. All methods need an application context, and the indexer lock held."""

    def __init__(self, engine: SearchEngine) -> None:
        self.engine = engine
        self._rebuilding = False
        self._forget_at = monotonic()
        self._writable = False

    # --- after a start or a failure ---

    def recover(self) -> None:
        """Bring queue and index to agree; build the index when there is none that fits the database."""
        if not self.prepare():
            self.rebuild()

    def prepare(self) -> bool:
        """Bring queue and index to agree; False when there is no index that fits the database."""
        generation = self.engine.open()
        self._writable = self._fits(_state(), generation)
        if self._writable:
            with unit_of_work():
                _wait_again(generation)
                _note(trying=generation, done=generation)
        return self._writable

    def _fits(self, state: SearchState | None, generation: int) -> bool:
        if state is None or generation < 0 or state.directory != self.engine.name():
            return False
        return state.done - KEPT_GENERATIONS < generation <= state.trying

    # --- the queue ---

    def drain(self) -> int:
        """Put the next waiting changes in, deletions and narrowed rights first; how many queue rows that were."""
        rows = _waiting()
        if not rows:
            return 0
        state = _state()
        assert state is not None, "recover() comes first"
        generation = state.done + 1
        with unit_of_work():
            _assign([row_id for row_id, _ in rows], generation)
            _note(trying=generation)
        batch = self._batch({key for _, key in rows})
        committed = self.engine.apply(batch)
        if committed != generation:
            raise RuntimeError(f"the index is at generation {committed}, not {generation}")
        with unit_of_work():
            _note(done=generation)
            if batch.documents:
                wake_looks()
            if not self._rebuilding and monotonic() >= self._forget_at:
                self._forget_at = monotonic() + FORGET_EVERY_S
                _forget_rows(generation - KEPT_GENERATIONS)
        return len(rows)

    def _batch(self, keys: Iterable[Key]) -> Batch:
        documents: list[EngineDocument] = []
        gone: list[Key] = []
        for kind, ids in _by_kind(keys).items():
            source = sources().get(kind)
            found = _documents(source, ids) if source else []
            documents.extend(found)
            here = {document.key for document in found}
            gone.extend((kind, object_id) for object_id in ids if (kind, object_id) not in here)
        db.session.rollback()
        return Batch(tuple(documents), tuple(gone))

    # --- building anew ---

    def rebuild(self) -> int:
        """Build the index from the database beside the old one, which stays up to date and in use until the end."""
        self._rebuilding = True
        try:
            before = self._settle_queue()
            generation = self.engine.rebuild(self._everything(), self._keep_up)
        finally:
            self._rebuilding = False
        self._writable = True
        with unit_of_work():
            _take_over(before, generation)
            _note(directory=self.engine.name(), trying=generation, done=generation, rebuilt=True)
        return generation

    def _settle_queue(self) -> int:
        """Put what waits now into the old index, or, if there is none, leave it to the build; the generation then."""
        self._keep_up()
        if not self._writable:
            with unit_of_work():
                waiting = update(SearchOutbox).where(SearchOutbox.generation.is_(None))
                db.session.execute(waiting.values(generation=IN_BUILD))
        state = _state()
        return state.done if state else IN_BUILD

    def _everything(self) -> Iterator[Sequence[EngineDocument]]:
        for source in sources().values():
            ids = iter(list(source.all_ids()))
            while chunk := list(islice(ids, BATCH)):
                yield _documents(source, chunk)

    def _keep_up(self) -> None:
        """What changed meanwhile goes into the old index now, and waits for the new one."""
        if self._writable:
            while self.drain():
                pass

    def run_until_idle(self) -> int:
        """Empty the queue; how many rows that were."""
        total = 0
        while handled := self.drain():
            total += handled
        return total


def _documents(source: IndexSource, ids: Sequence[int]) -> list[EngineDocument]:
    """The engine's documents of these objects; one that cannot be read is logged and left out, not in the way."""
    try:
        return [engine_document(document, source.label) for document in source.load(ids)]
    except Exception:
        if len(ids) == 1:
            log.exception("cannot index %s %s", source.kind, ids[0])
            db.session.rollback()
            return []
    db.session.rollback()
    return [document for object_id in ids for document in _documents(source, [object_id])]


def _by_kind(keys: Iterable[Key]) -> dict[str, list[int]]:
    kinds: dict[str, list[int]] = defaultdict(list)
    for kind, object_id in sorted(keys):
        kinds[kind].append(object_id)
    return kinds


def _state() -> SearchState | None:
    db.session.rollback()
    return db.session.get(SearchState, ONLY)


def _note(
    *, directory: str | None = None, trying: int | None = None, done: int | None = None, rebuilt: bool = False
) -> None:
    state = db.session.get(SearchState, ONLY)
    if state is None:
        state = SearchState(id=ONLY, directory="", trying=0, done=0, rebuild_requested=False)
        db.session.add(state)
    state.directory = state.directory if directory is None else directory
    state.trying = state.trying if trying is None else trying
    state.done = state.done if done is None else done
    if rebuilt:
        state.rebuild_requested, state.rebuilt_at = False, clock.now()


def _waiting() -> list[tuple[int, Key]]:
    """The next rows: the urgent ones alone while there are any, else the oldest."""
    db.session.rollback()
    statement = (
        select(SearchOutbox.id, SearchOutbox.kind, SearchOutbox.object_id, SearchOutbox.urgent)
        .where(SearchOutbox.generation.is_(None))
        .order_by(SearchOutbox.urgent.desc(), SearchOutbox.id)
        .limit(BATCH)
    )
    rows = db.session.execute(statement).all()
    first_urgent = bool(rows) and rows[0].urgent
    return [(row.id, (row.kind, row.object_id)) for row in rows if row.urgent == first_urgent]


def _assign(row_ids: list[int], generation: int) -> None:
    db.session.execute(update(SearchOutbox).where(SearchOutbox.id.in_(row_ids)).values(generation=generation))


def _wait_again(generation: int) -> None:
    lost = or_(SearchOutbox.generation > generation, SearchOutbox.generation == IN_BUILD)
    db.session.execute(update(SearchOutbox).where(lost).values(generation=None))


def _take_over(before: int, generation: int) -> None:
    """A build has what was in the index before `before`, and may have missed what came while it was made."""
    known = SearchOutbox.generation <= before
    db.session.execute(
        update(SearchOutbox).where(or_(~known, SearchOutbox.generation.is_(None))).values(generation=None)
    )
    db.session.execute(update(SearchOutbox).where(known).values(generation=generation))


def _forget_rows(generation: int) -> None:
    old = SearchOutbox.created_at < clock.now() - timedelta(seconds=KEPT_S)
    db.session.execute(delete(SearchOutbox).where(SearchOutbox.generation <= generation, old))


def request_rebuild() -> None:
    """Ask the running indexer to build the index anew; inside a unit of work."""
    _note()
    db.session.flush()
    state = db.session.get(SearchState, ONLY)
    assert state is not None
    state.rebuild_requested = True


def rebuild_is_wanted() -> bool:
    """Whether somebody asked for a new index."""
    state = _state()
    return state is not None and state.rebuild_requested


def engine_of(app: Flask) -> SearchEngine:
    """The application's engine, made when it is first asked for."""
    engine: SearchEngine = app.extensions["yanxiu_search"]()
    return engine


def run_indexer(app: Flask, stop: Event) -> None:
    """Be the indexer until `stop`; wait while another process is. Errors are logged and tried again."""
    while not stop.is_set():
        try:
            with engine_of(app).home.indexer_lock():
                _run(app, stop)
        except IndexBusyError:
            stop.wait(RETRY_S)
        except Exception:
            log.exception("the indexer failed and starts again")
            stop.wait(RETRY_S)


def _run(app: Flask, stop: Event) -> None:
    indexer = Indexer(engine_of(app))
    with app.app_context():
        indexer.recover()
    looked = monotonic()
    while not stop.is_set():
        with app.app_context():
            handled = indexer.drain()
            if not handled and monotonic() - looked > RETRY_S:
                looked = monotonic()
                if rebuild_is_wanted():
                    indexer.rebuild()
        if not handled:
            stop.wait(IDLE_S)
