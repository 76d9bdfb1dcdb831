"""An engine against brute force: scores, and above all what each reader may know of.

On SQLite this is about the embedded engine, on PostgreSQL about the one in the database.
"""

import math
import os
import random
from dataclasses import replace

import numpy as np
import pytest

from tests.support.engines import another, search_engine
from yanxiu.search.engines.interface import Alternative, Batch, Clause, EngineDocument, EngineRequest, Term
from yanxiu.search.engines.local import LocalEngine
from yanxiu.search.engines.ranking import PARTLY
from yanxiu.search.engines.snapshot import Packed
from yanxiu.search.scoring import K1, B, Postings

WORDS = ["三国", "教学", "设计", "课堂", "提问", "评课", "阅读", "习作", "作业", "小组"]
SUBJECTS = ["语文", "数学", "英语"]
LITERACIES = ["语言运用", "思维能力", "审美创造"]
KINDS = ["topic", "plan", "comment", "resource"]
PRINCIPALS_TRIED = int(os.environ.get("SEARCH_PRINCIPALS", "240"))
PRINCIPALS = ["pub", "any", *(f"s{i}" for i in range(5)), *(f"w{i}" for i in range(8)), *(f"u{i}" for i in range(20))]


def make_document(rng: random.Random, number: int) -> EngineDocument:
    counts = {word: float(rng.choice((1, 1, 2, 1.2, 3.5))) for word in rng.sample(WORDS, rng.randint(1, 6))}
    title = f"{rng.choice(WORDS)}{number}"
    return EngineDocument(
        key=(rng.choice(KINDS), number),
        terms={"w": counts, "b": {f"{word}b": 1.0 for word in counts}},
        lengths={"w": sum(counts.values()), "b": float(len(counts))},
        title=title,
        starts=frozenset({title}),
        acl=frozenset(rng.sample(PRINCIPALS, rng.randint(1, 3))),
        facets={
            "kind": "",
            "subject": rng.choice([*SUBJECTS, ""]),
            "year": str(2020 + number % 4),
            "literacy": "、".join(rng.sample(LITERACIES, rng.randint(0, 3))),
        },
        date=1_000_000 + number,
    )


def with_kind(document: EngineDocument) -> EngineDocument:
    return EngineDocument(**{**document.__dict__, "facets": {**document.facets, "kind": document.key[0]}})


@pytest.fixture
def engine(tmp_path):
    with search_engine(tmp_path) as engine:
        yield engine


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """400 documents over several segments, some replaced, some deleted; read only."""
    with search_engine(tmp_path_factory.mktemp("filled")) as engine:
        yield engine, fill(engine)


def fill(engine):
    rng = random.Random(7)
    living: dict[tuple[str, int], EngineDocument] = {}
    first = [with_kind(make_document(rng, number)) for number in range(1, 301)]
    engine.rebuild([first[:200], first[200:]], lambda: None)
    living.update({document.key: document for document in first})
    for start in range(301, 401, 25):
        added = [with_kind(make_document(rng, number)) for number in range(start, start + 25)]
        replaced = [
            EngineDocument(**{**document.__dict__, "acl": frozenset(rng.sample(PRINCIPALS, 2))})
            for document in rng.sample(sorted(living.values(), key=lambda d: d.key), 10)
        ]
        gone = rng.sample(sorted(set(living) - {document.key for document in replaced}), 6)
        engine.apply(Batch((*added, *replaced), tuple(gone)))
        living.update({document.key: document for document in (*added, *replaced)})
        for key in gone:
            del living[key]
    return living


def words_of(*texts: str) -> tuple[Clause, ...]:
    return tuple(Clause((Alternative((Term("w", text),)),)) for text in texts)


