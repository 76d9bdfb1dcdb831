"""The demo's inboxes: a message is as old as what it leads to."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications import demo
from yanxiu.notifications.models import Notification

pytestmark = pytest.mark.usefixtures("ctx")


def test_a_message_of_the_demo_is_as_old_as_the_answer_it_leads_to(cast):
    written = []
    with unit_of_work() as unit:
        workshop = make_workshop(cast.user("leader"), [cast.user("teacher")])
        for days in (200, 30, 20, 10, 5):
            topic = make_topic(cast.user("leader"), workshop)
            answer = make_post(cast.user("teacher"), topic)
            answer.created_at = now() - timedelta(days=days)
            written.append(answer.created_at)
        unit.run_in_transaction_subscribers()
        demo.seed(DemoWorld())
    answers = db.session.scalars(
        select(Notification).where(Notification.kind == "reply").order_by(Notification.at)
    ).all()
    assert [message.at for message in answers] == written
    assert [message.read_at is None for message in answers] == [False, False, True, True, True]
