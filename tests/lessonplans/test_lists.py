"""Finding a plan in the lists of 备课."""

from __future__ import annotations

import pytest

from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.queries import find_member, find_plan


@pytest.fixture
def plans(app, cast) -> None:
    """Two of `teacher`, one of `leader` that `teacher` writes in, and one more of `leader` for the school."""
    with app.app_context(), unit_of_work():
        teacher, leader = cast.user("teacher"), cast.user("leader")
        make_plan(teacher, "草船借箭", unit="古典名著")
        make_plan(teacher, "分数的意义", subject="数学")
        joined = make_plan(leader, "景阳冈")
        services.invite_member(leader, joined, teacher, "writer")
        services.mark_seen(find_member(joined.id, teacher.id))
        make_plan(leader, "猴王出世", visibility="school", stage="初中")


ALL = {"草船借箭", "分数的意义", "景阳冈", "猴王出世"}


def shown(client_for, query: str) -> set[str]:
    page = client_for("teacher").get(f"/lesson-plans?{query}").text
    return {title for title in ALL if f">{title}</a>" in page}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"草船借箭", "分数的意义", "景阳冈"}),
        ("q=草船", {"草船借箭"}),
        ("q=名著", {"草船借箭"}),
        ("q=王丽", {"景阳冈"}),
        ("q=%25", set()),
        ("q=草船+名著", {"草船借箭"}),
        ("q=草船+分数", set()),
        ("subject=数学", {"分数的意义"}),
        ("subject=没有这一科", {"草船借箭", "分数的意义", "景阳冈"}),
        ("whose=own", {"草船借箭", "分数的意义"}),
        ("whose=joined", {"景阳冈"}),
        ("show=shared&stage=初中", {"猴王出世"}),
        ("show=shared&stage=小学", {"景阳冈"}),
        ("show=shared&whose=school", {"猴王出世"}),
        ("show=shared&whose=county", set()),
    ],
)
def test_a_list_is_narrowed_by_words_subject_stage_and_place(client_for, plans, query, titles):
    assert shown(client_for, query) == titles


def test_what_was_looked_for_stays_in_the_fields_and_an_empty_answer_says_so(client_for, plans):
    page = client_for("teacher").get("/lesson-plans?q=没有的课&subject=数学").text
    assert 'value="没有的课"' in page
    assert '<option value="数学" selected>' in page
    assert "没有符合条件的教案" in page


@pytest.fixture
def rooms(app, cast) -> list[int]:
    """Two workshops of `leader` with `villager`."""
    with app.app_context(), unit_of_work():
        leader, villager = cast.user("leader"), cast.user("villager")
        return [make_workshop(leader, [villager], name=name).id for name in ("甲坊", "乙坊")]


def put(app, cast, plan_id: int, workshop_id: int | None) -> None:
    """Move a plan of `leader` into a workshop, or to the school."""
    with app.app_context(), unit_of_work():
        seen_by = "school" if workshop_id is None else "workshop"
        card = services.PlanCard("挪动的教案", subject="语文", visibility=seen_by, workshop_id=workshop_id)
        services.change_plan(cast.user("leader"), find_plan(plan_id), card)


def changes(client_for, workshop_id: int, since: int):
    return client_for("villager").get(f"/workshops/{workshop_id}/lesson-plans/items?since={since}")


def test_a_plan_that_is_moved_leaves_the_list_it_was_in_and_may_come_back(app, cast, client_for, rooms):
    first, second = rooms
    with app.app_context(), unit_of_work():
        plan_id = make_plan(cast.user("leader"), visibility="workshop", workshop_id=first).id
    seq = int(changes(client_for, first, 0).headers["X-Seq"])
    shown, gone = f'id="plan-{plan_id}"', f'data-gone="plan-{plan_id}"'
    for elsewhere in (second, None):
        put(app, cast, plan_id, elsewhere)
        left = changes(client_for, first, seq)
        assert gone in left.text
        assert shown not in left.text
        seq = int(left.headers["X-Seq"])
        assert gone not in changes(client_for, first, seq).text
        put(app, cast, plan_id, first)
        back = changes(client_for, first, seq)
        assert shown in back.text
        assert gone not in back.text
        seq = int(back.headers["X-Seq"])
    assert gone in changes(client_for, second, 0).text


def test_many_changes_are_answered_in_parts_the_oldest_first(app, cast, client_for, rooms, monkeypatch):
    monkeypatch.setattr("yanxiu.lessonplans.queries.lists.CATCH_UP_LIMIT", 2)
    with app.app_context(), unit_of_work():
        made = [make_plan(cast.user("leader"), visibility="workshop", workshop_id=rooms[0]).id for _ in range(5)]
        services.delete_plan(cast.user("leader"), find_plan(made[0]))
    seq, heard, parts = 0, "", 0
    while True:
        answer = changes(client_for, rooms[0], seq)
        seq, heard, parts = int(answer.headers["X-Seq"]), heard + answer.text, parts + 1
        if "X-More" not in answer.headers:
            break
    assert parts == 3
    assert [plan_id for plan_id in made if f'id="plan-{plan_id}"' in heard] == made[1:]
    assert f'data-gone="plan-{made[0]}"' in heard


def test_what_many_wait_for_is_locked_in_one_order(app, cast, rooms, monkeypatch):
    """Two who wait for each other are both refused by PostgreSQL: lists of workshops by number, then the audit log."""
    taken: list[str] = []
    locks = ((services.plans, "bump"), (services.holding, "bump"), (services.plans, "record_audit"))
    for module, name in locks:
        real, lock = getattr(module, name), "list {}" if name == "bump" else "zz audit"

        def noted(*told, real=real, lock=lock, **more):
            taken.append(lock.format(told[0]))
            return real(*told, **more)

        monkeypatch.setattr(module, name, noted)
    with app.app_context(), unit_of_work():
        leader, (first, second) = cast.user("leader"), rooms
        plan = make_plan(leader, visibility="workshop", workshop_id=first)
        steps = [lambda to=to: services.change_plan(leader, plan, _card_in(to)) for to in (second, first, None, second)]
        for step in (*steps, lambda: services.delete_plan(leader, plan), lambda: services.undelete_plan(leader, plan)):
            taken.clear()
            step()
            assert len(taken) >= 2
            assert taken == sorted(taken)


def _card_in(workshop_id: int | None) -> services.PlanCard:
    seen_by = "private" if workshop_id is None else "workshop"
    return services.PlanCard("草船借箭", subject="语文", visibility=seen_by, workshop_id=workshop_id)
