"""Who may put discussions in order: the team of the workshop, and the county's administrators where they lead too."""

from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.workshops import make_post, make_topic, make_workshop


def build(cast: Cast) -> dict[str, object]:
    leader, teacher = cast.user("leader"), cast.user("teacher")
    workshop = make_workshop(leader, [teacher, cast.user("colleague")])
    first, second = make_topic(leader, workshop), make_topic(leader, workshop, "《草船借箭》的板书")
    post = make_post(teacher, first)
    elsewhere = make_workshop(leader, name="六年级语文工作坊")
    return {"w": workshop.id, "t": first.id, "other": second.id, "p": post.id, "elsewhere": elsewhere.id}


OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}
TEAM = expect(403, **OUTSIDE, leader=302, admin=302)
TOPIC = "/workshops/{w}/topics/{t}"

ROUTES = {
    ("GET", "workshops.arrangement"): Row(f"{TOPIC}/arrangement", expect(403, **OUTSIDE, leader=200, admin=200)),
    ("POST", "workshops.move_topic"): Row(
        f"{TOPIC}/relocation", expect(403, **OUTSIDE, leader=302), data={"workshop_id": "{elsewhere}"}
    ),
    ("POST", "workshops.merge_topics"): Row(f"{TOPIC}/merger", TEAM, data={"topic_id": "{other}"}),
    # Nothing was done to the topic of this world; undoing has tests of its own.
    ("POST", "workshops.undo_arrangement"): Row(
        f"{TOPIC}/arrangement/1/reversal", expect(403, **OUTSIDE, leader=404, admin=404)
    ),
    ("POST", "workshops.split_topic"): Row(f"{TOPIC}/division", TEAM, data={"title": "导入的几种办法", "posts": "{p}"}),
}
