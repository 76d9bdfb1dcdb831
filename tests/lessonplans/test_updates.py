"""Updates as bytes: merged is the same as applied, and what is hostile costs nothing."""

from __future__ import annotations

import random
import sys
import time

import pytest
from pycrdt import Doc, Text, XmlElement, XmlFragment, XmlText, get_state

from tests.support.rt_client import new_update
from yanxiu.lessonplans.collab import updates
from yanxiu.lessonplans.collab.nesting import MAX_NESTING
from yanxiu.lessonplans.collab.updates import MalformedUpdateError
from yanxiu.lessonplans.document.ydoc import json_from_state, state_from_json

pytestmark = pytest.mark.once
WORDS = "草船借箭诸葛亮周瑜鲁肃曹操大雾江面擂鼓呐喊abc 123🙂"


def edited(doc: Doc, chance: random.Random) -> bytes:
    """One random edit of a document with sections, paragraphs and marks; returns its update."""
    before = doc.get_state()
    root = doc.get("default", type=XmlFragment)
    with doc.transaction():
        if len(root.children) == 0 or chance.random() < 0.25:
            paragraph = root.children.insert(chance.randint(0, len(root.children)), XmlElement("paragraph"))
            paragraph.children.append(XmlText(chance.choice(WORDS)))
        elif chance.random() < 0.15:
            del root.children[chance.randrange(len(root.children))]
        else:
            text = root.children[chance.randrange(len(root.children))].children[0]
            if chance.random() < 0.3 and len(text):
                text.format(0, len(text), {"bold": {}})
            text.insert(len(text), chance.choice(WORDS) * chance.randint(1, 4))
    return doc.get_update(before)


def shape(doc: Doc) -> str:
    return str(doc.get("default", type=XmlFragment))


@pytest.mark.parametrize("seed", range(30))
def test_merged_bytes_give_the_same_document_as_applied_ones(seed):
    chance = random.Random(seed)
    replicas = [Doc() for _ in range(3)]
    made: list[bytes] = []
    for _ in range(chance.randint(20, 160)):
        writer = chance.choice(replicas)
        made.append(edited(writer, chance))
        if chance.random() < 0.4:
            for update in made[-5:]:
                chance.choice(replicas).apply_update(update)
    applied = Doc()
    for update in made:
        applied.apply_update(update)
    shuffled = made[:]
    chance.shuffle(shuffled)
    merged = Doc()
    merged.apply_update(updates.merge(shuffled))
    assert shape(merged) == shape(applied)
    assert updates.read_state_vector(merged.get_state()) == updates.read_state_vector(applied.get_state())
    collected = Doc()
    collected.apply_update(updates.compacted(made))
    assert shape(collected) == shape(applied)
    # What a late reader gets by state vector completes it, whatever it had.
    late = Doc()
    late.apply_update(updates.merge(made[: len(made) // 2]))
    late.apply_update(updates.missing_from(updates.merge(made), late.get_state()))
    assert shape(late) == shape(applied)


def test_every_mutation_of_an_update_is_refused_or_harmless_and_cheap():
    chance = random.Random(7)
    source = Doc()
    seed = updates.merge([edited(source, chance) for _ in range(60)])
    accepted = 0
    for _ in range(3000):
        data = bytearray(seed)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randint(1, len(data))]) if chance.random() < 0.3 else bytes(data)
        started = time.process_time()
        try:
            updates.check_update(cut)
        except MalformedUpdateError:
            continue
        finally:
            assert time.process_time() - started < 0.25
        accepted += 1
        try:
            updates.merge([seed, cut])
            updates.compacted([seed, cut])
        except MalformedUpdateError:
            continue  # refused later, as a whole, without taking the process down
    assert accepted < 3000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"\xff" * 20,
        b"\x80\x80\x80\x80\x08",
        b"\xff\xff\xff\xff\x0f" + bytes(40),
        b"not an update",
        b"\x05\x00",
    ],
)
def test_what_is_no_update_is_refused(data):
    with pytest.raises(MalformedUpdateError):
        updates.check_update(data)


def test_a_real_update_passes():
    updates.check_update(new_update("第一行"))
    updates.check_update(updates.EMPTY_UPDATE)


MARK = b"\x77\x04MARK"


def with_value(value: bytes) -> bytes:
    """An update in whose attribute these encoded bytes stand."""
    document = {"type": "doc", "content": [{"type": "paragraph", "attrs": {"textAlign": ["MARK"]}}]}
    update = state_from_json(document)
    assert update.count(MARK) == 1
    return update.replace(MARK, value)


NESTINGS = {
    "arrays": lambda depth: b"\x75\x01" * depth + b"\x7e",
    "objects": lambda depth: b"\x76\x01\x01a" * depth + b"\x7e",
    "second in its array": lambda depth: b"\x75\x02\x7e" * depth + b"\x7e",
    "turns": lambda depth: b"\x75\x01\x76\x01\x01u" * (depth // 2) + b"\x7e",
}


@pytest.mark.parametrize("nested", NESTINGS.values(), ids=NESTINGS)
def test_a_value_nested_deep_is_refused_before_it_ends_the_process(nested):
    for depth in (100, 1000, 120_000):
        with pytest.raises(MalformedUpdateError, match="deep"):
            updates.check_update(with_value(nested(depth)))
    fair = with_value(nested(20))
    updates.check_update(fair)
    assert json_from_state(fair)["content"][0]["type"] == "paragraph"


@pytest.mark.parametrize("seed", range(10))
def test_honest_edits_pass_however_many_of_their_letters_look_like_nesting(seed, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "WORDS", "uvuuvv草船借箭")
    chance, replicas, made = random.Random(seed), [Doc() for _ in range(3)], []
    for _ in range(120):
        made.append(edited(chance.choice(replicas), chance))
        chance.choice(replicas).apply_update(chance.choice(made))
    attrs = {"colwidth": [117, 118], "deep": {"u": [{"v": [1.5, None, True, "uv", -3, 2**40]}]}}
    cells = state_from_json({"type": "doc", "content": [{"type": "tableCell", "attrs": attrs}] * 40})
    whole = updates.merge([*made, cells])
    assert whole.count(b"u") + whole.count(b"v") > 10 * MAX_NESTING
    for update in (*made, cells, whole, updates.compacted([whole])):
        updates.check_update(update)


def test_a_state_vector_tells_who_is_behind():
    one, other = Doc(), Doc()
    one.get("t", type=Text).insert(0, "甲")
    other.apply_update(one.get_update())
    other.get("t", type=Text).insert(0, "乙")
    assert updates.is_behind(one.get_state(), other.get_state())
    assert not updates.is_behind(other.get_state(), one.get_state())
    with pytest.raises(MalformedUpdateError):
        updates.read_state_vector(b"\x05\x01")


def test_positions_in_pycrdt_are_utf8_bytes():
    """The trap this package is built around: if it changes upstream, `ydoc` must change too."""
    doc = Doc()
    text = doc.get("t", type=Text)
    text.insert(0, "教学a")
    assert len(text) == 7
    assert get_state(doc.get_update()) == doc.get_state()
