"""Who may do what with workshops, topics and posts.

The workshop of the matrix is by invitation and belongs to 青山镇中心小学: `leader` leads it, `teacher` and
`colleague` are members; `principal`, `researcher` and `admin` oversee the school. `villager`, `outsider` and
`stranger` do not know that it exists.
"""

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words, signed_in
from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.accounts.models import User
from yanxiu.core.clock import today
from yanxiu.core.db import db
from yanxiu.core.terms import term_of
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.services import groups, membership, posts, topics


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    topic = make_topic(leader, workshop)
    post = make_post(teacher, topic)
    withdrawn = make_post(teacher, topic)
    posts.withdraw_post(teacher, withdrawn)
    deleted = make_topic(leader, workshop, "删掉的话题")
    topics.delete_topic(leader, deleted)
    open_one = make_workshop(leader, name="数学作业设计", join_mode="open")
    by_asking = make_workshop(leader, name="英语绘本阅读", join_mode="apply")
    return {
        "w": workshop.id,
        "t": topic.id,
        "p": post.id,
        "deleted": deleted.id,
        "withdrawn": withdrawn.id,
        "g": groups.create_group(leader, workshop, "五年级组").id,
        "open": open_one.id,
        "apply": by_asking.id,
        "application": _applied(cast.user("villager"), by_asking),
        "invitation": membership.invite_person(leader, workshop, cast.user("villager")).id,
        "school": leader.organization_id,
        "term": term_of(today()),
        "teacher": teacher.id,
        "outsider": cast.outsider.id,
        "picture": 1,
        "a": 1,
    }


def _applied(user: User, workshop: Workshop) -> int:
    application = membership.apply_to_workshop(user, workshop, "想来学习")
    db.session.flush()
    return application.id


OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}
VIEW = expect(200, **OUTSIDE)
"""Members and overseers look."""
MEMBERS = {"principal": 403, "researcher": 403, "admin": 403}
LEADS = MEMBERS | {"teacher": 403, "colleague": 403}
MANAGES = LEADS | {"admin": 302}
FETCH = {"X-Requested-With": "fetch"}
UUID = "0b8ef5a3-6f4d-4a4b-9c7e-2d1f3a5b7c9e"

