"""The search page: what it shows, to whom, and what it costs."""

import re
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from tests.support.workshops import make_workshop
from yanxiu.core.search_queue import PUBLIC, acl_team, acl_workshop, enqueue_index
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.forms import wanted_from
from yanxiu.search.queries.shown import MOST_CHARACTERS, remembered


def page_text(answer) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def titles(html: str) -> list[str]:
    found = re.findall(r'<h3 class="item-title"><a href="[^"]*">(.*?)</a></h3>', html)
    return [re.sub("<[^>]+>", "", title) for title in found]


def total(html: str) -> str:
    found = re.search(r'role="status">(.*?)条', html, re.DOTALL)
    return re.sub(r"<[^>]+>|\s", "", found.group(1)) if found else "0"


@pytest.fixture
def search(client, shelf, index_now):
    index_now()

    def ask(query: str, **arguments) -> str:
        return page_text(client.get("/search", query_string={"q": query, **arguments}))

    return ask


def put_in(index_now, shelf, *titles_, **fields) -> None:
    with unit_of_work():
        for title in titles_:
            number = len(shelf.books) + 1
            shelf.put(number, title, **fields)
            enqueue_index("book", number)
    index_now()


def test_found_words_are_marked_and_everything_is_escaped(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "<script>三国</script>", body='单元 <img src=x onerror="1"> 三国演义')
    html = search("三国")
    assert "&lt;script&gt;<mark>三国</mark>&lt;/script&gt;" in html
    assert "&lt;img src=x onerror=&#34;1&#34;&gt; <mark>三国</mark>" in html
    assert "<script>三国" not in html


def test_a_query_comes_back_escaped(search):
    html = search('"><script>alert(1)</script>')
    assert "<script>alert" not in html


