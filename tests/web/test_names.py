"""Two people of one name are told apart by their school, wherever no school is shown otherwise."""

from tests.support.accounts import make_person
from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.accounts.models import Organization
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work


def voices_of(client, address):
    page = client.get(address).get_data(as_text=True)
    return page.partition('<ul class="voices" id="voice-list">')[2].partition("</ul>")[0]


def discuss(app, cast, *names):
    """A topic of 王丽 in which 李强 and people of the second school answer; returns its address."""
    with app.app_context(), unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        school = db.session.get(Organization, cast.user("villager").organization_id)
        others = [make_person(school, name) for name in names]
        workshop = make_workshop(leader, [teacher, *others])
        topic = make_topic(leader, workshop)
        for person in (teacher, *others):
            make_post(person, topic)
        return f"/workshops/{workshop.id}/topics/{topic.id}"


def test_a_name_that_two_people_bear_is_followed_by_the_school(app, cast, client_for):
    address = discuss(app, cast, "李强")
    voices = voices_of(client_for("leader"), address)
    assert voices.count("李强<span") == 2
    assert "王丽<span" not in voices


def test_a_name_of_one_person_stands_alone(app, cast, client_for):
    assert "（" not in voices_of(client_for("leader"), discuss(app, cast, "李小强"))
