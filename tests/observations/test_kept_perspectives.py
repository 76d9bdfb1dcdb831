"""我的视角: kept, lent to the school, taken into lessons as copies."""

from __future__ import annotations

import pytest

from tests.support.observations import make_lesson
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import KeptPerspective
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.services import kept_perspectives as service
from yanxiu.observations.services.perspectives import add_perspectives, own_words

FETCH = {"X-Requested-With": "fetch", "Accept": "application/json"}


@pytest.fixture
def lessons(app, cast) -> tuple[int, int]:
    """Two lessons of 李强; in the first somebody's own words are watched."""
    with app.app_context(), unit_of_work():
        teacher = cast.user("teacher")
        one, other = (make_lesson(teacher, title, visibility="school") for title in ("第一节", "第二节"))
        add_perspectives(teacher, one, [own_words("第三组", "谁说得最多\n谁没说")])
        return one.id, other.id


def watched(app, lesson_id: int) -> list[tuple[str, str, str]]:
    with app.app_context():
        return [(one.name, one.prompts, one.instrument) for one in perspectives_of(lesson_id)]


def ids(app) -> dict[str, int]:
    with app.app_context():
        return {f"{one.name}/{one.owner_id}": one.id for one in db.session.query(KeptPerspective)}


def test_what_is_kept_goes_into_lessons_as_a_copy_and_what_was_taken_never_changes(app, cast, client_for, lessons):
    teacher, mine = client_for("teacher"), cast.teacher.id
    first, second = (f"/lessons/{number}/perspectives" for number in lessons)
    with app.app_context():
        (there,) = perspectives_of(lessons[0])
    assert "还没有存过" in teacher.get("/perspectives").text
    assert teacher.post(f"{first}/{there.id}/keeping").status_code == 303
    again = teacher.post(f"{first}/{there.id}/keeping", headers=FETCH)
    assert (again.status_code, again.json["message"]) == (409, "我的视角里已经有一个叫“第三组”的了")
    new = {"name": " 后排  学生 ", "prompts": "谁在听\n\n 谁没听", "instrument": "st"}
    assert teacher.post("/perspectives", data=new).status_code == 303
    page = teacher.get("/perspectives").text
    assert "用“S-T" in page
    kept = ids(app)
    assert set(kept) == {f"第三组/{mine}", f"后排 学生/{mine}"}

    # Into the other lesson, by name and from the lesson itself.
    offered = teacher.get(second).text
    assert f'value="kept.{kept[f"后排 学生/{mine}"]}"' in offered
    assert f'<option value="{lessons[0]}"' in offered
    brought = teacher.get(f"{second}?from={lessons[0]}").text
    assert f'value="from.{there.id}"' in brought
    assert "“第二节”里没有" in teacher.get(f"{first}?from={lessons[1]}").text
    picks = [f"kept.{kept[f'后排 学生/{mine}']}", f"from.{there.id}", f"kept.{kept[f'第三组/{mine}']}"]
    assert teacher.post(second, data={"pick": picks}).status_code == 303
    taken = [("后排 学生", "谁在听\n谁没听", "st"), ("第三组", "谁说得最多\n谁没说", "")]
    assert watched(app, lessons[1]) == taken
    assert "checked disabled" in teacher.get(second).text

    # Changed and removed later: the lesson has what it had.
    at = f"/perspectives/{kept[f'后排 学生/{mine}']}"
    assert teacher.post(at, data={"name": "第三组", "prompts": ""}).status_code == 409
    assert teacher.post(at, data={"name": "", "prompts": "?"}).status_code == 422
    assert teacher.post(at, data={"name": "前排", "instrument": "没有的"}).status_code == 422
    assert teacher.post(at, data={"name": "前排", "prompts": "都看"}).status_code == 303
    assert teacher.post(f"{at}/removal").status_code == 303
    assert watched(app, lessons[1]) == taken
    for wrong in (picks[0], "from.99999", "kept.x", "licc", "from."):
        answer = teacher.post(second, data={"pick": wrong}, headers=FETCH)
        assert (answer.status_code, answer.json["field"]) == (422, "pick")
    with app.app_context():
        unseen = make_in(cast, "outsider")
    assert teacher.post(second, data={"pick": f"from.{unseen}"}, headers=FETCH).status_code == 422


