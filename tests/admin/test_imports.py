"""Importing teachers, from the upload to the slips of paper."""

import io
import zipfile

import pytest
from openpyxl import load_workbook

from tests.support.accounts import make_appointment, make_person, roster
from tests.support.clients import anonymous_client
from yanxiu.accounts.models import TeacherImport, TeacherImportRow, User
from yanxiu.accounts.services import apply_next_rows
from yanxiu.core.audit import AuditEntry, verify_audit
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("ctx")
ID = "330324198001010017"


def good(number=1, **more):
    base = {"姓名": f"新老师{number}", "学校": "青山镇中心小学", "学科": "语文", "学段": "小学", "职称": "一级教师"}
    return {**base, "手机号": f"1990099{number:04d}", **more}


def upload(client, content: bytes, name="教师名单.xlsx"):
    return client.post("/admin/imports", data={"file": (io.BytesIO(content), name)})


def checked(client, *rows) -> str:
    answer = upload(client, roster(*rows))
    assert answer.status_code == 302, answer.text
    return answer.location


def person(name) -> User | None:
    db.session.rollback()
    return db.session.query(User).filter_by(name=name).one_or_none()


def test_a_list_becomes_accounts_that_can_sign_in(client_for, app):
    client = client_for("principal")
    where = checked(client, good(1, 身份证号=ID), good(2, 学校="不存在的学校"), good(3))
    page = client.get(where).text
    assert "确认导入 2 人" in page
    assert "没有“不存在的学校”" in page
    assert "330324**********17" in page
    assert ID not in page
    assert person("新老师1") is None

    assert client.post(f"{where}/confirmation").status_code == 302
    page = client.get(where).text
    assert "导入结果" in page
    made = person("新老师1")
    assert (made.subject, made.stage, made.title, made.id_number) == ("语文", "小学", "一级教师", ID)
    assert person("新老师2") is None

    sheet = client.post(f"{where}/passwords")
    assert sheet.headers["Content-Disposition"].isascii()  # real servers send headers as latin-1
    rows = list(load_workbook(io.BytesIO(sheet.data)).active.iter_rows(values_only=True))
    assert rows[0] == ("单位", "姓名", "用户名", "手机号", "初始密码")
    school, name, username, phone, once = rows[1]
    assert (school, name, phone) == ("青山镇中心小学", "新老师1", "19900990001")
    for account in (username, phone):
        signed = anonymous_client(app).post("/login", data={"account": account, "password": once})
        assert signed.location.startswith("/settings/password")


def test_downloading_again_gives_new_passwords_and_leaves_out_who_has_an_own_one(client_for, app):
    client = client_for("principal")
    where = checked(client, good(1), good(2))
    client.post(f"{where}/confirmation")
    first = rows_of(client.post(f"{where}/passwords"))
    with unit_of_work():
        person("新老师1").must_change_password = False
    second = rows_of(client.post(f"{where}/passwords"))
    assert [row[1] for row in second] == ["新老师2"]
    assert second[0][4] != first[1][4]
    assert (
        anonymous_client(app).post("/login", data={"account": second[0][2], "password": first[1][4]}).status_code == 422
    )


def test_nobody_gets_the_password_of_somebody_who_left_their_reach(client_for, cast):
    client = client_for("principal")
    where = checked(client, good(1), good(2), good(3))
    client.post(f"{where}/confirmation")
    with unit_of_work():
        person("新老师1").organization_id = cast.place("village").id
    with unit_of_work():
        make_appointment(person("新老师2"), "researcher", cast.place("county"))
    kept = {name: person(name).password_hash for name in ("新老师1", "新老师2")}
    assert [row[1] for row in rows_of(client.post(f"{where}/passwords"))] == ["新老师3"]
    assert {name: person(name).password_hash for name in kept} == kept
    with unit_of_work():
        person("新老师3").organization_id = cast.place("village").id
    refused = client.post(f"{where}/passwords")
    assert refused.status_code == 422
    assert "已不归您管理" in refused.text


