"""Folding, cutting, question words, synonyms, snippets: pure functions on text."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanxiu.core.search_queue import IndexDocument
from yanxiu.search.text import cut
from yanxiu.search.text.asking import meaningful, without_question_words
from yanxiu.search.text.cut import bigrams, segmenter, words
from yanxiu.search.text.fold import fold, squeeze
from yanxiu.search.text.queries import understand
from yanxiu.search.text.snippets import mark, snippet
from yanxiu.search.text.synonyms import shipped, with_synonyms
from yanxiu.search.text.terms import ATTACHMENT, BODY, TITLE, engine_document

pytestmark = pytest.mark.once


def marked(pieces):
    return [piece.text for piece in pieces if piece.hit]


def plain(pieces):
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ＰＰＴ　２０２３", "ppt 2023"),
        ("教學設計與課堂實錄", "教学设计与课堂实录"),
        ("瞭解學情", "了解学情"),
        ("名著閱讀", "名著阅读"),
        ("Ｅnglish", "english"),
    ],
)
def test_one_writing_for_all_the_ways_a_thing_is_typed(typed, folded):
    assert fold(typed) == folded


@given(st.text())
def test_folding_keeps_every_position(text):
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_a_traditional_query_asks_for_the_same_as_a_simplified_one():
    simplified, traditional = understand("怎样指导学生写教学设计"), understand("怎樣指導學生寫教學設計")
    assert traditional.clauses == simplified.clauses
    assert traditional.title == simplified.title


def test_long_words_are_found_by_their_parts():
    found = words("五年级下册的教学设计")
    assert {"教学", "设计", "教学设计", "五年级"} <= set(found)


def test_words_of_the_trade_stay_whole():
    assert "听评课" in words("听评课记录")
    assert "同课异构" in words("同课异构活动")


def test_letters_and_numbers_are_found_apart_and_together():
    assert {"ppt2023", "ppt", "2023"} <= set(words("ppt2023"))


def test_pairs_overlap_and_the_last_character_stands_alone():
    assert bigrams("草船借箭 ok 课") == ["草船", "船借", "借箭", "箭", "课"]


def test_the_segmenter_and_its_words_name_the_index():
    assert segmenter().startswith(("rjieba", "jieba"))
    assert segmenter() == segmenter()


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("怎样设计三国单元", "设计三国单元"),
        ("为什么要二次备课？", "要二次备课？"),
        ("几何图形", "几何图形"),
    ],
)
def test_question_words_say_nothing_about_the_subject(asked, left):
    assert without_question_words(asked).strip() == left


def test_a_question_of_nothing_but_question_words_is_kept():
    assert without_question_words("为什么") == "为什么"


def test_no_pair_is_made_across_a_function_word():
    pairs = {term.text for clause in understand("学时的培训").clauses for term in clause.alternatives[0].terms}
    assert not {"时的", "的培"} & pairs
    assert {"学时", "培训"} <= pairs


def test_function_words_go_unless_nothing_else_remains():
    assert meaningful(["我", "的", "教案", "教案"]) == ["教案"]
    assert meaningful(["的", "了"]) == ["的", "了"]


def test_words_for_the_same_thing_find_each_other():
    assert "教学设计" in dict(with_synonyms("三国教案", shipped()))["教案"]
    assert "教案" in dict(with_synonyms("三国教学设计", shipped()))["教学设计"]


def test_a_synonym_weighs_less_than_what_was_typed():
    (clause,) = [c for c in understand("教案").clauses if len(c.alternatives) > 1]
    assert clause.alternatives[0].share == 1.0
    assert all(other.share < 1.0 and other.whole for other in clause.alternatives[1:])


def test_book_marks_and_quotes_ask_for_the_very_words():
    query = understand("《草船借箭》“小组合作” 教案")
    assert query.phrases == ("草船借箭", "小组合作")
    assert [term.text for term in query.required[0]] == ["草船", "船借", "借箭"]


def test_a_minus_leaves_out():
    query = understand("评课 -数学")
    assert [[term.text for term in terms] for terms in query.excluded] == [["数学"]]
    assert "数学" not in query.needles


def test_a_minus_inside_a_word_is_no_exclusion():
    assert understand("2023-2024学年").excluded == ()


@pytest.mark.parametrize("typed", ["", "  ", "《》", "？！", "-", "\x00", "🀄"])
def test_nothing_to_look_for_is_no_error(typed):
    assert understand(typed).empty


@given(st.text(max_size=80))
def test_any_text_can_be_a_query(text):
    query = understand(text)
    assert len(query.clauses) <= 40


def test_the_window_shows_where_the_words_stand_together():
    text = "开头" * 100 + "草船借箭里周瑜为什么要害诸葛亮" + "结尾" * 100
    pieces = snippet(text, ("周瑜", "诸葛亮"), width=60)
    assert marked(pieces) == ["周瑜", "诸葛亮"]
    assert plain(pieces).startswith("…")
    assert plain(pieces).endswith("…")
    assert len(plain(pieces)) <= 62


def test_highlights_stay_right_in_traditional_and_full_width_text():
    assert marked(mark("《三國》單元ＰＰＴ", ("三国", "ppt"))) == ["三國", "ＰＰＴ"]


def test_a_text_without_the_words_shows_its_beginning():
    assert plain(snippet("今天我们学习第一课", ("没有",))) == "今天我们学习第一课"


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=4), max_size=4))
def test_marking_changes_no_character(text, needles):
    assert plain(mark(text, [fold(needle) for needle in needles])) == text


def test_a_word_weighs_by_where_it_stands():
    document = IndexDocument("topic", 1, title="三国", url="/", acl=frozenset(), body="三国 三国", attachment="三国")
    counts = engine_document(document, "话题").terms["w"]
    assert counts["三国"] == pytest.approx(TITLE + 2 * BODY + ATTACHMENT)


def test_a_post_is_not_found_by_the_name_of_its_workshop():
    for kind, expected in (("post", False), ("comment", True)):
        document = IndexDocument(kind, 1, title="回复", url="/", acl=frozenset(), body="好", place="三国工作坊")
        assert ("三国" in engine_document(document, "回帖").terms["w"]) is expected


def test_titles_are_compared_without_case_and_spaces():
    assert squeeze("  Unit  3\tＡ ") == "unit 3 a"


def test_several_who_search_first_at_the_same_moment_all_get_their_words():
    """rjieba fails whoever cuts, or gives it words, while another gives it words."""
    cut._loaded.cache_clear()
    together = Barrier(8)

    def search(_n: int) -> list[str]:
        together.wait(10)
        return words("草船借箭")

    with ThreadPoolExecutor(8) as people:
        assert list(people.map(search, range(8))) == [["草船", "草船借箭"]] * 8
