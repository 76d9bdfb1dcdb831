"""Handing out and ending roles."""

from datetime import timedelta

import pytest

from tests.support.accounts import make_appointment, make_person
from yanxiu.accounts.models import Appointment
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("ctx")


def form(cast, **more):
    return {
        "user": "zhoumin",
        "role": "school_admin",
        "organization_id": cast.places["central"],
        "starts_on": clock.today().isoformat(),
        **more,
    }


def appoint(client, cast, **more):
    return client.post("/admin/appointments/new", data=form(cast, **more))


def roles_of(cast, key):
    db.session.rollback()
    return {(a.role, a.organization_id) for a in cast.user(key).appointments}


def test_a_role_holds_at_once_and_everywhere_below(client_for, cast):
    assert client_for("colleague").get("/admin").status_code == 404
    assert appoint(client_for("principal"), cast).status_code == 302
    assert client_for("colleague").get("/admin").status_code == 200
    assert client_for("colleague").get(f"/admin/organizations/{cast.places['central_math']}").status_code == 200
    assert client_for("colleague").get(f"/admin/organizations/{cast.places['village']}").status_code == 404


def test_ending_a_role_takes_its_rights_at_once(client_for, cast):
    appoint(client_for("admin"), cast)
    held = db.session.query(Appointment).filter_by(role="school_admin").one().id
    assert client_for("principal").post(f"/admin/appointments/{held}/end").status_code == 302
    assert client_for("colleague").get("/admin").status_code == 404
    assert client_for("principal").post(f"/admin/appointments/{held}/end").status_code == 409
    assert "周敏" in client_for("principal").get("/admin/appointments?state=ended").text


def test_a_role_of_next_month_does_not_hold_today(client_for, device_for, cast):
    start = (clock.today() + timedelta(days=30)).isoformat()
    assert appoint(client_for("admin"), cast, starts_on=start).status_code == 302
    assert client_for("colleague").get("/admin").status_code == 404
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert device_for("colleague").get("/admin").status_code == 200


@pytest.mark.parametrize(
    ("who", "more", "words"),
    [
        ("principal", {"role": "principal"}, "选择"),
        ("principal", {"role": "county_admin", "organization_id": "county"}, "选择"),
        ("principal", {"organization_id": "village"}, "选择"),
        ("principal", {"user": "wuxiulan"}, "没有找到这位教师"),
        ("admin", {"user": "qianwei"}, "没有找到这位教师"),
        ("admin", {"organization_id": "other_school"}, "选择"),
        ("admin", {"role": "principal", "organization_id": "county"}, "只能设在：学校"),
        ("admin", {"ends_on": "2001-01-01"}, "结束日期不能早于开始日期"),
        ("admin", {"starts_on": ""}, "请选择开始日期"),
        ("admin", {"starts_on": "昨天"}, "field-error"),
        ("admin", {"starts_on": "0001-01-01"}, "请核对年份"),
        ("admin", {"ends_on": "9999-12-31"}, "请核对年份"),
        ("admin", {"user": ""}, "请填写任职人"),
        ("admin", {"role": "emperor"}, "选择"),
    ],
)
def test_what_may_not_be_is_refused_in_words(client_for, cast, who, more, words):
    if more.get("organization_id") in cast.places:
        more = {**more, "organization_id": cast.places[more["organization_id"]]}
    answer = appoint(client_for(who), cast, **more)
    assert answer.status_code == 422
    assert words in answer.text
    assert roles_of(cast, "colleague") == set()


def test_the_same_role_twice_at_one_time_is_refused(client_for, cast):
    assert appoint(client_for("admin"), cast).status_code == 302
    assert appoint(client_for("admin"), cast).status_code == 409


def test_two_people_of_one_name_are_told_apart_by_username(client_for, cast):
    with unit_of_work():
        make_person(cast.place("central"), "周敏", username="zhoumin2")
    assert appoint(client_for("admin"), cast, user="周敏").status_code == 422
    assert appoint(client_for("admin"), cast, user="zhoumin").status_code == 302


def test_a_school_ends_no_role_that_the_county_gave(client_for, cast):
    own = db.session.query(Appointment).filter_by(user_id=cast.principal.id).one().id
    assert client_for("principal").post(f"/admin/appointments/{own}/end").status_code == 403
    county = db.session.query(Appointment).filter_by(user_id=cast.admin.id).one().id
    assert client_for("principal").post(f"/admin/appointments/{county}/end").status_code == 404


def test_roles_of_other_schools_are_not_listed(client_for, cast):
    with unit_of_work():
        make_appointment(cast.user("villager"), "group_head", cast.place("village_all"))
    page = client_for("principal").get("/admin/appointments").text
    assert "孙正平" in page
    assert "吴秀兰" not in page
    assert "何文博" not in page


def test_giving_and_ending_are_on_record(client_for, cast):
    appoint(client_for("admin"), cast)
    entry = db.session.query(AuditEntry).filter_by(action="appointment.created").order_by(AuditEntry.id.desc()).first()
    assert entry.actor_id == cast.admin.id
    assert entry.data == {
        "role": "school_admin",
        "user_id": cast.colleague.id,
        "organization_id": cast.places["central"],
    }
