"""Digests by mail over a real SMTP server: asked for, after the quiet hours, retried, never twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.support.notifications import tell
from tests.support.smtp import CUT_OFF, REFUSE, MailServer
from yanxiu.config import Config
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.catalog import KINDS
from yanxiu.notifications.choices import choose_kinds, choose_mail, mail_choice_of
from yanxiu.notifications.digests import schedule_digests
from yanxiu.notifications.mailing import use_mailing
from yanxiu.notifications.models import MailDigest
from yanxiu.wiring import mailing_of

EVENING = datetime(2026, 10, 12, 18, 0, tzinfo=LOCAL_ZONE)
NEXT_MORNING = EVENING + timedelta(hours=14)


@pytest.fixture
def post(app):
    """The mail server that the application is told to use, as by the environment."""
    with MailServer() as server:
        mailing = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "mail_from": "研修坊 <yanxiu@county.test>"}
        use_mailing(mailing_of(Config(public_url="https://yanxiu.county.test/", **mailing)))
        yield server
        use_mailing(None)


def ask(app, cast, key="teacher", how_often="daily", at=EVENING):
    with clock.frozen(at), app.app_context(), unit_of_work():
        person = cast.user(key)
        person.email = f"{key}@school.test"
        choose_kinds(person, KINDS)
        choose_mail(person, how_often)


def tell_at(app, cast, at, number=1):
    with clock.frozen(at), app.app_context():
        tell(cast.teacher.id, cast.leader.id, number=number)


def look(app, work, at):
    """Let the worker look whose turn it is, and do what is due then."""
    with clock.frozen(at):
        with app.app_context(), unit_of_work():
            schedule_digests()
        work()


def states(app):
    with app.app_context():
        return list(db.session.scalars(select(MailDigest.state).order_by(MailDigest.id)))


def test_the_digest_comes_after_the_quiet_hours_and_once_a_day(app, cast, work, post):
    ask(app, cast)
    tell_at(app, cast, EVENING + timedelta(minutes=5))
    for at in (EVENING + timedelta(hours=1), EVENING + timedelta(hours=12, minutes=30)):
        look(app, work, at)
        assert post.kept == []
    for _ in range(2):
        look(app, work, NEXT_MORNING)
    look(app, work, NEXT_MORNING + timedelta(hours=3))
    [mail] = post.kept
    assert (mail["To"], mail["Subject"]) == ("teacher@school.test", "研修坊：您有 1 条没看过的消息")
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "王丽回复了您：话题1" in text
    assert "https://yanxiu.county.test/workshops?topic=1" in text
    assert '<a href="https://yanxiu.county.test/workshops?topic=1">话题1</a>' in html
    tell_at(app, cast, NEXT_MORNING + timedelta(hours=4), number=2)
    look(app, work, NEXT_MORNING + timedelta(days=1))
    assert len(post.kept) == 2
    assert "话题1" not in post.kept[1].get_body(("plain",)).get_content()


def test_nobody_gets_mail_who_did_not_ask_and_nothing_new_is_no_mail(app, cast, work, post):
    ask(app, cast, "leader")
    tell_at(app, cast, EVENING + timedelta(minutes=5))
    look(app, work, NEXT_MORNING)
    assert post.kept == []
    assert states(app) == ["empty"]


def test_once_a_week_is_once_a_week(app, cast, work, post):
    ask(app, cast, how_often="weekly")
    for days in range(1, 9):
        tell_at(app, cast, EVENING + timedelta(days=days - 1, minutes=5), number=days)
        look(app, work, NEXT_MORNING + timedelta(days=days - 1))
    [mail] = post.kept
    assert mail["Subject"] == "研修坊：您有 7 条没看过的消息"


def test_what_the_server_refuses_is_sent_later(app, cast, work, post):
    ask(app, cast)
    tell_at(app, cast, EVENING + timedelta(minutes=5))
    post.moods = [REFUSE]
    look(app, work, NEXT_MORNING)
    assert (post.kept, states(app)) == ([], ["waiting"])
    with clock.frozen(NEXT_MORNING + timedelta(minutes=5)):
        work()
    assert (len(post.kept), states(app)) == (1, ["sent"])


def test_what_was_cut_off_or_left_by_a_dead_worker_is_not_sent_twice(app, cast, work, post):
    ask(app, cast)
    tell_at(app, cast, EVENING + timedelta(minutes=5))
    post.moods = [CUT_OFF]
    look(app, work, NEXT_MORNING)
    for state in (None, "sending"):
        if state:
            with app.app_context(), unit_of_work():
                db.session.execute(update(MailDigest).values(state=state))
                db.session.execute(update(Job).where(Job.kind == "notifications.mail").values(state="queued"))
        with clock.frozen(NEXT_MORNING + timedelta(hours=1)):
            work()
        assert (len(post.kept), states(app)) == (1, ["unknown"])


def test_without_a_mail_server_nothing_is_offered_or_queued(app, cast, client_for):
    assert "消息摘要" not in client_for("teacher").get("/settings/notifications").text
    with app.app_context(), unit_of_work():
        schedule_digests()
        assert db.session.scalar(select(Job.id).where(Job.kind == "notifications.digests")) is None


def test_the_choice_is_offered_where_mail_is_sent(app, cast, client_for, post):
    client = client_for("teacher")
    form = {"kinds": "reply", "quiet_from": "21", "quiet_until": "7", "mail": "weekly"}
    assert client.post("/settings/notifications", data=form).status_code == 302
    assert 'value="weekly"' in client.get("/settings/notifications").text
    with app.app_context():
        assert mail_choice_of(cast.teacher.id) == "weekly"
