"""People who may suggest changes in a plan and not write it: who they are, and what the document server takes from them."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import Any

import pytest
from pycrdt import Doc, XmlFragment

from tests.lessonplans.matrix import png
from tests.lessonplans.proposals import HONEST, HOSTILE, ME, NAME, STATE, put, signed, update_of
from tests.support.document_bench import WANG, Bench
from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.node import node_says
from tests.support.rt_client import append_line, lines_of, new_update
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.collab import judge
from yanxiu.lessonplans.collab.protocol import VERSION, VERSION_HEADER, RefusedError
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.collab.store import Append
from yanxiu.lessonplans.collab.writers import EACH, SET_ASIDE
from yanxiu.lessonplans.document.honest import check_suggesting
from yanxiu.lessonplans.document.html import render_html
from yanxiu.lessonplans.document.ydoc import FIELD, append_node, json_from_doc, json_from_state, load
from yanxiu.lessonplans.permissions import can_propose, role_in
from yanxiu.lessonplans.queries import find_plan, seat_of, stored_document

FETCH = {"X-Requested-With": "fetch", VERSION_HEADER: str(VERSION)}
LI = Visitor(ME, NAME, 12)


def number(n: int, user_id: int = ME) -> int:
    """One of the numbers under which somebody may write who only suggests."""
    return SET_ASIDE + user_id * EACH + n


def suggestion(words: str, state: bytes, n: int = 1) -> bytes:
    return update_of(put(words, insertion=signed()), state, number(n))


@pytest.fixture
def plan_id(app, cast) -> int:
    """Belongs to `leader`; `colleague` may comment."""
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("colleague")])
        plan = make_plan(
            leader, visibility="workshop", workshop_id=workshop.id, workshop_writes=False, readers_propose=True
        )
        services.invite_member(leader, plan, cast.user("villager"), "writer")
        return plan.id


@pytest.fixture
def judged(app, cast) -> Bench:
    """A bench on which 李强 only suggests; the plan is that of the judgments."""
    with app.app_context(), unit_of_work():
        number = make_plan(cast.user("leader"), document=json_from_state(STATE)).id
    made = Bench(app, number)
    made.rights.roles[ME] = "suggest"
    yield made
    made.hub.stop()


def state_of(bench: Bench) -> bytes:
    found = bench.store.load(bench.plan_id)
    return found.merged()


def page(bench: Bench, writer: int) -> Doc:
    """A page that has the plan open, of somebody who writes or once wrote."""
    made: Doc = Doc(client_id=writer)
    made.apply_update(state_of(bench))
    return made


def test_who_may_comment_may_suggest_where_the_owner_says_so(app, cast, plan_id):
    with app.app_context(), unit_of_work():
        plan = find_plan(plan_id)
        roles = {"leader": "write", "villager": "write", "colleague": "suggest", "outsider": None}
        for switch, phase, wanted in ((True, "", "suggest"), (False, "", "read"), (True, "agreed", "read")):
            plan.readers_propose, plan.phase = switch, phase
            viewer = cast.viewer("colleague")
            assert role_in(viewer, plan, seat_of(viewer, plan)) == wanted
            assert can_propose(viewer, plan, seat_of(viewer, plan)) is (wanted == "suggest")
        plan.readers_propose, plan.phase = True, ""
        for key, role in roles.items():
            viewer = cast.viewer(key)
            assert role_in(viewer, plan, seat_of(viewer, plan)) == role, key


def test_the_owner_turns_it_on_in_the_settings_and_the_page_says_so(app, client_for, plan_id):
    page = client_for("colleague").get(f"/lesson-plans/{plan_id}").text
    assert "您可以提出修订，由主备人采纳" in page
    assert "data-plan-toolbar" in page
    assert "data-save-revision" not in page
    leader = client_for("leader")
    assert 'name="readers_propose"' in leader.get(f"/lesson-plans/{plan_id}/settings").text
    with app.app_context():
        workshop_id = find_plan(plan_id).workshop_id
    form = {"title": "草船借箭", "periods": "1", "visibility": "workshop", "workshop_id": workshop_id}
    assert leader.post(f"/lesson-plans/{plan_id}/settings", data=form).status_code == 302
    page = client_for("colleague").get(f"/lesson-plans/{plan_id}").text
    assert "您可以提出修订" not in page
    assert "data-plan-toolbar" not in page


def test_each_suggestion_is_taken_and_nothing_else_and_the_state_is_the_same(judged):
    """The whole hostile corpus over one socket each: refused as a whole, and nothing of it is there."""
    wang = judged.join("w", WANG, 1)
    before = state_of(judged)
    for client, what in enumerate(HOSTILE, start=number(100)):
        sid = f"h{client}"
        judged.clock.now += 1  # nobody joins more often
        handle = judged.join(sid, LI, client)["h"]
        assert judged.hub.receive(sid, handle, 1, update_of(HOSTILE[what], before, client))
        assert judged.hub.drain()
        assert judged.transport.heard(sid, "nak") == [[handle, 1, "suggest_only"]], what
        judged.hub.receive(sid, handle, 2, suggestion("真", before))
        assert judged.hub.drain()
        judged.hub.disconnect(sid)
    assert state_of(judged) == before
    assert judged.transport.heard("w", "u") == []
    handle = judged.join("l", LI, number(7))["h"]
    for n, what in enumerate(HONEST, start=1):
        judged.hub.receive("l", handle, n, update_of(HONEST[what], before, number(n)))
    assert judged.hub.drain()
    assert judged.transport.heard("l", "nak") == []
    assert judged.transport.heard("l", "a")[-1][1] == len(HONEST)
    seen = Doc()
    seen.apply_update(wang["diff"])
    for _handle, update in judged.transport.heard("w", "u"):
        seen.apply_update(update)
    assert json_from_doc(seen, comments=True) == json_from_doc(load(state_of(judged)), comments=True)


def test_what_was_sent_before_something_dishonest_is_kept(judged, monkeypatch):
    handle = judged.join("l", LI, number(7))["h"]
    state = state_of(judged)
    good, bad = suggestion("真", state), update_of(put("假"), state, number(2))
    with judged.hub._judge._looking:  # both wait for the same look
        for n, update in enumerate((good, good, bad, good), start=1):
            judged.hub.receive("l", handle, n, update)
    assert judged.hub.drain()
    assert judged.transport.heard("l", "nak")[-1][1] in (3, 4)
    assert "真" in str(load(state_of(judged)).get(FIELD, type=XmlFragment))
    assert "假" not in str(load(state_of(judged)).get(FIELD, type=XmlFragment))


def test_the_right_may_change_while_something_waits_for_a_look(judged):
    """Who may write by then is not refused for writing; who may only read by then has not suggested."""
    state = state_of(judged)
    for role, code in (("write", None), ("read", "read_only")):
        judged.rights.roles[ME] = "suggest"
        handle = judged.join(role, LI, number(ord(role[0])))["h"]
        with judged.hub._judge._looking:
            judged.hub.receive(role, handle, 1, suggestion("真", state, ord(role[0])))
            eventually(lambda: judged.hub._judge._busy is not None)
            judged.hub.receive(role, handle, 2, new_update(f"平常的字{role}"))
            judged.rights.roles[ME] = role
            judged.hub.recheck(user_id=ME)
        assert judged.hub.drain()
        assert judged.transport.heard(role, "nak") == ([] if code is None else [[handle, 2, code]])
        judged.hub.disconnect(role)
    assert "平常的字write" in lines_of(load(state_of(judged)))
    assert "平常的字read" not in lines_of(load(state_of(judged)))


def test_a_number_that_somebody_else_writes_under_is_not_taken(judged):
    """Structs under another's number would make what that one writes next count as known."""
    wang = judged.join("w", WANG, 1)
    hers = page(judged, 77)
    before = hers.get_state()
    append_line(hers, "王老师写的")
    update = hers.get_update(before)
    judged.hub.receive("w", wang["h"], 1, update)
    assert judged.hub.drain()
    stolen = Doc(client_id=hers.client_id)
    stolen.apply_update(state_of(judged))
    seen = stolen.get_state()
    put("真", insertion=signed())(stolen, stolen.get(FIELD, type=XmlFragment))
    for sid, client in (("l", 7), ("m", hers.client_id)):  # also who came with that number while she was away
        judged.hub.disconnect("w")
        handle = judged.join(sid, LI, client)["h"]
        judged.hub.receive(sid, handle, 1, stolen.get_update(seen))
        assert judged.hub.drain()
        assert judged.transport.heard(sid, "nak") == [[handle, 1, "suggest_only"]]
    # A number that nobody has written under is not taken either unless it is set aside for this person: somebody at another
    # process may be about to begin. One's own from when one wrote is known by the log, also where nobody remembers it.
    mine = page(judged, 78)
    for n, (role, refused) in enumerate((("suggest", True), ("write", False), ("suggest", False), ("suggest", False))):
        judged.clock.now += 1
        judged.rights.roles[ME] = role
        seen = mine.get_state()
        put("真", insertion=signed())(mine, mine.get(FIELD, type=XmlFragment))
        handle = judged.join(f"n{n}", LI, 50 + n)["h"]
        judged.hub.receive(f"n{n}", handle, 1, mine.get_update(seen))
        assert judged.hub.drain()
        assert bool(judged.transport.heard(f"n{n}", "nak")) is refused
        if refused:
            mine = page(judged, 78)
        judged.store.compact(judged.plan_id)
    assert judged.join("other", WANG, number(3)) == {"ok": False, "code": "busy"}
    # What two began at the same moment is one row; the next tells whose it is.
    both = load(state_of(judged))
    for people, first in (({ME, WANG.user_id}, None), ({ME}, ME)):
        seen = both.get_state()
        put("真", insertion=signed())(both, both.get(FIELD, type=XmlFragment))
        judged.store.append([Append(judged.plan_id, [both.get_update(seen)], frozenset(people))])
        assert judged.store.first_writer(judged.plan_id, both.client_id) == first


