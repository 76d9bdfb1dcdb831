"""The meetings of the main workshop: one that is over, one on Thursday evening, one on line, one that was called off."""

from __future__ import annotations

from datetime import datetime, timedelta

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.html import html_from_text
from yanxiu.workshops.models import Activity, Workshop
from yanxiu.workshops.services import activities, attendance, records
from yanxiu.workshops.services.activities import ActivityDetails


def seed_activities(now: datetime, workshop: Workshop, people: dict[str, User]) -> None:
    """Fix the meetings as the leader did, days before each."""
    leader = people["王丽"]
    _hold_past(_past(now, workshop, leader), people)
    _at(now, -2, workshop, leader, _details(
        "preparation", "《将相和》第二次集体备课", _evening(now, 1), 90, "李强", "青山镇中心小学 二楼会议室",
        "第一稿的问题单已经压到三个，这次定下来留哪一个做主问题。\n\n请各位带上自己班的预习单，每人挑两份有代表性的。",
    ))  # fmt: skip
    _at(now, -1, workshop, leader, _details(
        "same_lesson", "《草船借箭》三校同课异构", _evening(now, 8) - timedelta(hours=5), 150, "周敏",
        "石桥村小学 五（1）班教室", "三位老师各上一节，课后一起议课。上课老师提前两天把教案发到话题里。",
    ))  # fmt: skip
    _at(now, -1, workshop, leader, ActivityDetails(
        kind="reading", title="读书沙龙：《名著阅读怎么教》第三章", html=html_from_text("每人读一段打动自己的话，说说为什么。"),
        starts_at=_evening(now, 12), ends_at=_evening(now, 12) + timedelta(minutes=60), speaker="陈秀英",
        place="https://meeting.example.cn/j/20261204", is_online=True,
    ))  # fmt: skip
    called_off = _at(now, -3, workshop, leader, _details(
        "outreach", "送教下乡：走进石桥村小学", _evening(now, 4) - timedelta(hours=10), 180, "王丽", "石桥村小学",
        "上午两节课，下午一起备课。",
    ))  # fmt: skip
    with clock.frozen(now - timedelta(hours=20)):
        activities.cancel_activity(leader, called_off, "天气预报有大雨，山路不好走，改到下月初")


def _past(now: datetime, workshop: Workshop, leader: User) -> Activity:
    return _at(now, -9, workshop, leader, _details(
        "seminar", "主题研讨：古典名著的“难”到底难在哪儿", _evening(now, -6), 90, "陈秀英", "青山镇中心小学 二楼会议室",
        "每人带一个学生真实的提问来。先分类，再议怎么办。",
    ))  # fmt: skip


RECORD = {
    "host": "王丽",
    "recorder": "熊婷",
    "theme": "学生觉得名著难，难在哪儿",
    "discussion": "把 37 个问题分成三类：词句看不懂的 14 个，人物为什么这样做的 16 个，和今天有什么关系的 7 个。\n"
    "第一类交给预习单，第二类是课堂的主问题，第三类留给课后。",
    "division": "李强：预习单；周敏：人物关系图；吴秀兰：收集村小学生的问题。",
    "outcome": "一张“难点分类表”，一份可以直接用的预习单。",
    "reflection": "时间都花在分类上了，怎么追问下次再议。",
}
REFLECTIONS = {
    "李强": "原来我一直把第一类问题当主问题来教。下周的课先把词句交给预习单。",
    "吴秀兰": "村小孩子的问题不比别人少，只是没有人记下来。回去我先记一周。",
}


def _hold_past(activity: Activity, people: dict[str, User]) -> None:
    """Most came, somebody was late, somebody had leave; the record was written, some handed in a reflection."""
    leader = people["王丽"]
    with clock.frozen(activity.ends_at):
        states = {
            "李强": "present",
            "吴秀兰": "present",
            "熊婷": "present",
            "周敏": "late",
            "黄翠萍": "excused",
            "王丽": "present",
        }
        for name, state in states.items():
            if name in people:
                attendance.mark_attendance(leader, activity, people[name].id, state)
        records.save_record(leader, activity, {name: ("", text) for name, text in RECORD.items()})
        for name, text in REFLECTIONS.items():
            if name in people:
                records.hand_in_reflection(people[name], activity, html_from_text(text))


def _evening(now: datetime, days: int) -> datetime:
    """Return half past seven in the evening, so many days from now."""
    local = now.astimezone(clock.LOCAL_ZONE) + timedelta(days=days)
    return local.replace(hour=19, minute=30, second=0, microsecond=0)


def _details(
    kind: str, title: str, start: datetime, minutes: int, speaker: str, place: str, text: str
) -> ActivityDetails:
    end = start + timedelta(minutes=minutes)
    return ActivityDetails(kind, title, html_from_text(text), start, end, speaker, place)


def _at(now: datetime, days: int, workshop: Workshop, leader: User, details: ActivityDetails) -> Activity:
    with clock.frozen(now + timedelta(days=days)):
        return activities.create_activity(leader, workshop, details)
