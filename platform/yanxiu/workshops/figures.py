"""The figures of 学情: what each is called and what it counts. The page, the table and the rows say the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`key` is its name on a line (`MemberLine`, `PartLine`) and in addresses."""

    key: str
    name: str
    definition: str


VISITS = Figure("visits", "来访天数", "期内打开过工作坊首页、话题、成员等页面的天数，一天算一次")
TOPICS = Figure("topics", "话题", "期内发布、没有删除的话题")
ANSWERS = Figure("answers", "回复", "期内发表、没有撤回的回复")
RECEIVED = Figure("received", "收到回复", "期内别的老师对其话题或回复的回复，自己回自己不算")
LIKES = Figure("likes", "收到的赞", "期内别的老师给其话题和回复点的赞")
DIGESTS = Figure("digests", "精华", "期内被加精的话题，记在发布人名下")
WORKS = Figure("works", "交作业", "期内到期的必做任务中已交的份数，补交也算；斜线后是该交的份数，加入以后到期的才算")
REPLIES = Figure(
    "replies",
    "回帖要求",
    "期内到期的回帖要求（没定期限的按提出那天算）中做到的个数，补上的也算；斜线后是该做到的个数，到期以后加入的不算",
)
POINTS = Figure("points", "回帖得分", "上面这些回帖要求里得到的分，超出条数的不另加分；斜线后是都做到能得的分")
ATTENDED = Figure(
    "attended",
    "活动实到",
    "期内结束的活动中出席和迟到的次数；斜线后是应到的次数：当时已在坊内、没有取消、登记过出勤的活动，请假的也在应到之内",
)
LATE = Figure("late", "迟到", "期内结束的活动中迟到的次数，也在实到之内")
EXCUSED = Figure("excused", "请假", "期内结束的活动中请假的次数，不在实到之内")
RECORDS = Figure(
    "records",
    "写记录",
    "期内结束的活动中，在一起写的活动记录里写过字的次数，一次活动算一次；斜线后是可以写的次数：当时已在坊内、没有取消、有人写了记录的活动",
)
MEMBER_FIGURES = (
    *(VISITS, TOPICS, ANSWERS, RECEIVED, LIKES, DIGESTS, WORKS, REPLIES, POINTS),
    *(ATTENDED, LATE, EXCUSED, RECORDS),
)
MEETINGS = Figure(
    "meetings", "活动应到", "期内结束的活动中应到的次数：当时已在坊内、没有取消、登记过出勤的活动，请假的也算"
)
BY_KEY = {figure.key: figure for figure in (*MEMBER_FIGURES, MEETINGS)}
WITH_TOTAL = {
    WORKS.key: "works_asked",
    REPLIES.key: "replies_asked",
    POINTS.key: "points_asked",
    ATTENDED.key: "meetings",
    RECORDS.key: "records_asked",
}
"""Figures that are shown as parts of another one."""

MEMBERS = Figure("members", "应训", "期末在坊内、账号在用的成员；中途加入的从加入那天算起，已离开的不算")
CAME = Figure("came", "参训", "应训的老师中，期内来过或发过言的人数")
CAME_RATE = Figure("came_rate", "参训率", "参训 ÷ 应训")
SPOKE = Figure("spoke", "发言", "应训的老师中，期内发过话题或回复的人数")
SPOKE_RATE = Figure("spoke_rate", "学习率", "发言 ÷ 应训")
WORK_RATE = Figure("work_rate", "作业提交率", "已交的份数 ÷ 该交的份数（期内到期的必做任务，按成员各算各的）")
REPLY_RATE = Figure("reply_rate", "回帖完成率", "做到的 ÷ 该做到的（期内到期的回帖要求，按成员各算各的）")
ATTENDANCE_RATE = Figure("attendance_rate", "出勤率", "活动实到 ÷ 活动应到，都按人次")
RECORD_RATE = Figure("record_rate", "记录参与率", "写活动记录的次数 ÷ 可以写的次数，都按人次")
PART_FIGURES = (
    *(MEMBERS, CAME, CAME_RATE, SPOKE, SPOKE_RATE, WORK_RATE, REPLY_RATE),
    *(MEETINGS, ATTENDED, ATTENDANCE_RATE, LATE, EXCUSED),
    *(RECORDS, RECORD_RATE),
    *(TOPICS, ANSWERS, RECEIVED, LIKES, DIGESTS),
)
LAST_ACTIVE = Figure("last_active", "最近来访", "最近一次来访或发言的日子，不限期内")


def percent(rate: float | None) -> str:
    """Return 83% — rounded down, so that 100% means everybody — or a dash where nobody is counted."""
    return "—" if rate is None else f"{int(rate * 100 + 1e-9)}%"
