"""What somebody may send who suggests changes and does not write: the judgment on updates, without a server."""

from __future__ import annotations

import contextlib
import json
import random
import struct
from collections.abc import Callable
from typing import Any

import pytest
from pycrdt import Doc, XmlElement, XmlFragment

from tests.lessonplans.proposals import (
    HONEST,
    HOSTILE,
    LINES,
    ME,
    MINE,
    NAME,
    PICTURES,
    SECTION,
    STATE,
    TABLE,
    THEIRS,
    added,
    attribute,
    first,
    new_cell,
    new_column,
    new_row,
    picture,
    put,
    signed,
    update_of,
    words,
)
from yanxiu.lessonplans.collab.contents import contents_of
from yanxiu.lessonplans.collab.nesting import FORMAT, HAS_LEFT, HAS_RIGHT
from yanxiu.lessonplans.collab.ranges import STRING, deleting
from yanxiu.lessonplans.collab.updates import EMPTY_UPDATE, MalformedUpdateError
from yanxiu.lessonplans.collab.varint import write_bytes, write_uint
from yanxiu.lessonplans.collab.writers import EACH, SET_ASIDE
from yanxiu.lessonplans.document.honest import DishonestError, check_suggesting
from yanxiu.lessonplans.document.nodes import Node, doc, paragraph, section, table
from yanxiu.lessonplans.document.ydoc import FIELD, json_from_doc, load, state_from_json

pytestmark = pytest.mark.once


def check(update: bytes, state: bytes = STATE, owns: Callable[[int, bool], bool] = lambda _client, _has: True) -> bytes:
    return check_suggesting(state, update, ME, NAME, owns, lambda address: address == MINE)


@pytest.mark.parametrize("what", [*HONEST, *PICTURES])
def test_what_only_suggests_is_taken(what):
    check(update_of((HONEST | PICTURES)[what]))


@pytest.mark.parametrize("what", HOSTILE)
def test_what_does_more_than_suggest_is_refused(what):
    with pytest.raises(DishonestError):
        check(update_of(HOSTILE[what]))
    both = update_of(lambda made, root: (HONEST["words put in"](made, root), HOSTILE[what](made, root)))
    with pytest.raises(DishonestError):
        check(both)


def test_what_needs_something_that_is_not_there_is_refused():
    """It would take effect later, when nobody looks."""
    made = load(STATE)
    root = made.get(FIELD, type=XmlFragment)
    put("甲", insertion=signed())(made, root)
    before = made.get_state()
    put("乙", insertion=signed())(made, root)
    for update in (made.get_update(before), deleting({made.client_id: [(0, 5)]})):
        with pytest.raises(DishonestError, match="missing"):
            check(update)
    for update in (b"\x01\x01", b"\xff" * 9):
        with pytest.raises((DishonestError, MalformedUpdateError)):
            check(update)


def test_something_else_under_a_number_that_is_known_is_not_kept():
    """It counts for nothing now, but a log is merged by numbers, and might be read so."""
    update = update_of(put("真", insertion=signed()))
    made = load(STATE)
    made.apply_update(update)
    assert check(update.replace("真".encode(), "假".encode()), made.get_update()) == EMPTY_UPDATE
    assert check(update) != EMPTY_UPDATE


def test_what_one_has_put_in_as_a_whole_may_go_and_does_not_change():
    own: Node = {
        "type": "tableRow",
        "attrs": {"insertion": signed()},
        "content": table(["新", "行"], [])["content"][0]["content"],
    }
    state = state_from_json(doc(section("a", "甲", "", {**TABLE, "content": [*TABLE["content"], own]})))
    rows = lambda root: root.children[0].children[0].children  # noqa: E731
    check(update_of(lambda _doc, root: rows(root).__delitem__(3), state), state)
    for wrong in (
        lambda text: text.insert(0, "真"),
        lambda text: text.insert(0, "真", {"sparkle": {}}),
        lambda text: text.clear(),
    ):
        with pytest.raises(DishonestError):
            check(
                update_of(lambda _doc, root, act=wrong: act(rows(root)[3].children[0].children[0].children[0]), state),
                state,
            )


