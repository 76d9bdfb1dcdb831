"""学情 counts what it says it counts, opens what it counted, and stays cheap."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from docx import Document

from tests.support.workshops import make_activity, make_post, make_task, make_topic, make_work, opener
from tests.workshops.stage import Room, page
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE, now
from yanxiu.core.db import db
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Post, Topic, Workshop
from yanxiu.workshops.periods import period_of
from yanxiu.workshops.queries.insights import insights_of
from yanxiu.workshops.services import groups, membership, posts, topics
from yanxiu.workshops.services.attendance import mark_attendance
from yanxiu.workshops.services.records import keep_record
from yanxiu.workshops.services.visits import note_visit

WEDNESDAY = datetime(2026, 10, 14, 12, 0, tzinfo=LOCAL_ZONE)


@pytest.fixture
def term(app, cast):
    """Last week the teacher asked; this week the leader answered, somebody liked it, and the colleague only came."""
    with clock.frozen(WEDNESDAY - timedelta(days=7)):
        room = Room(app, cast, answers=0)
        with app.app_context(), unit_of_work():
            workshop = db.session.get(Workshop, room.w)
            asked = make_topic(cast.user("teacher"), workshop, "小数怎么引入")
            room.asked = asked.id
            group = groups.create_group(cast.user("leader"), workshop, "第一组")
            groups.assign_group(cast.user("leader"), membership_in(workshop, cast.colleague.id), group)
    with clock.frozen(WEDNESDAY), app.app_context(), unit_of_work():
        topic = db.session.get(Topic, room.asked)
        room.answer = make_post(cast.user("leader"), topic, "<p>从元角分说起</p>").id
        gone = make_post(cast.user("leader"), topic, "<p>说错了</p>")
        posts.withdraw_post(cast.user("leader"), gone)
        make_post(cast.user("teacher"), topic, "<p>谢谢</p>", parent=db.session.get(Post, room.answer))
        make_post(cast.user("teacher"), topic, "<p>自己再问</p>")
        posts.like_post(cast.user("teacher"), db.session.get(Post, room.answer))
        topics.digest_topic(cast.user("leader"), topic, opener(topic), digest=True)
        note_visit(room.w, cast.colleague.id)
    with clock.frozen(WEDNESDAY):
        yield room


def membership_in(workshop, user_id):
    from yanxiu.workshops.queries.teams import membership_of

    return membership_of(workshop.id, user_id)


def figures(app, room, **arguments):
    with app.app_context():
        found = insights_of(room.w, period_of(arguments))
        return {line.seat.user.name: line for line in found.lines}, found


def test_every_figure_counts_what_its_definition_says(app, cast, term):
    lines, found = figures(app, term)
    leader, teacher, colleague = (lines[name] for name in ("王丽", "李强", "周敏"))
    assert (leader.topics, leader.answers, leader.received, leader.likes) == (0, 1, 1, 1)
    assert (teacher.topics, teacher.answers, teacher.received, teacher.digests) == (0, 2, 1, 1)
    assert (colleague.visits, colleague.came, colleague.spoke) == (1, True, False)
    whole = found.whole()
    assert (whole.members, whole.came, whole.spoke, whole.answers) == (3, 3, 2, 3)
    assert [part.members for part in found.by_group()] == [1, 2]
    last_week, _ = figures(app, term, period="last-week")
    assert (last_week["李强"].topics, last_week["李强"].answers, last_week["周敏"].came) == (1, 0, False)


def test_the_denominator_is_those_who_were_members_at_the_end(app, cast, client_for, term):
    with app.app_context(), unit_of_work():
        workshop = db.session.get(Workshop, term.w)
        membership.add_member(workshop, cast.villager.id, how="invitation")
        membership.remove_member(cast.user("leader"), workshop, membership_in(workshop, cast.teacher.id))
    _lines, now = figures(app, term)
    assert (now.whole().members, now.whole().answers, now.outside) == (3, 1, 2)
    lines, before = figures(app, term, period="last-week")
    assert (before.whole().members, "吴秀兰" in lines, before.outside, before.outside_topics) == (2, False, 0, 1)
    leader, url = client_for("leader"), f"{term.home}/insights"
    assert "figure=answers&amp;outside=0" in page(leader, url).replace("period=week&amp;", "")
    gone = page(leader, f"{url}/rows?figure=answers&outside=0")
    assert (gone.count('id="row-'), "已离开或停用账号的老师：回复" in gone) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "first", "last", "problem"),
    [
        ({}, date(2026, 10, 12), date(2026, 10, 18), False),
        ({"period": "last-week"}, date(2026, 10, 5), date(2026, 10, 11), False),
        ({"period": "month"}, date(2026, 10, 1), date(2026, 10, 31), False),
        ({"period": "term"}, date(2026, 9, 1), date(2027, 2, 14), False),
        ({"period": "custom", "from": "2026-09-03", "to": "2026-09-03"}, date(2026, 9, 3), date(2026, 9, 3), False),
        ({"period": "custom", "from": "2026-09-03", "to": "2026-09-02"}, date(2026, 10, 12), date(2026, 10, 18), True),
        ({"period": "custom", "from": "x", "to": "9999-12-31"}, date(2026, 10, 12), date(2026, 10, 18), True),
        ({"period": "nonsense"}, date(2026, 10, 12), date(2026, 10, 18), False),
    ],
)
def test_periods_are_what_a_teacher_means(arguments, first, last, problem):
    with clock.frozen(WEDNESDAY):
        period = period_of(arguments)
    assert (period.first, period.last, bool(period.problem)) == (first, last, problem)


def test_a_figure_opens_exactly_the_rows_it_counts(client_for, cast, term):
    leader, url = client_for("leader"), f"{term.home}/insights"
    text = page(leader, f"{url}?sort=answers")
    assert text.index(">李强</a>") < text.index(">王丽</a>") < text.index(">周敏</a>")
    for figure, rows in (("answers", 2), ("received", 1), ("digests", 1), ("topics", 0)):
        shown = page(leader, f"{url}/rows?figure={figure}&member={cast.teacher.id}")
        assert len(re.findall(r'id="row-\d+"', shown)) == rows, figure
    assert "李强</strong> 赞了 王丽" in page(leader, f"{url}/rows?figure=likes&member={cast.leader.id}")
    assert "10月14日" in page(leader, f"{url}/rows?figure=visits&member={cast.colleague.id}")
    assert page(leader, f"{url}?show=unspoken").count('id="line-') == 1
    page(leader, f"{url}/rows?figure=nonsense", 404)
    assert "结束日期早于开始日期" in page(leader, f"{url}?period=custom&from=2026-10-09&to=2026-10-01")


def test_the_table_and_the_report_say_the_same_as_the_page(client_for, term):
    leader = client_for("leader")
    answer = leader.get(f"{term.home}/insights?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["成员", "小组", "单位", "说明"]
    assert [cell.value for cell in book["单位"][4]][:6] == ["合计", 3, 3, "100%", 2, "66%"]
    text = page(leader, f"{term.home}/insights/report")
    said = "10月12日—10月14日，应训 3 人，参训 3 人（100%），发言 2 人（66%）；发布话题 0 个，回复 3 条，加精 1 个。"
    assert text.count(said) == 2
    assert re.search(r'<a href="[^"]*show=spoke[^"]*">2</a>', text), "the figures of a report open their rows too"
    word = Document(io.BytesIO(leader.get(f"{term.home}/insights/report?format=docx").data))
    assert said in [paragraph.text for paragraph in word.paragraphs]
    assert [cell.text for cell in word.tables[0].rows[-1].cells][:3] == ["合计", "3", "3"]
    assert "回帖完成率" in [cell.text for cell in word.tables[0].rows[0].cells]
    assert 'w:eastAsia="黑体"' in word.element.xml


@pytest.mark.once
def test_figures_cost_the_same_queries_with_many_members_and_posts(app, cast, client_for, count_queries):
    costs = []
    for number in (3, 30):
        room = Room(app, cast, answers=number, name=f"{number} 条")
        client = client_for("leader")
        page(client, room.home)
        with count_queries() as seen:
            for url in (
                "",
                "?by=school",
                "/rows?figure=answers",
                "/rows?figure=likes",
                "/rows?figure=meetings",
                "/rows?figure=records",
                "/report",
            ):
                page(client, f"{room.home}/insights{url}")
        costs.append(seen.count)
    assert costs[0] == costs[1]


def test_work_is_counted_for_those_it_was_asked_of(app, cast, client_for, term):
    with clock.frozen(WEDNESDAY - timedelta(days=1)), app.app_context(), unit_of_work():
        workshop = db.session.get(Workshop, term.w)
        due = make_task(cast.user("leader"), workshop, due_at=WEDNESDAY - timedelta(hours=1))
        make_task(cast.user("leader"), workshop, "还没到期", due_at=WEDNESDAY + timedelta(days=1))
        make_task(cast.user("leader"), workshop, "选做", due_at=WEDNESDAY - timedelta(hours=1), required=False)
        term.work = make_work(cast.user("teacher"), due).id
    with app.app_context(), unit_of_work():
        membership.add_member(db.session.get(Workshop, term.w), cast.villager.id, how="invitation")
    lines, found = figures(app, term)
    asked = {name: (line.works, line.works_asked) for name, line in lines.items()}
    assert asked == {"王丽": (0, 0), "李强": (1, 1), "周敏": (0, 1), "吴秀兰": (0, 0)}
    assert found.whole().work_rate == 0.5
    leader = client_for("leader")
    rows = page(leader, f"{term.home}/insights/rows?figure=works")
    assert rows.index(f'-{cast.colleague.id}"') < rows.index(f'id="work-{term.work}"'), (
        "who has not handed in, is shown too"
    )
    assert (rows.count(">没有交<"), rows.count(">已交<")) == (1, 1)
    own = page(leader, f"{term.home}/insights/rows?figure=works&member={cast.colleague.id}")
    assert re.search(rf'figure=works&amp;member={cast.colleague.id}">0</a>/1', page(leader, f"{term.home}/insights"))
    assert "没有交" in own
    assert "作业应交 2 份，已交 1 份（50%）" in page(leader, f"{term.home}/insights/report")
    text = page(leader, term.home)
    assert "任务“《草船借箭》教学设计”已截止，1 位老师还没交" in text
    assert "任务“还没到期”明天截止，3 位老师还没交" in text
    assert "待批 1" in text


def test_attendance_is_counted_of_ended_activities_for_those_who_were_members_then(app, cast, client_for, term):
    with clock.frozen(WEDNESDAY - timedelta(days=2)), app.app_context(), unit_of_work():
        leader, workshop = cast.user("leader"), db.session.get(Workshop, term.w)
        first = make_activity(leader, workshop, starts_at=WEDNESDAY - timedelta(days=1))
        make_activity(leader, workshop, title="没有点名", starts_at=WEDNESDAY - timedelta(hours=9))
        make_activity(leader, workshop, title="还没开", starts_at=WEDNESDAY + timedelta(hours=9))
        for key, state in (("leader", "present"), ("teacher", "late"), ("colleague", "excused")):
            mark_attendance(leader, first, cast.user(key).id, state)
        term.first = first.id
    with app.app_context(), unit_of_work():
        membership.add_member(db.session.get(Workshop, term.w), cast.villager.id, how="invitation")
    lines, found = figures(app, term)
    seen = {name: (line.meetings, line.attended, line.late, line.excused) for name, line in lines.items()}
    assert seen == {"王丽": (1, 1, 0, 0), "李强": (1, 1, 1, 0), "周敏": (1, 0, 0, 1), "吴秀兰": (0, 0, 0, 0)}
    whole = found.whole()
    assert (whole.meetings, whole.attended, whole.attendance_rate) == (3, 2, 2 / 3)
    client, url = client_for("leader"), f"{term.home}/insights"
    for figure, people in (("meetings", 3), ("attended", 2), ("late", 1), ("excused", 1)):
        assert page(client, f"{url}/rows?figure={figure}").count(f'id="at-{term.first}-') == people
    assert "figure=meetings" in page(client, f"{url}?by=school")
    said = "活动应到 3 人次，实到 2 人次（66%），其中迟到 1 人次，另有请假 1 人次；"
    assert page(client, f"{url}/report").count(said) == 2
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{url}?format=xlsx").data))
    _title, heads, *_schools, sums = book["单位"].iter_rows(values_only=True)
    row = dict(zip(heads, sums, strict=True))
    assert [row[name] for name in ("活动应到", "活动实到", "出勤率", "迟到", "请假")] == [3, 2, "66%", 1, 1]


def test_writing_records_together_is_counted_for_those_who_could_have(app, cast, client_for, term):
    with clock.frozen(WEDNESDAY - timedelta(days=2)), app.app_context(), unit_of_work():
        leader, workshop = cast.user("leader"), db.session.get(Workshop, term.w)
        first = make_activity(leader, workshop, starts_at=WEDNESDAY - timedelta(days=1))
        make_activity(leader, workshop, title="没人写", starts_at=WEDNESDAY - timedelta(hours=9))
        coming = make_activity(leader, workshop, title="还没开", starts_at=WEDNESDAY + timedelta(hours=9))
        for activity in (first, coming):
            keep_record(activity, "<p>定了主问题</p>", (), [cast.teacher.id, cast.stranger.id])
        term.first = first.id
    with app.app_context(), unit_of_work():
        membership.add_member(db.session.get(Workshop, term.w), cast.villager.id, how="invitation")
    lines, found = figures(app, term)
    seen = {name: (line.records, line.records_asked) for name, line in lines.items()}
    assert seen == {"王丽": (0, 1), "李强": (1, 1), "周敏": (0, 1), "吴秀兰": (0, 0)}
    assert found.whole().record_rate == 1 / 3
    client, url = client_for("leader"), f"{term.home}/insights"
    rows = page(client, f"{url}/rows?figure=records")
    assert re.findall(rf'id="wrote-{term.first}-(\d+)"', rows)[0] == str(cast.teacher.id), "who wrote comes first"
    assert (rows.count(">写过<"), rows.count(">没有写<")) == (1, 2)
    assert page(client, f"{url}?by=school").count("figure=records") >= 2
    assert page(client, f"{url}/report").count("活动记录可写 3 人次，写过 1 人次（33%）；") == 2


def test_the_parts_that_change_are_answered_alone_and_only_to_those_who_see_them(client_for, room):
    leader, teacher = client_for("leader"), client_for("teacher")
    figures = leader.get(f"{room.home}/insights?part=figures&by=school").get_data(as_text=True)
    assert figures.strip().startswith('<div class="stack" id="figures">')
    assert "<html" not in figures
    assert 'id="part-' in figures
    assert teacher.get(f"{room.home}/insights?part=figures").status_code == 403
    listed = leader.get(f"{room.home}?part=attention").get_data(as_text=True)
    assert listed.strip().startswith('<div id="three-minutes-list">')
    assert teacher.get(f"{room.home}?part=attention").status_code == 403


def test_who_comes_by_and_who_attended_is_news_for_those_who_lead(app, cast, client_for, room):
    def desk():
        with app.app_context():
            return current_seq(f"desk:{room.w}")

    before = desk()
    for _again in range(2):
        client_for("teacher").get(room.home)
    assert desk() == before + 1
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        meeting = make_activity(leader, db.session.get(Workshop, room.w), starts_at=now() - timedelta(minutes=5))
        mark_attendance(leader, meeting, cast.teacher.id, "present")
    assert desk() == before + 2
