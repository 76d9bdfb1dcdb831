"""What survives a killed indexer, a power cut that tears files, and readers in the middle of commits."""

import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.search.crash_rounds import document
from yanxiu.search.engines.home import POINTER
from yanxiu.search.engines.interface import Alternative, Batch, Clause, EngineRequest, Term
from yanxiu.search.engines.local import LocalEngine

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
PUB = frozenset({"pub"})
KILLS = int(os.environ.get("SEARCH_KILLS", "25"))
TORN = int(os.environ.get("SEARCH_TORN", "10"))


def everything(engine: LocalEngine) -> set[int]:
    return {hit.key[1] for hit in engine.search(EngineRequest(limit=10_000), PUB).hits}


def reopened(engine: LocalEngine) -> LocalEngine:
    return LocalEngine(engine.home.folder, "test")


@pytest.fixture
def engine(tmp_path: Path) -> LocalEngine:
    """Three generations: 1–9, then 10–12, then 13–15 with 1 deleted."""
    engine = LocalEngine(tmp_path / "index", "test")
    engine.open()
    engine.rebuild([[document(number) for number in range(1, 10)]], lambda: None)
    engine.apply(Batch(tuple(document(number) for number in range(10, 13))))
    engine.apply(Batch(tuple(document(number) for number in range(13, 16)), (("topic", 1),)))
    return engine


BEFORE = set(range(1, 13))
AFTER = set(range(2, 16))


def newest(engine: LocalEngine, pattern: str) -> Path:
    folder = engine.home.current()
    assert folder is not None
    files = [path for path in folder.iterdir() if path.match(pattern)]
    return max(files, key=lambda path: (path.stat().st_mtime_ns, path.name))


