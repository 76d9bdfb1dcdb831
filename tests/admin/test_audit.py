"""Who did what: kept, chained, readable by the county, not to be changed."""

import ast
import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

import yanxiu
from yanxiu.accounts.services import reset_password
from yanxiu.admin.actions import ACTION_GROUPS, ACTIONS, details
from yanxiu.admin.job_names import JOB_NAMES
from yanxiu.core import clock, tasks
from yanxiu.core.audit import SQLITE_TRIGGERS, AuditEntry, record_audit, verify_audit
from yanxiu.core.audit_mark import Mark, lost_head, note_head, read_mark
from yanxiu.core.db import db, is_sqlite
from yanxiu.core.tasks import enqueue
from yanxiu.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("ctx")


def some_acts(cast):
    with unit_of_work():
        reset_password(cast.user("admin"), cast.user("teacher"))
        record_audit(
            cast.user("principal"), "organization.renamed", "organization", cast.places["central"], name="=1+1"
        )
        record_audit(cast.user("stranger"), "user.edited", "user", cast.stranger.id, fields=["name"])


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'nothing'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_the_log(cast, statement):
    some_acts(cast)
    with pytest.raises(DatabaseError, match="append-only"), unit_of_work():
        db.session.execute(text(statement))
    assert db.session.query(AuditEntry).filter_by(action="password.reset").count() == 1


@pytest.mark.parametrize(
    "change", ["action = 'user.created'", "actor_id = NULL", "at = '2001-01-01 00:00:00+00'", "data = '{}'"]
)
def test_whoever_goes_beneath_the_triggers_breaks_the_chain(cast, change):
    some_acts(cast)
    assert verify_audit() is None
    target = db.session.query(AuditEntry).filter_by(action="organization.renamed").one().id
    forge(f"UPDATE audit_entry SET {change} WHERE id = {target}")
    db.session.expire_all()
    assert verify_audit() == target


def test_a_removed_entry_is_missed(cast):
    some_acts(cast)
    target = db.session.query(AuditEntry).filter_by(action="password.reset").one().id
    forge(f"DELETE FROM audit_entry WHERE id = {target}")
    assert verify_audit() == target + 1


def test_newest_entries_taken_off_are_missed_and_stay_missed(app, cast, client_for):
    some_acts(cast)
    mark = read_mark()
    assert mark is not None
    assert lost_head() is None
    forge(f"DELETE FROM audit_entry WHERE id > {mark.entry_id - 2}")
    assert verify_audit() is None, "what remains is a chain as good as before"
    for _ in range(4):  # the numbers of the removed entries are given again
        with unit_of_work():
            record_audit(cast.user("admin"), "user.edited", "user", cast.teacher.id)
        assert lost_head() == mark
    client = client_for("admin")
    client.post("/admin/system/audit-check")
    assert f"写到过第 {mark.entry_id} 条" in client.get("/admin/system").text


def test_the_mark_follows_also_when_a_killed_process_left_it_behind(cast):
    some_acts(cast)
    behind = read_mark()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("yanxiu.core.audit.note_head", lambda *_marks: None)
        some_acts(cast)
    assert read_mark() == behind
    some_acts(cast)
    newest = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert read_mark() == Mark(newest.id, newest.hash)


def test_a_slower_process_does_not_turn_the_mark_back(cast):
    some_acts(cast)
    mark = read_mark()
    note_head(None, Mark(mark.entry_id - 1, "0" * 64))
    assert read_mark() == mark


def forge(statement: str) -> None:
    """Change the log as an intruder would; afterwards its triggers stand again, for a database is shared by many tests."""
    away = [f"DROP TRIGGER audit_entry_no_{verb}" for verb in ("update", "delete")]
    back = list(SQLITE_TRIGGERS)
    if not is_sqlite():
        away, back = ([f"ALTER TABLE audit_entry {word} TRIGGER USER"] for word in ("DISABLE", "ENABLE"))
    with unit_of_work():
        for each in [*away, statement, *back]:
            db.session.execute(text(each))


def test_an_act_that_fails_leaves_no_entry(cast):
    before = db.session.query(AuditEntry).count()
    with pytest.raises(ZeroDivisionError), unit_of_work():
        record_audit(cast.user("admin"), "user.edited", "user", 1)
        raise ZeroDivisionError
    assert db.session.query(AuditEntry).count() == before


def test_the_county_reads_its_own_acts_in_words(client_for, cast):
    some_acts(cast)
    page = client_for("admin").get("/admin/audit").text
    assert "重置密码" in page
    assert "李强" in page
    assert "孙正平" in page
    assert "钱伟" not in page


