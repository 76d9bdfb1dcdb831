"""A workshop in the browser: the leader asks, members see and answer; nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Post, Topic, Workshop
from yanxiu.workshops.services import groups, posts


@pytest.fixture
def workshop(app, cast):
    """Return the id of a workshop with three members and no topics."""
    with app.app_context(), unit_of_work():
        return make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")]).id


@pytest.fixture
def topic(app, cast, workshop):
    """Return the address of a topic with one answer."""
    with app.app_context(), unit_of_work():
        made = make_topic(cast.user("leader"), db.session.get(Workshop, workshop))
        make_post(cast.user("teacher"), made, "<p>先画人物关系图。</p>")
        return f"/workshops/{workshop}/topics/{made.id}"


def box(page, name):
    """Return the composer once it has taken the place of the plain field."""
    field = page.get_by_role("textbox", name=name)
    field.click()
    expect(page.locator(".composer-text")).to_be_visible()
    return page.locator(".composer-text")


def write(page, name, text):
    box(page, name).press_sequentially(text)


def live(page, list_id):
    expect(page.locator(f"live-list#{list_id}")).to_have_attribute("data-state", "live")


def test_the_leader_asks_and_a_member_answers_without_reloading(page_for, workshop):
    member = page_for("teacher", 390)
    member.goto(f"/workshops/{workshop}")
    live(member, "topics")
    expect(member.get_by_text("还没有话题")).to_be_visible()

    leader = page_for("leader")
    leader.goto(f"/workshops/{workshop}")
    leader.get_by_role("link", name="发布话题").first.click()
    leader.get_by_label("标题").fill("《草船借箭》的导入怎么设计")
    write(leader, "正文", "视频太热闹了，有什么别的办法？")
    leader.get_by_role("button", name="发布话题").click()
    expect(leader.get_by_role("heading", name="《草船借箭》的导入怎么设计")).to_be_visible()
    live(leader, "posts")

    link = member.get_by_role("link", name="《草船借箭》的导入怎么设计")
    expect(link).to_be_visible()
    expect(member.locator("[data-unread-badge]").first).to_be_visible()
    link.click()
    live(member, "posts")
    write(member, "回复", "先让学生算一笔账。")
    member.locator("#reply").get_by_role("button", name="回复", exact=True).click()
    expect(member.locator("#threads .prose").last).to_have_text("先让学生算一笔账。")

    answer = leader.locator("#threads .thread").filter(has_text="先让学生算一笔账。")
    expect(answer).to_be_visible()
    answer.get_by_role("link", name="回复").click()
    expect(leader.get_by_text("回复 李强")).to_be_visible()
    write(leader, "回复", "口算就够，不写。")
    leader.locator("#reply").get_by_role("button", name="回复", exact=True).click()
    expect(member.locator(".replies").get_by_text("口算就够，不写。")).to_be_visible()


def test_a_half_written_answer_survives_a_closed_tab(context_for, topic):
    context = context_for("colleague", 390)
    page = context.new_page()
    page.goto(topic)
    write(page, "回复", "我想到一个办法，先写一半")
    expect(page.get_by_text("草稿已存本机")).to_be_visible()
    page.close()
    again = context.new_page()
    again.goto(topic)
    expect(again.locator(".composer-text")).to_have_text("我想到一个办法，先写一半")
    again.locator("#reply").get_by_role("button", name="回复", exact=True).click()
    expect(again.locator("#threads").get_by_text("我想到一个办法，先写一半")).to_be_visible()
    again.reload()
    expect(again.get_by_role("textbox", name="回复")).to_have_value("")


def test_a_draft_still_knows_whom_it_answers(app, context_for, topic):
    context = context_for("colleague")
    page = context.new_page()
    page.goto(topic)
    live(page, "posts")
    page.locator("#threads .thread").get_by_role("link", name="回复").click()
    expect(page.locator(".composer-text")).to_be_focused()
    page.keyboard.type("同意，再加一张时间表")
    expect(page.get_by_text("草稿已存本机")).to_be_visible()
    page.close()
    again = context.new_page()
    again.goto(topic)
    expect(again.get_by_text("回复 李强")).to_be_visible()
    expect(again.locator(".composer-text")).to_have_text("同意，再加一张时间表")
    again.locator("#reply").get_by_role("button", name="回复", exact=True).click()
    expect(again.locator(".thread .replies").get_by_text("同意，再加一张时间表")).to_be_visible()
    again.reload()
    live(again, "posts")
    expect(again.get_by_text("回复 李强")).to_be_hidden()


def test_the_answer_one_is_writing_stays_while_thumbs_arrive(app, cast, page_for, topic):
    page = page_for("colleague")
    page.goto(topic)
    live(page, "posts")
    editor = box(page, "回复")
    editor.press_sequentially("写到一半")
    number = int(topic.rpartition("/")[2])
    with app.app_context():
        first = db.session.scalar(db.select(Post.id).where(Post.topic_id == number, Post.number == 2))
    for key in ("leader", "teacher"):
        with app.app_context(), unit_of_work():
            posts.like_post(cast.user(key), db.session.get(Post, first))
    thumb = page.locator(f"#post-{first} [data-like]")
    expect(thumb).to_have_text(re.compile(r"赞\s*2"))
    expect(editor).to_be_focused()
    page.keyboard.type("，接着写")
    expect(editor).to_have_text("写到一半，接着写")


def test_a_thumb_goes_on_and_off(page_for, topic):
    page = page_for("colleague")
    page.goto(topic)
    live(page, "posts")
    thumb = page.locator("#threads [data-like]").first
    thumb.click()
    expect(thumb).to_have_attribute("aria-pressed", "true")
    expect(thumb).to_have_text(re.compile(r"赞\s*1"))
    thumb.click()
    expect(thumb).to_have_attribute("aria-pressed", "false")


def test_only_the_author_sees_the_buttons_for_changing_a_post(page_for, topic):
    author, other, leader = page_for("teacher"), page_for("colleague"), page_for("leader")
    for page in (author, other, leader):
        page.goto(topic)
        live(page, "posts")
    thread = "#threads .thread"
    expect(author.locator(thread).get_by_role("link", name="编辑")).to_be_visible()
    expect(author.locator(thread).get_by_role("button", name="撤回")).to_be_visible()
    expect(other.locator(thread).get_by_role("link", name="编辑")).to_be_hidden()
    expect(other.locator(thread).get_by_role("button", name="撤回")).to_be_hidden()
    expect(leader.locator(thread).get_by_role("link", name="编辑")).to_be_hidden()
    expect(leader.locator(thread).get_by_role("button", name="撤回")).to_be_visible()


def test_withdrawing_can_be_undone_and_everybody_sees_it(page_for, topic):
    author, reader = page_for("teacher"), page_for("colleague")
    for page in (author, reader):
        page.goto(topic)
        live(page, "posts")
    author.locator("#threads").get_by_role("button", name="撤回").click()
    expect(reader.get_by_text("李强 的一条发言已撤回")).to_be_visible()
    expect(reader.get_by_text("先画人物关系图。")).to_have_count(0)
    author.locator(".toast").get_by_role("button", name="撤销").click()
    expect(reader.get_by_text("先画人物关系图。")).to_be_visible()


def test_what_was_read_is_not_new_any_more(app, cast, page_for, workshop, topic):
    page = page_for("colleague")
    page.goto(f"/workshops/{workshop}/topics")
    badge = page.locator("[data-unread-badge]")
    expect(badge).to_have_text(re.compile("2"))
    page.goto(topic)
    with page.expect_response("**/visit"):
        page.get_by_text("先画人物关系图。").scroll_into_view_if_needed()
    page.goto(f"/workshops/{workshop}/topics")
    expect(badge).to_be_hidden()
    with app.app_context(), unit_of_work():
        make_post(cast.user("leader"), db.session.get(Topic, int(topic.rpartition("/")[2])), "<p>又有新的</p>")
    expect(badge).to_be_visible()
    expect(badge).to_have_text(re.compile("1"))


def test_sending_over_a_broken_line_posts_once(app, context_for, topic):
    context = context_for("colleague")
    page = context.new_page()
    page.goto(topic)
    write(page, "回复", "断线也只发一次")
    lost = []

    def swallow(route):
        # The server gets it, the answer never comes back.
        if not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/posts", swallow)
    send = page.locator("#reply").get_by_role("button", name="回复", exact=True)
    send.click()
    expect(page.locator("#reply")).to_have_attribute("data-state", "offline")
    page.close()
    again = context.new_page()
    again.clock.install()
    again.goto(topic)
    expect(again.locator(".composer-text")).to_have_text("断线也只发一次")
    context.set_offline(True)
    again.locator("#reply").get_by_role("button", name="回复", exact=True).click()
    expect(again.locator("#reply")).to_have_attribute("data-state", "offline")
    again.clock.fast_forward("10:00")
    context.set_offline(False)
    expect(again.get_by_role("textbox", name="回复")).to_have_text("")
    assert lost == [200]
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).where(Post.text == "断线也只发一次")) == 1


def test_a_leader_pins_and_locks_from_the_menu(page_for, workshop, topic):
    page = page_for("leader", 390)
    page.goto(topic)
    page.get_by_label("管理话题").click()
    page.get_by_role("button", name="置顶为公告").click()
    expect(page.locator(".opener .tag", has_text="置顶")).to_be_visible()
    page.get_by_label("管理话题").click()
    page.get_by_role("button", name="锁定话题").click()
    expect(page.locator(".opener .tag", has_text="已锁定")).to_be_visible()
    page.goto(f"/workshops/{workshop}")
    expect(page.get_by_role("heading", name="公告")).to_be_visible()
    member = page_for("teacher")
    member.goto(topic)
    expect(member.get_by_text("话题已锁定，讨论到此结束")).to_be_visible()


def test_members_are_named_with_at(page_for, topic):
    page = page_for("colleague")
    page.goto(topic)
    live(page, "posts")
    editor = box(page, "回复")
    editor.press_sequentially("@王")
    page.get_by_role("option", name=re.compile("王丽")).click()
    page.keyboard.type("您看呢")
    page.locator("#reply").get_by_role("button", name="回复", exact=True).click()
    expect(page.locator("#threads [data-mention]")).to_have_text("@王丽")


def test_a_leader_invites_and_the_invited_accepts(page_for, workshop):
    leader = page_for("leader", 390)
    leader.goto(f"/workshops/{workshop}/invitations")
    leader.get_by_label("查找本县老师").fill("吴秀兰")
    leader.get_by_role("button", name="查找").click()
    leader.get_by_role("button", name="邀请吴秀兰").click()
    expect(leader.get_by_text("已邀请吴秀兰")).to_be_visible()
    invited = page_for("villager", 390)
    invited.goto("/workshops")
    invited.get_by_role("button", name="接受邀请").click()
    expect(invited.get_by_text("欢迎加入")).to_be_visible()


def test_a_leader_gives_roles_from_the_menu_by_keyboard(page_for, workshop):
    page = page_for("leader")
    page.goto(f"/workshops/{workshop}/members")
    page.get_by_label("李强的操作").click()
    role = page.locator(".menu[open]").get_by_label("角色")
    role.focus()
    page.keyboard.press("ArrowUp")
    expect(role).to_have_value("mentor")
    expect(role).to_be_focused()
    page.locator(".menu[open]").get_by_role("button", name="调整角色").click()
    expect(page.get_by_text("角色已调整")).to_be_visible()
    expect(page.locator("#members").get_by_text("李强")).to_have_count(0)


def test_a_group_without_a_name_keeps_its_menu_open(app, cast, page_for, workshop):
    with app.app_context(), unit_of_work():
        groups.create_group(cast.user("leader"), db.session.get(Workshop, workshop), "五年级组")
    page = page_for("leader")
    page.goto(f"/workshops/{workshop}/members")
    page.get_by_label("五年级组的操作").click()
    name = page.locator(".menu[open]").get_by_label("小组名称")
    name.fill("")
    page.get_by_role("button", name="改名").click()
    expect(name).to_be_visible()
    name.fill("高段组")
    page.get_by_role("button", name="改名").click()
    expect(page.get_by_text("小组名称已修改")).to_be_visible()


def test_a_topic_is_read_and_answered_by_keyboard_alone(app, cast, page_for, topic):
    with app.app_context(), unit_of_work():
        make_post(cast.user("colleague"), db.session.scalar(db.select(Topic)), "<p>我来补一句。</p>")
    page = page_for("leader")
    page.goto(topic)
    live(page, "posts")
    posts = page.locator("#posts .post")
    page.keyboard.press("j")
    expect(posts.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(posts.nth(2)).to_be_focused()
    page.keyboard.press("l")
    expect(posts.nth(2).locator("[data-like]")).to_have_attribute("aria-pressed", "true")
    expect(posts.nth(1).locator("[data-like]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="快捷键")
    expect(keys).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    posts.nth(2).focus()
    page.keyboard.press("k")
    expect(posts.nth(1)).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_text("回复 李强")).to_be_visible()
    page.keyboard.insert_text("按 j 写进去的是字，不是命令。")
    expect(page.locator(".composer-text")).to_contain_text("按 j 写进去的是字")
