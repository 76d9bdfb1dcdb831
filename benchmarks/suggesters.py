"""People who only suggest, beside others who write: is anything refused that an honest page sends, and what does a look cost?

    python benchmarks/suggesters.py [--runs 200] [--seed 1]

The editor's own modules run without a browser (suggesters_pages.mjs); what they send is judged by the server's own code.
First in turn, when everybody knows everything: nothing may be refused. Then late and at once, in a plan of some 50 lines
and in one of five lines of two letters, where everybody meets: what is refused is counted, with the words that its writer
has to copy. At the end of each run all pages and the server must say the same. Of each update that is taken, and of forgeries made
of it (its signature cut off, another one's picture, a cell over two columns), an own reading of the document, that does
not know the judgment's, must find nothing changed but this person's suggestions. Then: how long one look takes in a plan of
60 pages.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "platform"))

from pycrdt import XmlFragment  # noqa: E402

from yanxiu.lessonplans.collab.updates import MalformedUpdateError, compacted, merge  # noqa: E402
from yanxiu.lessonplans.collab.writers import person_of  # noqa: E402
from yanxiu.lessonplans.document.honest import DishonestError, check_suggesting  # noqa: E402
from yanxiu.lessonplans.document.nodes import doc, paragraph, section, table, tasks  # noqa: E402
from yanxiu.lessonplans.document.ydoc import FIELD, json_from_doc, json_from_state, load, state_from_json  # noqa: E402

LINE = "学生先读课文，圈出生字词，再和同桌交流自己的发现，教师巡视并指导，请两组上台说一说。"


SMALL = "春天"
FORGERIES = (
    (b"insertion", b"insertiom"),
    (b"deletion", b"deletiom"),
    (b"/images/", b"/imagez/"),
    (b"tableRow", b"tableRoo"),
    (b"tableCell", b"listItem_"),
    (b"colspan\x01}\x01", b"colspan\x01}\x02"),
    (b"rowspan\x01}\x01", b"rowspan\x01}\x02"),
)
"""What is put for what, of the same length, so that all else reads as before."""
WHOLE = ("insertion", "deletion", "merge", "split", "header", "tick", "reshape", "realign", "relist")


def without(node: dict[str, Any], author: int) -> dict[str, Any]:
    """The document as if this person had suggested nothing."""

    def is_own(change: Any) -> bool:
        return isinstance(change, dict) and change.get("author") == author

    attrs = {key: value for key, value in node.get("attrs", {}).items() if not (key in WHOLE and is_own(value))}
    content: list[dict[str, Any]] = []
    for child in node.get("content", ()):
        if child["type"] == "text":
            marks = [mark for mark in child.get("marks", ()) if not is_own(mark.get("attrs"))]
            if any(mark["type"] == "insertion" and is_own(mark["attrs"]) for mark in child.get("marks", ())):
                continue
            last = content[-1] if content else {}
            if last.get("type") == "text" and last["marks"] == marks:
                last["text"] += child["text"]
            else:
                content.append({"type": "text", "text": child["text"], "marks": marks})
        elif not is_own(child.get("attrs", {}).get("insertion")):
            content.append(without(child, author))
    return {"type": node["type"], "attrs": attrs, "content": content}


def beginning(letters: str) -> bytes:
    if letters != SMALL:
        parts = [
            [paragraph(f"{n}、{LINE}"), paragraph(LINE[n:]), paragraph(""), paragraph(LINE[:n])] for n in range(12)
        ]
        rows = [[LINE[:9], LINE[9:20]], [LINE[20:], ""]]
        return state_from_json(
            doc(
                *(
                    section(f"s{n}", "环节", "", *part, table(["环节", "教师"], rows), tasks((False, LINE[:n])))
                    for n, part in enumerate(parts)
                )
            )
        )
    words = [paragraph("春天天春来了"), paragraph("**天**天春春"), paragraph("")]
    cells = table(["环节", "教师"], [["春", "天"], ["天", "春"]])
    return state_from_json(
        doc(section("a", "甲", "", *words), section("b", "乙", "", cells, paragraph("春天"), tasks((False, "春天"))))
    )


class Server:
    """The whole document, and the judgment."""

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self.state = b""
        self.spent: list[float] = []
        self.forged = 0

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        if "begin" in question:
            self.state = beginning(self.letters)
            return {"state": base64.b64encode(self.state).decode(), "letters": self.letters}
        if "end" in question:
            return {"says": json.dumps(json_from_state(self.state), sort_keys=True)}
        if "same" in question:
            return {"says": json.dumps(json_from_state(base64.b64decode(question["same"])), sort_keys=True)}
        update = base64.b64decode(question["update"])
        if question["role"] == "suggest":
            began = time.process_time()
            try:
                self._look(update, question)
            except DishonestError as error:
                return {"refused": str(error)}
            finally:
                self.spent.append(time.process_time() - began)
            self._is_honest(update, question["author"])
            self._forge(update, question)
        self.state = compacted([merge([self.state, update])])
        return {"refused": ""}

    def _look(self, update: bytes, question: dict[str, Any]) -> None:
        author = question["author"]
        own = f"/lesson-plans/1/images/{author}"
        check_suggesting(self.state, update, author, question["name"], self._owns(author), lambda src: src == own)

    def _is_honest(self, update: bytes, author: int) -> None:
        made = load(self.state)
        before = without(json_from_doc(made, comments=True), author)
        made.apply_update(update)
        if without(json_from_doc(made, comments=True), author) != before:
            raise SystemExit(f"taken of {author} although it does more than suggest")

    def _forge(self, update: bytes, question: dict[str, Any]) -> None:
        """What is like it and says something else must be refused, or change nothing."""
        for old, new in FORGERIES:
            forgery = update.replace(old, new)
            if forgery == update:
                continue
            self.forged += 1
            with contextlib.suppress(DishonestError, MalformedUpdateError):
                self._look(forgery, question)
                self._is_honest(forgery, question["author"])

    @staticmethod
    def _owns(author: int) -> Callable[[int, bool], bool]:
        return lambda client, _has: person_of(client) == author


def play(first: int, runs: int, in_turn: bool, letters: str) -> dict[str, Any]:
    """Answer the pages until they are done; their sums."""
    server = Server(letters)
    command = ["node", str(ROOT / "benchmarks/suggesters.mjs"), str(first), str(runs), str(int(in_turn))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as pages:
        assert pages.stdin is not None
        assert pages.stdout is not None
        for asked in pages.stdout:
            question = json.loads(asked)
            if "done" in question:
                pages.stdin.write("{}\n")
                pages.stdin.close()
                return {
                    **question["done"],
                    "forged": server.forged,
                    "ms": round(1000 * sum(server.spent) / max(1, len(server.spent)), 1),
                }
            pages.stdin.write(json.dumps(server.answer(question)) + "\n")
            pages.stdin.flush()
    raise SystemExit("the pages ended before they were done")


def look_at_a_long_plan() -> str:
    """Processor time of one look at 60 pages of 700 characters, for one typed word."""
    blocks = [paragraph(LINE * 3) for _ in range(30)]
    parts = [section(f"s{n}", "环节", "", *blocks, table(["环节", "教师"], [[LINE, LINE]] * 3)) for n in range(10)]
    state = state_from_json(doc(*parts))
    made = load(state)
    before = made.get_state()
    mark = {"id": "7-a", "author": 7, "name": "P7", "at": 1}
    made.get(FIELD, type=XmlFragment).children[0].children[0].children[0].insert(0, "先", {"insertion": mark})
    update = made.get_update(before)
    times = []
    for _ in range(9):
        began = time.process_time()
        check_suggesting(state, update, 7, "P7", lambda _client, _has: True)
        times.append(1000 * (time.process_time() - began))
    characters = 10 * (30 * 3 + 6) * len(LINE)
    return f"one look at {characters:,} characters ({len(state):,} bytes): {sorted(times)[4]:.0f} ms of one processor"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    failed = False
    weather = {"in turn": (True, SMALL), "at once": (False, LINE), "at once in five lines": (False, SMALL)}
    for name, (in_turn, letters) in weather.items():
        told = play(chosen.seed, chosen.runs, in_turn, letters)
        failed = failed or (in_turn and bool(told["refused"]))
        refused = sum(told["refused"].values())
        print(
            f"{name}: {chosen.runs} runs, {told['sent']} sent by who only suggests, {refused} refused {told['refused']}"
        )
        print(f"  {told['forged']} forgeries, none of which says more than a suggestion")
        print(f"  {told['lost']} characters to copy, {told['ms']} ms a look; all pages and the server say the same")
    print(look_at_a_long_plan())
    print(f"load average {os.getloadavg()[0]:.1f}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