def test_a_picture_of_ones_own_says_something_else_and_stays_the_same():
    state = state_from_json(doc(section("a", "甲", "", LINES, picture(size="half"))))
    own: Callable[[XmlFragment], XmlElement] = lambda root: root.children[0].children[1]  # noqa: E731
    check(update_of(attribute(own, "size", "small"), state), state)
    check(update_of(attribute(own, "alt", "示意图"), state), state)
    check(update_of(lambda _doc, root: SECTION(root).children.__delitem__(1), state), state)
    for key, value in (("src", "/lesson-plans/1/images/2"), ("size", "huge"), ("title", "x"), ("insertion", None)):
        with pytest.raises(DishonestError):
            check(update_of(attribute(own, key, value), state), state)


def test_rows_and_columns_go_with_the_columns_and_rows_that_others_suggest():
    """Else pages would fill up what is left when these are decided on, and that would be nobody's suggestion."""
    theirs = update_of(new_column(*[THEIRS] * 3))
    state = load(STATE)
    state.apply_update(theirs)
    wide = state.get_update()
    with_theirs = new_row(new_cell(), new_cell(insertion=THEIRS, filler=True), new_cell())
    check(update_of(added(with_theirs), wide), wide)
    crooked = new_row(new_cell(insertion=THEIRS), new_cell(), new_cell())
    for wrong in (new_row(new_cell(), new_cell(), new_cell()), crooked):
        with pytest.raises(DishonestError):
            check(update_of(added(wrong), wide), wide)
    high = json_from_doc(load(STATE))
    high["content"][1]["content"][0]["content"][1]["content"][0]["attrs"]["rowspan"] = 2
    del high["content"][1]["content"][0]["content"][2]["content"][0]
    spanned = state_from_json(high)
    with pytest.raises(DishonestError):
        check(update_of(added(new_row(), at=2), spanned), spanned)
    check(update_of(added(new_row(), at=3), spanned), spanned)


def test_a_row_has_a_cell_in_ones_own_column_that_another_would_take_out_already():
    made = load(STATE)
    made.apply_update(update_of(new_column(*[signed()] * 3, deletion=THEIRS)))
    struck = made.get_update()
    check(
        update_of(added(new_row(new_cell(), new_cell(insertion=signed(), deletion=THEIRS), new_cell())), struck), struck
    )
    forged = new_cell(insertion=signed(), deletion=THEIRS | {"id": "8-b2"})
    with pytest.raises(DishonestError, match="name"):
        check(update_of(added(new_row(new_cell(), forged, new_cell())), struck), struck)


def test_a_picture_in_a_section_that_has_ended_is_refused():
    update = update_of(PICTURES["a picture"])
    ended = load(STATE)
    del ended.get(FIELD, type=XmlFragment).children[0]
    with pytest.raises(DishonestError, match="nobody sees"):
        check(update, ended.get_update())


def test_words_in_a_paragraph_that_has_ended_are_refused():
    """The page of whoever ended it would put them into the text as nobody's suggestion."""
    update = update_of(put("真", insertion=signed()))
    ended = load(STATE)
    del ended.get(FIELD, type=XmlFragment).children[0].children[0]
    with pytest.raises(DishonestError, match="nobody sees"):
        check(update, ended.get_update())


def test_a_number_that_no_page_can_reckon_with_is_refused():
    """A page stops where it meets a BigInt; here it reads like any other number."""
    update = update_of(attribute(first, "reshape", signed(type="heading", level=3)))
    small, big = b"|" + struct.pack(">f", ME), b"z" + struct.pack(">q", ME)
    assert small in update
    with pytest.raises(DishonestError, match="no page writes"):
        check(update.replace(small, big))