def test_two_looks_at_two_processes_know_of_each_other_and_who_writes_pays_nothing(
    app, judged, monkeypatch, count_queries
):
    """What one number says twice would be read as half of each, which nobody has looked at."""
    other = Bench(app, judged.plan_id)
    other.rights.roles[ME] = "suggest"
    state = state_of(judged)
    handles = [bench.join("l", LI, number(1))["h"] for bench in (judged, other)]
    looked_at: list[bytes] = []
    second = threading.Event()

    def look(state: bytes, *rest: Any) -> bytes:
        looked_at.append(state)
        kept = check_suggesting(state, *rest)
        if len(looked_at) > 1:
            second.set()
        else:
            other.hub.receive("l", handles[1], 1, suggestion("假的话", state))
            assert not second.wait(0.2)
        return kept

    monkeypatch.setattr(judge, "check_suggesting", look)
    judged.hub.receive("l", handles[0], 1, suggestion("真", state))
    assert judged.hub.drain()
    assert other.hub.drain()
    assert judged.transport.heard("l", "a")
    assert other.transport.heard("l", "nak") == [[handles[1], 1, "suggest_only"]]
    assert "真" in str(load(looked_at[1]).get(FIELD, type=XmlFragment))
    handle = other.join("w", WANG, 5)["h"]
    with count_queries() as seen:
        other.write("w", handle, 1, "平常的字")
        assert other.hub.drain()
    other.hub.stop()
    assert [each.split()[0] for each in seen.statements] == ["INSERT"]  # and the cursor of its own that gives numbers


