"""Searching in a real browser: from the top bar, by keyboard, with suggestions, and by the marked results."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.search import Shelf, bring_index_up_to_date
from tests.support.workshops import make_topic, make_workshop
from yanxiu.core.search_queue import enqueue_index, principal_sources, register_sources, sources
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.indexer import engine_of
from yanxiu.search.telling import look


@pytest.fixture
def shelf(app) -> Iterator[Shelf]:
    """The only source of search while the test runs."""
    shelf, before = Shelf(), (list(sources().values()), list(principal_sources()))
    register_sources([shelf.source])
    for number, title in enumerate(("草船借箭教学设计", "草船借箭导入", "景阳冈课件"), start=1):
        shelf.put(number, title, body=f"{title}：写给五年级", subject="语文", url="/help", year=str(2020 + number))
    bring_index_up_to_date(app)
    yield shelf
    register_sources(*before)


def go_to_search_box(page: Page) -> None:
    """The box in the top bar; on a phone the page behind the search link."""
    if page.viewport_size and page.viewport_size["width"] < 800:
        page.get_by_role("link", name="搜索", exact=True).click()
    page.get_by_role("searchbox", name="搜索").click()


def test_words_typed_into_the_box_are_found_and_marked(page_for, shelf):
    page = page_for("teacher", 390)
    page.goto("/")
    go_to_search_box(page)
    page.get_by_role("searchbox", name="搜索").fill("草船借箭")
    page.keyboard.press("Enter")
    expect(page).to_have_title("“草船借箭”的搜索结果 · 研修坊")
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.locator("h3 mark").first).to_have_text("草船借箭")
    expect(page.get_by_role("searchbox", name="搜索")).to_have_value("草船借箭")
    page.get_by_role("link", name="2021").click()
    expect(page.get_by_role("article")).to_have_count(1)


def test_titles_are_suggested_and_chosen_by_keyboard(page_for, shelf):
    page = page_for("teacher")
    page.goto("/")
    box = page.get_by_role("searchbox", name="搜索")
    box.click()
    box.press_sequentially("草船")
    suggestions = page.get_by_role("navigation", name="搜索建议")
    expect(suggestions.get_by_role("link")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(suggestions.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(suggestions).to_be_hidden()
    expect(box).to_be_focused()
    box.press_sequentially("借")
    expect(suggestions.get_by_role("link")).to_have_count(2)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/help$"))


def test_a_member_finds_the_topic_and_an_outsider_does_not(app, cast, page_for):
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("teacher")])
        make_topic(cast.user("leader"), workshop, "《景阳冈》的板书怎么设计")
    bring_index_up_to_date(app)
    member, outsider = page_for("teacher"), page_for("outsider")
    for page in (member, outsider):
        page.goto("/search?q=景阳冈 板书")
    member.get_by_role("link", name="《景阳冈》的板书怎么设计").click()
    expect(member.get_by_role("heading", name="《景阳冈》的板书怎么设计")).to_be_visible()
    expect(outsider.get_by_role("heading", name="没有找到“景阳冈 板书”")).to_be_visible()


def test_a_search_is_kept_and_its_news_are_opened_from_the_message(app, page_for, shelf):
    page = page_for("teacher", 390)
    page.goto("/search?q=草船借箭")
    page.get_by_text("保存这个搜索，有新内容告诉我").click()
    page.get_by_label("有新内容时告诉我").select_option("立即")
    page.get_by_role("button", name="保存搜索").click()
    expect(page.get_by_role("heading", name="草船借箭", exact=True)).to_be_visible()
    with app.app_context(), unit_of_work():
        shelf.put(9, "草船借箭第二课时", url="/help")
        enqueue_index("book", 9)
    bring_index_up_to_date(app)
    with app.app_context():
        assert look(engine_of(app), 1) == 1
    page.goto("/notifications")
    page.get_by_role("link", name="「草船借箭」").click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("heading", name="草船借箭第二课时 新")).to_be_visible()
    page.goto("/search/saved")
    page.get_by_text("改名、多久告诉一次").click()
    page.get_by_role("button", name="删除这个搜索").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(page.get_by_role("heading", name="还没有存搜索")).to_be_visible()


def test_all_values_of_a_filter_are_brought_into_the_list_and_found_by_keyboard(app, page_for, shelf):
    many = "、".join(f"老师{number:02}" for number in range(40))
    shelf.put(1, "三国演义", author=many)
    with app.app_context(), unit_of_work():
        enqueue_index("book", 1)
    bring_index_up_to_date(app)
    page = page_for("teacher", 390)
    page.goto("/search?q=三国")
    authors = page.locator("#facet-author")
    expect(authors.get_by_role("listitem")).to_have_count(12)
    authors.get_by_role("link", name="更多作者").press("Enter")
    expect(authors.get_by_role("listitem")).to_have_count(40)
    field = authors.get_by_role("searchbox", name="在作者里找")
    expect(field).to_be_focused()
    assert not violations(page)
    field.fill("师2")
    expect(authors.get_by_role("listitem")).to_have_count(10)
    expect(authors.get_by_role("status")).to_have_text("有 10 个")
    field.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="取消筛选：老师20").first).to_be_visible()