def test_no_mark_is_left_where_the_words_of_others_would_come_to_lie_within_it():
    """Others who have not heard of it yet would be typing somebody else's suggestion, which is then taken back."""
    state = state_from_json(doc(section("a", "甲", "", paragraph("春天来了"))))
    ((writer, spans),) = contents_of(state).texts.items()
    mark = write_bytes(b"insertion") + write_bytes(json.dumps(signed()).encode())
    beside = write_uint(writer) + write_uint(spans[-1][1] - 1)
    begins = write_uint(5) + write_uint(0) + bytes([FORMAT | HAS_LEFT]) + beside + mark
    ends = (
        write_uint(11) + write_uint(0) + bytes([FORMAT | HAS_LEFT]) + beside + write_bytes(b"insertion") + b"\x04null"
    )
    late = Doc(client_id=9)
    late.apply_update(state)
    seen = late.get_state()
    words(late.get(FIELD, type=XmlFragment)).insert(len("春天来了".encode()), "王老师写的")
    for update in (b"\x01\x01" + begins + b"\0", b"\x02\x01" + ends + b"\x01" + begins + b"\0"):
        made = load(state)
        made.apply_update(update)
        made.apply_update(late.get_update(seen))
        assert words(made.get(FIELD, type=XmlFragment)).diff()[1][1], "this would take them"
        with pytest.raises(DishonestError, match="others' words"):
            check(update, state)


def test_wherever_a_mark_and_its_words_are_put_it_takes_no_letter_of_who_writes_beside_it():
    """Places at random, as no page would choose them: what is taken has no hold on what a page with a smaller number typed
    at the same moment, whichever of both comes first."""
    chance = random.Random(7)
    letters = "春天来了"
    state = state_from_json(doc(section("a", "甲", "", paragraph(letters))))
    ((writer, spans),) = contents_of(state).texts.items()
    state = state.replace(write_uint(writer), write_uint(5))
    there = [(5, spans[-1][1] - n) for n in range(1, 5)]
    own = [(SET_ASIDE + ME * EACH, n) for n in range(2)]
    late = []
    for gap in range(len(letters) + 1):
        typing = Doc(client_id=2**32 - 1)
        typing.apply_update(state)
        seen = typing.get_state()
        words(typing.get(FIELD, type=XmlFragment)).insert(len(letters[:gap].encode()), "王")
        late.append(typing.get_update(seen))

    def at(kind: int, left: list[Any], right: list[Any], body: bytes) -> bytes:
        places = chance.choice(left), chance.choice(right)
        info = kind | (HAS_LEFT if places[0] else 0) | (HAS_RIGHT if places[1] else 0)
        return bytes([info]) + b"".join(write_uint(number) for place in places if place for number in place) + body

    mark, end = (write_bytes(b"insertion") + write_bytes(json.dumps(says).encode()) for says in (signed(), None))
    taken = 0
    for _ in range(500):
        parts = [
            at(FORMAT, there, [None, *there], mark),
            at(STRING, [own[0]] * 4 + there, [None, *there], b"\x03" + "真".encode()),
        ]
        parts += [at(FORMAT, own * 2 + there, [None, *there], end)] * (chance.random() < 0.8)
        update = b"\x01" + write_uint(len(parts)) + write_uint(own[0][0]) + b"\0" + b"".join(parts) + b"\0"
        with contextlib.suppress(DishonestError, MalformedUpdateError):
            check(update, state)
            taken += 1
            for other in late:
                made = load(state)
                for each in (update, other) if taken % 2 else (other, update):
                    made.apply_update(each)
                said = words(made.get(FIELD, type=XmlFragment)).diff()
                assert not any("王" in run and marks for run, marks in said), (parts, said)
    assert taken > 20


def test_nobody_writes_under_another_ones_number():
    update = update_of(put("真", insertion=signed()))
    asked: list[bool] = []

    def owns(_client: int, has_written: bool) -> bool:
        asked.append(has_written)
        return False

    with pytest.raises(DishonestError, match="number"):
        check(update, owns=owns)
    assert asked == [False]


def test_two_who_suggest_in_the_same_place_are_both_taken_in_any_order():
    mine = update_of(put("真", insertion=signed()))
    made = load(STATE)
    put("假", insertion=THEIRS)(made, made.get(FIELD, type=XmlFragment))
    words(made.get(FIELD, type=XmlFragment)).format(0, 9, {"deletion": THEIRS})
    check(mine, made.get_update())
    made.apply_update(mine)
    said = json_from_doc(made)["content"][0]["content"][0]["content"]
    assert {node["text"] for node in said if node.get("marks")} >= {"真", "假"}
