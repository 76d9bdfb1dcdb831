"""Several processes of one document: who is in it, and where, is the same at each of them."""

from __future__ import annotations

import pytest

from tests.support.document_bench import LI, WANG, Bench
from tests.support.rt_client import shown
from yanxiu.lessonplans.collab import awareness, neighbors
from yanxiu.lessonplans.collab.room import Visitor


class Town:
    """Hubs that tell one another when `pass_on` is called; a message to a dead one gets lost."""

    def __init__(self) -> None:
        self.benches: list[Bench] = []
        self.told: list[tuple[str, dict[str, object]]] = []

    def tell(self, what: str, **facts: object) -> None:
        self.told.append((what, facts))

    def pass_on(self) -> None:
        """Until nobody has anything to say."""
        for _ in range(4):
            for bench in self.benches:
                bench.hub.neighbors.tell_now()
            told, self.told = self.told, []
            for what, facts in told:
                for bench in self.benches:  # its own words too
                    heard = bench.hub.neighbors
                    {neighbors.WHO: heard.asked, neighbors.HERE: heard.heard}[what](**facts)
        for bench in self.benches:
            bench.clock.now += 0.2
            bench.hub._fanout.send_due()


@pytest.fixture
def town(app, plan_id, monkeypatch):
    monkeypatch.setattr(neighbors.Neighbors, "start", lambda self: None)  # the test passes on
    made = Town()
    made.benches = [Bench(app, plan_id, tell=made.tell) for _ in range(2)]
    yield made
    for bench in made.benches:
        bench.hub.stop()


def move(bench: Bench, sid: str, handle: int, client: int, clock: int, **state: object) -> None:
    frame = awareness.write_frame([awareness.Presence(client, clock, state)])
    bench.hub.presence(sid, handle, frame)


def seen_by(bench: Bench, sid: str, aware: bytes = b"\x00") -> dict[int, dict[str, object]]:
    """What this socket's browser shows after all it was told."""
    return shown([aware, *(frame for _handle, frame in bench.transport.heard(sid, "w"))])


def test_names_carets_and_claims_are_the_same_at_both_processes(town):
    first, second = town.benches
    wang = first.join("a", WANG, 1)
    move(first, "a", wang["h"], 1, 1, cursor={"anchor": {}, "head": {}}, section="goals")
    town.pass_on()  # nobody is there to hear it
    li = second.join("b", LI, 2)
    move(second, "b", li["h"], 2, 1)
    town.pass_on()
    there = seen_by(second, "b")[1]
    assert (there["user"]["name"], there["section"]) == ("王丽", "goals")
    assert seen_by(first, "a")[2]["user"]["name"] == "李强"
    # Whoever comes later is told at once, and a person has one color everywhere.
    again = second.join("c", WANG, 3)
    assert seen_by(second, "c", again["aware"])[1]["section"] == "goals"
    assert again["me"]["color"] == wang["me"]["color"]
    assert second.join("d", Visitor(1, "王丽", 12), 4)["me"]["color"] != li["me"]["color"]
    # A claim given back and a person who leaves are gone there too; what is asked again and again is not sent again.
    move(first, "a", wang["h"], 1, 2)
    town.pass_on()
    assert "section" not in seen_by(second, "b")[1]
    heard = len(second.transport.heard("b", "w"))
    for bench in town.benches:
        bench.clock.now += neighbors.ASK_EVERY_S
        bench.hub.keep_house()
    town.pass_on()
    assert len(second.transport.heard("b", "w")) == heard
    first.hub.disconnect("a")
    town.pass_on()
    assert 1 not in seen_by(second, "b")


def test_what_only_one_process_has_open_costs_nobody_a_message(town):
    first, second = town.benches
    wang = first.join("a", WANG, 1)
    town.pass_on()
    move(first, "a", wang["h"], 1, 1)
    first.hub.neighbors.tell_now()
    assert town.told == []
    li = second.join("b", LI, 2)
    town.pass_on()
    second.hub.leave("b", li["h"])
    for bench in town.benches:
        bench.clock.now += neighbors.ASKED_FOR_S + 1
        bench.hub.keep_house()
    town.pass_on()
    move(first, "a", wang["h"], 1, 2)
    first.hub.neighbors.tell_now()
    assert town.told == []


def test_the_people_of_a_dead_process_are_forgotten_and_may_come_back_elsewhere(town):
    first, second = town.benches
    wang = first.join("a", WANG, 1)
    move(first, "a", wang["h"], 1, 5)
    second.join("b", LI, 2)
    town.pass_on()
    assert 1 in seen_by(second, "b")
    second.clock.now += neighbors.LIFE_S - 5
    second.hub.keep_house()
    assert 1 in seen_by(second, "b")
    second.clock.now += 6
    second.hub.keep_house()
    second.hub._fanout.send_due()
    assert 1 not in seen_by(second, "b")
    back = second.join("c", WANG, 1)
    second.clock.now += 1
    move(second, "c", back["h"], 1, 6)
    assert 1 in seen_by(second, "b")


def test_a_tab_that_moved_to_another_process_is_not_taken_away_by_the_old_one(town):
    first, second = town.benches
    wang = first.join("a", WANG, 1)
    other = first.join("x", LI, 9)
    move(first, "a", wang["h"], 1, 5)
    move(first, "x", other["h"], 9, 1)
    second.join("b", LI, 2)
    town.pass_on()
    moved = second.join("c", WANG, 1)  # its old socket is not given up yet
    move(second, "c", moved["h"], 1, 6, section="goals")
    town.pass_on()
    assert seen_by(first, "x")[1]["section"] == "goals"
    first.hub.disconnect("a")
    town.pass_on()
    for bench, sid in ((first, "x"), (second, "b")):
        assert seen_by(bench, sid)[1]["section"] == "goals"


def test_nonsense_of_another_process_and_a_line_that_fails_do_no_harm(town, monkeypatch, caplog):
    first, second = town.benches
    first.join("a", WANG, 1)
    heard = first.hub.neighbors
    heard.heard("another", [(first.plan_id, "AA=="), (999, "AA==")])
    heard.asked("another", [999])
    monkeypatch.setattr(heard, "_tell", lambda *_a, **_k: 1 / 0)
    heard.tell_now()
    assert "could not tell the other processes" in caplog.text
    assert second.join("b", LI, 2)["ok"]


def test_who_stops_takes_leave_for_everybody(town):
    first, second = town.benches
    wang = first.join("a", WANG, 1)
    move(first, "a", wang["h"], 1, 1)
    second.join("b", LI, 2)
    town.pass_on()
    first.hub.neighbors.stop()
    town.pass_on()
    assert 1 not in seen_by(second, "b")