def recorded_actions():
    """Return every action the code writes into the log, read from the calls themselves."""
    for path in Path(yanxiu.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record_audit":
                yield from (c.value for c in ast.walk(node.args[1]) if isinstance(c, ast.Constant))


def test_every_action_has_words_and_is_found_in_a_group():
    actions = set(recorded_actions())
    assert {"user.created", "work.marked", "lesson.delete"} <= actions
    assert sorted(actions - set(ACTIONS)) == []
    groups = tuple(beginning for beginning, _label in ACTION_GROUPS)
    assert sorted(action for action in ACTIONS if not action.startswith((*groups, "watching."))) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"score": 18, "grade": None, "excellent": False, "copy": 1}, "得分：18；推优：否；第几稿：1"),
        ({"grade": "improve", "excellent": True}, "等第：待改进；推优：是"),
        ({"user_id": 5, "role": "facilitator"}, "角色：管理成员"),
        ({"title": "《景阳冈》", "before": 5, "after": 6}, "标题：《景阳冈》；原来：李强；改为：周敏"),
        ({"user_id": 5, "before": "", "after": "excused"}, "改为：请假"),
        ({"user_ids": [5, 6]}, "人员：李强、周敏"),
        ({"user_id": 5, "rights": ["plan", "grade"]}, "权限：编排计划、布置和批改任务"),
        ({"total": 8550}, "总分：85.5"),
        ({"name": "实录.mp4", "size": 297301}, "名称：实录.mp4；大小：0.3 MB"),
        ({"visibility": "workshop"}, "可见范围：工作坊"),
    ],
)
def test_what_an_entry_carries_is_told_in_words(data, words):
    assert details(data, {}, {5: "李强", 6: "周敏"}) == words


def test_people_an_entry_speaks_of_are_named(client_for, cast):
    with unit_of_work():
        record_audit(
            cast.user("admin"), "plan.hand_over", "lesson_plan", 1, before=cast.teacher.id, after=cast.colleague.id
        )
    assert "原来：李强；改为：周敏" in client_for("admin").get("/admin/audit").text


def test_the_log_is_narrowed_by_the_address(client_for, cast):
    some_acts(cast)
    client = client_for("admin")
    assert "修改组织" not in client.get("/admin/audit?action=password.").text.split("<tbody")[1]
    assert "重置密码" not in client.get("/admin/audit?actor=孙正平").text.split("<tbody")[1]
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert "没有符合条件的记录" in client.get(f"/admin/audit?since={tomorrow}").text
    assert "重置密码" in client.get(f"/admin/audit?since={clock.today()}&until={clock.today()}").text
    assert client.get("/admin/audit?since=nonsense&until=2001-99-99").status_code == 200
    for day in ("0001-01-01", "9999-12-31"):
        assert client.get(f"/admin/audit?since={day}&until={day}").status_code == 200


def test_the_export_opens_in_excel_and_holds_no_formula(client_for, cast):
    some_acts(cast)
    answer = client_for("admin").get("/admin/audit.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:4] == ["编号", "时间", "办理人", "操作"]
    assert {len(row) for row in rows} == {8}
    assert not any(cell[:1] in "=+-@" for row in rows[1:] for cell in row if cell)
    assert db.session.query(AuditEntry).filter_by(action="audit.exported").one().actor_id == cast.admin.id


def test_the_whole_log_is_exported_beyond_one_page(client_for, cast, monkeypatch):
    monkeypatch.setattr("yanxiu.admin.queries.EXPORT_CHUNK", 5)
    with unit_of_work():
        for number in range(12):
            record_audit(cast.user("admin"), "user.edited", "user", cast.teacher.id, count=number)
    rows = client_for("admin").get("/admin/audit.csv").data.decode("utf-8-sig").splitlines()
    assert sum("数量" in row for row in rows) == 12


def test_checking_the_log_says_whether_it_is_whole(client_for, cast):
    some_acts(cast)
    client = client_for("admin")
    client.post("/admin/system/audit-check")
    assert "操作记录完整" in client.get("/admin/system").text
    forge("UPDATE audit_entry SET action = 'nothing' WHERE action = 'password.reset'")
    client.post("/admin/system/audit-check")
    assert "对不上" in client.get("/admin/system").text


def test_a_failed_job_is_told_in_words(client_for):
    assert set(tasks._handlers) <= set(JOB_NAMES)
    with unit_of_work():
        enqueue("resources.make_preview", {"file_id": 1})
        db.session.execute(
            text(
                "UPDATE job SET state = 'failed', error = 'Traceback …\nValueError: no pages', finished_at = created_at"
            )
        )
    page = client_for("admin").get("/admin/system").text
    assert "制作资源预览" in page
    assert '<summary class="meta">给技术人员看的原因</summary>' in page


def test_the_system_page_tells_of_jobs_disk_and_index(client_for):
    page = client_for("admin").get("/admin/system").text
    for words in ("磁盘剩余", "数据库", "后台任务", "搜索", "操作记录"):
        assert words in page


def test_work_for_a_later_hour_is_not_counted_as_waiting(client_for):
    with unit_of_work():
        enqueue("resources.make_preview", {"file_id": 1}, delay_s=86_400)
    page = client_for("admin").get("/admin/system").text
    assert "<dt>等待</dt><dd>0</dd>" in page
    assert "<dt>到时再办</dt><dd>1</dd>" in page
