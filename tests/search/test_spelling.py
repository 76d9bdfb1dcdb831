"""Pinyin, wrong characters of the same sound, facets in words; and that none of it tells of what one may not see."""

import os
import random
from collections import Counter

import pytest

from tests.support.engines import search_engine
from yanxiu.core.search_queue import PUBLIC, IndexDocument
from yanxiu.search.engines.interface import Batch, EngineRequest
from yanxiu.search.queries.reading import ReadersLexicon
from yanxiu.search.text.facets import facets_named
from yanxiu.search.text.fold import fold
from yanxiu.search.text.pinyin import cuts, initials, spellings
from yanxiu.search.text.spelling import anything, decode, latin_words, plain_letters, repaired, surely_meant
from yanxiu.search.text.terms import engine_document

PRINCIPALS_TRIED = int(os.environ.get("SEARCH_PRINCIPALS", "25"))
TITLES = (
    "草船借箭教学设计", "三国演义整本书阅读", "圆的面积练习题", "课件制作培训", "课间活动安排", "分数的意义说课稿", "重庆的音乐课堂",
    "小学语文教学反思", "中学数学公开课", "校长听评课记录", "诸葛亮人物形象", "曹冲称象", "教学射击", "集体备课安排", "女生体育课",
)  # fmt: skip
ASKED = (
    "jiaoxuesheji", "kejian", "caochuanjiejian", "zhugeliang", "xiaoxueyuwen", "jiaoxue", "yinyue", "tingpingke", "sanguo",
    "nvsheng", "yuandemianji", "english",
)  # fmt: skip
MISTYPED = ("草船借剑", "诸葛量的形象", "教学社计", "集体备客", "三国眼义", "曹冲秤象", "听评可记录", "分数的义义")
EVERYBODY = frozenset({PUBLIC, "any", *(f"s{i}" for i in range(4)), *(f"w{i}" for i in range(6))})


class Documents:
    """What a lexicon of these very documents says, by counting."""

    def __init__(self, documents):
        self.terms = [document.terms for document in documents]
        words = Counter(word for terms in self.terms for word in terms["w"] if len(word) <= 8)
        self.by_spelling: dict[str, list[tuple[str, int]]] = {}
        for word, count in sorted(words.items(), key=lambda pair: (-pair[1], pair[0])):
            if all("一" <= character <= "鿿" for character in word):
                for spelling in spellings(word):
                    self.by_spelling.setdefault(spelling, []).append((word, count))

    def documents(self):
        return len(self.terms)

    def spelled(self, asked, fits=anything):
        found = {one: [pair for pair in self.by_spelling.get(one, ()) if fits(one, pair[0])] for one in asked}
        return {one: pairs for one, pairs in found.items() if pairs}

    def holding(self, texts):
        pairs = [{text[i : i + 2] for i in range(len(text) - 1)} for text in texts]
        return [sum(asked <= set(terms["b"]) for terms in self.terms) for asked in pairs]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """120 documents with rights of all sorts, over several segments."""
    rng = random.Random(5)
    made = [
        engine_document(
            IndexDocument(
                "resource", number, rng.choice(TITLES), "/", frozenset(rng.sample(sorted(EVERYBODY), 2)),
                body=rng.choice(TITLES),
            ),
            "资源",
        )
        for number in range(1, 121)
    ]  # fmt: skip
    with search_engine(tmp_path_factory.mktemp("spelled")) as engine:
        engine.rebuild([made[:80]], lambda: None)
        for at in range(80, 120, 20):
            engine.apply(Batch(tuple(made[at : at + 20]), (made[at - 40].key,)))
        yield engine, [document for document in made if document.key[1] - 1 not in (40, 60)]


def test_pinyin_and_repair_know_the_documents_of_the_reader_and_no_other(filled):
    """For random principals the same as from an index that holds nothing but what they may see."""
    engine, documents = filled
    rng = random.Random(11)
    told = set()
    for _ in range(PRINCIPALS_TRIED):
        who = frozenset(rng.sample(sorted(EVERYBODY), rng.randint(0, 4)))
        real, brute = ReadersLexicon(engine, who, EngineRequest()), Documents([d for d in documents if d.acl & who])
        assert real.documents() == brute.documents()
        for letters in rng.sample(ASKED, 4):
            assert real.spelled([letters]) == brute.spelled([letters])
            assert decode(letters, real) == decode(letters, brute)
            told.update(decode(letters, real))
        for text in rng.sample(MISTYPED, 3):
            assert repaired(text, real) == repaired(text, brute)
            told.add(repaired(text, real))
    assert {"教学设计", "草船借箭"} <= told, "the test must see something"


class FewWords:
    """Three words, and whether the one of two of them stands anywhere."""

    held = 0

    def documents(self):
        return 100

    def spelled(self, asked, fits=anything):
        return {
            one: words for one, words in {"zuoye": [("作业", 5)], "dan": [("但", 9), ("单", 4)]}.items() if one in asked
        }

    def holding(self, texts):
        return [self.held if text == "作业单" else 0 for text in texts]


