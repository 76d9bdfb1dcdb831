"""Two people at one plan, each in a Chromium of their own: how long until what one types is seen by the other?

    python benchmarks/two_pages.py [EDITS [ROUNDS]]          default: 60 2

A real server, two profiles, two signed-in writers. One types characters with pauses of 0.1 to 0.6 s, then the other does. Measured in the browsers,
whose clocks are the machine's: from the keyboard's event on one page until the character is in the text of the other and a frame has been
drawn since; what the editor itself waits for company is in it.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from under_test import Server, environment_of, serving, staged

from tests.browser.conftest import ARGUMENTS, chromium

HAN = "教学设计研究课堂学生目标重难点过程评价作业板书反思"
READY = "[data-plan-page][data-ready=true]"
WATCH = """() => {
  const text = document.querySelector('.ProseMirror');
  const now = () => performance.timeOrigin + performance.now();
  const marks = () => (text.textContent.match(/[\\u4e00-\\u9fff]/g) || []).length;
  window.typed = []; window.seen = []; window.marks = marks;
  text.addEventListener('beforeinput', (event) => window.typed.push(performance.timeOrigin + event.timeStamp), true);
  let before = marks();
  new MutationObserver(() => {
    const found = marks();
    if (found <= before) return;
    before = found;
    requestAnimationFrame(() => setTimeout(() => window.seen.push(now())));
  }).observe(text, {subtree: true, childList: true, characterData: true});
}"""


def main() -> None:
    edits, rounds = int(dict(enumerate(sys.argv)).get(1, 60)), int(dict(enumerate(sys.argv)).get(2, 2))
    with tempfile.TemporaryDirectory(prefix="yanxiu-two-pages-") as folder, sync_playwright() as playwright:
        environment = environment_of(Path(folder))
        stage = staged(environment, 2)
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        print("| who types | edits | seen by the other p50 ms | p95 ms | slowest ms | server CPU ms an edit | load |")
        print("|---|---|---|---|---|---|---|")
        with serving(environment) as server:
            pages = [opened(browser, server, stage, cookie) for cookie in stage["cookies"]]
            for number in range(rounds):
                writer, reader = pages[number % 2], pages[(number + 1) % 2]
                print(f"| {'AB'[number % 2]} | {row(writer, reader, edits, server)}", flush=True)
        browser.close()


def opened(browser: Browser, server: Server, stage: dict[str, Any], cookie: str) -> Page:
    """The plan in a profile of its own, ready to type in."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN")
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": server.url}])
    page = context.new_page()
    page.goto(f"/lesson-plans/{stage['plan']}")
    page.wait_for_selector(READY, timeout=60_000)
    page.locator(".ProseMirror p").last.click()
    page.evaluate(WATCH)
    return page


def row(writer: Page, reader: Page, edits: int, server: Server) -> str:
    chance = random.Random(edits)
    begun = [len(writer.evaluate("typed")), len(reader.evaluate("seen"))]
    used = server.cpu_s()
    for number in range(edits):
        writer.keyboard.insert_text(chance.choice(HAN))
        reader.wait_for_function(f"() => window.seen.length > {begun[1] + number}", timeout=10_000)
        writer.wait_for_timeout(chance.uniform(100, 600))
    used = server.cpu_s() - used
    typed, seen = writer.evaluate("typed")[begun[0] :], reader.evaluate("seen")[begun[1] :]
    waits = sorted(after - before for before, after in zip(typed, seen, strict=True))
    return (
        f"{edits} | {waits[edits // 2]:.0f} | {waits[int(edits * 0.95)]:.0f} | {waits[-1]:.0f}"
        f" | {1000 * used / edits:.1f} | {os.getloadavg()[0]:.1f} |"
    )


if __name__ == "__main__":
    main()
