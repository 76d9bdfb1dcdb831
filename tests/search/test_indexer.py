"""From a change in the database to the index, through the queue."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select, update

from tests.support.eventually import eventually
from yanxiu.accounts.services import deactivate_user
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.search_queue import (
    KEPT_S,
    SearchOutbox,
    acl_county,
    enqueue_index,
)
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.cli import build_index
from yanxiu.search.engines.home import IndexBusyError
from yanxiu.search.engines.interface import Batch, EngineRequest
from yanxiu.search.indexer import Indexer, engine_of, run_indexer
from yanxiu.search.models import ONLY, SearchState

EVERYBODY = frozenset({"pub"})


@pytest.fixture
def indexer(ctx, app, shelf):
    engine = engine_of(app)
    with engine.home.indexer_lock():
        indexer = Indexer(engine)
        indexer.recover()
        yield indexer


def change(shelf, number, text, **how):
    with unit_of_work():
        if text is None:
            shelf.books.pop(number, None)
        else:
            shelf.put(number, text)
        enqueue_index("book", number, **how)


def found(engine):
    engine.look_again()
    return {hit.key[1] for hit in engine.search(EngineRequest(limit=1000), EVERYBODY).hits}


def test_changes_and_deletions_reach_the_index(indexer, shelf):
    for number in (1, 2, 3):
        change(shelf, number, f"第{number}本")
    change(shelf, 2, None, deleted=True)
    indexer.run_until_idle()
    assert found(indexer.engine) == {1, 3}


def test_deletions_and_narrowed_rights_go_in_first_and_alone(indexer, shelf):
    change(shelf, 1, "甲")
    change(shelf, 2, "乙", narrowed=True)
    indexer.drain()
    assert found(indexer.engine) == {2}
    indexer.drain()
    assert found(indexer.engine) == {1, 2}


def test_one_that_cannot_be_read_is_not_in_the_way(indexer, shelf, caplog):
    shelf.broken.add(2)
    for number in (1, 2, 3):
        change(shelf, number, f"第{number}本")
    indexer.run_until_idle()
    assert found(indexer.engine) == {1, 3}
    assert "cannot index book 2" in caplog.text


def test_rows_that_were_being_committed_when_it_died_are_taken_again(indexer, shelf, monkeypatch):
    change(shelf, 1, "甲")

    def die(_batch):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(indexer.engine, "apply", die)
        with pytest.raises(KeyboardInterrupt):
            indexer.drain()
    assert not indexer.drain(), "the row is assigned to a generation that was never committed"
    indexer.recover()
    indexer.run_until_idle()
    assert found(indexer.engine) == {1}


def test_death_between_commit_and_note_loses_and_doubles_nothing(indexer, shelf, monkeypatch):
    change(shelf, 1, "甲")
    commit = indexer.engine.apply

    def commit_and_die(batch):
        commit(batch)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(indexer.engine, "apply", commit_and_die)
        with pytest.raises(KeyboardInterrupt):
            indexer.drain()
    indexer.recover()
    indexer.run_until_idle()
    change(shelf, 2, "乙")
    indexer.run_until_idle()
    assert found(indexer.engine) == {1, 2}
    assert indexer.engine.stats().documents == 2


@pytest.mark.once
def test_when_the_newest_generation_is_torn_its_changes_go_in_again(indexer, shelf):
    for number in (1, 2, 3):
        change(shelf, number, f"第{number}本")
        indexer.run_until_idle()
    folder = indexer.engine.home.current()
    newest = max(folder.glob("_MAIN_*.toc"), key=lambda path: int(path.stem.split("_")[-1]))
    newest.write_bytes(newest.read_bytes()[:40])
    indexer.recover()
    indexer.run_until_idle()
    assert found(indexer.engine) == {1, 2, 3}


@pytest.mark.once
def test_when_nothing_of_the_index_can_be_read_it_is_built_anew(indexer, shelf):
    for number in (1, 2):
        change(shelf, number, f"第{number}本")
        indexer.run_until_idle()
    for path in indexer.engine.home.current().glob("_MAIN_*.toc"):
        path.write_bytes(b"")
    indexer.recover()
    indexer.run_until_idle()
    assert found(indexer.engine) == {1, 2}


def test_a_restored_backup_of_the_database_means_a_new_index(indexer, shelf):
    change(shelf, 1, "甲")
    indexer.run_until_idle()
    state = db.session.get(SearchState, ONLY)
    past = (state.directory, state.trying, state.done)
    change(shelf, 2, "乙")
    indexer.run_until_idle()
    with unit_of_work():
        state = db.session.get(SearchState, ONLY)
        state.directory, state.trying, state.done = past
    del shelf.books[2]
    indexer.recover()
    assert found(indexer.engine) == {1}


def test_a_rebuild_misses_nothing_that_changes_meanwhile(indexer, shelf):
    for number in range(1, 301):
        shelf.put(number, f"第{number}本")
    indexer.rebuild()
    load, meanwhile = shelf.load, iter([(1, None), (302, "新来的")])

    def load_and_change(ids):
        documents = list(load(ids))
        if event := next(meanwhile, None):
            change(shelf, *event)
        return documents

    object.__setattr__(shelf.source, "load", load_and_change)
    indexer.rebuild()
    indexer.run_until_idle()
    assert found(indexer.engine) == {*range(2, 301), 302}


def test_a_first_build_takes_in_what_waits(ctx, app, shelf):
    change(shelf, 1, "甲")
    change(shelf, 2, "乙")
    engine = engine_of(app)
    with engine.home.indexer_lock():
        indexer = Indexer(engine)
        indexer.recover()
        assert indexer.drain() == 0, "what waited is in the build already"
    assert found(engine) == {1, 2}


def test_a_first_build_that_dies_forgets_nothing_that_waits(ctx, app, shelf):
    change(shelf, 1, "甲")
    engine = engine_of(app)

    def die(_ids):
        raise KeyboardInterrupt

    load = shelf.source.load
    object.__setattr__(shelf.source, "load", die)
    with engine.home.indexer_lock(), pytest.raises(KeyboardInterrupt):
        Indexer(engine).recover()
    object.__setattr__(shelf.source, "load", load)
    with engine.home.indexer_lock():
        Indexer(engine).recover()
    assert found(engine) == {1}


def test_the_old_index_answers_until_the_new_one_is_whole(indexer, shelf):
    shelf.put(1, "甲")
    shelf.put(2, "乙")
    indexer.rebuild()
    seen = []
    load = shelf.load

    def load_and_look(ids):
        seen.append(found(indexer.engine))
        return list(load(ids))

    object.__setattr__(shelf.source, "load", load_and_look)
    shelf.put(3, "丙")
    indexer.rebuild()
    assert seen == [{1, 2}]
    assert found(indexer.engine) == {1, 2, 3}


def test_the_queue_does_not_grow(indexer, shelf, monkeypatch):
    """What went in stays for as long as somebody may remember what it said before, and for two generations."""
    monkeypatch.setattr("yanxiu.search.indexer.FORGET_EVERY_S", 0.0)
    for number in range(1, 9):
        change(shelf, number, "文")
        indexer.run_until_idle()
    db.session.rollback()
    assert len(db.session.scalars(select(SearchOutbox)).all()) >= 8
    with unit_of_work():
        db.session.execute(update(SearchOutbox).values(created_at=clock.now() - timedelta(seconds=KEPT_S + 1)))
    change(shelf, 9, "文")
    indexer.run_until_idle()
    db.session.rollback()
    assert len(db.session.scalars(select(SearchOutbox)).all()) <= 2


def test_there_is_one_indexer(indexer):
    with pytest.raises(IndexBusyError), indexer.engine.home.indexer_lock():
        pass


def test_a_failed_batch_leaves_the_index_as_it_was(indexer, shelf):
    change(shelf, 1, "甲")
    indexer.run_until_idle()
    with pytest.raises(AttributeError):
        indexer.engine.apply(Batch(documents=(None,)))
    indexer.recover()
    assert found(indexer.engine) == {1}
    assert indexer.engine.check() == []


def test_the_running_indexer_hears_of_changes_and_of_a_wanted_rebuild(app, ctx, shelf):
    stop = Event()
    thread = Thread(target=run_indexer, args=(app, stop), daemon=True)
    thread.start()
    try:
        shelf.put(1, "甲")
        eventually(lambda: db.session.rollback() or db.session.get(SearchState, ONLY))
        change(shelf, 2, "乙")
        eventually(lambda: 2 in found(engine_of(app)), timeout=10)
        before = engine_of(app).name()
        assert build_index(app, wait_s=20) == 2
        assert engine_of(app).name() != before
    finally:
        stop.set()
        thread.join(timeout=20)
    assert not thread.is_alive()


def test_a_person_is_findable_and_a_closed_account_is_not(app, cast, ctx, index_now):
    engine = index_now()
    county = frozenset({acl_county(cast.viewer("teacher").county_id)})
    assert ("person", cast.teacher.id) in {hit.key for hit in engine.search(EngineRequest(limit=100), county).hits}
    with unit_of_work():
        deactivate_user(cast.user("admin"), cast.user("teacher"))
    engine = index_now()
    assert ("person", cast.teacher.id) not in {hit.key for hit in engine.search(EngineRequest(limit=100), county).hits}