def brute_scores(living, texts):
    """BM25F by its formula, over all living documents, and what is kept of it where a part of the query is missing."""
    average = sum(document.lengths["w"] for document in living.values()) / len(living)
    scores, covered, asked = dict.fromkeys(living, 0.0), dict.fromkeys(living, 0.0), 0.0
    for text in texts:
        found = [document for document in living.values() if text in document.terms["w"]]
        weight = math.log(1 + (len(living) - len(found) + 0.5) / (len(found) + 0.5))
        for document in found:
            count, norm = document.terms["w"][text], K1 * (1 - B + B * document.lengths["w"] / average)
            scores[document.key] += weight * (K1 + 1) * count / (count + norm)
            covered[document.key] += weight
        asked += weight
    return {key: score * (PARTLY + (1 - PARTLY) * covered[key] / asked) for key, score in scores.items()}


def test_scores_are_bm25f_by_its_formula(filled):
    engine, corpus = filled
    expected = {key: score for key, score in brute_scores(corpus, ["三国", "提问"]).items() if score > 0}
    page = engine.search(EngineRequest(clauses=words_of("三国", "提问"), limit=500), frozenset(PRINCIPALS))
    assert {hit.key: pytest.approx(hit.score, rel=1e-4) for hit in page.hits} == expected
    assert [hit.score for hit in page.hits] == sorted((hit.score for hit in page.hits), reverse=True)


def test_a_page_is_a_piece_of_the_whole_order(filled):
    engine, _corpus = filled

    def hits(**where):
        request = EngineRequest(clauses=words_of("教学"), **where)
        return [hit.key for hit in engine.search(request, frozenset(PRINCIPALS)).hits]

    everything = hits(limit=1000)
    pieces = [key for offset in range(0, len(everything), 7) for key in hits(offset=offset, limit=7)]
    assert pieces == everything


def readable(document: EngineDocument, principals: frozenset[str]) -> bool:
    return bool(document.acl & principals)


