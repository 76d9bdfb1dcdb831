"""Pictures in texts that are not for everybody: works, reflections, issues that are not published."""

import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.workshops import make_activity, make_bulletin, make_task, make_work
from tests.workshops.stage import FETCH, Room, picture
from yanxiu.accounts.queries import viewer_of
from yanxiu.core import clock
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Bulletin, PeerReview, Submission, Workshop
from yanxiu.workshops.queries.text_pictures import pictures_of
from yanxiu.workshops.services import bulletins, records
from yanxiu.workshops.services.attachments import with_own_pictures
from yanxiu.workshops.services.bulletins import Masthead, Written


@pytest.fixture
def room(app, cast):
    return Room(app, cast)


@pytest.fixture
def seen(client_for, room):
    """Whether somebody gets a picture."""
    return lambda key, url: client_for(key).get(url).status_code == 200


@pytest.fixture
def upload(client_for, room):
    """The address of a picture that somebody put into a text."""

    def put(key):
        answer = client_for(key).post(f"{room.home}/pictures", data={"file": (picture(), "板书.png")}, headers=FETCH)
        return answer.json["url"]

    return put


def shows(url):
    return f'<p>看图</p><img src="{url}" alt="">'


def write(leader, bulletin_id, html, *, publish=False):
    found = db.session.get_one(Bulletin, bulletin_id)
    version = next(one.version for one in found.sections if one.kind == "opening")
    bulletins.save_bulletin(leader, found, Masthead("简报"), [Written("opening", html, True, version)], publish=publish)


def test_a_picture_in_a_work_is_seen_by_who_reads_the_work_and_nobody_opens_it_by_its_number(
    app, cast, client_for, room, seen, upload
):
    url = upload("teacher")
    with app.app_context(), unit_of_work():
        task = make_task(cast.user("leader"), db.session.get_one(Workshop, room.w), asks_files=False)
        work_id, task_id = make_work(cast.user("teacher"), task, shows(url)).id, task.id
    assert [seen(key, url) for key in ("teacher", "leader", "colleague", "outsider")] == [True, True, False, False]
    client_for("colleague").post(f"{room.topic}/posts", data={"html": shows(url), "format": "html"}, headers=FETCH)
    assert not seen("colleague", url), "writing its address somewhere does not open it"
    with app.app_context():
        with pictures_of(room.w)(url) as kept:
            assert kept.read(), "the archive has it"
        assert pictures_of(room.w, viewer_of(cast.user("colleague")))(url) is None, "nor a file made for somebody"
        here, there = db.session.get_one(Workshop, room.w), Workshop(id=room.w + 1)
        assert with_own_pictures(shows(url), here, there) == shows(url)
        with unit_of_work():
            review = PeerReview(
                task_id=task_id, submission_id=work_id, reviewer_id=cast.colleague.id, until=now() + timedelta(days=1)
            )
            db.session.add(review)
    assert seen("colleague", url), "who reviews it, sees it"
    with app.app_context(), unit_of_work():
        db.session.scalars(select(PeerReview)).one().given_up_at = now()
    assert not seen("colleague", url)
    with app.app_context(), unit_of_work():
        db.session.get_one(Submission, work_id).excellent_at = now()
    assert seen("colleague", url), "and everybody, once it is chosen"


def test_a_picture_in_an_issue_is_for_the_members_once_it_is_published_wherever_it_is_from(
    app, cast, client_for, room, seen, upload
):
    own, thought, secret = upload("leader"), upload("teacher"), upload("teacher")
    with app.app_context():
        workshop = db.session.get_one(Workshop, room.w)
        with clock.frozen(now() - timedelta(days=1)), unit_of_work():
            activity = make_activity(cast.user("leader"), workshop, starts_at=now() + timedelta(hours=1))
        with unit_of_work():
            records.hand_in_reflection(cast.user("teacher"), activity, shows(thought))
            bulletin_id = make_bulletin(cast.user("leader"), workshop, days=7).id
        with unit_of_work():
            write(cast.user("leader"), bulletin_id, shows(own) + shows(thought) + shows(secret))
    word = f"{room.home}/bulletins/{bulletin_id}?format=docx"
    assert [seen(key, own) for key in ("leader", "colleague")] == [True, False]
    assert [seen(key, thought) for key in ("teacher", "leader", "colleague")] == [True, True, False]
    printed = zipfile.ZipFile(io.BytesIO(client_for("leader").get(word).data)).read("word/document.xml")
    assert printed.count(b"<w:drawing") == 2, "what the team may not see is not printed"
    with app.app_context(), unit_of_work():
        write(cast.user("leader"), bulletin_id, shows(own) + shows(thought) + shows(secret), publish=True)
    assert [seen("colleague", url) for url in (own, thought, secret)] == [True, True, False]
    client_for("teacher").post(f"{room.topic}/posts", data={"html": shows(secret), "format": "html"}, headers=FETCH)
    assert seen("colleague", secret), "what its writer sends to all is for all"