def test_a_guess_that_stands_nowhere_is_not_told():
    lexicon = FewWords()
    assert decode("zuoyedan", lexicon) == ["作业"]
    lexicon.held = 1
    assert decode("zuoyedan", lexicon) == ["作业单"]


def test_what_waits_to_go_is_not_known_any_more(filled):
    engine, documents = filled
    gone = frozenset(document.key for document in documents if "诸葛" in document.terms["b"])
    assert decode("zhugeliang", ReadersLexicon(engine, EVERYBODY, EngineRequest())) == ["诸葛亮"]
    assert decode("zhugeliang", ReadersLexicon(engine, EVERYBODY, EngineRequest(without=gone))) == []


@pytest.fixture(scope="module")
def lexicon():
    return Documents([
        engine_document(IndexDocument("resource", number, title, "/", frozenset({PUBLIC})), "资源")
        for number, title in enumerate([*TITLES, *TITLES[:8], *TITLES[:8]])
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("letters", "first"),
    [
        ("jiaoxuesheji", "教学设计"), ("xiaoxueyuwen", "小学语文"), ("kejian", "课件"), ("nvsheng", "女生"),
        ("chongqing", "重庆"), ("yinyue", "音乐"), ("yuandemianji", "圆的面积"),
    ],
)  # fmt: skip
def test_letters_are_read_as_the_words_that_are_there(lexicon, letters, first):
    assert decode(letters, lexicon)[0] == first


def test_two_words_of_one_sound_are_both_told(lexicon):
    assert decode("kejian", lexicon) == ["课件", "课间"]


@pytest.mark.parametrize("letters", ["english", "photosynthesis", "qqqq", "banana", "x"])
def test_what_is_no_pinyin_of_any_word_stays_as_it_is(lexicon, letters):
    assert decode(letters, lexicon) == []


@pytest.mark.once
def test_blanks_and_apostrophes_may_stand_between_syllables():
    assert latin_words("jiao'xue she ji 三国 ppt") == ["jiao'xue she ji"]
    assert plain_letters("jiao'xue lue") == "jiaoxuelve"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("草船借剑", "草船借箭"), ("《草船借剑》怎么教", "《草船借箭》怎么教"), ("圆的面积连习题", "圆的面积练习题"),
        ("曹冲秤象", "曹冲称象"), ("三國眼義", "三国演義"), ("可件制作", "课件制作"),
    ],
)  # fmt: skip
def test_a_wrong_character_of_the_same_sound_is_noticed(lexicon, typed, meant):
    assert fold(repaired(typed, lexicon)) == fold(meant)


@pytest.mark.parametrize("typed", ["草船借箭", "课间", "教学设计", "没有的词语", "可件沃茨", "", "ppt 2023", "的"])
def test_what_is_right_is_left_alone(lexicon, typed):
    assert repaired(typed, lexicon) == ""


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "meant", "sure"),
    [
        ("霍格", "", False),  # 霍 is read he too, but nobody means that
        ("何格", "合格", False), ("欧阳合", "", False), ("和格 何格", "合格 合格", False), ("盒格", "合格", True), ("和格", "合格", True),
        ("和 和格", "和 合格", True), ("何 何格", "何 合格", False),
        ("会徽", "会辉", False),  # the dictionary has the one that was typed
    ],
)  # fmt: skip
def test_a_name_or_a_right_word_is_not_looked_for_as_something_else_without_asking(typed, meant, sure):
    titles = ("合格名单", "合格标准", "会辉", "会辉的作业")
    documents = [
        IndexDocument("resource", number, title, "/", frozenset({PUBLIC})) for number, title in enumerate(titles)
    ]
    assert repaired(typed, Documents([engine_document(one, "资源") for one in documents])) == meant
    assert not meant or surely_meant(typed, meant) is sure


@pytest.mark.once
def test_both_readings_of_a_character_and_the_first_letters():
    assert {"chongqing", "zhongqing"} == set(spellings("重庆"))
    assert "xz" in initials("校长")
    assert spellings("ppt制作")[0] == "pptzhizuo"
    assert cuts("xian") == [0, 2, 4]


@pytest.mark.once
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("北师大版三年级下册数学全册教案", {"edition": "北师大版", "grade": "三年级", "volume": "下册", "subject": "数学"}),
        ("人教版物理必修第一册", {"edition": "人教版", "subject": "物理", "volume": "必修第一册"}),
        ("三上语文", {"grade": "三年级", "volume": "上册", "subject": "语文"}),
        ("初一 道法", {"grade": "七年级", "subject": "道德与法治"}),
        ("部编版 3年级上 2024", {"edition": "统编版", "grade": "三年级", "volume": "上册", "year": "2024"}),
        ("说一下课", {}),
    ],
)  # fmt: skip
def test_facets_are_read_out_of_the_words(query, named):
    assert facets_named(fold(query)) == named
