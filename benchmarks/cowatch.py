"""A recording watched together: how far are the films of the pages apart, also of one that came late?

    python benchmarks/cowatch.py [SECONDS [ROUNDS]]          default: 30 3

A real server and real Chromium pages in profiles of their own, a film of 40 minutes. One leads, one comes along; SECONDS later
both are measured, a third comes in, and all three are measured five seconds after that and again after a jump of the leader.
All pages are on one machine, so its clock says the truth: the drift of two pages is what lies between their moments of the film
less what lies between the moments of asking. What the pages believe themselves (`data-drift-ms`) stands beside it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright
from under_test import ROOT, environment_of, serving

from tests.browser.conftest import ARGUMENTS, chromium

SETTLES_S = 5
SAMPLES = 20
NOW = """() => ({
  at: performance.timeOrigin + performance.now(),
  film: document.querySelector("#lesson-video").currentTime * 1000,
  paused: document.querySelector("#lesson-video").paused,
  said: Math.abs(Number(document.querySelector("#together").dataset.driftMs)),
})"""


def main() -> None:
    asked = dict(enumerate(sys.argv))
    seconds, rounds = int(asked.get(1, 30)), int(asked.get(2, 3))
    with tempfile.TemporaryDirectory(prefix="yanxiu-cowatch-") as folder, sync_playwright() as playwright:
        environment = environment_of(Path(folder))
        command = [sys.executable, str(ROOT / "benchmarks/lesson_stage.py"), "50", "50"]
        made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        stage = json.loads(made.stdout.rsplit("ANSWER", 1)[1])
        print(f"| round | after {seconds} s: apart ms | a late joiner ms | after a jump ms | what the pages say ms |")
        print("|---|---|---|---|---|")
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        with serving(environment) as server:
            for number in range(rounds):
                print(f"| {number + 1} |" + one_round(browser, server.url, stage, seconds), flush=True)
        browser.close()


def one_round(browser: Browser, url: str, stage: dict[str, Any], seconds: int) -> str:
    leader, early = (opened(browser, url, stage["lesson"], cookie) for cookie in (stage["cookie"], stage["others"][0]))
    leader.get_by_role("button", name="带大家一起看").click()
    leader.evaluate("document.querySelector('#lesson-video').play()")
    early.get_by_role("button", name="加入一起看").click()
    time.sleep(seconds)
    first = apart([leader, early])
    late = opened(browser, url, stage["lesson"], stage["others"][1])
    late.get_by_role("button", name="加入一起看").click()
    time.sleep(SETTLES_S)
    joined = apart([leader, early, late])
    leader.evaluate("document.querySelector('#lesson-video').currentTime = 1200")
    time.sleep(SETTLES_S)
    jumped = apart([leader, early, late])
    said = max(page.evaluate(NOW)["said"] for page in (leader, early, late))
    leader.get_by_role("button", name="结束一起看").click()
    for page in (leader, early, late):
        page.context.close()
    return f" {first:.0f} | {joined:.0f} | {jumped:.0f} | {said:.0f} |"


def opened(browser: Browser, url: str, lesson: int, cookie: str) -> Page:
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "yanxiu", "value": cookie, "url": url}])
    page = context.new_page()
    page.goto(f"/lessons/{lesson}")
    expect(page.locator("#comments")).to_have_attribute("data-state", "live")
    page.evaluate("document.querySelector('#lesson-video').muted = true")
    return page


def apart(pages: list[Page]) -> float:
    """Return the largest of several measured distances between any two of the pages, in ms of the film."""
    worst = 0.0
    for _ in range(SAMPLES):
        shown = [page.evaluate(NOW) for page in pages]
        assert not any(one["paused"] for one in shown)
        starts = [one["film"] - one["at"] for one in shown]  # where each film would have been at the epoch
        worst = max(worst, max(starts) - min(starts))
        time.sleep(0.1)
    return worst


if __name__ == "__main__":
    main()
