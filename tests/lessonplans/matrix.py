"""Who may do what with lesson plans.

`{plan}` belongs to `teacher`, lies in a workshop that `leader` leads and `colleague` belongs to, and is seen by the
workshop only. `villager` was invited to read it. `principal`, `researcher` and `admin` look after the school.
`outsider` and `stranger` do not know that it exists.
"""

from __future__ import annotations

import io
import threading

from PIL import Image

from tests.support.cast import Cast
from tests.support.lessonplans import make_plan
from tests.support.matrix import Row, SocketRow, expect, expect_words, signed_in
from tests.support.rt_client import new_update
from tests.support.workshops import make_workshop
from yanxiu.core.storage import receive_file
from yanxiu.lessonplans import services
from yanxiu.lessonplans.collab.protocol import VERSION, VERSION_HEADER
from yanxiu.lessonplans.queries import stored_document


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    plan = make_plan(teacher, visibility="workshop", workshop_id=workshop.id)
    services.invite_member(teacher, plan, cast.user("villager"), "reader")
    state = stored_document(plan.id).merged()
    services.save_revision(teacher, plan, state, "一稿")
    deleted = make_plan(teacher, "删掉的教案")
    services.delete_plan(teacher, deleted)
    image = services.keep_image(teacher, plan, receive_file(io.BytesIO(png()), "板书.png", "image/png"))
    return {
        "plan": plan.id,
        "w": workshop.id,
        "deleted": deleted.id,
        "villager": cast.villager.id,
        "outsider": cast.outsider.id,
        "image": image.id,
    }


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "#0f5c46").save(out, "PNG")
    return out.getvalue()


HIDDEN = {"anonymous": 302, "outsider": 404, "stranger": 404}
READERS = {"principal": 403, "researcher": 403, "admin": 403, "villager": 403}
VIEW = expect(200, **HIDDEN)
FETCH = {"X-Requested-With": "fetch"}
FETCHED = {"anonymous": 401}
OWNER_ONLY = {"leader": 403, "colleague": 403} | READERS
PLAN = "/lesson-plans/{plan}"
CARD = {"title": "新的课题", "periods": "1", "template": "literacy", "visibility": "private"}

ROUTES = {
    ("GET", "lessonplans.index"): Row("/lesson-plans", signed_in()),
    ("GET", "lessonplans.workshop"): Row(
        "/workshops/{w}/lesson-plans", expect(200, anonymous=302, villager=404, outsider=404, stranger=404)
    ),
    ("GET", "lessonplans.workshop_items"): Row(
        "/workshops/{w}/lesson-plans/items?since=0",
        expect(200, anonymous=302, villager=404, outsider=404, stranger=404),
    ),
    ("GET", "lessonplans.new"): Row("/lesson-plans/new", signed_in()),
    ("POST", "lessonplans.create"): Row("/lesson-plans", signed_in(302), data=CARD),
    ("GET", "lessonplans.show"): Row(PLAN, VIEW),
    ("GET", "lessonplans.print_page"): Row(PLAN + "/print", VIEW),
    ("GET", "lessonplans.settings"): Row(PLAN + "/settings", VIEW | OWNER_ONLY),
    ("POST", "lessonplans.settings"): Row(PLAN + "/settings", expect(302, **HIDDEN) | OWNER_ONLY, data=CARD),
    ("POST", "lessonplans.delete"): Row(PLAN + "/deletion", expect(302, **HIDDEN) | OWNER_ONLY),
    ("POST", "lessonplans.undelete"): Row(
        "/lesson-plans/{deleted}/deletion/undo", expect(404, anonymous=302, teacher=302)
    ),
    ("GET", "lessonplans.members"): Row(PLAN + "/members", VIEW),
    ("POST", "lessonplans.invite"): Row(
        PLAN + "/members",
        expect(302, **HIDDEN) | OWNER_ONLY,
        data={"user_id": "{outsider}", "name": "赵磊", "role": "writer"},
    ),
    ("GET", "lessonplans.owner"): Row(PLAN + "/owner", VIEW | OWNER_ONLY),
    ("POST", "lessonplans.owner"): Row(
        PLAN + "/owner", expect(302, **HIDDEN) | OWNER_ONLY, data={"user_id": "{villager}"}
    ),
    ("GET", "lessonplans.colleagues"): Row(PLAN + "/colleagues?q=赵", VIEW | OWNER_ONLY),
    ("POST", "lessonplans.change_member"): Row(
        PLAN + "/members/{villager}", expect(302, **HIDDEN) | OWNER_ONLY, data={"role": "writer"}
    ),
    ("POST", "lessonplans.remove_member"): Row(
        PLAN + "/members/{villager}/removal", expect(302, **HIDDEN) | OWNER_ONLY | {"villager": 302}
    ),
    ("POST", "lessonplans.post_update"): Row(
        PLAN + "/updates",
        expect(200, anonymous=401, outsider=404, stranger=404) | READERS,
        body=new_update("初稿"),
        headers=FETCH,
    ),
    ("GET", "lessonplans.state"): Row(PLAN + "/state", VIEW),
    ("POST", "lessonplans.compare"): Row(
        PLAN + "/comparisons",
        expect(200, anonymous=401, outsider=404, stranger=404),
        body=b"\x00",
        headers=FETCH | {VERSION_HEADER: str(VERSION)},
    ),
    ("POST", "lessonplans.add_image"): Row(
        PLAN + "/images",
        expect(201, anonymous=401, outsider=404, stranger=404) | READERS,
        files={"file": (png(), "插图.png")},
        headers=FETCH,
    ),
    ("GET", "lessonplans.image"): Row(PLAN + "/images/{image}", VIEW),
    ("GET", "lessonplans.history"): Row(PLAN + "/history", VIEW | READERS | {"principal": 200}),
    ("GET", "lessonplans.comparison"): Row(PLAN + "/comparison?from=1&to=now", VIEW),
    ("POST", "lessonplans.keep_moment"): Row(PLAN + "/history/0/revision", expect(302, **HIDDEN) | READERS),
    ("GET", "lessonplans.revisions"): Row(PLAN + "/revisions", VIEW),
    ("POST", "lessonplans.save_revision"): Row(
        PLAN + "/revisions", expect(302, **HIDDEN) | READERS, data={"title": "二稿"}
    ),
    ("GET", "lessonplans.revision"): Row(PLAN + "/revisions/1", VIEW),
    ("POST", "lessonplans.restore_revision"): Row(PLAN + "/revisions/1/restoration", expect(302, **HIDDEN) | READERS),
}