ROUTES = {
    ("GET", "workshops.index"): Row("/workshops", signed_in()),
    ("GET", "workshops.new"): Row("/workshops/new", signed_in()),
    ("POST", "workshops.create"): Row(
        "/workshops",
        # Only those who belong to the school, or oversee it, may found a workshop in its name.
        expect(302, villager=422, outsider=422, stranger=422),
        data={
            "name": "三年级习作",
            "subject": "语文",
            "stage": "小学",
            "term": "{term}",
            "organization_id": "{school}",
            "join_mode": "apply",
        },
    ),
    # The invited one sees the door.
    ("GET", "workshops.home"): Row("/workshops/{w}", expect(200, **OUTSIDE | {"villager": 200})),
    ("GET", "workshops.cover"): Row("/workshops/{w}/cover", expect(404, anonymous=302)),
    ("GET", "workshops.settings"): Row("/workshops/{w}/settings", expect(200, **OUTSIDE, **LEADS | {"admin": 200})),
    ("POST", "workshops.change"): Row(
        "/workshops/{w}/settings", expect(422, **OUTSIDE, **LEADS | {"admin": 422}), data={"name": ""}
    ),
    ("POST", "workshops.join"): Row("/workshops/{open}/membership", expect(302, stranger=404)),
    ("POST", "workshops.leave"): Row(
        "/workshops/{w}/departure", expect(302, **OUTSIDE | {"anonymous": 302}, leader=409)
    ),
    ("POST", "workshops.apply"): Row(
        "/workshops/{apply}/applications", expect(302, stranger=404, leader=403), data={"message": "想来学习"}
    ),
    ("POST", "workshops.withdraw_application"): Row(
        "/workshops/{apply}/applications/withdrawal", expect(302, stranger=404)
    ),
    ("POST", "workshops.decide_application"): Row(
        "/workshops/{apply}/applications/{application}/decision",
        expect(404, anonymous=302, leader=302, admin=302, principal=403, researcher=403),
        data={"decision": "accept"},
    ),
    ("GET", "workshops.invitations"): Row(
        "/workshops/{w}/invitations", expect(200, **OUTSIDE, **LEADS | {"admin": 200})
    ),
    ("POST", "workshops.invite"): Row(
        "/workshops/{w}/invitations", expect(302, **OUTSIDE, **MANAGES), data={"user_id": "{outsider}"}
    ),
    ("POST", "workshops.revoke_invitation"): Row(
        "/workshops/{w}/invitations/{invitation}/revocation", expect(302, **OUTSIDE, **MANAGES)
    ),
    ("POST", "workshops.answer_invitation"): Row(
        "/workshops/{w}/invitations/{invitation}/answer",
        expect(404, anonymous=302, villager=302),
        data={"answer": "accept"},
    ),
    ("GET", "workshops.members"): Row("/workshops/{w}/members", VIEW),
    ("GET", "workshops.members_table"): Row(
        "/workshops/{w}/members.xlsx", expect(200, **OUTSIDE, **LEADS | {"admin": 200})
    ),
    ("GET", "workshops.people"): Row("/workshops/{w}/people?q=王", VIEW),
    ("POST", "workshops.change_role"): Row(
        "/workshops/{w}/members/{teacher}/role", expect(302, **OUTSIDE, **MANAGES), data={"role": "mentor"}
    ),
    ("POST", "workshops.change_group"): Row(
        "/workshops/{w}/members/{teacher}/group", expect(302, **OUTSIDE, **MANAGES), data={"group_id": "{g}"}
    ),
    ("POST", "workshops.remove"): Row("/workshops/{w}/members/{teacher}/removal", expect(302, **OUTSIDE, **MANAGES)),
    ("POST", "workshops.create_group"): Row(
        "/workshops/{w}/groups", expect(302, **OUTSIDE, **MANAGES), data={"name": "六年级组"}
    ),
    ("POST", "workshops.rename_group"): Row(
        "/workshops/{w}/groups/{g}/name", expect(302, **OUTSIDE, **MANAGES), data={"name": "高段组"}
    ),
    ("POST", "workshops.delete_group"): Row("/workshops/{w}/groups/{g}/dissolution", expect(302, **OUTSIDE, **MANAGES)),
    ("GET", "workshops.topics"): Row("/workshops/{w}/topics", VIEW),
    ("GET", "workshops.topic_rows"): Row("/workshops/{w}/topics/changes?since=0", VIEW),
    ("GET", "workshops.new_topic"): Row("/workshops/{w}/topics/new", expect(200, **OUTSIDE, **MEMBERS)),
    ("POST", "workshops.publish_topic"): Row(
        "/workshops/{w}/topics",
        expect(302, **OUTSIDE, **MEMBERS),
        data={"title": "《景阳冈》怎么教", "html": "请各位谈谈。", "client_uuid": UUID},
    ),
    ("GET", "workshops.topic"): Row("/workshops/{w}/topics/{t}", VIEW),
    ("GET", "workshops.edit_topic"): Row("/workshops/{w}/topics/{t}/edit", expect(403, **OUTSIDE, leader=200)),
    ("POST", "workshops.change_topic"): Row(
        "/workshops/{w}/topics/{t}/edit",
        expect(403, **OUTSIDE, leader=302),
        data={"title": "改了标题", "html": "改了正文"},
    ),
    ("POST", "workshops.pin_topic"): Row(
        "/workshops/{w}/topics/{t}/pin", expect(302, **OUTSIDE, **MANAGES), data={"on": "1"}
    ),
    ("POST", "workshops.digest_topic"): Row(
        "/workshops/{w}/topics/{t}/digest", expect(302, **OUTSIDE, **MANAGES), data={"on": "1"}
    ),
    ("POST", "workshops.lock_topic"): Row(
        "/workshops/{w}/topics/{t}/lock", expect(302, **OUTSIDE, **MANAGES), data={"on": "1"}
    ),
    ("POST", "workshops.delete_topic"): Row("/workshops/{w}/topics/{t}/deletion", expect(302, **OUTSIDE, **MANAGES)),
    ("POST", "workshops.restore_topic"): Row(
        "/workshops/{w}/topics/{deleted}/restoration",
        # Whoever may not bring it back does not learn that it existed.
        expect(404, anonymous=302, leader=302, admin=302),
    ),
    ("POST", "workshops.visit_topic"): Row(
        "/workshops/{w}/topics/{t}/visit", {**VIEW, "anonymous": 401}, data={"number": "2"}, headers=FETCH
    ),
    ("POST", "workshops.visit_all"): Row("/workshops/{w}/topics/visits", expect(302, **OUTSIDE)),
    ("GET", "workshops.posts"): Row("/workshops/{w}/topics/{t}/posts?since=0", VIEW),
    ("POST", "workshops.publish_post"): Row(
        "/workshops/{w}/topics/{t}/posts",
        expect(302, **OUTSIDE, **MEMBERS),
        data={"html": "同意。", "parent_id": "{p}", "client_uuid": UUID},
    ),
    ("GET", "workshops.answers"): Row("/workshops/{w}/topics/{t}/posts/{p}/answers", VIEW),
    ("GET", "workshops.edit_post"): Row(
        "/workshops/{w}/topics/{t}/posts/{p}/edit", expect(403, **OUTSIDE, teacher=200)
    ),
    ("POST", "workshops.change_post"): Row(
        "/workshops/{w}/topics/{t}/posts/{p}/edit", expect(403, **OUTSIDE, teacher=302), data={"html": "改过的话"}
    ),
    ("GET", "workshops.post_edits"): Row("/workshops/{w}/topics/{t}/posts/{p}/edits", VIEW),
    ("POST", "workshops.withdraw_post"): Row(
        "/workshops/{w}/topics/{t}/posts/{p}/withdrawal", expect(302, **OUTSIDE, **MANAGES | {"teacher": 302})
    ),
    ("POST", "workshops.restore_post"): Row(
        "/workshops/{w}/topics/{t}/posts/{withdrawn}/restoration",
        expect(302, **OUTSIDE, **MANAGES | {"teacher": 302}),
    ),
    ("POST", "workshops.like_post"): Row(
        "/workshops/{w}/topics/{t}/posts/{p}/like", expect(302, **OUTSIDE, **MEMBERS), data={"on": "1"}
    ),
    # Nothing is attached here; what is attached has its own tests.
    ("GET", "workshops.attachment"): Row("/workshops/{w}/topics/{t}/attachments/{a}", expect(404, anonymous=302)),
    ("POST", "workshops.add_picture"): Row("/workshops/{w}/pictures", expect(404, anonymous=302, **MEMBERS)),
    ("GET", "workshops.picture"): Row("/workshops/{w}/pictures/{picture}", expect(404, anonymous=302)),
}

INSIDE = {"villager": "not_found", "outsider": "not_found", "stranger": "not_found"}
SOCKETS = {
    "follow a workshop": SocketRow(
        "/live", "join", expect_words("ok", **INSIDE), message={"topic": "workshop:{w}", "seq": 0}
    ),
    "follow a plan": SocketRow(
        "/live", "join", expect_words("ok", **INSIDE), message={"topic": "termplan:{w}", "seq": 0}
    ),
    "follow a topic": SocketRow(
        "/live", "join", expect_words("ok", **INSIDE), message={"topic": "topic:{t}", "seq": 0}
    ),
}