def test_a_new_password_ends_the_sign_in_made_with_the_one_before(client_for, app):
    client = client_for("principal")
    where = checked(client, good(1))
    client.post(f"{where}/confirmation")
    (row,) = rows_of(client.post(f"{where}/passwords"))
    thief = anonymous_client(app)
    thief.post("/login", data={"account": row[2], "password": row[4]})
    assert thief.get("/settings/password").status_code == 200
    client.post(f"{where}/passwords")
    assert thief.get("/settings/password").location.startswith("/login")


def test_a_batch_of_rows_asks_once_what_is_in_reach(client_for, count_queries, monkeypatch):
    monkeypatch.setattr("yanxiu.admin.views.imports.PATIENCE_S", 0.0)
    where = checked(client_for("principal"), *(good(n) for n in range(1, 11)))
    client_for("principal").post(f"{where}/confirmation")
    with count_queries() as seen, unit_of_work():
        assert apply_next_rows(int(where.rsplit("/", 1)[1]))
    assert sum("organization.closed_at IS NULL" in statement for statement in seen.statements) == 1


def rows_of(answer):
    return list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(min_row=2, values_only=True))


def test_identity_numbers_do_not_stay_in_the_list(client_for):
    client = client_for("principal")
    done, dropped = checked(client, good(1, 身份证号=ID), good(2, 手机号="1", 身份证号=ID[:-1])), None
    client.post(f"{done}/confirmation")
    dropped = checked(client, good(3, 身份证号="11010519491231002X"))
    client.post(f"{dropped}/cancellation")
    assert {row.id_number for row in db.session.query(TeacherImportRow)} == {""}
    assert not any("id_number" in row.values for row in db.session.query(TeacherImportRow))


def test_people_who_are_here_already_are_updated_not_doubled(client_for, cast):
    client = client_for("principal")
    where = checked(client, good(1, 姓名="李强", 手机号="19900000002", 职称="高级教师"))
    assert "将更新" in client.get(where).text
    client.post(f"{where}/confirmation")
    db.session.rollback()
    assert cast.user("teacher").title == "高级教师"
    assert db.session.query(User).filter_by(name="李强").count() == 1
    again = checked(client, good(1, 姓名="李强", 手机号="19900000002", 职称="高级教师"))
    client.post(f"{again}/confirmation")
    assert "没有变化" in client.get(again).text


def test_a_list_cannot_touch_people_of_another_school_or_with_a_role_above(client_for, cast):
    with unit_of_work():
        boss = make_person(cast.place("central"), "兼任教研员", phone="19900990077")
        make_appointment(boss, "researcher", cast.place("county"))
    rows = [good(1, 姓名="吴秀兰", 手机号="19900000004"), good(2, 姓名="兼任教研员", 手机号="19900990077")]
    page = client_for("principal").get(checked(client_for("principal"), *rows)).text
    assert "已被其他单位的账号使用" in page
    assert "由上级管理员修改" in page
    assert "确认导入" not in page


def test_what_changed_between_check_and_confirmation_is_noticed(client_for, cast):
    client = client_for("principal")
    where = checked(client, good(1), good(2))
    with unit_of_work():
        make_person(cast.place("village"), "抢先的人", phone="19900990001")
    client.post(f"{where}/confirmation")
    assert person("新老师1") is None
    assert person("新老师2") is not None
    assert "已被其他单位的账号使用" in client.get(where).text


def test_a_list_is_applied_once(client_for, work):
    client = client_for("principal")
    where = checked(client, good(1))
    assert client.post(f"{where}/confirmation").status_code == 302
    assert client.post(f"{where}/confirmation").status_code == 409
    assert client.post(f"{where}/cancellation").status_code == 409
    work()
    assert db.session.query(User).filter_by(name="新老师1").count() == 1


def test_a_long_list_is_finished_by_the_worker(client_for, work, monkeypatch):
    monkeypatch.setattr("yanxiu.admin.views.imports.PATIENCE_S", 0.0)
    client = client_for("principal")
    where = checked(client, *(good(n) for n in range(1, 26)))
    client.post(f"{where}/confirmation")
    assert "正在导入" in client.get(where).text
    assert client.post(f"{where}/passwords").status_code == 409
    work()
    assert db.session.query(User).filter(User.name.startswith("新老师")).count() == 25
    assert "导入结果" in client.get(where).text
    assert verify_audit() is None


