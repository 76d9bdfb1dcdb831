"""What the figures of a period put into the columns of a bulletin: text that is edited afterwards, and one table that is not.

The text is HTML in the form in which the composer writes it, so that opening it there changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.workshops.activity_words import KIND_NAMES, time_span
from yanxiu.workshops.figures import percent
from yanxiu.workshops.insight_report import DEFINITIONS, HEADS, report_of
from yanxiu.workshops.models import Presence, Role, SectionKind
from yanxiu.workshops.queries.activity_photos import Photo
from yanxiu.workshops.queries.bulletin_facts import Facts, Held, Talk
from yanxiu.workshops.queries.insights import MemberLine, PartLine
from yanxiu.workshops.standings import GRADES

QUOTED, PHOTOS = 90, 2
BEST_MEMBERS, BEST_GROUPS = 5, 2
RULE = "学员按话题、回复各计 1，作业每份计 2，精华每个计 3 排列；小组按参训率排列。"


@dataclass(frozen=True)
class Table:
    """Figures in rows, the sentence above and the definitions below."""

    summary: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str

    def stored(self) -> str:
        """Return it as it is kept in the database."""
        return json.dumps(
            [self.summary, list(self.heads), [list(row) for row in self.rows], self.note], ensure_ascii=False
        )


def table_from(stored: str) -> Table | None:
    """Return the table that `stored` keeps; None of a column that has none."""
    return Table(*json.loads(stored)) if stored else None


@dataclass(frozen=True)
class Filled:
    """What the figures say for one column."""

    html: str = ""
    table: Table | None = field(default=None)

    @property
    def stored_table(self) -> str:
        return self.table.stored() if self.table else ""


def filled_of(facts: Facts) -> dict[str, Filled]:
    """Return for each column what the figures say; columns that only people write are empty."""
    return {kind.value: WRITERS[kind](facts) if kind in WRITERS else Filled() for kind in SectionKind}


def _p(text: str) -> str:
    return f"<p>{escape(text, quote=False)}</p>"


def _h(text: str) -> str:
    return f"<h3>{escape(text, quote=False)}</h3>"


def _list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{_p(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _short(text: str, length: int = QUOTED) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _insights(facts: Facts) -> Filled:
    report = report_of(facts.workshop, facts.period, facts.insights, (), ())
    return Filled("", Table(report.summary, HEADS, report.rows(), f"说明：{DEFINITIONS}。"))


def _activities(facts: Facts) -> Filled:
    return Filled("".join(_held(found) for found in facts.held))


def _held(found: Held) -> str:
    activity = found.activity
    when = time_span(activity.starts_at, activity.ends_at)
    told = f"{when}，{activity.place}，{KIND_NAMES[activity.kind]}，主讲：{activity.speaker}。{_attendance(found)}"
    outcome = _p(f"活动成果：{_short(found.outcome, 300)}") if found.outcome else ""
    return _h(activity.title) + _p(told) + outcome + "".join(_photo(photo) for photo in _proposed(found))


def _proposed(found: Held) -> list[Photo]:
    """The first photos that members have seen; what only the team saw is chosen by people."""
    return [photo for photo in found.photos if not photo.private][:PHOTOS]


def _photo(photo: Photo) -> str:
    return f'<img src="{escape(photo.address)}" alt="{escape(photo.alt)}">'


def _attendance(found: Held) -> str:
    """Nothing where nobody was noted: no list was kept then, which is not the same as nobody came."""
    if not found.states:
        return ""
    late, excused, absent = (found.states.get(state, 0) for state in (Presence.LATE, Presence.EXCUSED, Presence.ABSENT))
    counted = (("其中迟到", late), ("请假", excused), ("缺席", absent), ("未登记", found.open))
    more = "".join(f"，{name} {number} 人" for name, number in counted if number)
    return f"应到 {found.expected} 人，到场 {found.came} 人{more}。"


def _discussion(facts: Facts) -> Filled:
    return Filled("".join(_talk(found) for found in facts.talks))


def _talk(found: Talk) -> str:
    mark = "（精华）" if found.digest else ""
    answers = f"，这段时间 {found.answers} 条回复" if found.answers else ""
    quoted = _p(f"“{_short(found.text)}”") if found.text else ""
    return _h(f"{found.topic.title}{mark}") + _p(f"{found.author}发起{answers}。") + quoted


def _works(facts: Facts) -> Filled:
    lines = []
    for work in facts.works:
        user = work.user
        mark = GRADES.get(work.grade or "", "") or (f"{work.score} 分" if work.score is not None else "")
        said = f"点评：{_short(work.comment)}" if work.comment else ""
        head = f"{work.task.title}——{user.name}（{user.organization.label}）{mark}"
        lines.append("。".join(part for part in (head, said) if part))
    return Filled(_list(lines))


def _plans(facts: Facts) -> Filled:
    lines = "".join(
        f'<li><p><a href="{escape(line.url)}">{escape(line.title, quote=False)}</a>——'
        f"{escape(line.author, quote=False)}，{escape(line.why, quote=False)}</p></li>"
        for line in facts.plans
    )
    return Filled(f"<ul>{lines}</ul>" if lines else "")


def _rank(line: MemberLine) -> int:
    return line.topics + line.answers + 2 * line.works + 3 * line.digests


def _people(facts: Facts) -> Filled:
    ranked = [line for line in facts.insights.lines if line.seat.role == Role.MEMBER and _rank(line)]
    members = sorted(ranked, key=lambda line: -_rank(line))
    groups = [part for part in facts.insights.by_group() if part.id is not None and part.came]
    groups.sort(key=lambda part: (-(part.came_rate or 0), -(part.spoke_rate or 0)))
    html = _h("优秀学员") + _list(_member(line) for line in members[:BEST_MEMBERS]) if members else ""
    html += _h("优秀小组") + _list(_group(part) for part in groups[:BEST_GROUPS]) if groups else ""
    return Filled(html + _p(RULE) if html else "")


def _member(line: MemberLine) -> str:
    counted = (("发言", line.topics + line.answers, "条"), ("交作业", line.works, "份"), ("精华", line.digests, "个"))
    said = "，".join(f"{name} {number} {unit}" for name, number, unit in counted if number)
    return f"{line.seat.user.name}（{line.seat.user.organization.label}）：{said}"


def _group(part: PartLine) -> str:
    return (
        f"{part.name}：应训 {part.members} 人，参训 {part.came} 人（{percent(part.came_rate)}），"
        f"发言 {part.spoke} 人（{percent(part.spoke_rate)}）"
    )


def _next(facts: Facts) -> Filled:
    meetings = [
        f"{time_span(found.starts_at, found.ends_at)}，{found.place}：{found.title}（主讲：{found.speaker}）"
        for found in facts.next
    ]
    tasks = [f"{_due(found.task.due_at)}前交：{found.task.title}" for found in facts.coming]
    return Filled(_list([*meetings, *tasks]))


def _due(moment: datetime) -> str:
    local = moment.astimezone(LOCAL_ZONE)
    return f"{local.month}月{local.day}日 {local:%H:%M} "


def _tips(facts: Facts) -> Filled:
    whole = facts.insights.whole()
    lines = []
    if whole.members > whole.came:
        lines.append(f"这段时间还有 {whole.members - whole.came} 位老师没有来过，有空来坊里看看，大家在等您的想法。")
    if whole.works_asked > whole.works:
        lines.append(f"已到期的必做作业还有 {whole.works_asked - whole.works} 份没有交，补交仍然收。")
    lines += [
        f"“{found.task.title}”{_due(found.task.due_at)}截止，还有 {found.missing} 位老师没有交。"
        for found in facts.coming
        if found.missing and found.task.required
    ]
    return Filled(_list(lines))


WRITERS: Mapping[SectionKind, Callable[[Facts], Filled]] = {
    SectionKind.INSIGHTS: _insights,
    SectionKind.ACTIVITIES: _activities,
    SectionKind.DISCUSSION: _discussion,
    SectionKind.WORKS: _works,
    SectionKind.PLANS: _plans,
    SectionKind.PEOPLE: _people,
    SectionKind.NEXT: _next,
    SectionKind.TIPS: _tips,
}