def test_what_is_large_or_fills_the_document_up_is_refused_over_both_doors(judged):
    limits = judged.hub.limits
    state = state_of(judged)
    long, short = (suggestion(words, state) for words in ("长" * (limits.update_bytes // 3 + 1), "真"))
    handle = judged.join("l", LI, number(7))["h"]
    judged.hub.receive("l", handle, 1, long)
    assert judged.transport.heard("l", "nak") == [[handle, 1, "too_large"]]
    for data, code in ((long, "too_large"), (new_update("平常的字"), "suggest_only")):
        with pytest.raises(RefusedError) as refusal:
            judged.hub.post(LI, judged.plan_id, data, "suggest")
        assert refusal.value.code == code
    assert judged.hub.post(LI, judged.plan_id, short, "suggest")
    judged.join("m", LI, 8)
    room = judged.hub._rooms[judged.plan_id]
    room.size = limits.state_warning_bytes + 1
    judged.hub.receive("m", handle, 1, short)
    assert judged.transport.heard("m", "nak") == [[handle, 1, "doc_full"]]


def test_while_the_disk_refuses_one_suggestion_over_http_waits_and_the_others_are_sent_away(judged, monkeypatch):
    """A look ends when what was taken is on disk: whoever waits for one would keep a thread of the server for as long."""
    monkeypatch.setattr("yanxiu.lessonplans.collab.hub.PATIENCE_S", 0.1)
    real, full = judged.store.append, threading.Event()
    full.set()

    def append(batch):
        if full.is_set():
            raise OSError("disk full")
        return real(batch)

    monkeypatch.setattr(judged.store, "append", append)
    state, stored = state_of(judged), []

    def post(n: int) -> None:
        stored.append(judged.hub.post(LI, judged.plan_id, suggestion("真", state, n), "suggest"))

    first = threading.Thread(target=post, args=(1,), daemon=True)
    first.start()
    eventually(lambda: judged.hub._committer.failures)
    post(2)
    assert stored == [False]
    full.clear()
    first.join(10)
    assert stored == [False, True]


TAKEN = """
import * as Y from "yjs";
import { Awareness } from "y-protocols/awareness";
import { keepNumber, renumber } from "./static/src/editor/own-number.js";
const doc = new Y.Doc(), awareness = new Awareness(doc), earlier = new Y.Doc();
awareness.setLocalState({ user: "李强" });
renumber(doc, awareness, 7, true);
const first = (earlier.clientID = doc.clientID);
earlier.getText("t").insert(0, "上次的话");
let joins = 0;
keepNumber({ doc, awareness, role: "suggest", joined: true, on: () => {}, join: () => (joins += 1) }, 7, true);
console.warn = () => {};
Y.applyUpdate(doc, Y.encodeStateAsUpdate(earlier));
await null;
const isOwn = doc.clientID !== first && Math.floor((doc.clientID - 2 ** 52) / 2 ** 21) === 7;
console.log(JSON.stringify([isOwn, joins, [...awareness.states.keys()].length, awareness.clientID === doc.clientID]));
process.exit();
"""


@pytest.mark.once
def test_a_page_whose_number_has_written_already_takes_another_of_its_own_and_is_there_once():
    assert node_says(TAKEN) == [True, 1, 1, True]


def test_pictures_are_suggested_that_one_brought_into_this_plan_and_no_others(
    app, cast, client_for, plan_id, monkeypatch
):
    def upload(client: Any, plan: int = plan_id) -> Any:
        picture = {"file": (BytesIO(png()), "插图.png")}
        return client.post(f"/lesson-plans/{plan}/images", data=picture, headers=FETCH)

    def suggested(address: str, n: int) -> bytes:
        with app.app_context():
            state = stored_document(plan_id).merged()
        node = {"type": "image", "attrs": {"src": address, "insertion": signed(me) | {"name": cast.colleague.name}}}
        return update_of(lambda _doc, root: append_node(root.children[0], node, 0), state, number(n, me))

    client, me = client_for("colleague"), cast.colleague.id
    with app.app_context(), unit_of_work():
        other = make_plan(cast.user("colleague")).id
    own = upload(client).json["url"]
    others = [upload(client_for("leader")).json["url"], upload(client, other).json["url"], own + "0", own + "?a=1"]
    for n, (address, status) in enumerate([(own, 200), *((each, 409) for each in others)]):
        answer = client.post(f"/lesson-plans/{plan_id}/updates", data=suggested(address, n), headers=FETCH)
        assert answer.status_code == status, address
    with app.app_context():
        document = stored_document(plan_id).merged()
    assert str(load(document).get(FIELD, type=XmlFragment)).count("<image") == 1
    assert own not in render_html(json_from_state(document))
    monkeypatch.setattr("yanxiu.lessonplans.services.texts.MOST_PROPOSED_PICTURES", 1)
    assert upload(client).status_code == 429
    assert upload(client_for("leader")).status_code == 201
    with app.app_context(), unit_of_work():
        find_plan(plan_id).readers_propose = False
    assert upload(client).status_code == 403


def test_over_real_sockets_and_http_the_same_is_refused(app, cast, client_for, plan_id, replica_for):
    leader, colleague = replica_for("leader", plan_id), replica_for("colleague", plan_id)
    assert colleague.role == "suggest"
    me = cast.colleague.id

    def suggested(words: str, author: int = me) -> bytes:
        with colleague._lock:
            made = Doc(client_id=number(ord(words[0]), me))
            made.apply_update(colleague.doc.get_update())
        before = made.get_state()
        text = made.get(FIELD, type=XmlFragment).children[0].children[0].children[0]
        mark = {**signed(author), "name": cast.colleague.name}
        text.insert(0, words, {"insertion": mark})
        return made.get_update(before)

    colleague.send(suggested("我建议"))
    eventually(lambda: colleague.acked == 1)
    eventually(lambda: "我建议" in str(leader.doc.get(FIELD, type=XmlFragment)))
    colleague.send(new_update("我直接写"))
    eventually(lambda: [code for _number, code in colleague.naks] == ["suggest_only"])
    client = client_for("colleague")
    answer = client.post(f"/lesson-plans/{plan_id}/updates", data=new_update("我直接写"), headers=FETCH)
    assert (answer.status_code, answer.json["code"]) == (409, "suggest_only")
    assert client.post(f"/lesson-plans/{plan_id}/updates", data=suggested("再建议"), headers=FETCH).status_code == 200
    compared = client.post(f"/lesson-plans/{plan_id}/comparisons", data=Doc().get_state(), headers=FETCH)
    assert compared.json["role"] == "suggest"
    with app.app_context():
        stored = load(stored_document(plan_id).merged())
    assert "我直接写" not in lines_of(stored)
    assert {"我建议", "再建议"} <= {
        word for word in ("我建议", "再建议") if word in str(stored.get(FIELD, type=XmlFragment))
    }