@pytest.mark.slow
def test_a_killed_indexer_loses_nothing_it_acknowledged(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.search.crash_rounds", str(tmp_path / "index"), str(KILLS), "1"],
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


CUT = {
    "empty": lambda size: 0,
    "a few bytes": lambda size: 9,
    "half": lambda size: size // 2,
    "short by one": lambda size: size - 1,
}


@pytest.mark.parametrize("pattern", ["_MAIN_*.toc", "files_*.json", "*.trm", "*.pst", "*.facts.col"])
@pytest.mark.parametrize("cut", CUT)
def test_a_torn_newest_generation_falls_back_to_the_one_before(engine, pattern, cut):
    path = newest(engine, pattern)
    os.truncate(path, CUT[cut](path.stat().st_size))
    assert everything(reopened(engine)) == BEFORE
    writer = reopened(engine)
    assert writer.open() == 2
    writer.apply(Batch(tuple(document(number) for number in range(13, 16)), (("topic", 1),)))
    assert everything(reopened(engine)) == AFTER
    assert reopened(engine).check() == []


def test_whatever_a_power_cut_leaves_of_the_newest_files_nothing_older_is_lost(engine):
    """Random files of the newest generation lose their end, or hold zeros or noise from somewhere on."""
    folder = engine.home.current()
    assert folder is not None
    whole = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    before, changed = set(everything(engine)), {path.name for path in newest_files(folder)}
    assert before == AFTER
    for seed in range(TORN):
        rng = random.Random(seed)
        for name, content in whole.items():
            (folder / name).write_bytes(content)
        for path in folder.iterdir():
            if path.name not in whole:
                path.unlink()
        for name in rng.sample(sorted(changed), rng.randint(1, len(changed))):
            at = rng.randrange(max(1, len(whole[name])))
            rest = len(whole[name]) - at
            tail = rng.choice((b"", bytes(rest), rng.randbytes(rest)))
            (folder / name).write_bytes(whole[name][:at] + tail)
        damaged = any((folder / name).read_bytes() != whole[name] for name in changed)
        writer = reopened(engine)
        assert writer.open() == (2 if damaged else 3), seed
        assert everything(reopened(engine)) == (BEFORE if damaged else AFTER), seed
        writer.apply(Batch(tuple(document(number) for number in range(13, 16)), (("topic", 1),)))
        assert everything(reopened(engine)) == AFTER, seed
        assert reopened(engine).check() == [], seed


def newest_files(folder: Path) -> list[Path]:
    """What the newest generation added: its TOC, its list of files, and the files of its segment."""
    lists = sorted(folder.glob("files_*.json"), key=lambda path: int(path.stem.split("_")[1]))
    older, newer = (set(json.loads(path.read_text())) for path in lists[-2:])
    toc = max(folder.glob("_MAIN_*.toc"), key=lambda path: int(path.stem.split("_")[2]))
    return [
        lists[-1],
        toc,
        *(folder / name for name in newer - older if (folder / name).is_file() and not name.endswith(".toc")),
    ]


@pytest.mark.parametrize("pattern", ["_MAIN_*.toc", "files_*.json", "*.trm", "*.pst", "*.facts.col"])
def test_a_missing_file_of_the_newest_generation_falls_back_too(engine, pattern):
    newest(engine, pattern).unlink()
    assert everything(reopened(engine)) == BEFORE
    assert reopened(engine).open() == 2


DAMAGE = {
    "half": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "zeros": lambda content: bytes(len(content)),
    "another byte": lambda content: content[:-300] + bytes([content[-300] ^ 1]) + content[-299:],
    "another length": lambda content: content[:8] + bytes([content[8] ^ 1]) + content[9:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_arrays_cost_time_and_nothing_else(engine, damage):
    """Of any segment: it is read without them, the check tells of it, and the indexer makes them anew."""
    folder = engine.home.current()
    assert folder is not None
    for path in folder.glob("*.arrays"):
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(DAMAGE[damage](content))
        assert everything(reopened(engine)) == AFTER
        assert reopened(engine).check() != []
        assert reopened(engine).open() == 3
        assert (path.read_bytes(), reopened(engine).check()) == (content, [])


def test_zeros_in_place_of_the_newest_toc_are_never_unpickled(engine):
    path = newest(engine, "_MAIN_*.toc")
    path.write_bytes(bytes(path.stat().st_size))
    assert everything(reopened(engine)) == BEFORE


@pytest.mark.parametrize("content", [None, "", "no-such-directory", "../elsewhere"])
def test_without_a_pointer_there_is_no_index_and_one_is_wanted(engine, content):
    pointer = engine.home.folder / POINTER
    pointer.unlink() if content is None else pointer.write_text(content)
    fresh = reopened(engine)
    assert everything(fresh) == set()
    assert fresh.open() == -1
    fresh.rebuild([[document(1)]], lambda: None)
    assert everything(reopened(engine)) == {1}


def test_an_index_of_another_segmenter_is_read_but_not_written(engine):
    other = LocalEngine(engine.home.folder, "another")
    assert everything(other) == AFTER
    assert other.open() == -1


def test_changed_bytes_are_found_by_the_check(engine):
    path = newest(engine, "*.pst")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    assert reopened(engine).check() != []


def test_what_a_broken_commit_left_is_swept(engine):
    folder = engine.home.current()
    assert folder is not None
    (folder / "MAIN_orphan.pst").write_bytes(b"left over")
    (folder / "MAIN.tmp").mkdir()
    (folder / "MAIN.tmp" / "run").write_bytes(b"left over")
    engine.open()
    names = {path.name for path in folder.iterdir()}
    assert "MAIN_orphan.pst" not in names
    assert "MAIN.tmp" not in names
    assert everything(engine) == AFTER


def test_only_the_newest_two_generations_stay_on_disk(engine):
    for number in range(20, 30):
        engine.apply(Batch((document(number),)))
    folder = engine.home.current()
    assert folder is not None
    assert len(list(folder.glob("_MAIN_*.toc"))) == 2


def test_readers_in_the_middle_of_commits_never_fail_and_never_go_back(engine):
    """Four threads on one engine, while another engine commits, merges and deletes."""
    stop = Event()
    reader = reopened(engine)
    clause = Clause((Alternative((Term("w", "词1"),)),))

    def read() -> int:
        queries, highest = 0, 0
        while not stop.is_set():
            page = reader.search(EngineRequest(limit=10_000), PUB)
            numbers = [hit.key[1] for hit in page.hits]
            assert len(set(numbers)) == len(numbers) == page.total
            assert max(numbers) >= highest
            highest = max(numbers)
            found = reader.search(EngineRequest(clauses=(clause,), limit=10_000), PUB)
            assert all(hit.key[1] % 50 == 1 for hit in found.hits)
            queries += 1
        return queries

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(read) for _ in range(4)]
        try:
            for number in range(100, 125):
                engine.apply(Batch((document(number),), (("topic", number - 5),)))
        finally:
            stop.set()
        assert all(future.result(timeout=30) > 0 for future in futures)
    assert everything(reopened(engine)) == everything(engine)
