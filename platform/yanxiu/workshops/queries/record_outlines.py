"""What the record of an activity begins with, by the kind of the activity (forms.md 2)."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.workshops.activity_words import time_span
from yanxiu.workshops.models import Activity, ActivityKind

HEAD, NEEDED = "basics", ("discussion", "outcome")
"""The section that is filled in from what was fixed before; those without which a record says nothing."""


@dataclass(frozen=True)
class OutlineSection:
    """A section of a new record: the help shown while it is empty, the columns of a table to fill in, or a list of what
    is to be done."""

    key: str
    title: str
    hint: str = ""
    columns: tuple[str, ...] = ()
    listed: bool = False


def _speeches(title: str, who: str = "发言人", what: str = "要点") -> OutlineSection:
    return OutlineSection("discussion", title, columns=(who, what))


_HEAD = OutlineSection(HEAD, "时间、地点与主持")
_COURSE = OutlineSection("process", "活动过程", "先做了什么，后做了什么，各用了多久")
_OUTCOME = OutlineSection("outcome", "共识与成果", "大家同意了什么，定下来用什么")
_FOLLOW_UP = OutlineSection("todo", "待办", "谁，什么时候以前，做什么", listed=True)
_MIDDLES: dict[str, tuple[OutlineSection, ...]] = {
    ActivityKind.SEMINAR.value: (_COURSE, _speeches("各人发言要点")),
    ActivityKind.PREPARATION.value: (
        OutlineSection("process", "说课与共议过程", "谁说课，先议哪一部分，改了几处"),
        _speeches("各人发言要点", what="修改意见"),
        OutlineSection("division", "分工情况", "课件、学习单、作业各由谁做"),
    ),
    ActivityKind.OBSERVATION.value: (
        OutlineSection("process", "上课与议课过程", "谁上课，上什么，怎么议"),
        OutlineSection("lesson", "课堂观察", columns=("观察点", "看到的")),
        _speeches("议课发言要点"),
    ),
    ActivityKind.LECTURE.value: (
        _COURSE,
        OutlineSection("discussion", "讲座要点", "主讲人讲了哪几点，举了什么例子"),
        OutlineSection("questions", "提问与回答", columns=("问题", "回答")),
    ),
    ActivityKind.READING.value: (
        OutlineSection("process", "所读篇目与过程", "读了哪一章，怎么分享的"),
        _speeches("分享要点", "分享人", "打动的一段和想到的"),
    ),
    ActivityKind.SAME_LESSON.value: (
        _COURSE,
        OutlineSection("lesson", "几节课的异同", columns=("上课教师", "主要设计", "效果")),
        _speeches("议课发言要点"),
    ),
    ActivityKind.OUTREACH.value: (
        OutlineSection("process", "送教过程", "上了哪几节课，和谁一起备课"),
        _speeches("交流发言要点"),
        OutlineSection("needs", "受援学校的需要", "老师们最想要什么，下次带什么去"),
    ),
    ActivityKind.OPEN_DAY.value: (
        OutlineSection("process", "开放过程", "开放了哪些课，来了哪些学校"),
        _speeches("来访教师的意见", "学校与姓名", "意见"),
    ),
}


def outline_of(activity: Activity) -> tuple[OutlineSection, ...]:
    """Return the sections of a new record of this activity."""
    return (_HEAD, *_MIDDLES.get(activity.kind, _MIDDLES[ActivityKind.SEMINAR.value]), _OUTCOME, _FOLLOW_UP)


def head_lines(activity: Activity) -> tuple[str, ...]:
    """Return what is known before the first word is written, and what the writers add to it."""
    return (
        f"时间：{time_span(activity.starts_at, activity.ends_at)}",
        f"{'线上' if activity.is_online else '地点'}：{activity.place}",
        f"主讲人：{activity.speaker}",
        "主持人：",
        "记录人：",
        "缺席及原因：",
    )
