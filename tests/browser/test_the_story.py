"""The product's main job, played by four people in four browsers, at both sizes.

A leader posts a topic and members answer; three teachers write the lesson design together; the recording is uploaded and
commented at 00:12; a rubric is filled in; two Chinese words find all of it, and only for those who may see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.documents import docx_bytes
from tests.support.eventually import eventually
from tests.support.observations import make_clip
from tests.support.search import bring_index_up_to_date
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work

QUESTION = "《草船借箭》导入怎么设计"
ANSWER = "导入先让学生说说对诸葛亮的印象，再读草船借箭"
PLAN = "《草船借箭》第一课时"
LESSON = "《草船借箭》公开课"
REMARK = "草船借箭的导入只用了一分钟，学生马上进入课文"
RESOURCE = "草船借箭导入课件"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Cast:
    """The four pages."""

    leader: Page
    teacher: Page
    colleague: Page
    villager: Page


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("story") / "课堂实录.mp4", seconds=20)


@pytest.fixture
def workshop(app, cast) -> int:
    """The workshop of 王丽 with three members; returns its id."""
    with app.app_context(), unit_of_work():
        members = [cast.user(key) for key in ("teacher", "colleague", "villager")]
        return make_workshop(cast.user("leader"), members).id


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_main_job(app, page_for, workshop, clip, work, width):
    people = Cast(*(page_for(key, width) for key in ("leader", "teacher", "colleague", "villager")))
    a_topic_is_posted_and_answered(workshop, people)
    a_lesson_design_is_written_together(workshop, people)
    lesson = a_recording_is_uploaded(workshop, people.teacher, clip, work)
    a_comment_at_a_second_reaches_everybody(lesson, people)
    a_rubric_is_filled_in(people.colleague)
    a_resource_is_uploaded(workshop, people.leader)
    work()
    bring_index_up_to_date(app)
    two_words_find_all_of_it(people.villager)
    two_words_find_nothing(page_for("outsider", width))


def live(page: Page, selector: str = "live-list") -> None:
    """Wait until the list hears what others do."""
    expect(page.locator(selector).first).to_have_attribute("data-state", "live")


def a_topic_is_posted_and_answered(workshop: int, people: Cast) -> None:
    for member in (people.teacher, people.villager):
        member.goto(f"/workshops/{workshop}/topics")
        live(member)
    people.leader.goto(f"/workshops/{workshop}/topics")
    people.leader.get_by_role("link", name="发布话题").first.click()
    people.leader.get_by_label("标题").fill(QUESTION)
    people.leader.get_by_role("textbox", name="正文").fill("请大家谈谈，五分钟以内怎么引入。")
    people.leader.get_by_role("button", name="发布话题").click()
    expect(people.leader.get_by_role("heading", name=QUESTION)).to_be_visible()
    for member in (people.teacher, people.villager):
        member.get_by_role("link", name=QUESTION).click()
        expect(member.get_by_role("heading", name=QUESTION)).to_be_visible()
        live(member)
    answer(people.teacher, ANSWER)
    for reader in (people.leader, people.villager):
        expect(reader.get_by_text(ANSWER)).to_be_visible()
    answer(people.villager, "我们村小可以先放一段评书")
    expect(people.leader.get_by_text("我们村小可以先放一段评书")).to_be_visible()


def answer(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="回复").fill(text)
    page.get_by_role("button", name="回复", exact=True).last.click()
    expect(page.locator("live-list").get_by_text(text).first).to_be_visible()  # not in the field, where it stood before


def a_lesson_design_is_written_together(workshop: int, people: Cast) -> None:
    people.leader.goto(f"/workshops/{workshop}")
    people.leader.get_by_role("link", name="新建教案").first.click()
    people.leader.get_by_label("课题").fill(PLAN)
    people.leader.get_by_role("button", name="新建教案").click()
    ready(people.leader)
    address = people.leader.url
    writers = (people.leader, people.teacher, people.colleague)
    for writer in writers[1:]:
        writer.goto(address)
        ready(writer)
    words = {"standard": "了解阅读古典名著的方法", "learners": "学生爱听三国故事", "textbook": "课文改编自第四十六回"}
    for writer, (section, text) in zip(writers, words.items(), strict=True):
        writer.locator(f"#section-{section} .plan-section-body p").first.click()
        writer.keyboard.insert_text(text)
    for writer in writers:
        for text in words.values():
            expect(writer.locator("#plan-text")).to_contain_text(text)
        expect(writer.locator("[data-plan-state]")).to_have_attribute("data-state", "saved")
        expect(writer.locator(".collaboration-carets__label")).to_have_count(2)


def ready(page: Page) -> None:
    expect(page.locator("[data-plan-page][data-ready=true]")).to_be_visible()


def a_recording_is_uploaded(workshop: int, teacher: Page, clip: Path, work: Callable[[], int]) -> str:
    """Create the lesson and upload its recording in the page; return the lesson's address."""
    teacher.goto("/lessons")
    teacher.get_by_role("link", name="新建课例").first.click()
    teacher.get_by_label("课题").fill(LESSON)
    teacher.get_by_label("所属工作坊").select_option(str(workshop))
    teacher.get_by_label("工作坊成员").check()
    teacher.get_by_role("button", name="新建课例").click()
    expect(teacher.locator("form[data-upload]")).to_have_attribute("data-ready", "")
    teacher.get_by_label("选择课堂实录").set_input_files(clip)
    teacher.get_by_role("button", name="上传实录").click()
    expect(teacher.get_by_role("heading", name="视频已传到，等待处理")).to_be_visible()
    work()
    expect(teacher.locator("#lesson-video")).to_be_visible()
    return teacher.url.split("#")[0]


