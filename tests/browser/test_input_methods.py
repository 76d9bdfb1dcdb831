"""Chinese input while a colleague writes in the same paragraph: what was chosen stands there, and nothing else leaves."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.test_lessonplans import opened, saved
from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document import nodes

STREAMS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("input_methods.json").read_text("utf-8"))["streams"]
CARET, OTHERS = "‸", "丙"

HELP = """() => {
  const { planPage } = document.querySelector('[data-plan-page]');
  const editor = planPage.editor;
  // The place of a stream: the last block of text in the section of that number.
  window.place = (number) => {
    let found;
    editor.state.doc.forEach((section, offset) => section.attrs.key === `s${number}` && section.descendants((node, at) => {
      if (node.isTextblock) found = { from: offset + at + 2, text: node.textContent };
    }));
    return found;
  };
  window.choose = (number, from, to) => {
    const start = window.place(number).from;
    editor.chain().focus().setTextSelection({ from: start + from, to: start + to }).run();
  };
  window.write = (number, where) => {
    const { from, text } = window.place(number);
    editor.view.dispatch(editor.state.tr.insertText('丙', from + Math.min(where, text.length)));
  };
  // What has come from the colleague: what stands there and what waits for the end of the composition.
  window.arrived = (number) => window.place(number).text.split('丙').length - 1 + planPage.provider.heldUpdates.length;
  window.watch = (number) => (window.watched = [number, []]);
  editor.on('update', () => window.watched && window.watched[1].push(window.place(window.watched[0]).text));
}"""

SETTLED = """([number, others, length]) => {
  const { text } = place(number);
  return text.split('丙').length - 1 === others && text.length === length;
}"""


def base_of(stream: dict[str, Any]) -> tuple[str, int, int]:
    """What stands there, and where the selection begins and ends."""
    text: str = stream["text"]
    if CARET in text:
        return text.replace(CARET, ""), text.index(CARET), text.index(CARET)
    return text.replace("[", "").replace("]", ""), text.index("["), text.index("]") - 1


def block_of(stream: dict[str, Any]) -> nodes.Node:
    text, _from, _to = base_of(stream)
    if stream.get("place") == "table":
        return nodes.table(("环节",), [[text]])
    if stream.get("place") == "list":
        return nodes.bullets("读课文", text)
    begins, ends = stream.get("bold", (0, 0))
    parts = ((text[:begins], ()), (text[begins:ends], ({"type": "bold"},)), (text[ends:], ()))
    content = [{"type": "text", "text": words, "marks": list(marks)} for words, marks in parts if words]
    return {"type": "paragraph", "content": content}


@pytest.fixture
def plan_id(app, cast) -> int:
    """A section for each stream, with what stands there before."""
    sections = [nodes.section(f"s{n}", each["name"], "", block_of(each)) for n, each in enumerate(STREAMS)]
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("teacher")])
        return make_plan(leader, visibility="workshop", workshop_id=workshop.id, document=nodes.doc(*sections)).id


def play(session: CDPSession, step: str) -> None:
    if step.startswith("="):
        session.send("Input.insertText", {"text": step[1:]})
    else:
        session.send("Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)})


def chosen_so_far(stream: dict[str, Any]) -> set[str]:
    """The texts between the choices: all that a colleague may ever see."""
    base, begins, ends = base_of(stream)
    words = [step[1:] for step in stream["steps"] if step.startswith("=")]
    return {base} | {base[:begins] + "".join(words[: n + 1]) + base[ends:] for n in range(len(words))}


def words_on(page: Page, number: int) -> str:
    """What stands there, without the colleague's characters."""
    return page.evaluate("(n) => place(n).text", number).replace(OTHERS, "")


def replay(one: Page, other: Page, session: CDPSession, number: int) -> str | None:
    """Play a stream while the other writes before it, at it and behind it; return what went wrong."""
    stream = STREAMS[number]
    _base, begins, ends = base_of(stream)
    one.evaluate("([n, from, to]) => choose(n, from, to)", [number, begins, ends])
    other.evaluate("(n) => watch(n)", number)
    for turn, step in enumerate(stream["steps"]):
        play(session, step)
        if turn % 3 == 0:
            before = one.evaluate("(n) => arrived(n)", number)
            other.evaluate("([n, at]) => write(n, at)", [number, (0, begins + turn // 3, 99)[turn // 3 % 3]])
            eventually(lambda n=before: one.evaluate("(n) => arrived(n)", number) > n, 20)
    written, meant = len(range(0, len(stream["steps"]), 3)), stream["becomes"]
    for page in (one, other):
        with contextlib.suppress(AssertionError):  # what stands there instead is told below
            settled = [number, written, written + len(meant)]
            eventually(lambda p=page, s=settled: p.evaluate(SETTLED, s) and words_on(p, number) == meant, 20)
    stands = [page.evaluate("(n) => place(n).text", number) for page in (one, other)]
    seen = {text.replace(OTHERS, "") for text in other.evaluate("() => watched[1]")}
    if stands[0] != stands[1] or stands[0].replace(OTHERS, "") != meant:
        return f"{stream['name']}: {stands} instead of {meant}"
    return f"{stream['name']}: the other saw {seen}" if seen - chosen_so_far(stream) else None


def test_what_was_chosen_stands_there_while_a_colleague_writes_in_the_same_paragraph(page_for, plan_id):
    one, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    for page in (one, other):
        page.evaluate(HELP)
    one.bring_to_front()
    session = one.context.new_cdp_session(one)
    wrong = [replay(one, other, session, number) for number in range(len(STREAMS))]
    assert [each for each in wrong if each] == []
    saved(one)
