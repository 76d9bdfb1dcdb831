"""Rubrics: the arithmetic, versions that never change, scores hidden until one's own are in."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.support.observations import full_scores, make_lesson, make_ready_version
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.observations.models import Evaluation, Lesson, RubricTemplate, RubricVersion
from yanxiu.observations.rubrics.scoring import (
    Bonus,
    Criterion,
    Item,
    band_of,
    criterion_points,
    missing,
    sheet_from,
    total_points,
)
from yanxiu.observations.rubrics.sheets import SHIPPED
from yanxiu.observations.rubrics.summary import closeness_of
from yanxiu.observations.services import rubrics as rubric_services
from yanxiu.observations.services.evaluations import save_evaluation, submit_evaluation
from yanxiu.observations.services.rubrics import install_shipped_rubrics, revise_rubric
from yanxiu.wiring import before_work

SHEETS = {shipped.slug: sheet_from(shipped.body) for shipped in SHIPPED}
PASSING, FINE = SHEETS["guoguanke"], SHEETS["yishiyiyouke"]


@pytest.mark.once
def test_the_shipped_sheets_have_the_weights_of_the_real_ones():
    assert [criterion.weight for criterion in PASSING.criteria] == [10, 15, 25, 30, 20]
    assert [len(criterion.items) for criterion in PASSING.criteria] == [2, 3, 5, 6, 4]
    assert [bonus.most for bonus in PASSING.bonus] == [2, 3]
    assert [criterion.weight for criterion in FINE.criteria] == [10, 15, 20, 20, 20, 10, 5]
    assert [level.value for level in FINE.scale] == [5, 4, 3, 2]
    assert all(sum(part.weight for part in sheet.criteria) == sheet.total for sheet in SHEETS.values())


@pytest.mark.once
def test_teach_adds_up_to_its_nine_scores_and_licc_asks_twenty_things():
    teach, licc = SHEETS["teach"], SHEETS["licc"]
    assert [len(area.items) for area in teach.criteria] == [2, 4, 3]
    scores = dict(zip(sorted(teach.keys), (5, 4, 3, 2, 1, 5, 4, 3, 2), strict=True))
    assert total_points(teach, scores) == pytest.approx(29)
    assert total_points(teach, dict.fromkeys(teach.keys, 5)) == teach.total == 45
    assert total_points(teach, dict.fromkeys(teach.keys, 1)) == 9
    # Snapshots are noted beside it: they are not missing, not added, and take their own words only.
    first, share = teach.snapshots[:2]
    assert len(teach.snapshots) == 6
    assert total_points(teach, {**scores, first.key: 1, share.key: 3}) == pytest.approx(29)
    assert (first.said({first.key: 0}), share.said({share.key: 3}), share.said({})) == ("否", "高", "")
    assert teach.allows(first.key, 0)
    assert not teach.allows(first.key, 2)
    assert "not be considered an official World Bank translation" in teach.notice
    assert [len(dimension.items) for dimension in licc.criteria] == [5, 5, 5, 5]


@pytest.mark.once
def test_weights_that_do_not_add_up_are_counted_as_they_are():
    """The design contest of forms.md 1: 30+20+20+20+20+10 given as a hundred adds up to 130 with 30."""
    weights = (30, 30, 20, 20, 20, 10)
    sheet = replace(FINE, criteria=tuple(Criterion(str(n), str(n), w) for n, w in enumerate(weights)))
    assert total_points(sheet, dict.fromkeys("012345", 5)) == pytest.approx(130)


@pytest.mark.once
def test_the_total_is_weight_times_share_of_the_highest():
    scores = {"goals": 5, "strategy": 4, "content": 3, "methods": 2, "effect": 5, "assessment": 4, "teacher": 3}
    assert total_points(FINE, scores) == pytest.approx(10 + 12 + 12 + 8 + 20 + 8 + 3)
    assert band_of(FINE, 90) == "最佳"
    assert band_of(FINE, 89.99) == "优秀"
    assert band_of(FINE, 59.9) == "不合格"


@pytest.mark.once
def test_items_share_the_weight_of_their_criterion_and_bonus_stands_outside():
    goals = PASSING.criteria[0]
    assert criterion_points(PASSING, goals, {"goals-1": 5, "goals-2": 2}) == pytest.approx(7)
    assert criterion_points(PASSING, goals, {"goals-1": 5}) is None
    best = dict.fromkeys(PASSING.keys, 5)
    assert total_points(PASSING, best) == pytest.approx(100)
    assert total_points(PASSING, {**best, "innovation": 2, "style": 3}) == pytest.approx(105)
    assert missing(PASSING, {"goals-1": 5})[0] == "goals-2"


@pytest.mark.once
@given(st.data())
def test_the_total_lies_between_the_worst_and_the_best(data):
    scores = {key: data.draw(st.sampled_from([5, 4, 3, 2])) for key in sorted(PASSING.keys)}
    total = total_points(PASSING, scores)
    assert 40 - 1e-9 <= total <= 100 + 1e-9


@pytest.mark.once
@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [("goals", 5, True), ("goals", 1, False), ("goals", 6, False), ("nothing", 5, False), ("innovation", 2, False)],
)
def test_only_values_of_the_scale_are_allowed(key, value, allowed):
    assert FINE.allows(key, value) is allowed
    bonus = replace(FINE, bonus=(Bonus("innovation", "创新", 2),))
    assert bonus.allows("innovation", 2)
    assert not bonus.allows("innovation", 3)


@pytest.mark.once
def test_a_sheet_without_lines_is_none():
    with pytest.raises(ValueError, match="量表"):
        sheet_from({"criteria": [], "scale": []})
    assert Criterion("a", "甲", 10).lines() == (Item("a", "甲"),)


@pytest.fixture
def judged(app, cast, new_lesson) -> int:
    """A lesson that the principal has judged with 5 everywhere."""
    lesson_id = new_lesson()
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        save_evaluation(cast.user("principal"), lesson, full_scores(lesson, 5), "教态好", "慢一点")
        submit_evaluation(cast.user("principal"), lesson)
    return lesson_id


def rubric_form(value: int = 4) -> dict[str, str]:
    return {f"score-{key}": str(value) for key in FINE.keys}


def test_others_scores_are_hidden_until_the_own_are_in(client_for, judged):
    colleague = client_for("colleague")
    page = colleague.get(f"/lessons/{judged}").text
    assert "孙正平已提交" in page
    for secret in ("100.0", "教态好", "平均 "):
        assert secret not in page
    assert colleague.get(f"/lessons/{judged}/evaluations").status_code == 403
    colleague.post(f"/lessons/{judged}/evaluation", data=rubric_form())
    assert colleague.get(f"/lessons/{judged}/evaluations").status_code == 403  # saved is not submitted
    answer = colleague.post(f"/lessons/{judged}/evaluation/submission", data=rubric_form())
    assert answer.headers["Location"] == f"/lessons/{judged}/evaluations"
    page = colleague.get(answer.headers["Location"]).text
    # 5 and 4 on every line: never alike, always within a level.
    for shown in ("90.0", "100.0", "80.0", "教态好", "慢一点", ">0%</td>", ">100%</td>", ">0.00</td>", ">-0.86</td>"):
        assert shown in page


def test_the_teacher_sees_what_was_submitted_and_never_drafts(client_for, judged):
    client_for("colleague").post(f"/lessons/{judged}/evaluation", data={**rubric_form(2), "advice": "草稿里的话"})
    page = client_for("teacher").get(f"/lessons/{judged}/evaluations").text
    assert "孙正平" in page
    assert "草稿里的话" not in page
    assert "周敏" not in page.split("<main")[1]


def test_the_teacher_does_not_judge_the_own_lesson(client_for, judged):
    assert client_for("teacher").post(f"/lessons/{judged}/evaluation", data=rubric_form()).status_code == 403


def test_an_evaluation_is_saved_as_one_goes_and_says_so(client_for, new_lesson):
    lesson_id, colleague = new_lesson(), client_for("colleague")
    fetch = {"X-Requested-With": "fetch"}
    first = colleague.post(f"/lessons/{lesson_id}/evaluation", data={"score-goals": "5"}, headers=fetch).get_json()
    assert (first["done"], first["all"], first["total"]) == (1, 7, None)
    colleague.post(f"/lessons/{lesson_id}/evaluation", data={"score-goals": "3", "advice": "等一等"}, headers=fetch)
    taken = colleague.post(f"/lessons/{lesson_id}/evaluation", data={"score-goals": ""}, headers=fetch).get_json()
    assert taken["done"] == 0
    full = colleague.post(f"/lessons/{lesson_id}/evaluation", data=rubric_form(), headers=fetch).get_json()
    assert full["total"] == pytest.approx(80)
    assert "等一等" in colleague.get(f"/lessons/{lesson_id}").text


@pytest.mark.once
def test_what_is_said_of_the_agreement_of_observers_is_what_was_published():
    """The skin condition table of SAS FREQ as 88 lines that two observers judged (linear weighted κ 0.5082); few lines have no ICC."""
    table = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]
    pairs = [(i + 2, j + 2) for i, row in enumerate(table) for j, count in enumerate(row) for _one in range(count)]

    def closeness(lines):
        keys = [f"line{number}" for number in range(len(lines))]
        scale = [SimpleNamespace(value=value) for value in (5, 4, 3, 2)]
        version = SimpleNamespace(sheet=SimpleNamespace(keys=frozenset(keys), scale=scale))
        sheets = [dict(zip(keys, each, strict=True)) for each in zip(*lines, strict=True)]
        return closeness_of([SimpleNamespace(version=version, values=lambda one=one: one) for one in sheets])

    found = closeness(pairs)
    assert (found.n, found.lines, found.weighted_band) == (88, 88, "中等")
    assert found.alike == pytest.approx(45 / 88)
    assert found.weighted == pytest.approx(0.50816, abs=5e-6)
    assert found.icc is not None
    assert closeness([(one, other, one) for one, other in pairs]).weighted == pytest.approx(
        (1 + 2 * 0.50816) / 3, abs=5e-6
    )
    assert closeness(pairs[:9]).icc is None
    assert closeness([(4, 4)] * 12).weighted is None


def test_a_half_filled_evaluation_is_not_handed_in(app, client_for, new_lesson):
    lesson_id, colleague = new_lesson(), client_for("colleague")
    answer = colleague.post(f"/lessons/{lesson_id}/evaluation/submission", data={"score-goals": "5"})
    assert answer.status_code == 422
    assert "还有 6 项没有评分" in answer.text
    with app.app_context():
        assert db.session.query(Evaluation).one().values() == {"goals": 5}


def test_what_was_handed_in_stays_as_it_is(app, client_for, judged):
    answer = client_for("principal").post(f"/lessons/{judged}/evaluation", data=rubric_form(2))
    assert answer.status_code == 409
    again = client_for("principal").post(f"/lessons/{judged}/evaluation/submission", data=rubric_form(2))
    assert again.status_code == 409
    with app.app_context():
        assert db.session.query(Evaluation).one().total == 10_000


@pytest.mark.parametrize("data", [{"score-goals": "7"}, {"score-nothing": "4"}, {"score-goals": "四"}, {"score-": "4"}])
def test_scores_outside_the_sheet_are_refused(app, client_for, new_lesson, data):
    lesson_id = new_lesson()
    assert client_for("colleague").post(f"/lessons/{lesson_id}/evaluation", data=data).status_code == 422
    with app.app_context():
        assert db.session.query(Evaluation).count() == 0


def test_a_used_version_of_a_rubric_never_changes(ctx, cast):
    with unit_of_work():
        install_shipped_rubrics()
        template = db.session.query(RubricTemplate).filter_by(slug="yishiyiyouke").one()
        body = {**template.versions[0].body, "criteria": [{"key": "all", "title": "整体", "weight": 100}]}
        assert revise_rubric(cast.user("admin"), template, body).number == 1  # nobody used it
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        make_ready_version(lesson)
        save_evaluation(cast.user("colleague"), lesson, {"all": 4})
        newer = revise_rubric(cast.user("admin"), template, SHIPPED[1].body)
        assert newer.number == 2
        used = db.session.query(Evaluation).one().version
        assert (used.number, [criterion.key for criterion in used.sheet.criteria]) == (1, ["all"])
        assert len(newer.sheet.criteria) == 7
        with pytest.raises(InvalidError):
            revise_rubric(cast.user("admin"), template, {"criteria": []})


def test_a_sheet_corrected_by_a_release_follows_the_one_that_was_used(ctx, cast, monkeypatch):
    before_work()
    with unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        make_ready_version(lesson)
        save_evaluation(cast.user("colleague"), lesson, full_scores(lesson))
    corrected = replace(SHIPPED[1], body={**SHIPPED[1].body, "bands": [{"least": 0, "label": "合格"}]})
    monkeypatch.setattr(rubric_services, "SHIPPED", (SHIPPED[0], corrected))
    before_work()
    before_work()
    numbers = db.select(RubricVersion.number).join(RubricTemplate).where(RubricTemplate.slug == SHIPPED[1].slug)
    assert db.session.scalars(numbers.order_by(RubricVersion.number)).all() == [1, 2]
    assert db.session.query(Evaluation).one().version.number == 1


def test_the_shipped_rubrics_are_installed_once(ctx):
    with unit_of_work():
        install_shipped_rubrics()
        install_shipped_rubrics()
    assert db.session.query(RubricVersion).count() == len(SHIPPED)


def test_the_message_about_an_evaluation_leads_to_the_results(app, cast, client_for, new_lesson):
    lesson_id = new_lesson()
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        save_evaluation(cast.user("colleague"), lesson, full_scores(lesson))
        submit_evaluation(cast.user("colleague"), lesson)
    with app.app_context():
        told = db.session.scalars(select(Notification).where(Notification.kind == "evaluation")).one()
        assert (told.user_id, told.url) == (cast.teacher.id, f"/lessons/{lesson_id}/evaluations")
    assert "周敏" in client_for("teacher").get(told.url).text


def test_radar_and_dots_show_each_observer_as_a_share_of_full_points(app, cast, client_for, new_lesson):
    lesson_id = new_lesson()
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        for who, value in (("colleague", 5), ("leader", 5), ("principal", 2)):
            save_evaluation(cast.user(who), lesson, full_scores(lesson, value))
            submit_evaluation(cast.user(who), lesson)
    page = client_for("teacher").get(f"/lessons/{lesson_id}/evaluations").text
    # Seven criteria; the first axis points upwards, full points reach the outer ring (radius 100 around 190, 150).
    assert page.count('class="rubric-person') == 3
    assert page.count('class="rubric-person is-1" points="190.0,50.0 ') == 1
    assert page.count('class="rubric-person is-3" points="190.0,110.0 ') == 1
    assert page.count('class="rubric-mean" points="190.0,70.0 ') == 1
    # Two dots of the same value stand above one another.
    dots = re.findall(r'<circle class="rubric-dot is-(\d)" cx="([\d.]+)" cy="([\d.]+)" r="5"><title>', page)
    assert dots[:3] == [("1", "375.0", "17.0"), ("2", "375.0", "10.0"), ("3", "219.0", "17.0")]
    assert len(dots) == 21