@pytest.mark.parametrize("seed", range(8))
def test_nobody_learns_of_what_they_may_not_see(filled, seed):
    """Hits, totals, facets, groups and suggestions of random principals equal brute force."""
    engine, corpus = filled
    rng = random.Random(seed)
    for _ in range(PRINCIPALS_TRIED // 8):
        principals = frozenset(rng.sample(PRINCIPALS, rng.randint(0, 6)))
        texts = rng.sample(WORDS, rng.randint(1, 2))
        filters = {"subject": frozenset({rng.choice(SUBJECTS)})} if rng.random() < 0.5 else {}
        if rng.random() < 0.3:
            filters["literacy"] = frozenset({rng.choice(LITERACIES)})
        request = EngineRequest(
            clauses=words_of(*texts),
            filters=filters,
            limit=1000,
            per_kind=3,
            facets=("kind", "subject", "year", "literacy"),
        )
        page = engine.search(request, principals)
        mine = [d for d in corpus.values() if readable(d, principals) and set(texts) & set(d.terms["w"])]
        chosen = [d for d in mine if fits(d, filters)]
        assert {hit.key for hit in page.hits} == {document.key for document in chosen}
        assert page.total == len(chosen)
        assert dict(page.facets["year"]) == counted(chosen, "year")
        assert dict(page.facets["kind"]) == counted(chosen, "kind")
        for name in ("subject", "literacy"):
            others = {facet: wanted for facet, wanted in filters.items() if facet != name}
            assert dict(page.facets[name]) == counted([d for d in mine if fits(d, others)], name)
        assert set(page.by_kind) == {document.key[0] for document in chosen}
        start = rng.choice(WORDS)
        suggested = engine.suggest(start, principals, 1000)
        assert set(suggested) == {
            d.key for d in corpus.values() if readable(d, principals) and d.title.startswith(start)
        }


def test_what_one_may_not_see_moves_nothing(tmp_path):
    """Hits in their order with scores, totals, facets, groups and what is said to be missing are those of an index that holds
    nothing but what a reader may see, however much of the same words others keep to themselves."""
    rng = random.Random(3)
    mine = frozenset({"pub", "w1"})
    made = [with_kind(make_document(rng, number)) for number in range(1, 241)]
    hidden = {document.key for document in made if not readable(document, mine)}
    assert len(hidden) > 120
    seen = [document for document in made if document.key not in hidden]
    gone = frozenset(
        document.key for document in seen[:5]
    )  # to be deleted: in the index still, for this reader no more
    with search_engine(tmp_path / "all") as everything, search_engine(tmp_path / "seen") as own:
        everything.rebuild([made[:150]], lambda: None)
        everything.apply(Batch(tuple(made[150:]), ()))
        own.rebuild([seen[5:]], lambda: None)
        for _ in range(40):
            words = rng.sample([*WORDS, "无此词"], rng.randint(1, 4))
            ways = (
                Alternative((Term("w", words[0]), Term("b", f"{words[0]}b", 0.5))),
                Alternative((Term("w", rng.choice(WORDS)),), whole=True, share=0.7),
            )
            request = EngineRequest(
                clauses=(Clause(ways, word=words[0]), *words_of(*words[1:])), newest_first=rng.random() < 0.3, every=rng.random() < 0.2,
                title=rng.choice(words), limit=1000, per_kind=3, facets=("kind", "subject", "literacy"),
            )  # fmt: skip
            page, alone = everything.search(replace(request, without=gone), mine), own.search(request, mine)
            assert [hit.key for hit in page.hits] == [hit.key for hit in alone.hits]
            assert [hit.score for hit in page.hits] == pytest.approx([hit.score for hit in alone.hits], rel=1e-4)
            assert page.by_kind.keys() == alone.by_kind.keys()
            assert (page.total, page.facets, page.unsaid, page.whole) == (
                alone.total,
                alone.facets,
                alone.unsaid,
                alone.whole,
            )


def values_of(document, facet) -> frozenset[str]:
    return frozenset(document.facets[facet].split("、")) - {""}


def fits(document, filters) -> bool:
    return all(values_of(document, facet) & wanted for facet, wanted in filters.items())


def counted(documents, facet):
    counts: dict[str, int] = {}
    for document in documents:
        for value in values_of(document, facet):
            counts[value] = counts.get(value, 0) + 1
    return counts


def test_somebody_without_principals_finds_and_counts_nothing(filled):
    engine, _corpus = filled
    page = engine.search(EngineRequest(facets=("kind", "subject")), frozenset())
    assert (page.hits, page.total, page.facets) == ((), 0, {"kind": (), "subject": ()})


def test_required_and_excluded_terms(filled):
    engine, corpus = filled
    request = EngineRequest(
        clauses=words_of("三国"), required=((Term("w", "教学"),),), excluded=((Term("w", "评课"),),), limit=1000
    )
    found = {hit.key for hit in engine.search(request, frozenset(PRINCIPALS)).hits}
    assert found == {
        d.key for d in corpus.values() if {"三国", "教学"} <= set(d.terms["w"]) and "评课" not in d.terms["w"]
    }


def test_a_prefix_counts_as_one_term(filled):
    engine, corpus = filled
    request = EngineRequest(clauses=(Clause((Alternative((Term("w", "三", prefix=True),)),)),), limit=1000)
    found = {hit.key for hit in engine.search(request, frozenset(PRINCIPALS)).hits}
    assert found == {d.key for d in corpus.values() if "三国" in d.terms["w"]}


def test_words_of_others_push_out_no_word_of_ones_own(tmp_path):
    """However many words begin with a character, in documents one may not see, before the one that stands in one's own."""

    def document(number, words, title, acl):
        return EngineDocument(
            key=("plan", number), terms={"w": {}, "b": dict.fromkeys(words, 1.5)}, lengths={"w": 1.0, "b": 9.0},
            title=title, acl=frozenset({acl}), facets={"kind": "plan"}, date=number,
        )  # fmt: skip

    flood = [f"三{chr(0x4E00 + i)}" for i in range(3200)]
    mine = [
        document(1, ["三鼹", "三鼻"], "别的", "pub"),
        document(2, ["三鼻", "四"], "三鼻", "pub"),
        document(3, ["四"], "四", "pub"),
    ]
    clause = Clause((Alternative((Term("b", "三", prefix=True),)),), word="三")
    request = EngineRequest(clauses=(clause,), title="三", limit=10, facets=("kind",))
    with search_engine(tmp_path / "flooded") as flooded, search_engine(tmp_path / "alone") as alone:
        alone.rebuild([mine], lambda: None)
        flooded.rebuild([[document(9, flood, "三一", "u9"), document(8, flood[:9], "三七", "u9")]], lambda: None)
        flooded.apply(Batch((*mine, document(7, ["三鼹"], "三", "pub"))))
        flooded.apply(Batch((), (("plan", 7),)))
        pages = [engine.search(request, frozenset({"pub"})) for engine in (flooded, alone)]
        counts = [
            engine.counted([(Term("b", "三", prefix=True),)], EngineRequest(), frozenset({"pub"}))
            for engine in (flooded, alone)
        ]
    assert [hit.key[1] for hit in pages[0].hits] == [1, 2]
    assert [hit.score for hit in pages[0].hits] == pytest.approx([hit.score for hit in pages[1].hits], rel=1e-6)
    assert (
        (pages[0].total, pages[0].facets, counts[0])
        == (pages[1].total, pages[1].facets, counts[1])
        == (2, {"kind": (("plan", 2),)}, [2])
    )


def test_a_text_with_both_words_comes_before_one_full_of_the_longer(engine):
    def document(number, **counts):
        return EngineDocument(
            key=("plan", number), terms={"w": counts, "b": {}}, lengths={"w": 30.0, "b": 1.0},
            title=str(number), acl=frozenset({"pub"}), facets={"kind": "plan"},
        )  # fmt: skip

    rest = [document(number, 别的=1.0) for number in range(10, 30)]
    some = [document(number, 教学=2.0, 设计=2.0, 教学设计=2.0) for number in range(2, 8)]
    engine.rebuild([[document(1, 三国=1.0, 教学=1.0, 设计=1.0, 教学设计=1.0), *some, *rest]], lambda: None)
    long_word = Clause((Alternative((Term("w", "教学设计"), Term("w", "教学"), Term("w", "设计"))),))
    page = engine.search(EngineRequest(clauses=(*words_of("三国"), long_word)), frozenset({"pub"}))
    assert page.hits[0].key == ("plan", 1)


def test_words_that_stand_nowhere_do_not_hide_those_that_do(filled):
    engine, corpus = filled
    request = EngineRequest(clauses=words_of("三国", "麒麟", "饲养"), limit=1000)
    found = {hit.key for hit in engine.search(request, frozenset(PRINCIPALS)).hits}
    assert found == {d.key for d in corpus.values() if "三国" in d.terms["w"]}


def test_without_leaves_things_out_of_hits_and_counts(filled):
    engine, _corpus = filled
    everything = engine.search(EngineRequest(clauses=words_of("教学"), limit=1000), frozenset(PRINCIPALS))
    left_out = frozenset(hit.key for hit in everything.hits[:5])
    page = engine.search(EngineRequest(clauses=words_of("教学"), limit=1000, without=left_out), frozenset(PRINCIPALS))
    assert page.total == everything.total - 5
    assert not left_out & {hit.key for hit in page.hits}


def test_newest_first_is_by_date(filled):
    engine, _corpus = filled
    request = EngineRequest(clauses=words_of("教学"), newest_first=True, limit=1000)
    dates = [hit.date for hit in engine.search(request, frozenset(PRINCIPALS)).hits]
    assert dates == sorted(dates, reverse=True)


def test_a_synonym_never_beats_the_word_itself_in_an_equal_text(engine):
    def document(number, *texts):
        return EngineDocument(
            key=("plan", number), terms={"w": dict.fromkeys(texts, 1.0), "b": {}}, lengths={"w": 3.0, "b": 1.0},
            title=str(number), acl=frozenset({"pub"}), facets={"kind": "plan"},
        )  # fmt: skip

    engine.rebuild([[document(1, "教案"), document(2, "教学", "设计", "教学设计"), document(3, "作业")]], lambda: None)
    clause = Clause(
        (
            Alternative((Term("w", "教案"),)),
            Alternative((Term("w", "教学"), Term("w", "设计"), Term("w", "教学设计")), whole=True, share=0.7),
        )
    )
    page = engine.search(EngineRequest(clauses=(clause,)), frozenset({"pub"}))
    assert [hit.key[1] for hit in page.hits] == [1, 2]
    assert page.hits[1].score < page.hits[0].score


def test_an_exact_title_comes_before_a_text_full_of_the_word(engine):
    def document(number, title, count):
        return EngineDocument(
            key=("plan", number), terms={"w": {"三国": count}, "b": {}}, lengths={"w": 10.0, "b": 1.0},
            title=title, acl=frozenset({"pub"}), facets={"kind": "plan"},
        )  # fmt: skip

    engine.rebuild([[document(1, "阅读", 6.0), document(2, "三国", 2.0)]], lambda: None)
    page = engine.search(EngineRequest(clauses=words_of("三国"), title="三国"), frozenset({"pub"}))
    assert [hit.key[1] for hit in page.hits] == [2, 1]


def test_segments_are_merged_and_nothing_is_lost(engine):
    rng = random.Random(3)
    engine.rebuild([[]], lambda: None)
    living = {}
    for number in range(1, 61):
        document = with_kind(make_document(rng, number))
        engine.apply(Batch((document,)))
        living[document.key] = document
    with another(engine) as fresh:
        page = fresh.search(EngineRequest(limit=1000), frozenset(PRINCIPALS))
        assert {hit.key for hit in page.hits} == set(living)
        assert fresh.stats().segments <= 12
        assert fresh.check() == []


@pytest.mark.once
def test_the_index_folder_is_its_owners_alone(tmp_path):
    engine = LocalEngine(tmp_path / "index", "test")
    engine.open()
    assert engine.home.folder.stat().st_mode & 0o777 == 0o700


def test_masks_of_one_reader_are_not_changed_by_another(filled):
    engine, corpus = filled
    readers = [frozenset({"pub"}), frozenset({"pub", "w1"})]
    before = [engine.search(EngineRequest(limit=1000), reader).total for reader in readers]
    for reader in readers:
        engine.search(EngineRequest(excluded=((Term("w", "教学"),),), without=frozenset(list(corpus)[:50])), reader)
    assert [engine.search(EngineRequest(limit=1000), reader).total for reader in readers] == before
    assert np.all([total > 0 for total in before])


@pytest.mark.parametrize(("step", "different"), [(1, 3), (7, 200), (300, 3), (70_000, 2), (1, 5000)])
@pytest.mark.parametrize("size", [0, 1, 256, 257, 5000])
def test_packed_postings_are_what_they_were(size, step, different):
    rng = np.random.default_rng(size)
    ids = np.cumsum(rng.integers(1, step + 1, size), dtype=np.int32) - 1
    counts = (rng.integers(1, different + 1, size) / 4).astype(np.float32)
    packed = Packed(Postings(ids.astype(np.int32), counts))
    again = packed.postings()
    assert again.ids.dtype == np.int32
    assert again.counts.dtype == np.float32
    assert np.array_equal(again.ids, ids)
    assert np.array_equal(again.counts, counts)
    if size == 5000 and step < 300 and different < 256:
        assert packed.nbytes <= 2 * size + 600
