"""HTML written by people."""

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yanxiu.core.html import clean_html, excerpt, html_from_text, safe_url, text_of

HOSTILE = [
    "<script>alert(1)</script>好",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">点我</a>',
    '<a href="java\nscript:alert(1)">点我</a>',
    '<a href="&#106;avascript:alert(1)">点我</a>',
    '<a href="//evil.example">点我</a>',
    '<a href="data:text/html,<script>alert(1)</script>">点我</a>',
    "<svg onload=alert(1)><circle></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<style>*{background:url(javascript:alert(1))}</style>字",
    '<p style="position:fixed">字</p>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<scr<script>ipt>alert(1)</script>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<form action="https://evil.example"><input name=password></form>',
]


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_survives(html):
    cleaned = clean_html(html)
    for word in ("<script", "onerror=", "onload=", "javascript:", "style=", "<form", "<iframe", "<svg", "//evil"):
        assert word not in cleaned.lower().replace("&lt;", "")


@given(st.text(alphabet=st.sampled_from(list("<>/=\"' &;:#scriptonerrorimgahref字\n\x00")), max_size=120))
@settings(max_examples=300, deadline=None)
def test_a_second_cleaner_finds_nothing_left_to_remove(html):
    cleaned = clean_html(html)
    assert clean_html(cleaned) == cleaned
    assert text_of(nh3.clean(cleaned)) == text_of(cleaned)


def test_what_teachers_write_stays():
    html = '<p><strong>重点</strong>：<a href="https://example.org/a?b=1">资料</a></p><ul><li>一</li></ul>'
    assert clean_html(html) == html


@pytest.mark.parametrize(
    "url", ["https://a.example/", "http://a.example", "/resources/1", "#top", "mailto:a@b.example"]
)
def test_ordinary_addresses_may_be_linked(url):
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url", ["javascript:1", "data:text/html,x", "//evil.example", "vbscript:x", "", None, "ftp://x"]
)
def test_other_addresses_may_not(url):
    assert safe_url(url) is None


def test_plain_text_becomes_paragraphs():
    assert html_from_text("一\n二\n\n三 < 四") == "<p>一<br>二</p><p>三 &lt; 四</p>"


def test_an_excerpt_is_one_line_and_says_when_it_goes_on():
    assert excerpt("<p>第一段</p><p>第二段</p>") == "第一段 第二段"
    assert excerpt("<p>" + "长" * 100 + "</p>", 10) == "长" * 9 + "…"