def test_nobody_else_sees_an_uploaded_list(client_for):
    where = checked(client_for("principal"), good(1))
    for action in ("", "/confirmation", "/cancellation", "/passwords"):
        client = client_for("admin")
        assert (client.post if action else client.get)(where + action).status_code == 404


def test_every_step_is_on_record(client_for):
    client = client_for("principal")
    where = checked(client, good(1))
    client.post(f"{where}/confirmation")
    client.post(f"{where}/passwords")
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions[-4:] == ["import.confirmed", "user.created", "import.finished", "import.passwords_handed_out"]


def test_the_template_can_be_filled_and_uploaded(client_for):
    client = client_for("principal")
    book = load_workbook(io.BytesIO(client.get("/admin/imports/template.xlsx").data))
    sheet = book["教师名单"]
    assert [cell.value for cell in sheet[1]] == ["姓名*", "学校*", "学科", "学段", "职称", "手机号", "身份证号"]
    for position, value in enumerate(good(1, 身份证号=ID).values(), start=1):
        sheet.cell(2, position, value)
    out = io.BytesIO()
    book.save(out)
    assert upload(client, out.getvalue()).status_code == 302
    assert db.session.query(TeacherImport).count() == 1


def test_a_list_that_waits_is_on_the_dashboard(client_for):
    client = client_for("principal")
    assert "待确认" not in client.get("/").text
    where = checked(client, good(1))
    assert "1 份教师名单待确认" in client.get("/").text
    client.post(f"{where}/confirmation")
    page = client.get("/").text
    assert "待确认" not in page
    assert "1 位教师还没有设置密码" in page
    assert "还没有设置密码" not in client_for("teacher").get("/").text


def test_formulas_stay_text_in_what_is_downloaded(client_for):
    client = client_for("principal")
    where = checked(client, good(1, 姓名='=HYPERLINK("http://evil.example","x")'))
    client.post(f"{where}/confirmation")
    sheet = load_workbook(io.BytesIO(client.post(f"{where}/passwords").data)).active
    assert sheet["B2"].data_type == "s"


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.xlsx", "打不开这个文件"),
        (b"PK\x03\x04 nonsense", "a.xlsx", "打不开这个文件"),
        (zipped(readme=b"hello"), "a.xlsx", "打不开这个文件"),
        (zipped(xl__workbook_xml=b"<workbook/>"), "a.xlsx", "打不开这个文件"),
        (zipped(xl__workbook_xml=b"<w/>", bomb=b"\0" * 50_000_000), "a.xlsx", "不像正常的名单"),
        (zipped(xl__workbook_xml=b"<w/>", **{f"e{n}": b"" for n in range(1100)}), "a.xlsx", "不像正常的名单"),
        (roster(), "a.xlsx", "没有教师"),
        (roster({"姓名": "王"}, header=("姓名", "电话")), "a.xlsx", "没有找到“学校”列"),
        (b"x", "a.xls", "另存为 .xlsx"),
        (b"x", "a.exe", "请上传 .xlsx 文件"),
    ],
)
def test_what_is_no_list_is_refused_in_words(client_for, content, name, words):
    answer = upload(client_for("principal"), content, name)
    assert answer.status_code == 422
    assert words in answer.text


def test_no_file_at_all_is_said_plainly(client_for):
    answer = client_for("principal").post("/admin/imports", data={})
    assert answer.status_code == 422
    assert "请选择要上传的名单文件" in answer.text


@pytest.mark.once
@pytest.mark.slow
def test_five_thousand_rows_are_the_most(client_for):
    lines = [{"姓名": "王", "学校": "青山镇中心小学", "手机号": f"199{n:08d}"} for n in range(5_001)]
    answer = upload(client_for("principal"), roster(*lines))
    assert answer.status_code == 413
    assert "一次最多导入 5000 行" in answer.text
    assert upload(client_for("principal"), roster(*lines[:5_000])).status_code == 302