def joined(socket, names) -> str:
    """What the answer to `join` says: the role, or why not."""
    message = {"doc": names["plan"], "sv": b"\x00", "cid": 7, "v": VERSION}
    answer = socket.call("join", message, namespace="/rt", timeout=10)
    return answer["role"] if answer["ok"] else answer["code"]


def after_join(event: str, payload_of):
    """A probe: join, send `event`, return the first word that comes back about it."""

    def probe(socket, names) -> str:
        heard: list[str] = []
        came = threading.Event()

        def hear(word):
            def note(*_payload):
                heard.append(word)
                came.set()

            return note

        socket.on("a", hear("stored"), namespace="/rt")
        socket.on("nak", lambda payload: hear(payload[2])(), namespace="/rt")
        message = {"doc": names["plan"], "sv": b"\x00", "cid": 9, "v": VERSION}
        answer = socket.call("join", message, namespace="/rt", timeout=10)
        handle = answer.get("h", 4_000_000)
        if event in ("sv", "leave"):
            socket.call(event, payload_of(handle), namespace="/rt", timeout=10)
        else:
            socket.emit(event, payload_of(handle), namespace="/rt")
        # A heartbeat for a room nobody has: its refusal shows that everything before it was dealt with.
        if event != "u":
            socket.call("sv", [handle, b"\x00"], namespace="/rt", timeout=10)
            return heard[0] if heard else "quiet"
        assert came.wait(10)
        return heard[0]

    return probe


WRITES = {"leader": "write", "teacher": "write", "colleague": "write"}
NOT_HERE = {"outsider": "not_found", "stranger": "not_found"}
STORED = {"leader": "stored", "teacher": "stored", "colleague": "stored"}
STRANGERS = {"outsider": "unknown", "stranger": "unknown"}

SOCKETS = {
    "open a plan": SocketRow("/rt", "join", expect_words("read", **WRITES, **NOT_HERE), probe=joined),
    "write in a plan": SocketRow(
        "/rt",
        "u",
        expect_words("read_only", **STORED, **STRANGERS),
        probe=after_join("u", lambda handle: [handle, 1, new_update("矩阵")]),
    ),
    "show a caret": SocketRow(
        "/rt", "w", expect_words("quiet", **STRANGERS), probe=after_join("w", lambda handle: [handle, b"\x00"])
    ),
    "compare states": SocketRow(
        "/rt", "sv", expect_words("quiet", **STRANGERS), probe=after_join("sv", lambda handle: [handle, b"\x00"])
    ),
    "leave a plan": SocketRow(
        "/rt", "leave", expect_words("revoked", **STRANGERS), probe=after_join("leave", lambda handle: [handle])
    ),
    "follow a workshop's plans": SocketRow(
        "/live",
        "join",
        expect_words("ok", villager="not_found", outsider="not_found", stranger="not_found"),
        message={"topic": "workshop-plans:{w}", "seq": 0},
    ),
}
