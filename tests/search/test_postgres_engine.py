"""The engine in PostgreSQL: several processes, a rebuild under way, and what a killed one leaves. Runs on PostgreSQL."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest

from tests.search.crash_rounds import document
from tests.support.empty_database import empty_database, server_url
from tests.support.engines import another, search_engine
from yanxiu.config import ConfigError, load_config
from yanxiu.search.engines.home import IndexBusyError
from yanxiu.search.engines.interface import Alternative, Batch, Clause, EngineRequest, Term
from yanxiu.search.engines.postgres import NotPreparedError, PostgresEngine

pytestmark = pytest.mark.skipif(server_url() is None, reason="this run is not about PostgreSQL")
ROOT = Path(__file__).resolve().parents[2]
PUB = frozenset({"pub"})
KILLS = int(os.environ.get("SEARCH_KILLS", "10"))
BEFORE = set(range(1, 13))


@pytest.fixture
def engine(tmp_path):
    """Two commits: 1–9, then 10–12."""
    with search_engine(tmp_path) as engine:
        engine.rebuild([[document(number) for number in range(1, 10)]], lambda: None)
        engine.apply(Batch(tuple(document(number) for number in range(10, 13))))
        yield engine


def everything(engine):
    engine.look_again()
    return {hit.key[1] for hit in engine.search(EngineRequest(limit=10_000), PUB).hits}


def schemas(engine):
    with engine.engine.connect() as connection:
        return set(connection.exec_driver_sql("SELECT nspname FROM pg_namespace WHERE nspname ~ '^yanxiu'").scalars())


def test_another_process_sees_each_commit_and_nothing_is_read_twice(engine):
    with another(engine) as reader:
        assert everything(reader) == BEFORE
        for number in range(13, 60):
            engine.apply(Batch((document(number),), (("topic", number - 12),)))
            assert everything(reader) == set(range(number - 11, number + 1))
        assert reader.stats().segments <= 7, "stretches are joined as they grow"
        one = EngineRequest(clauses=(Clause((Alternative((Term("w", "文50"),)),)),))
        assert [hit.key[1] for hit in reader.search(one, PUB).hits] == [50]
        assert reader.check() == []


def test_one_writes_at_a_time_on_whatever_machine(engine):
    with another(engine) as other:
        with engine.home.indexer_lock():
            with pytest.raises(IndexBusyError), other.home.indexer_lock():
                pass
            assert everything(other) == BEFORE
        with other.home.indexer_lock():
            pass
        with pytest.raises(NotPreparedError):
            other.apply(Batch())


def test_a_rebuild_that_dies_leaves_the_index_in_use_and_is_cleared_away(engine):
    def dying():
        yield [document(100)]
        assert everything(engine) == BEFORE
        raise KeyboardInterrupt

    before, name = schemas(engine), engine.name()
    with pytest.raises(KeyboardInterrupt):
        engine.rebuild(dying(), lambda: None)
    assert len(schemas(engine)) == len(before) + 1
    with another(engine) as after:
        assert after.open() == 2
        assert (everything(after), after.name(), schemas(after)) == (BEFORE, name, before)
        assert after.apply(Batch((document(13),))) == 3
        assert everything(engine) == {*BEFORE, 13}


def test_a_batch_that_fails_half_way_changes_nothing(engine):
    with pytest.raises(AttributeError):
        engine.apply(Batch((document(13), None), (("topic", 1),)))
    assert everything(engine) == BEFORE
    assert engine.check() == []


def test_readers_go_on_while_one_writes_and_builds_anew(engine):
    """Four readers through 20 commits and three rebuilds: each answer is a state that was committed."""
    stop, wanted = Event(), {frozenset(BEFORE)}
    steps = [frozenset({*BEFORE, *range(13, 13 + n)}) for n in range(21)]
    wanted.update(steps)

    def read(reader):
        seen = []
        while not stop.is_set():
            seen.append(frozenset(everything(reader)))
        return seen

    with ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        readers = [stack.enter_context(another(engine)) for _ in range(3)]
        running = [pool.submit(read, reader) for reader in [*readers, readers[0]]]
        try:
            for number in range(13, 33):
                engine.apply(Batch((document(number),)))
                if number % 7 == 0:
                    engine.rebuild([[document(n) for n in range(1, number + 1)]], lambda: None)
        finally:
            stop.set()
        states = {state for future in running for state in future.result()}
    assert states <= wanted
    assert everything(engine) == set(range(1, 33))


def test_an_index_of_another_segmenter_has_to_be_built_anew(engine):
    other = PostgresEngine(engine.engine.url.render_as_string(hide_password=False), "another")
    try:
        assert other.open() == -1
        assert everything(other) == BEFORE, "it answers until then"
    finally:
        other.close()


def test_terms_of_all_kinds_are_kept_as_they_are(engine):
    odd = "it's", "a\\b", "100%", "'", "{name}", ":*", "&|!", "中\u3000文", "x" * 900
    for number, text in enumerate(odd, 20):
        made = document(number)
        engine.apply(
            Batch((type(made)(**{**made.__dict__, "terms": {"w": {text: 2.0}, "b": {}}, "title": text[:60]}),))
        )
        engine.look_again()
        page = engine.search(EngineRequest(clauses=(Clause((Alternative((Term("w", text),)),)),)), PUB)
        assert [hit.key[1] for hit in page.hits] == [number], text
    assert engine.check() == []


def test_of_a_text_with_more_words_than_a_tsvector_holds_the_first_are_found(engine):
    first = document(20)
    words = {f"{chr(0x4E00 + n // 300)}{chr(0x4E00 + n % 300)}成语": 1.0 for n in range(60_000)}
    pairs = {word[:2]: 1.0 for word in words}
    engine.apply(Batch((type(first)(**{**first.__dict__, "terms": {"w": words, "b": pairs}}),)))
    engine.look_again()

    def found(family, text):
        asked = EngineRequest(clauses=(Clause((Alternative((Term(family, text),)),)),))
        return [hit.key[1] for hit in engine.search(asked, PUB).hits]

    assert [found("w", word) for word in list(words)[:1000:100]] == [[20]] * 10
    assert [found("b", pair) for pair in list(pairs)[:1000:100]] == [[20]] * 10
    assert found("w", list(words)[-1]) == []
    assert everything(engine) == {*BEFORE, 20}
    assert engine.check() == []


@pytest.mark.slow
def test_a_killed_indexer_loses_nothing_it_acknowledged(tmp_path):
    with empty_database(tmp_path) as url:
        done = subprocess.run(
            [sys.executable, "-m", "tests.search.crash_rounds", url, str(KILLS), "1"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}"},
            capture_output=True,
            text=True,
            timeout=110 if KILLS <= 25 else 3600,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["lost"], result["problems"]) == ([], [])
    assert result["acknowledged"] >= KILLS


def test_it_is_chosen_by_a_word_and_only_where_there_is_a_postgresql():
    assert load_config({"YANXIU_SEARCH": "postgres", "DATABASE_URL": "postgres://h/d"}).search == "postgres"
    assert load_config({"DATABASE_URL": "postgres://h/d"}).search == "local"
    for wrong in ({"YANXIU_SEARCH": "postgres"}, {"YANXIU_SEARCH": "elastic", "DATABASE_URL": "postgres://h/d"}):
        with pytest.raises(ConfigError):
            load_config(wrong)
