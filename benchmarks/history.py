"""What it costs to keep every step of the writing: bytes on disk, and the time to go back to a moment.

    python benchmarks/history.py [CHARACTERS]          default: 10000, a plan of about ten pages

Two people type a plan in turn, 1 to 4 characters at a time, one time in eight taking some away again, in sittings of
twenty minutes on different days. No server and no database: the packed form itself is measured.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import under_test  # noqa: F401  (puts the source root on the path)
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from yanxiu.lessonplans.authorship import adopted, authors_in, with_authors
from yanxiu.lessonplans.collab.history import Entry, History, pack, thinned
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.ydoc import FIELD, state_from_json
from yanxiu.lessonplans.thinning import GRAIN

HAN = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动"
ROWS = 200


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    base = state_from_json(nodes.doc(nodes.section("goals", "教学目标", "", nodes.paragraph())))
    history = History(base, 0, datetime(2026, 3, 1, tzinfo=UTC), tuple(typed(base, wanted)))
    state = history.state_at(history.head)
    print(f"{wanted} characters, {len(history.entries)} commits, state {len(state)} bytes\n")
    print("| what is kept | KB | bytes a character |")
    print("|---|---|---|")
    for name, entries in (
        ("each commit (the first month)", list(history.entries)),
        ("ten minutes (for ever)", thinned(history.entries, GRAIN)),
    ):
        size = sum(len(pack(entries[at : at + ROWS])) for at in range(0, len(entries), ROWS))
        print(f"| {name} | {size / 1024:.1f} | {size / wanted:.1f} |")
    authors = authors_in(history)
    print("\n| going back | ms |\n|---|---|")
    print(f"| the state at half | {timed(lambda: history.state_at(history.head // 2)):.0f} |")
    print(f"| who wrote what, of all commits | {timed(lambda: authors_in(history)):.0f} |")
    print(f"| each character with its author | {timed(lambda: with_authors(state, authors)):.0f} |")
    print(f"\nadopted: {dict(adopted(with_authors(state, authors)))}")


def timed(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def typed(base: bytes, wanted: int) -> list[Entry]:
    """The commits of the whole plan."""
    chance, now = random.Random(4), datetime(2026, 3, 1, 1, tzinfo=UTC)
    docs = {1: Doc(), 2: Doc()}
    for doc in docs.values():
        doc.apply_update(base)
    entries: list[Entry] = []
    characters, user_id, sitting_ends = 0, 1, now + timedelta(minutes=20)
    while characters < wanted:
        if now > sitting_ends:
            now, user_id = now + timedelta(days=1), 3 - user_id
            sitting_ends = now + timedelta(minutes=20)
            fresh = Doc()  # another day, another page, another writer number
            fresh.apply_update(docs[3 - user_id].get_update())
            docs[user_id] = fresh
        update, added = keyed(docs[user_id], chance)
        docs[3 - user_id].apply_update(update)
        characters += added
        now += timedelta(seconds=chance.expovariate(1 / 1.2))
        number = len(entries) + 1
        entries.append(Entry(number, number, now, (user_id,), update))
    return entries


def keyed(doc: Doc, chance: random.Random) -> tuple[bytes, int]:
    """One flush of the editor at the end of a paragraph; returns the update and how many characters it adds."""
    heard: list[bytes] = []
    watching = doc.observe(lambda event: heard.append(event.update))  # only what is new, as the editor sends it
    section = doc.get(FIELD, type=XmlFragment).children[0]
    with doc.transaction():
        if chance.random() < 0.02 or not len(section.children[len(section.children) - 1].children):
            section.children.append(XmlElement("paragraph")).children.append(XmlText(chance.choice(HAN)))
            added = 1
        else:
            text = section.children[len(section.children) - 1].children[0]
            if chance.random() < 0.125 and len(text) >= 6:
                del text[len(text) - 6 : len(text)]
                added = -2
            else:
                words = "".join(chance.choices(HAN, k=chance.randint(1, 4)))
                text.insert(len(text), words)
                added = len(words)
    doc.unobserve(watching)
    return heard[0], added


if __name__ == "__main__":
    main()
