"""Tasks of the main workshop: one that is over and marked, one that is due tomorrow, one for those who like to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.demo import DemoWorld
from yanxiu.core.html import html_from_text
from yanxiu.workshops.models import Task, Workshop
from yanxiu.workshops.services import tasks, work
from yanxiu.workshops.services.work import Mark

EVENING = time(22, 0)


@dataclass(frozen=True)
class Handed:
    """What one person sends: days before the end (or before now), the text, and what the leader makes of it."""

    author: str
    days_before: float
    text: str
    mark: Mark | None = None
    returned: str = ""
    again: str = ""


DESIGNS = (
    Handed(
        "李强",
        3,
        "课题：《将相和》第一课时\n\n先不讲“和”，让学生找“不和”：廉颇那句话在第几段，他为什么不服。\n\n"
        "主问题只留一个：蔺相如到底怕不怕？怕谁？学生找到“怕秦王”和“怕廉颇”两处，课就立起来了。\n\n"
        "时间：读 8 分钟，找 10 分钟，辩 15 分钟，写 5 分钟。",
        Mark(
            score=95, comment="一个问题带起全课，时间也排得实。“怕谁”这一问，建议先让学生写两分钟再说。", excellent=True
        ),
    ),
    Handed(
        "周敏",
        2,
        "课题：《将相和》第一课时\n\n三个小故事分三组学，每组填一张表：起因、经过、结果、我看到怎样的蔺相如。",
        returned="三张表都填完一节课就过去了。请补上时间分配，再想想哪一张可以不填。",
        again="课题：《将相和》第一课时\n\n只填“渑池会见”一张表，另外两个故事用填好的当例子，学生自己比。\n\n"
        "时间：读 6 分钟，教填 8 分钟，比 16 分钟，说 8 分钟。",
        mark=Mark(score=88, comment="舍得减了，课就活了。表格里“我看到怎样的蔺相如”可以换成“证据在哪一句”。"),
    ),
    Handed(
        "吴秀兰",
        0.5,
        "课题：《将相和》第一课时\n\n我们班 14 个孩子，分角色读：四个人演，十个人当史官，边听边记一句话。演完比谁记得准。",
        Mark(score=90, comment="“史官”这个身份好，小班正合适。记一句话可以规定：必须是文中的原句。"),
    ),
    Handed(
        "黄翠萍",
        1,
        "课题：《将相和》第一课时\n\n从“和”字入手，看板书：怒、避、愧、和，四个字串起三个故事。",
        Mark(score=85, comment="四个字的板书清楚。请再写一写学生在什么时候开口。"),
    ),
)
NOTES = (
    Handed("周敏", 1, "李老师 12 分钟时追问“你从哪个词看出来的”，三个学生改了说法。全课学生开口 31 次，后排 9 次。"),
    Handed("熊婷", 0.6, "我只数了一件事：老师等学生的时间。前半节平均 2 秒，后半节 5 秒，后半节的回答长了一倍。"),
)


def seed_tasks(world: DemoWorld, people: Mapping[str, User], workshop: Workshop, leader: User) -> None:
    """Give the tasks and let the people of this world hand in."""
    over = _evening(world, -12)
    design = _give(
        leader,
        workshop,
        over - timedelta(days=9),
        tasks.TaskDetails(
            "《将相和》第一课时教学设计",
            "<p>三校同课异构，每人交一份第一课时的设计。</p><ul><li>写清主问题和时间分配</li><li>学生开口的地方标出来</li>"
            "<li>一页就够，不要套话</li></ul>",
            over,
            asks_files=True,
        ),
    )
    for handed in DESIGNS:
        _play(people, leader, design, over, handed)
    watching = tasks.TaskDetails(
        "观课记录：李强《将相和》",
        "<p>看完实录，只盯一件事记：追问、等待、后排学生，选一样，记下次数和时间点。</p>",
        _evening(world, 1),
        points=20,
        reviewers=2,
        review_until=_evening(world, 5),
    )
    task = _give(leader, workshop, world.ago(days=5), watching)
    for handed in NOTES:
        _play(people, leader, task, world.now, handed)
    reading = tasks.TaskDetails(
        "读书笔记：我最想试的一招",
        "<p>从这学期读的书里挑一招，在自己班上试一次，写三百字。试砸了也写。</p>",
        _evening(world, 16),
        asks_files=True,
        required=False,
        scale="grades",
    )
    _give(leader, workshop, world.ago(days=2), reading)


def _evening(world: DemoWorld, days: int) -> datetime:
    day = world.now.astimezone(clock.LOCAL_ZONE).date() + timedelta(days=days)
    return datetime.combine(day, EVENING, clock.LOCAL_ZONE).astimezone(UTC)


def _give(leader: User, workshop: Workshop, at: datetime, details: tasks.TaskDetails) -> Task:
    with clock.frozen(at):
        return tasks.publish_task(leader, workshop, details)


def _play(people: Mapping[str, User], leader: User, task: Task, end: datetime, handed: Handed) -> None:
    """Send, send back, send again, mark; who is not in this world sends nothing."""
    author = people.get(handed.author)
    if author is None:
        return
    at = end - timedelta(days=handed.days_before)
    with clock.frozen(at):
        submission = work.hand_in(author, task, html_from_text(handed.text))
    if handed.returned:
        with clock.frozen(at + timedelta(hours=5)):
            work.return_work(leader, submission, 1, handed.returned)
        with clock.frozen(at + timedelta(hours=29)):
            work.hand_in(author, task, html_from_text(handed.again))
    if handed.mark is not None:
        with clock.frozen(end + timedelta(days=1)):
            work.mark_work(leader, submission, submission.copies_count, handed.mark)
