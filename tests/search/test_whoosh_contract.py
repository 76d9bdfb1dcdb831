"""What we use of Whoosh, so that another release (or Whoosh-Reloaded 2.7.5, the way back) is judged before it is let in."""

import errno
from importlib.metadata import version

import numpy as np
import pytest
from whoosh import columns, fields, index, writing

from yanxiu.search.engines import arrays
from yanxiu.search.engines.interface import Batch, EngineDocument
from yanxiu.search.engines.snapshot import FACTS
from yanxiu.search.engines.whoosh_engine import NAME, SCHEMA, DurableStorage, WhooshIndex

pytestmark = pytest.mark.once


def document(number, weights):
    return EngineDocument(
        ("topic", number), {"w": weights, "b": {}}, {"w": 1.5, "b": 0.0}, f"题{number}", frozenset({"pub"}),
        {"kind": "topic"}, 1000 + number,
    )  # fmt: skip


@pytest.fixture
def filled(tmp_path):
    found = WhooshIndex(tmp_path)
    found.create()
    found.write(Batch(tuple(document(n, {"常": 1.0, "重": n / 8, f"独{n}": 2.5}) for n in range(1, 301))))
    return found


def test_the_version_is_the_one_that_was_tried():
    assert version("whoosh3") == "3.54.0"


def test_weights_of_every_kind_come_back_over_many_blocks(filled):
    _, [(segment, deleted)] = filled.load()
    assert len(deleted) == 0
    assert segment.read("w", "常").ids.tolist() == list(range(300))
    assert segment.read("w", "常").counts.tolist() == [1.0] * 300
    assert np.allclose(segment.read("w", "重").counts, [n / 8 for n in range(1, 301)])
    assert segment.read("w", "独7").counts.tolist() == [2.5]
    assert segment.read("w", "没有").ids.tolist() == []
    assert segment.read("nofield", "常").ids.tolist() == []


def slowly(found):
    """The same index as one sees it whose segments have no arrays."""
    for path in found.folder.glob("*.arrays"):
        path.unlink()
    return WhooshIndex(found.folder)


def test_arrays_hold_what_the_segment_holds(filled):
    """After a merge, with more different counts than fit into a byte; terms that are none are found in neither."""
    filled.write(Batch((document(500, {"重": 9.5}),), tuple(("topic", n) for n in range(1, 151))))
    filled.write(Batch((document(501, {"重": 0.3, "a": 1.0, "𠮷": 1.0}),)))
    fast = [segment for segment, _ in filled.load()[1]]
    slow = [segment for segment, _ in slowly(filled).load()[1]]
    assert [segment.mapped for segment in fast + slow] == [True, True, False, False]
    for one, other in zip(fast, slow, strict=True):
        for field in (*SCHEMA.names(), "nofield"):
            terms = other.lexicon(field)
            assert one.lexicon(field) == terms
            for text in (*terms, "", "没有", "~"):
                for prefix, limit in ((text, 3), (text[:1], None)):
                    assert one.lexicon(field, prefix, limit) == other.lexicon(field, prefix, limit)
                mine, its = one.read(field, text), other.read(field, text)
                assert mine.ids.tolist() == its.ids.tolist()
                assert mine.counts.tolist() == its.counts.tolist()


def test_arrays_that_are_missing_are_made_from_the_segment(filled):
    """As in an index that is older than they are; who has it open uses them from the next commit on."""
    (path,) = filled.folder.glob("*.arrays")
    content = path.read_bytes()
    reader = slowly(filled)
    assert [segment.mapped for segment, _ in reader.load()[1]] == [False]
    assert filled.repair() == filled.latest()
    assert path.read_bytes() == content
    assert [segment.mapped for segment, _ in reader.load()[1]] == [True]


def test_a_disk_without_room_for_arrays_stops_nothing_and_keeps_nothing_of_them(filled, monkeypatch):
    """They are larger than what they are made of, so there may be room for the one and not for the other."""
    (path,) = filled.folder.glob("*.arrays")
    content = path.read_bytes()
    reader = slowly(filled)

    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(arrays, "_checksum", full)
        assert filled.repair() == 1
        assert filled.write(Batch((document(500, {"新": 1.0}),))) == 2
        assert [segment.mapped for segment, _ in reader.load()[1]] == [False, False]
        assert [segment.read("w", "新").ids.tolist() for segment, _ in reader.load()[1]] == [[], [0]]
        assert list(filled.folder.glob("*.arrays*")) == []
    assert filled.repair() == 2
    assert path.read_bytes() == content


def test_the_facts_column_is_raw_and_in_order(filled):
    _, [(segment, _)] = filled.load()
    assert segment.facts.dtype == FACTS
    assert segment.facts["object_id"].tolist() == list(range(1, 301))
    assert segment.facts["date"].tolist() == list(range(1001, 1301))
    assert set(segment.facts["length_w"].tolist()) == {1.5}


def test_terms_are_listed_in_order_from_a_prefix(filled):
    _, [(segment, _)] = filled.load()
    assert segment.lexicon("w", "独29", limit=5) == ["独29", "独290", "独291", "独292", "独293"]
    assert segment.lexicon("kind") == ["topic"]
    assert segment.lexicon("subject") == []


def test_deleting_marks_documents_and_keeps_segments(filled):
    filled.write(Batch(deleted=(("topic", 3), ("topic", 999))))
    _, [(segment, deleted)] = filled.load()
    assert deleted.tolist() == [2]
    assert segment.size == 300


def test_merging_keeps_weights_and_facts_and_drops_the_deleted(filled):
    filled.write(Batch((document(500, {"重": 9.5}),), tuple(("topic", n) for n in range(1, 151))))
    _, [(segment, deleted)] = filled.load()
    assert (segment.size, len(deleted)) == (151, 0)
    assert segment.facts["object_id"].tolist() == [500, *range(151, 301)]
    heavy = segment.read("w", "重")
    assert heavy.ids.tolist() == list(range(151))
    assert np.allclose(heavy.counts, [9.5, *(n / 8 for n in range(151, 301))])


def test_generations_count_up_by_one(filled):
    before = filled.latest()
    assert filled.write(Batch((document(400, {"常": 1.0}),))) == before + 1


def test_a_stored_schema_is_not_unpickled_when_we_bring_our_own(filled, monkeypatch):
    storage = DurableStorage(filled.folder)

    def forbidden(*_args):
        raise AssertionError("unpickled a schema")

    monkeypatch.setattr(index.pickle, "loads", forbidden)
    toc = index.TOC.read(storage, NAME, gen=filled.latest(), schema=SCHEMA)
    assert [segment.doc_count_all() for segment in toc.segments] == [300]


def test_the_pieces_we_build_on_are_there():
    assert fields.ID().format.fixed_value_size() == 0
    assert columns.FixedBytesColumn(FACTS.itemsize)
    assert {"add", "iter_postings", "cleanup"} <= set(dir(writing.PostingPool))
    assert {"TOC", "FileIndex", "clean_files"} <= set(vars(index))
