"""What comes out of the clipboards of Word and WPS, and of plain text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.test_lessonplans import opened, saved, write
from tests.browser.test_lessonplans_editor import nodes_of, plan_id, stored
from tests.lessonplans.matrix import png

__all__ = ["plan_id"]
CLIPBOARD = Path(__file__).parent / "clipboard"
PASTE = """(given) => {
  const data = new DataTransfer();
  for (const [kind, text] of Object.entries(given)) data.setData(kind, text);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector("#plan-text").dispatchEvent(event);
}"""


def paste(page: Page, **kinds: str) -> None:
    page.evaluate(PASTE, {f"text/{kind}": text for kind, text in kinds.items()})


def shape(node: dict[str, Any]) -> Any:
    """A node as nested lists: its kind and spans, then its words or children."""
    if node["type"] == "text":
        marks = sorted(mark["type"] for mark in node.get("marks", ()))
        return "+".join([*marks, node["text"]]) if marks else node["text"]
    attrs = node.get("attrs", {})
    told = [
        f"{name}={attrs[name]}"
        for name in ("colspan", "rowspan", "textAlign", "align", "level", "start")
        if attrs.get(name, 1) != 1
    ]
    return [" ".join([node["type"], *told]), *(shape(child) for child in node.get("content", ()))]


def section(app, plan_id: int, key: str) -> list[Any]:
    return next(shape(node)[1:] for node in stored(app, plan_id)["content"] if node["attrs"]["key"] == key)


def rtf() -> str:
    """A picture as Word writes it beside the HTML: as PNG, and once more for old readers."""
    drawn = png().hex()
    lines = "\n".join(drawn[at : at + 128] for at in range(0, len(drawn), 128))
    about = r"{\*\picprop\shplid1025{\sp{\sn shapeType}{\sv 75}}}\picscalex100\picw2117\pich1588"
    shown = r"{\*\shppict{\pict" + about + r"\pngblip\bliptag123{\*\blipuid 0a1b2c}" + lines + "}}"
    return r"{\rtf1\ansi\deff0 " + shown + r"{\nonshppict{\pict\wmetafile8\picw2117 0100090000}}}"


def test_what_word_copies_keeps_its_structure_and_its_picture(app, page_for, plan_id):
    page = opened(page_for("leader"), plan_id)
    write(page, "board", "")
    paste(page, html=(CLIPBOARD / "word.txt").read_text("utf-8"), plain="草船借箭", rtf=rtf())
    expect(page.locator("#section-board > .plan-section-body > img[alt=三方关系图]")).to_be_visible()
    expect(page.locator(".kept-picture")).to_have_count(0)
    saved(page)
    got = section(app, plan_id, "board")
    assert [part for part in got if part[0] != "image" and part != ["paragraph"]] == [
        ["heading textAlign=center level=3", "草船借箭"],
        ["paragraph textAlign=right", "第一课时"],
        ["paragraph", "bold+重点：", "了解起因、经过和结果"],
        ["paragraph", "一、教学目标"],
        [
            "orderedList",
            ["listItem", ["paragraph", "认识生字"], ["bulletList", ["listItem", ["paragraph", "会写“妒忌”"]]]],
            ["listItem", ["paragraph", "复述故事"]],
        ],
        [
            "table",
            ["tableRow", ["tableCell colspan=2", ["paragraph textAlign=center", "环节与活动"]], ["tableCell rowspan=2", ["paragraph", "时间"]]],
            ["tableRow", ["tableCell", ["paragraph", "导入"]], ["tableCell", ["paragraph"]]],
        ],
    ]  # fmt: skip
    assert [node["attrs"]["alt"] for node in nodes_of(stored(app, plan_id), "image")] == ["三方关系图"]


def test_what_wps_copies_and_plain_lines_keep_theirs(app, page_for, plan_id):
    page = opened(page_for("leader"), plan_id)
    write(page, "board", "")
    paste(page, html=(CLIPBOARD / "wps.txt").read_text("utf-8"), plain="默读课文")
    write(page, "goals", "")
    paste(page, plain="第一段\r\n第二段\n\n第三段")
    saved(page)
    assert [part for part in section(app, plan_id, "board") if part != ["paragraph"]] == [
        [
            "orderedList",
            ["listItem", ["paragraph", "bold+默读课文"]],
            ["listItem", ["paragraph", "underline+圈画批注"]],
        ],
        [
            "table",
            ["tableRow", ["tableCell rowspan=2", ["paragraph", "甲"]], ["tableCell", ["paragraph", "乙"]]],
            ["tableRow", ["tableCell", ["paragraph", "丙"]]],
        ],
    ]
    assert section(app, plan_id, "goals") == [["paragraph", line] for line in ("第一段", "第二段", "第三段")]
