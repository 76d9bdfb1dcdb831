"""The tree of places through the pages: it stays a tree, and authority follows its branches."""

import pytest

from tests.support.accounts import make_person, make_place
from yanxiu.accounts.models import Organization
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("ctx")


def new(client, parent, kind="school", name="河口小学"):
    return client.post("/admin/organizations/new", data={"parent_id": parent, "kind": kind, "name": name})


def latest(name="河口小学"):
    db.session.rollback()
    return db.session.query(Organization).filter_by(name=name).order_by(Organization.id.desc()).first()


def test_a_new_school_stands_under_its_cluster(client_for, cast):
    assert new(client_for("admin"), cast.places["qingshan"]).status_code == 302
    school = latest()
    assert school.path == f"{cast.place('qingshan').path}{school.id}/"


@pytest.mark.parametrize(
    ("parent", "kind", "words"),
    [
        ("central", "school", "学校不能设在学校下面"),
        ("central", "county", "县不能设在学校下面"),
        ("qingshan", "group", "教研组不能设在片区下面"),
        ("county", "county", "县不能设在县下面"),
    ],
)
def test_a_place_that_does_not_fit_is_refused_in_words(client_for, cast, parent, kind, words):
    answer = new(client_for("admin"), cast.places[parent], kind)
    assert answer.status_code == 422
    assert words in answer.text or "选择" in answer.text
    assert latest() is None


def test_two_places_of_one_name_do_not_stand_side_by_side(client_for, cast):
    client = client_for("admin")
    assert new(client, cast.places["qingshan"], name="石桥村小学").status_code == 409
    assert new(client, cast.places["chengdong"], name="石桥村小学").status_code == 302


@pytest.mark.parametrize("place", ["village", "county", "other_school"])
def test_a_principal_makes_nothing_outside_the_own_school(client_for, cast, place):
    answer = new(client_for("principal"), cast.places[place], kind="group", name="外面的组")
    assert answer.status_code == 422
    assert latest("外面的组") is None


def test_moving_a_branch_moves_all_below_and_changes_who_manages_it(client_for, cast):
    with unit_of_work():
        person = make_person(cast.place("village"), "被带走的人").id
        group = make_place(cast.place("village"), "group", "新组").id
    client = client_for("admin")
    village, chengdong = cast.places["village"], cast.places["chengdong"]
    answer = client.post(f"/admin/organizations/{village}/parent", data={"parent_id": chengdong})
    assert answer.status_code == 302
    db.session.rollback()
    moved = db.session.get(Organization, group)
    assert moved.path == f"{cast.place('chengdong').path}{village}/{group}/"
    assert client.get(f"/admin/users/{person}").status_code == 200


def test_nothing_moves_into_itself_or_out_of_reach(client_for, cast):
    client = client_for("admin")
    qingshan = cast.places["qingshan"]
    for target in ("village", "qingshan", "other_county", "central"):
        answer = client.post(f"/admin/organizations/{qingshan}/parent", data={"parent_id": cast.places[target]})
        assert answer.status_code == 422, target
    db.session.rollback()
    assert cast.place("qingshan").parent_id == cast.places["county"]


def test_a_place_with_people_or_places_is_not_closed(client_for, cast):
    client = client_for("admin")
    answer = client.post(f"/admin/organizations/{cast.places['village']}/closure")
    assert answer.status_code == 409
    assert "1 个单位" in answer.text
    client.post(f"/admin/organizations/{cast.places['village_all']}/closure")
    answer = client.post(f"/admin/organizations/{cast.places['village']}/closure")
    assert answer.status_code == 409
    assert "1 位在用的教师" in answer.text


def test_a_closed_place_is_hidden_and_can_come_back(client_for, cast):
    client, group = client_for("principal"), cast.places["central_mixed"]
    assert client.post(f"/admin/organizations/{group}/closure").status_code == 302
    assert "综合教研组" not in client.get("/admin/organizations").text
    assert "综合教研组" in client.get("/admin/organizations?closed=1").text
    assert client.post(f"/admin/organizations/{group}/reopening").status_code == 302
    assert "综合教研组" in client.get("/admin/organizations").text


def test_a_principal_sees_the_own_school_only(client_for):
    page = client_for("principal").get("/admin/organizations").text
    assert "青山镇中心小学" in page
    assert "语文教研组" in page
    for other in ("石桥村小学", "第二实验小学", "青山片区", "临江县"):
        assert other not in page


def test_every_act_is_on_record(client_for, cast):
    client, central = client_for("admin"), cast.places["central"]
    client.post(f"/admin/organizations/{central}", data={"name": "青山镇第一小学", "short_name": "青山一小"})
    entry = db.session.query(AuditEntry).filter_by(action="organization.renamed").one()
    assert (entry.actor_id, entry.object_id) == (cast.admin.id, central)
    assert entry.data == {"before": "青山镇中心小学", "name": "青山镇第一小学"}


def test_the_pages_ask_the_same_number_of_questions_for_any_number_of_rows(client_for, cast, count_queries):
    client = client_for("admin")
    for address in ("/admin/organizations", "/admin/users", "/admin/appointments", "/admin"):
        client.get(address)
        with count_queries() as few:
            client.get(address)
        with unit_of_work():
            for number in range(12):
                place = make_place(cast.place("qingshan"), "school", f"{address}小学{number}")
                make_person(place, f"教师{number}", username=f"t{address.count('/')}x{len(address)}n{number}")
        with count_queries() as many:
            client.get(address)
        assert many.count <= few.count, address
