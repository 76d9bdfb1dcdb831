"""`yanxiu doc-doctor` finds what is damaged, says nothing of what is whole, and gives any state back."""

from __future__ import annotations

import json
import zlib

import pytest
from click.testing import CliRunner

from tests.lessonplans.test_history import Desk
from yanxiu.cli import main
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import queries
from yanxiu.lessonplans.models import PlanHistory, PlanSnapshot, PlanText, PlanUpdate, Revision
from yanxiu.lessonplans.services import save_revision


@pytest.fixture
def desk(app, cast) -> Desk:
    """A plan with a packed stretch, two rows in the log and a version."""
    made = Desk(app, cast)
    for step in range(6):
        made.put(made.people[step % 2], 0, f"第{step}句")
        if step == 3:
            made.compact()
    with app.app_context(), unit_of_work():
        plan = queries.find_plan(made.plan_id)
        save_revision(cast.user("leader"), plan, queries.stored_document(plan.id).merged(), "一稿", seq=6)
    return made


@pytest.fixture
def doctor(app, monkeypatch):
    monkeypatch.setattr("yanxiu.documents_cli.create_app", lambda: app)

    def run(*arguments: object) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["doc-doctor", *map(str, arguments)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return run


def test_all_documents_are_looked_over_and_are_whole(doctor, desk):
    status, said = doctor()
    assert (status, said.splitlines()[-1]) == (0, "查了 1 份教案，1 份完好")


def change(model, plan_id: int, **values) -> None:
    with unit_of_work():
        row = db.session.query(model).filter_by(plan_id=plan_id).order_by(*model.__table__.primary_key).all()[-1]
        for name, value in values.items():
            setattr(row, name, value)


def lose(model, plan_id: int, **which) -> None:
    with unit_of_work():
        db.session.query(model).filter_by(plan_id=plan_id, **which).delete()


NOTHING = b"\x00\x00"
DAMAGE = {
    "a row of the log is gone": (lambda p: lose(PlanUpdate, p, seq=5), 1, "编辑记录缺第 5 条"),
    "a row of the log cannot be read": (lambda p: change(PlanUpdate, p, data=b"\xff\xff\x0f"), 1, "第 6 条无法读出"),
    "a row of the log says something else": (lambda p: change(PlanUpdate, p, data=NOTHING), 3, "大小与登记的不符"),
    "a stretch is gone": (lambda p: lose(PlanHistory, p, is_beginning=False), 1, "编辑过程只到第 0 条，正文已到第 4 条"),
    "the beginning is gone": (lambda p: lose(PlanHistory, p, is_beginning=True), 1, "缺最初的一段"),
    "a stretch is damaged": (lambda p: change(PlanHistory, p, data=b"?"), 1, "编辑过程第 1–4 条无法读出"),
    "the snapshot lacks something": (lambda p: change(PlanSnapshot, p, state=NOTHING), 1, "与正文不一致"),
    "it could not be compacted": (lambda p: change(PlanSnapshot, p, quarantined_at=clock.now()), 1, "正文无法整理"),
    "a version cannot be read": (lambda p: change(Revision, p, state=zlib.compress(b"\xff")), 1, "版本“一稿”（第 1 个）无法读出"),
    "a version lacks characters": (lambda p: change(Revision, p, characters=7), 1, "字数与登记的不符"),
    "the text for readers differs": (lambda p: change(PlanText, p, seq=6, html="<p>别的</p>"), 3, "与正文不一致"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_and_told_by_words_and_exit_status(app, doctor, desk, name):
    damage, status, words = DAMAGE[name]
    with app.app_context():
        damage(desk.plan_id)
    found, said = doctor(desk.plan_id)
    assert words in said
    assert found == status, said
    assert "0 份完好" in said


def test_any_state_is_written_to_a_file_or_kept_as_a_version(app, doctor, desk, tmp_path):
    out = tmp_path / "state.txt"
    for wanted, said in (("#2", desk.said[2]), ("#6", desk.said[6]), ("v1", desk.said[6])):
        assert doctor(desk.plan_id, "--at", wanted, "--out", out)[0] == 0
        assert said in out.read_text()
    now = f"{clock.now().astimezone(clock.LOCAL_ZONE):%Y-%m-%dT%H:%M:%S.%f}"
    assert doctor(desk.plan_id, "--at", now, "--out", tmp_path / "state.json")[0] == 0
    assert json.loads((tmp_path / "state.json").read_text())["type"] == "doc"
    status, words = doctor(desk.plan_id, "--at", "#2", "--keep", "wangli")
    assert (status, "已存成版本" in words) == (0, True)
    with app.app_context():
        kept = queries.find_revision(desk.plan_id, 2)
        assert kept.note == "从编辑过程里取回"
        assert kept.characters == len(desk.said[2])
    assert doctor(desk.plan_id)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--at", "#99", "--out", "x.txt"), 1, "#0 到 #6"),
        (("--at", "v9", "--out", "x.txt"), 1, "没有第 9 个版本"),
        (("--at", "昨天", "--out", "x.txt"), 1, "--at 写时间"),
        (("--at", "#1"), 2, "--out"),
        (("--out", "x.txt"), 2, "--at"),
        (("--at", "#1", "--keep", "nobody"), 1, "没有账号 nobody"),
    ],
)
def test_a_wrong_call_is_answered_in_words(doctor, desk, arguments, status, words):
    found, said = doctor(desk.plan_id, *arguments)
    assert (found, words in said) == (status, True), said


def test_a_plan_that_is_not_there_is_told(doctor, desk):
    assert doctor(desk.plan_id + 1000)[0] == 1
    assert "没有教案" in doctor(desk.plan_id + 1000, "--at", "#0", "--out", "x")[1]
