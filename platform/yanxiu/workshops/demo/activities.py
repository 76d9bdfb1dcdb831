"""The meetings of the main workshop: one that is over, one on Thursday evening, one on line, one that was called off."""

from __future__ import annotations

from datetime import datetime, timedelta

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.html import html_from_text
from yanxiu.workshops.models import Activity, Workshop
from yanxiu.workshops.services import activities, attendance, records
from yanxiu.workshops.services.activities import ActivityDetails


def seed_activities(now: datetime, workshop: Workshop, people: dict[str, User]) -> Activity:
    """Fix the meetings as the leader did, days before each; return the one that is over."""
    leader = people["王丽"]
    held = _past(now, workshop, leader)
    _hold_past(held, people)
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
    return held


def _past(now: datetime, workshop: Workshop, leader: User) -> Activity:
    return _at(now, -9, workshop, leader, _details(
        "seminar", "主题研讨：古典名著的“难”到底难在哪儿", _evening(now, -6), 90, "陈秀英", "青山镇中心小学 二楼会议室",
        "每人带一个学生真实的提问来。先分类，再议怎么办。",
    ))  # fmt: skip


REFLECTIONS = {
    "李强": "原来我一直把第一类问题当主问题来教。下周的课先把词句交给预习单。",
    "吴秀兰": "村小孩子的问题不比别人少，只是没有人记下来。回去我先记一周。",
}


def _hold_past(activity: Activity, people: dict[str, User]) -> None:
    """Most came, somebody was late, somebody had leave; some handed in a reflection."""
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