def make_in(cast, who: str) -> int:
    """A perspective in a lesson that only `who` sees."""
    with unit_of_work():
        lesson = make_lesson(cast.user(who))
        add_perspectives(cast.user(who), lesson, [own_words("别处的", "")])
        return perspectives_of(lesson.id)[0].id


def test_the_school_uses_what_is_lent_until_its_author_or_who_manages_the_school_takes_it_away(
    app, cast, client_for, lessons, count_queries, monkeypatch
):
    teacher, colleague, principal = (client_for(key) for key in ("teacher", "colleague", "principal"))
    colleague.post("/perspectives", data={"name": "靠窗一列", "prompts": "谁在听"})
    (kept_id,) = ids(app).values()
    at, second = f"/perspectives/{kept_id}", f"/lessons/{lessons[1]}/perspectives"
    assert teacher.post(f"{at}/sharing", data={"on": "1"}).status_code == 404, "nobody is told of what is not lent"
    assert teacher.post(second, data={"pick": f"kept.{kept_id}"}, headers=FETCH).status_code == 422
    assert [colleague.post(f"{at}/sharing", data={"on": "1"}).status_code for _ in range(2)] == [303, 303]
    assert f'value="kept.{kept_id}"' in teacher.get(second).text
    assert "周敏" in teacher.get("/perspectives").text
    assert "靠窗一列" not in client_for("outsider").get("/perspectives").text
    assert teacher.post(second, data={"pick": f"kept.{kept_id}"}).status_code == 303
    assert teacher.post("/perspectives", data={"kept": str(kept_id)}).status_code == 303
    assert len(ids(app)) == 2
    assert "从本校收回" not in teacher.get("/perspectives").text.split("本校老师的视角")[1]
    assert teacher.post(f"{at}/sharing", data={"on": "0"}).status_code == 403
    assert client_for("outsider").post(f"{at}/sharing", data={"on": "0"}).status_code == 404
    assert "从本校收回" in principal.get("/perspectives").text
    assert principal.post(f"{at}/sharing", data={"on": "0"}).status_code == 303
    assert "本校还没有共用的视角" in teacher.get("/perspectives").text
    assert "靠窗一列" in colleague.get("/perspectives").text, "its author keeps it"
    assert [one[0] for one in watched(app, lessons[1])] == ["靠窗一列"], "what was taken stays"
    assert colleague.post(f"{at}/sharing", data={"on": "1"}).status_code == 303
    assert colleague.post(f"{at}/removal").status_code == 303
    with app.app_context():
        told = db.session.query(AuditEntry.action).filter(AuditEntry.action.startswith("perspective."))
        assert sorted(one for (one,) in told) == ["perspective.share"] * 2 + ["perspective.unshare"] * 2
    # Many of them: pages, the same number of queries, and an end to what one person keeps.
    with count_queries() as few:
        assert teacher.get("/perspectives").status_code == teacher.get(second).status_code == 200
    with app.app_context(), unit_of_work():
        owners = [cast.colleague.id, cast.principal.id]
        school = cast.user("colleague").organization_id
        for number in range(40):
            owner = owners[number % 2]
            db.session.add(KeptPerspective(owner_id=owner, name=f"视角 {number}", school_id=school))
    with count_queries() as many:
        assert 'rel="next"' in teacher.get("/perspectives").text
        assert teacher.get(second).text.count('value="kept.') == 41
    assert many.count == few.count
    monkeypatch.setattr(service, "MOST_KEPT", 20)
    assert "最多 20 个" in colleague.post("/perspectives", data={"name": "多了"}, headers=FETCH).json["message"]