def test_kinds_are_grouped_and_one_kind_is_paged(ctx, search, shelf, index_now):
    put_in(index_now, shelf, *(f"三国第{number}课" for number in range(1, 46)))
    html = search("三国")
    assert total(html) == "共45"
    assert len(titles(html)) == 10
    assert "查看全部书" in html
    pages = [titles(search("三国", kind="book", page=number)) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert len({title for page in pages for title in page}) == 45
    assert "第 2 / 3 页" in re.sub(r"\s+", " ", search("三国", kind="book", page=2))


def test_filters_count_what_they_would_show(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "三国甲", "三国乙", subject="语文", year="2024", school="一小", author="王丽")
    put_in(index_now, shelf, "三国丙", subject="数学", year="2024", school="二小", author="李强、赵磊")
    assert re.search(r'subject=[^"]*"[^>]*>语文&nbsp;<span class="num">2</span>', search("三国"))
    chosen = search("三国", subject="数学")
    assert titles(chosen) == ["三国丙"]
    assert re.search(r'>语文&nbsp;<span class="num">2</span>', chosen), "one may still change one's mind"
    of_school = search("三国", school="一小")
    assert sorted(titles(of_school)) == ["三国乙", "三国甲"]
    assert re.search(r'>二小&nbsp;<span class="num">1</span>', of_school)
    assert re.search(r'>王丽&nbsp;<span class="num">2</span>', search("三国"))
    assert re.search(r'>李强&nbsp;<span class="num">1</span>', search("三国")), "who made it with others is one of them"
    assert titles(search("三国", author="李强")) == titles(search("三国", author="赵磊")) == ["三国丙"]


def test_words_that_are_filters_are_offered_as_such(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "三国 五年级 语文", subject="语文", grade="五年级")
    put_in(index_now, shelf, "三国 语文", subject="语文", grade="六年级")
    assert "只看五年级" in search("五年级语文三国")


def test_newest_first(ctx, search, shelf, index_now):
    for year in (2021, 2023, 2022):
        put_in(index_now, shelf, f"三国{year}", date=datetime(year, 5, 1, tzinfo=UTC))
    assert titles(search("三国", sort="newest")) == ["三国2023", "三国2022", "三国2021"]


def test_a_phrase_is_found_literally(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "甲", body="草船借箭这一课")
    put_in(index_now, shelf, "乙", body="草船里船借了借箭的人")
    assert titles(search("《草船借箭》")) == ["甲"]
    assert total(search("《草船借箭》")) == "共1"


def test_a_phrase_that_is_nowhere_gives_what_is_near_and_says_so(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "三国单元的教学设计")
    html = search("《三国教学》")
    assert "没有一字不差的" in html
    assert titles(html) == ["三国单元的教学设计"]


def test_a_minus_leaves_out(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "评课：数学", "评课：语文")
    assert titles(search("评课 -数学")) == ["评课：语文"]


def test_synonyms_and_traditional_characters_find_the_same_thing(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "三国单元教学设计")
    assert titles(search("教案")) == titles(search("教學設計")) == ["三国单元教学设计"]


def test_text_inside_an_attachment_is_found_and_shown(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "课件一", body="说明", attachment="第三页：诸葛亮识天文")
    html = search("诸葛亮")
    assert titles(html) == ["课件一"]
    assert "<mark>诸葛亮</mark>识天文" in html


def test_one_character_is_enough(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "圆柱的体积", "认识半圆")
    assert set(titles(search("圆"))) == {"圆柱的体积", "认识半圆"}


def test_what_nobody_wrote_is_said_above_what_holds_a_part_of_it(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "教案：铁链连舟", "教案：三国", "公开课安排", body="评语")
    put_in(index_now, shelf, "石墨烯", "区块", acl=frozenset({acl_workshop(7)}))

    def said(query: str, **arguments) -> str:
        return "".join(re.findall("没有找到.*?一部分的", search(query, **arguments)))

    assert said("石墨烯教案") == "没有找到含“石墨烯”的内容，下面是含其中一部分的", (
        "others may see it, this viewer may not"
    )
    assert said("區塊鏈", kind="book") == "没有找到含“區塊鏈”的内容，下面是含其中一部分的", "as it was typed"
    assert said("三国 公开课") == "没有找到同时含“三国”“公开课”的内容，下面是含其中一部分的"
    assert said("什么是量子教案") == "没有找到含“量子”的内容，下面是含其中一部分的"
    for fine in ("三国教案", "教学设计：三国", "怎样上三国公开课", "《三国教案》", "评语 教案", "连舟", "麒麟"):
        assert said(fine) == "", fine


def test_what_others_may_see_changes_nothing_of_what_is_said_to_be_nowhere(ctx, search, shelf, index_now):
    put_in(index_now, shelf, *(f"幼儿教育{number}" for number in range(10)), *(f"别的{number}" for number in range(40)))
    told = "没有找到含“幼儿园”的内容"
    assert told in search("幼儿园")
    put_in(index_now, shelf, *(f"幼儿园{number}" for number in range(40)), acl=frozenset({acl_workshop(7)}))
    assert told in search("幼儿园"), "how common a word is among what one may not see says that it is there"


def test_nothing_found_says_what_to_do(search):
    html = search("麒麟饲养")
    assert "没有找到“麒麟饲养”" in html
    assert "可以这样再试试" in html


@pytest.mark.parametrize("query", ["", "   ", "《》"])
def test_without_a_query_the_page_explains_itself(search, query):
    assert "想找什么，就写什么" in search(query)


def test_what_is_hidden_is_neither_found_nor_counted_nor_suggested_at_once(ctx, client, search, shelf, index_now):
    """The index still has the document; the database already says no."""
    put_in(index_now, shelf, "三国甲", "三国乙", subject="语文")
    shelf.hidden.add(1)
    html = search("三国")
    assert titles(html) == ["三国乙"]
    assert total(html) == "共1"
    assert "三国甲" not in client.get("/search/suggestions?q=三国").get_data(as_text=True)


def test_deleted_things_vanish_before_the_index_hears_of_it(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "三国甲", "三国乙")
    del shelf.books[2]
    assert titles(search("三国")) == ["三国甲"]


def test_what_waits_in_the_queue_as_narrowed_is_not_counted(ctx, search, shelf, index_now):
    put_in(index_now, shelf, *(f"三国{number}" for number in range(30)))
    with unit_of_work():
        for number in range(1, 26):
            shelf.hidden.add(number)
            enqueue_index("book", number, narrowed=True)
    html = search("三国")
    assert total(html) == "共5"
    assert len(titles(html)) == 5


def test_many_hits_that_fail_the_check_are_never_shown(ctx, search, shelf, index_now):
    put_in(index_now, shelf, *(f"三国{number}" for number in range(90)))
    shelf.hidden.update(range(11, 91))
    assert set(titles(search("三国", kind="book"))) <= {f"三国{number}" for number in range(10)}


def test_somebody_else_s_things_are_not_counted(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "三国甲", acl=frozenset({acl_workshop(7)}), subject="语文")
    html = search("三国")
    assert titles(html) == []
    assert "没有找到" in html
    assert "语文" not in html


def test_the_number_of_queries_does_not_depend_on_the_number_of_hits(ctx, client, shelf, index_now, count_queries):
    counts = []
    for _ in range(2):
        put_in(index_now, shelf, *(f"三国{number}" for number in range(15)))
        with count_queries() as seen:
            page_text(client.get("/search?q=三国&kind=book"))
        counts.append(seen.count)
    assert counts[0] == counts[1]
    assert counts[0] <= 4


def test_what_hits_say_is_read_once_until_it_changes(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "三国甲", "三国乙")
    read, load = [], shelf.load
    object.__setattr__(shelf.source, "load", lambda ids: [read.extend(ids), *load(ids)][1:])
    assert sorted(titles(search("三国"))) == ["三国乙", "三国甲"]
    assert sorted(titles(search("三国"))) == ["三国乙", "三国甲"]
    assert sorted(read) == [1, 2]
    with unit_of_work():
        shelf.put(1, "三国丙")
        enqueue_index("book", 1)
    assert sorted(titles(search("三国"))) == ["三国丙", "三国乙"], "before the index knows of it"
    index_now()
    assert sorted(titles(search("三国"))) == ["三国丙", "三国乙"]
    assert read.count(2) <= 2
    with unit_of_work():
        shelf.put(2, "三国" + "长" * 80, body="文" * 90_000)
        enqueue_index("book", 2)
    for number in range(40):
        remembered.put(("book", 100 + number), (), shelf.books[2])
    assert remembered._characters <= MOST_CHARACTERS
    assert remembered.get(("book", 139), ()) is shelf.books[2]
    assert remembered.get(("book", 139), (1, 1, 1)) is None


def test_a_picker_also_finds_words_inside(ctx, client, shelf, index_now):
    put_in(index_now, shelf, "名著三国导读")
    assert client.get("/search/suggestions?q=导读").get_json()["items"] == []
    found = client.get("/search/suggestions?wide=1&q=导读").get_json()["items"]
    assert [item["title"] for item in found] == ["名著三国导读"]


def test_suggestions_are_titles_that_begin_so(ctx, client, search, shelf, index_now):
    put_in(index_now, shelf, "三国演义", "《三国》单元", "论三国", "數學")
    got = client.get("/search/suggestions?q=三国").get_json()
    assert [item["title"] for item in got["items"]] == ["《三国》单元", "三国演义"], "marks do not count"
    assert got["items"][1] == {"title": "三国演义", "label": "书", "note": "", "url": "/books/1"}
    assert client.get("/search/suggestions?q=数").get_json()["items"][0]["title"] == "數學"


@pytest.mark.parametrize(
    "arguments",
    [
        "q=%00%FF&page=0", "q=a&page=-1", "q=a&page=٣", "q=a&page=99999999999", "q=" + "长" * 5000, "q=a&kind=nothing",
        "q=a&subject=" + "x" * 5000, "q[]=a", "q=" + "%22" * 60, "q=%F0%9F%80%84", "q=-", "q=a&sort=__class__",
        "q=(((%26%26", "q=*&kind=*", "q=a&year=%27%20or%201=1", "q=%ED%A0%80",
    ],
)  # fmt: skip
def test_a_strange_address_is_a_page_like_any_other(client, arguments):
    assert client.get(f"/search?{arguments}").status_code == 200
    assert client.get(f"/search/suggestions?{arguments}").status_code == 200


def test_an_address_is_read_generously():
    wanted = wanted_from({"q": "  三国 ", "page": "x", "kind": " topic ", "sort": "newest"})
    assert (wanted.text, wanted.page, wanted.kind, wanted.newest_first) == ("三国", 1, "topic", True)


def test_people_are_found_in_their_own_county_only(client_for, cast, index_now):
    index_now()
    name = cast.leader.name
    assert name in titles(page_text(client_for("teacher").get(f"/search?q={name}")))
    for somebody_else in ("stranger",):
        html = page_text(client_for(somebody_else).get(f"/search?q={name}"))
        assert name not in titles(html)


def test_in_a_workshop_only_its_own_things_are_found_and_only_by_who_sees_it(ctx, cast, client_for, shelf, index_now):
    with unit_of_work():
        workshop = make_workshop(cast.user("leader"), name="三国工作坊").id
    inside = frozenset({PUBLIC, acl_workshop(workshop)})
    put_in(index_now, shelf, "三国甲", acl=inside)
    put_in(index_now, shelf, "三国乙")
    put_in(index_now, shelf, "三国丙", acl=frozenset({PUBLIC, acl_team(workshop)}))
    asked = {"q": "三国", "workshop": workshop}
    html = page_text(client_for("leader").get("/search", query_string=asked))
    assert sorted(titles(html)) == ["三国丙", "三国甲"], "also what only its team sees"
    assert f'name="workshop" value="{workshop}"' in html
    assert f"workshop={workshop}" in page_text(
        client_for("leader").get("/search", query_string=asked | {"sort": "newest"})
    )
    html = page_text(client_for("outsider").get("/search", query_string=asked))
    assert (len(titles(html)), "三国工作坊" in html) == (3, False)


def test_letters_are_read_as_pinyin_and_the_page_says_so(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "三国教学设计", "课件制作", "课间活动", "english song")
    html = search("jiaoxuesheji")
    assert titles(html) == ["三国教学设计"]
    assert "“jiaoxuesheji”按拼音找了" in html
    assert set(titles(search("KeJian"))) == {"课件制作", "课间活动"}
    assert "按拼音" not in search("english"), "it stands in a text as it is"


def test_a_wrong_character_is_offered_and_put_right_only_where_nothing_is_found(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "草船借箭第一课时", "曹操")
    html = search("草船借剑")
    assert 'q=草船借箭">草船借箭</a>' in unquote(html)
    assert "您是不是要找" in html
    assert titles(html) == ["草船借箭第一课时"], "found by the two characters that are right"
    html = search("曹草 -船")
    assert "没有找到" in html
    put_in(index_now, shelf, *(f"集体备课{number}" for number in range(3)))
    html = search("备客")
    assert "没有找到“备客”，以下是“" in html
    assert len(titles(html)) == 3
    put_in(index_now, shelf, "合格名单", "合格标准")
    html = search("何格")
    assert not titles(html), "may be somebody's name"
    assert 'q=合格">合格</a>' in unquote(html)


def test_nothing_is_offered_that_only_others_may_see(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "草船借箭", acl=frozenset({acl_workshop(7)}))
    assert "箭" not in search("草船借剑")
    assert "按拼音" not in search("caochuanjiejian")


def test_nothing_with_these_filters_says_how_much_there_is_without(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "三国甲", subject="语文")
    assert '不加筛选，有 <span class="num">1</span> 条' in search("三国", subject="数学")


def test_a_grade_in_the_words_is_a_filter_offered_and_goes_first(ctx, search, shelf, index_now):
    put_in(index_now, shelf, "三国甲", grade="五年级", body="三年级，下册", volume="上册")
    put_in(index_now, shelf, "三国乙", grade="三年级", body="五年级，上册", volume="下册")
    html = search("3年级下册 三国", kind="book")
    assert "只看三年级" in html
    assert "只看下册" in html
    assert titles(html) == ["三国乙", "三国甲"]


def test_of_many_values_twelve_are_shown_and_all_of_one_filter_when_asked(ctx, search, shelf, index_now):
    many = "、".join(f"老师{number:02}" for number in range(40))
    put_in(index_now, shelf, "三国", author=many, grading="精品", origin="教案")
    plain = search("三国")
    assert '（还有 <span class="num">28</span> 个）' in plain
    assert "all=author#facet-author" in plain
    assert "data-facet-search" not in plain
    whole = search("三国", all="author")
    assert all(f">老师{number:02}&nbsp;" in whole for number in range(40))
    assert "在 40 个作者里找" in whole
    assert "收起" in whole
    late = search("三国", author="老师39")
    assert re.search(r'aria-current="true" aria-label="取消筛选：老师39"', late), "what is chosen stands among the few"
    assert "老师39" in search("三国", all="nonsense", author="老师39")
    assert re.search(r'>精品&nbsp;<span class="num">1</span>', search("三国", grading="精品"))
    assert total(search("三国 精品", origin="课例")) == "0"
