"""The document between JSON, Y and HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pycrdt import XmlFragment

from yanxiu.core.html import text_of
from yanxiu.lessonplans.collab.updates import merge
from yanxiu.lessonplans.demo import caochuan, jingyang, tiji
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.html import (
    MARK_ORDER,
    SIMPLE,
    WRITERS,
    count_characters,
    outline,
    plain_text,
    render_html,
)
from yanxiu.lessonplans.document.restoring import restoring_update
from yanxiu.lessonplans.document.templates import LITERACY, TEMPLATES, THREE_DIMENSIONS, empty_document
from yanxiu.lessonplans.document.ydoc import append_node, json_from_state, load, state_from_json

pytestmark = pytest.mark.once
SAMPLES = {
    "一稿": caochuan.first_version,
    "二稿": caochuan.second_version,
    "景阳冈": jingyang.jingyanggang,
    "猴王出世": jingyang.houwang,
    "红楼春趣": jingyang.hongloumeng,
    "长方体": tiji.changfangti,
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_document_survives_the_way_through_y(name):
    once = json_from_state(state_from_json(SAMPLES[name]()))
    assert json_from_state(state_from_json(once)) == once
    assert plain_text(once) == plain_text(SAMPLES[name]())


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda t: t.key)
def test_a_template_starts_with_every_section_and_no_words_of_its_own(template):
    document = empty_document(template)
    assert [title for _key, title in outline(document)] == [section.title for section in template.sections]
    assert len({key for key, _title in outline(document)}) == len(template.sections)
    html = render_html(document)
    assert "环节" in html
    assert "设计意图" in html
    assert "data-empty" in html


def test_both_ways_of_writing_goals_are_offered():
    titles = [{s.key: s.title for s in template.sections}["goals"] for template in (LITERACY, THREE_DIMENSIONS)]
    assert titles == ["教学目标（核心素养）", "教学目标（三维）"]


def test_numbers_come_back_whole():
    cell = {
        "type": "tableCell",
        "attrs": {"colspan": 2, "rowspan": 1, "colwidth": [120, 80]},
        "content": [nodes.paragraph("甲")],
    }
    document = nodes.doc({"type": "table", "content": [{"type": "tableRow", "content": [cell]}]})
    read = json_from_state(state_from_json(document))
    assert read["content"][0]["content"][0]["content"][0]["attrs"] == {
        "colspan": 2,
        "rowspan": 1,
        "colwidth": [120, 80],
    }
    assert '<td colspan="2">' in render_html(read)
    assert '<col width="120"><col width="80">' in render_html(read)


def test_marks_and_chinese_text_keep_their_places():
    document = nodes.doc(nodes.paragraph("先**加粗**再==标亮==，最后平常。"))
    read = json_from_state(state_from_json(document))
    html = render_html(read)
    assert html == "<p>先<strong>加粗</strong>再<mark>标亮</mark>，最后平常。</p>"
    assert text_of(html) == "先加粗再标亮，最后平常。"


HOSTILE = [
    {"type": "paragraph", "attrs": {"textAlign": ["x"]}, "content": [{"type": "text", "text": "左"}]},
    {"type": "paragraph", "content": [{"type": "text", "text": "<script>alert(1)</script>"}]},
    {"type": "image", "attrs": {"src": "javascript:alert(1)", "alt": '"><script>'}},
    {"type": "image", "attrs": {"src": "//evil.example/a.png"}},
    {"type": "image", "attrs": {"src": "https://evil.example/a.png"}},
    {"type": "image", "attrs": {"src": '/x" onerror="alert(1)'}},
    {"type": "image", "attrs": {"src": "/x", "size": 'small" onload="alert(1)'}},
    {"type": "card", "attrs": {"href": "javascript:alert(1)", "title": "<img src=x onerror=alert(1)>", "label": '"><b>'}},
    {"type": "card", "attrs": {"href": "//evil.example/a?t=5", "title": "卡片"}},
    {"type": "planSection", "attrs": {"key": '"><img src=x onerror=alert(1)>', "title": "<b onclick=x>标题</b>"}},
    {"type": "heading", "attrs": {"level": "1><script>"}, "content": [{"type": "text", "text": "题"}]},
    {"type": "paragraph", "attrs": {"textAlign": 'left" onclick="x'}, "content": []},
    {"type": "orderedList", "attrs": {"start": '1" onclick="x'}, "content": []},
    {"type": "script", "content": [{"type": "text", "text": "alert(1)"}]},
    {"type": "iframe", "attrs": {"src": "https://evil.example"}},
    {
        "type": "paragraph",
        "content": [
            {"type": "text", "text": "点我", "marks": [{"type": "link", "attrs": {"href": address}}]}
            for address in ("javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "java\nscript:alert(1)", "//evil.example")
        ],
    },
    {"type": "table", "content": [{"type": "tableRow", "content": [{"type": "tableCell", "attrs": {"colspan": '2" onclick="x', "colwidth": ['1" onload="x']}}]}]},
]  # fmt: skip


WRITTEN = {
    "p": {"class"},
    "section": {"class", "id", "data-empty"},
    "h2": set(),
    "h3": {"class"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "ol": {"start"},
    "a": {"href"},
    "span": {"class"},
    "table": set(),
    "tbody": set(),
    "tr": set(),
    "td": {"colspan"},
    "img": {"src", "alt", "loading"},
}


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[tuple[str, str], ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(sorted((name, value or "") for name, value in attrs if name != "rel"))))


@pytest.mark.parametrize("node", HOSTILE, ids=lambda node: node["type"])
def test_nothing_hostile_comes_out_of_the_writer(node):
    html = render_html(nodes.doc(node))
    cleaned = nh3.clean(html, tags=set(WRITTEN), attributes=WRITTEN, url_schemes={"http", "https", "mailto"})
    assert Tags(cleaned).found == Tags(html).found
    for _tag, attributes in Tags(html).found:
        for name, value in attributes:
            if name in ("href", "src"):
                assert re.match(r"/(?!/)", value)


WORDS = st.text(st.sampled_from('/\\[]:@#?%\t\n\x00 .甲a℀’"<>'), max_size=12) | st.sampled_from(
    ["/\t/[", "/\n/℀", "/\r/[::1", "/[", "//[", "http://[", "mailto:[", "javascript:x"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    [
        "src",
        "alt",
        "size",
        "label",
        "href",
        "key",
        "title",
        "level",
        "start",
        "colspan",
        "rowspan",
        "colwidth",
        "textAlign",
        "checked",
    ]
)
KINDS = st.sampled_from([*WRITERS, *SIMPLE, "unknown"])
ATTRS = st.dictionaries(NAMES, VALUES, max_size=4)
MARKED = st.lists(
    st.fixed_dictionaries({"type": st.sampled_from([*MARK_ORDER, "unknown"]), "attrs": ATTRS}), max_size=2
)
LEAVES = st.fixed_dictionaries({"type": st.just("text"), "text": WORDS, "marks": MARKED})
HOSTILE_NODES = st.recursive(
    LEAVES,
    lambda inner: st.fixed_dictionaries({"type": KINDS, "attrs": ATTRS, "content": st.lists(inner, max_size=3)}),
    max_leaves=8,
)


@given(HOSTILE_NODES)
@example({"type": "image", "attrs": {"src": "/\t/["}})
def test_whatever_stands_in_a_document_can_be_opened_and_leads_nowhere_else(node):
    document = nodes.doc(node)
    html = render_html(document)
    plain_text(document)
    count_characters(document)
    outline(document)
    for tag, attributes in Tags(html).found:
        for name, value in attributes:
            assert not name.startswith("on")
            if name == "src":
                assert not re.sub(r"[\t\n\r]", "", value).replace("\\", "/").startswith("//"), tag
            if name == "href":
                assert re.match(r"https?://|mailto:|/(?!/)|#", value, re.I)


def test_a_document_nested_beyond_reason_is_read_without_falling():
    deep: nodes.Node = nodes.paragraph("底")
    for _ in range(80):
        deep = {"type": "blockquote", "content": [deep]}
    assert render_html(nodes.doc(deep)).count("<blockquote>") < 80
    assert plain_text(nodes.doc(deep)) == ""


def test_bringing_an_earlier_text_back_leaves_equal_sections_alone():
    state = state_from_json(caochuan.second_version())
    wanted = json_from_state(state_from_json(caochuan.first_version()))
    update = restoring_update(state, wanted)
    assert json_from_state(merge([state, update])) == wanted
    same = json_from_state(state)
    assert restoring_update(state, same) == b"\x00\x00"


def test_characters_are_counted_without_titles_and_blanks():
    document = nodes.doc(nodes.section("a", "教材分析", "", nodes.paragraph("一 二　三")))
    assert count_characters(document) == 3


def test_cards_and_pictures_read_as_they_stand_in_the_editor():
    card = {"type": "card", "attrs": {"href": "/lessons/4?t=95", "title": "草船借箭 试讲", "label": "听评课"}}
    picture = {"type": "image", "attrs": {"src": "/lesson-plans/1/images/2", "alt": "示意图", "size": "half"}}
    document = json_from_state(state_from_json(nodes.doc(nodes.section("board", "板书设计", "", card, picture))))
    html = render_html(document)
    assert '<a href="/lessons/4?t=95">草船借箭 试讲</a><span class="link-card-from">01:35 起</span>' in html
    assert 'alt="示意图" class="image-half"' in html
    assert "data-empty" not in html
    assert plain_text(document) == "板书设计\n草船借箭 试讲\n"
    assert count_characters(document) == 0


def test_merged_cells_keep_their_spans_and_alignment_on_paper():
    cells = [
        {"type": "tableHeader", "attrs": {"colspan": 2, "rowspan": 1}, "content": [nodes.paragraph("环节")]},
        {"type": "tableCell", "attrs": {"colspan": 1, "rowspan": 2, "align": "center"}, "content": [nodes.paragraph("时间")]},
    ]  # fmt: skip
    html = render_html(nodes.doc({"type": "table", "content": [{"type": "tableRow", "content": cells}]}))
    assert '<th colspan="2"><p>环节</p></th><td rowspan="2" class="align-center"><p>时间</p></td>' in html


FORMULAS = {
    r"\frac{1}{2}": "<mfrac>",
    r"\begin{cases} x+y=5 \\ x-y=1 \end{cases}": "<mtable>",
    r"\text{面积} < \pi r^2": "<mtext>面积</mtext><mo>&lt;</mo>",
    r"\frac{": "<code>\\frac{</code>",
    r"\href{javascript:alert(1)}{x}<img src=x onerror=alert(1)>": "x",
    "{" * 900: "<code>",
    r"\newcommand{\a}{xx}\newcommand{\b}{\a\a}\b\b": "<code>",
}


@pytest.mark.parametrize("tex", FORMULAS, ids=range(len(FORMULAS)))
def test_formulas_are_read_without_scripts_and_carry_nothing_else(tex):
    formula = {"type": "formula", "attrs": {"tex": tex, "display": True}}
    document = json_from_state(state_from_json(nodes.doc({"type": "paragraph", "content": [formula]})))
    html = render_html(document)
    assert FORMULAS[tex] in html
    assert html.startswith('<p><span class="formula is-display">')
    for _tag, attributes in Tags(html).found:
        assert not [name for name, _value in attributes if name.startswith("on") or name in ("href", "style", "src")]
    assert tex in plain_text(document)


def test_pinyin_stands_over_its_character_and_search_sees_the_plain_words():
    said = [
        {"type": "text", "text": "妈", "marks": [{"type": "pinyin", "attrs": {"text": "mā", "n": number}}]}
        for number in (1, 2)
    ]
    document = json_from_state(state_from_json(nodes.doc({"type": "paragraph", "content": said})))
    ruby = "<ruby>妈<rp>（</rp><rt>mā</rt><rp>）</rp></ruby>"
    assert render_html(document) == f"<p>{ruby}{ruby}</p>"
    assert plain_text(document) == "妈妈\n"


def test_a_board_is_drawn_for_reading_and_its_words_are_found():
    parts = [
        {"type": "stroke", "attrs": {"points": "10,20 30,40", "color": "red", "width": 10}},
        {"type": "boardText", "attrs": {"x": 100, "y": 80, "text": "神机妙算<b>"}},
        {"type": "stroke", "attrs": {"points": '1,1" onload="alert(1)', "color": '"><script>', "width": '4"'}},
        {"type": "script", "content": [{"type": "text", "text": "alert(1)"}]},
    ]
    document = json_from_state(state_from_json(nodes.doc({"type": "board", "content": parts})))
    html = render_html(document)
    assert '<polyline points="10,20 30,40" fill="none" stroke="#a8301f" stroke-width="10"' in html
    assert html.count("<polyline") == 1
    assert '<text x="100" y="80" fill="#1d2521" font-size="36">神机妙算&lt;b&gt;</text>' in html
    assert "script" not in html
    assert "神机妙算" in plain_text(document)


def test_strokes_of_two_who_draw_at_once_are_both_kept():
    state = state_from_json(nodes.doc({"type": "board", "content": []}))
    updates = []
    for points in ("1,1 2,2", "3,3 4,4"):
        mine = load(state)
        before = mine.get_state()
        append_node(mine.get("default", type=XmlFragment).children[0], {"type": "stroke", "attrs": {"points": points}})
        updates.append(mine.get_update(before))
    board = json_from_state(merge([state, *updates]))["content"][0]
    assert sorted(child["attrs"]["points"] for child in board["content"]) == ["1,1 2,2", "3,3 4,4"]
