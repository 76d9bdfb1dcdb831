"""Accounts as administrators keep them."""

import re

import pytest

from tests.support.accounts import make_appointment, make_person, make_session
from tests.support.clients import anonymous_client
from yanxiu.accounts.models import User, UserSession
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("ctx")
ID_NUMBER = "330324198001010017"


def person_form(cast, **more):
    filled = {"subject": "语文", "stage": "小学", "title": "", "name": "王新", "phone": "19900990099"}
    return {**filled, "organization_id": cast.places["central"], **more}


def one_time_password(answer) -> str:
    return re.search(r'class="one-time"[^>]*>([a-z0-9-]+)<', answer.text).group(1)


def named(name) -> User | None:
    db.session.rollback()
    return db.session.query(User).filter_by(name=name).one_or_none()


def test_a_new_person_signs_in_with_the_password_shown_once(client_for, app, cast):
    answer = client_for("principal").post("/admin/users/new", data=person_form(cast))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    once, person = one_time_password(answer), named("王新")
    assert re.fullmatch(r"t\d{5}", person.username)
    assert once not in (person.password_hash, *client_for("principal").get(f"/admin/users/{person.id}").text.split())
    signed = anonymous_client(app).post("/login", data={"account": "19900990099", "password": once})
    assert signed.location.startswith("/settings/password")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "请填写姓名"),
        ("name", "长" * 51, "最多 50 个字"),
        ("phone", "12345", "11 位"),
        ("phone", "19900000002", "已被其他账号使用"),
        ("email", "no-at-sign", "邮箱地址不完整"),
        ("username", "王", "小写字母开头"),
        ("username", "19900990001", "小写字母开头"),
        ("username", "liqiang", "已被使用"),
        ("id_number", "330324198001010019", "身份证号不正确"),
        ("id_number", "330324198013010015", "身份证号不正确"),
        ("organization_id", "", "选择"),
        ("organization_id", "999999", "选择"),
        ("subject", "巫术", "选择"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(client_for, cast, field, value, words):
    data = person_form(
        cast, bio="x", **{"username": "wangxin", field: value} if field == "username" else {field: value}
    )
    answer = client_for("admin").post("/admin/users/new", data=data)
    assert answer.status_code in (409, 422)
    assert words in answer.text
    if field != "name":
        assert 'value="王新"' in answer.text
    assert named("王新") is None


def test_a_school_adds_people_to_itself_only(client_for, cast):
    form = person_form(cast, organization_id=cast.places["village"])
    assert client_for("principal").post("/admin/users/new", data=form).status_code == 422
    assert named("王新") is None


def test_groups_and_clusters_are_nobodys_home(client_for, cast):
    for place in ("central_chinese", "qingshan"):
        form = person_form(cast, organization_id=cast.places[place])
        assert client_for("admin").post("/admin/users/new", data=form).status_code == 422


def test_the_list_is_narrowed_by_the_address(client_for):
    client = client_for("admin")
    page = client.get("/admin/users?q=李强").text
    assert "1 人" in page
    assert "周敏" not in page
    assert "周敏" in client.get("/admin/users?subject=语文").text
    assert "孙正平" not in client.get("/admin/users?subject=语文").text
    assert "没有符合条件的用户" in client.get("/admin/users?q=%25").text
    assert "没有符合条件的用户" in client.get("/admin/users?organization=999").text


def test_the_list_goes_on_without_skipping_or_repeating(client_for, cast):
    with unit_of_work():
        for number in range(65):
            make_person(cast.place("central"), f"同名{number % 3}", username=f"same{number}")
    client, seen, address = client_for("admin"), [], "/admin/users?q=同名"
    while address:
        page = client.get(address).text
        seen += re.findall(r'id="user-(\d+)"', page)
        more = re.search(r'href="([^"]+)" data-load-more', page)
        address = more.group(1).replace("&amp;", "&") if more else None
    assert len(seen) == len(set(seen)) == 65


def test_nobody_from_beside_is_listed(client_for):
    page = client_for("principal").get("/admin/users?state=all").text
    assert "李强" in page
    for other in ("吴秀兰", "赵磊", "陈秀英", "何文博", "钱伟"):
        assert other not in page
    assert "钱伟" not in client_for("admin").get("/admin/users?state=all&q=钱").text


def test_an_identity_number_is_masked_everywhere_and_showing_it_is_on_record(client_for, cast):
    with unit_of_work():
        person = make_person(cast.place("central"), "有号码的人", id_number=ID_NUMBER).id
    client = client_for("principal")
    for address in (f"/admin/users/{person}", f"/admin/users/{person}/edit", "/admin/users", f"/people/{person}"):
        assert ID_NUMBER not in client.get(address).text, address
    assert "330324**********17" in client.get(f"/admin/users/{person}").text
    answer = client.post(f"/admin/users/{person}/id-number")
    assert ID_NUMBER in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    entry = db.session.query(AuditEntry).filter_by(action="user.id_number_shown").one()
    assert (entry.actor_id, entry.object_id) == (cast.principal.id, person)


def test_leaving_the_identity_number_empty_keeps_it(client_for, cast):
    with unit_of_work():
        person = make_person(cast.place("central"), "有号码的人", id_number=ID_NUMBER, username="hasnumber").id
    form = person_form(cast, name="改过名", username="hasnumber", id_number="")
    assert client_for("principal").post(f"/admin/users/{person}/edit", data=form).status_code == 302
    assert named("改过名").id_number == ID_NUMBER


def test_closing_an_account_ends_sign_ins_and_sockets_at_once(client_for, socket_for, cast):
    from tests.support.eventually import eventually

    victim, socket = client_for("teacher"), socket_for("teacher")
    assert client_for("principal").post(f"/admin/users/{cast.teacher.id}/closure").status_code == 302
    assert victim.get("/settings/profile").status_code == 302
    eventually(lambda: not socket.connected, timeout=2)
    assert client_for("colleague").get(f"/people/{cast.teacher.id}").status_code == 404


def test_a_closed_account_opens_again_but_its_sign_ins_do_not(client_for, cast):
    victim, principal = client_for("teacher"), client_for("principal")
    principal.post(f"/admin/users/{cast.teacher.id}/closure")
    assert "已停用" in principal.get(f"/admin/users/{cast.teacher.id}").text
    assert principal.post(f"/admin/users/{cast.teacher.id}/reopening").status_code == 302
    assert victim.get("/settings/profile").status_code == 302
    assert client_for("colleague").get(f"/people/{cast.teacher.id}").status_code == 200


def test_nobody_closes_the_own_account(client_for, cast):
    assert client_for("admin").post(f"/admin/users/{cast.admin.id}/closure").status_code == 422


def test_a_reset_ends_sign_ins_and_opens_the_lock(client_for, app, cast):
    victim = client_for("teacher")
    for _ in range(6):
        anonymous_client(app).post("/login", data={"account": "liqiang", "password": "wrong"})
    answer = client_for("principal").post(f"/admin/users/{cast.teacher.id}/password-reset")
    assert victim.get("/settings/profile").status_code == 302
    signed = anonymous_client(app).post("/login", data={"account": "liqiang", "password": one_time_password(answer)})
    assert signed.status_code == 302


@pytest.mark.parametrize("what", ["password-reset", "closure", "id-number"])
def test_whoever_has_a_role_above_is_out_of_a_schools_hands(client_for, cast, what):
    with unit_of_work():
        boss = make_person(cast.place("central"), "兼任教研员", id_number=ID_NUMBER)
        make_appointment(boss, "researcher", cast.place("county"))
        boss_id = boss.id
    answer = client_for("principal").post(f"/admin/users/{boss_id}/{what}")
    assert answer.status_code == 403
    assert "上级管理员" in answer.text
    assert client_for("principal").post(f"/admin/users/{boss_id}/edit", data=person_form(cast)).status_code == 403
    assert client_for("admin").post(f"/admin/users/{boss_id}/{what}").status_code in (200, 302)


def test_a_person_is_moved_only_by_who_manages_both_schools(client_for, cast):
    form = person_form(cast, name="李强", username="liqiang", organization_id=cast.places["village"])
    assert client_for("principal").post(f"/admin/users/{cast.teacher.id}/edit", data=form).status_code == 422
    assert client_for("admin").post(f"/admin/users/{cast.teacher.id}/edit", data=form).status_code == 302
    assert client_for("principal").get(f"/admin/users/{cast.teacher.id}").status_code == 404


def test_devices_of_a_person_are_counted(client_for, cast):
    with unit_of_work():
        for _ in range(3):
            make_session(cast.user("teacher"))
    assert db.session.query(UserSession).filter_by(user_id=cast.teacher.id).count() == 4
    assert "4 台设备" in client_for("admin").get(f"/admin/users/{cast.teacher.id}").text
