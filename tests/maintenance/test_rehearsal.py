"""What a server does before its doors open, so that the first visitor need not wait for it."""

from __future__ import annotations

import logging

from flask import current_app
from sqlalchemy import select

from tests.support.lessonplans import make_plan
from yanxiu import rehearsal
from yanxiu.accounts.models import UserSession
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import nothing_kept, unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.queries import find_member
from yanxiu.web.built_files import built_files


def test_the_page_of_somebody_signed_in_is_made_once_and_nobody_is_noted(app, cast, client_for, caplog, monkeypatch):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast.user("leader"))
        services.invite_member(cast.user("leader"), plan, cast.user("teacher"), "writer")
        plan_id = plan.id
    client_for("leader").get("/")
    with app.app_context():
        before = db.session.execute(select(UserSession.id, UserSession.last_seen_at)).all()
    made: list[str] = []
    view = app.view_functions["lessonplans.show"]

    def noted(plan_id: int):
        made.append(f"plan {plan_id}")
        return view(plan_id=plan_id)

    monkeypatch.setitem(app.view_functions, "lessonplans.show", noted)
    monkeypatch.setitem(app.extensions, "yanxiu_search", None)  # whoever asks for it would load 50 MiB
    with caplog.at_level(logging.WARNING, logger="yanxiu.rehearsal"):
        rehearsal.rehearse(app)
    assert (made, caplog.records) == ([f"plan {plan_id}"], [])
    with app.app_context():
        assert db.session.execute(select(UserSession.id, UserSession.last_seen_at)).all() == before
        assert find_member(plan_id, cast.teacher.id).seen_at is None
    with caplog.at_level(logging.WARNING, logger="yanxiu.rehearsal"):
        rehearsal.rehearse_joining(app)
    assert caplog.records == []
    assert any(name.startswith("editor-") and coding == "br" for name, coding in built_files(app)._kept)


def test_the_doors_open_without_anybody_signed_in_and_whatever_goes_wrong(app, cast, client_for, caplog, monkeypatch):
    monkeypatch.setattr(rehearsal, "somebody_at_their_plan", lambda: None)
    rehearsal.rehearse(app)
    monkeypatch.setattr(rehearsal, "somebody_at_their_plan", lambda: (1, 999_999))
    rehearsal.rehearse(app)
    rehearsal.rehearse_joining(app)  # the sign-in ended meanwhile: nothing to ask
    monkeypatch.setattr(rehearsal, "somebody_at_their_plan", lambda: 1 / 0)
    rehearsal.rehearse_joining(app)
    told = [record.message for record in caplog.records]
    assert told == ["the first page could not be rehearsed", "joining could not be rehearsed"]


def test_what_a_rehearsal_writes_is_not_kept(app, cast):
    with app.app_context():
        name = cast.user("leader").name
        try:
            with nothing_kept(), unit_of_work():
                cast.user("leader").name = "改了"
                db.session.flush()
        except Exception as error:  # SQLite refuses at once, PostgreSQL forgets it afterwards
            current_app.logger.debug("refused: %s", error)
        assert cast.user("leader").name == name