def a_comment_at_a_second_reaches_everybody(lesson: str, people: Cast) -> None:
    for viewer in (people.colleague, people.leader):
        viewer.goto(lesson)
    for viewer in (people.teacher, people.leader, people.colleague):
        live(viewer, "#comments")
    people.colleague.evaluate("document.getElementById('lesson-video').currentTime = 12.2")
    people.colleague.get_by_label("点评", exact=True).fill(REMARK)
    expect(people.colleague.get_by_label("时间", exact=True)).to_have_value("00:12")
    people.colleague.get_by_role("button", name="发表", exact=True).click()
    for viewer in (people.teacher, people.leader):
        pin = viewer.get_by_role("button", name=f"00:12 周敏：{REMARK[:10]}")
        expect(pin).to_be_visible()
        pin.click()
        eventually(lambda viewer=viewer: abs(seconds_shown(viewer) - 12.2) < 0.05)


def seconds_shown(page: Page) -> float:
    return float(page.evaluate("document.getElementById('lesson-video').currentTime"))


def a_rubric_is_filled_in(colleague: Page) -> None:
    for line in colleague.locator(".rubric-line").all():
        line.locator("label").nth(0).click()
    expect(colleague.locator("[data-rubric-state]")).to_have_attribute("data-state", "saved")
    colleague.get_by_role("button", name="提交评课").click()
    colleague.get_by_role("dialog").get_by_role("button", name="提交评课").click()
    expect(colleague.get_by_role("heading", name="评课结果")).to_be_visible()


def a_resource_is_uploaded(workshop: int, leader: Page) -> None:
    leader.goto("/resources/new")
    file = {
        "name": f"{RESOURCE}.docx",
        "mimeType": WORD,
        "buffer": docx_bytes("周瑜请诸葛亮商议军事。", heading="导入"),
    }
    leader.get_by_label("选择文件").set_input_files(file)
    expect(leader.get_by_role("textbox", name="标题")).to_have_value(RESOURCE)
    leader.get_by_role("combobox", name="谁能看到").select_option("workshop")
    leader.get_by_role("combobox", name="工作坊").select_option(str(workshop))
    leader.get_by_role("button", name="发布资源").click()
    expect(leader.get_by_role("heading", name=RESOURCE)).to_be_visible()


def two_words_find_all_of_it(page: Page) -> None:
    """The member finds topic, lesson design, comment and resource."""
    page.goto("/")
    page.goto("/search?q=草船借箭 导入")
    for title in (QUESTION, PLAN, LESSON, RESOURCE):
        expect(page.get_by_role("link", name=title).first).to_be_visible()
    expect(page.get_by_text(REMARK).first).to_be_visible()


def two_words_find_nothing(page: Page) -> None:
    """Somebody outside finds nothing of it, and is told no number."""
    page.goto("/search?q=草船借箭 导入")
    for title in (QUESTION, PLAN, LESSON, RESOURCE, REMARK):
        expect(page.get_by_text(title, exact=True)).to_have_count(0)
    expect(page.get_by_text("没有找到").first).to_be_visible()
