"""A lesson of 40 minutes with 2,000 comments and 5,000 codes: how long until its page stands?

    python benchmarks/lesson.py [COMMENTS [CODES [ROUNDS]]]          default: 2000 5000 5

Each round starts the real server anew and opens the lesson in a fresh profile of a real Chromium (nothing cached), on
loopback. Measured in the browser, from the start of the navigation: the text can be read; every comment stands on the
timeline and the film has said how long it is; the lane of codes is drawn. Then once more in the same profile.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from under_test import ROOT, Server, environment_of, serving

from tests.browser.conftest import ARGUMENTS, chromium

WATCH = """
addEventListener('DOMContentLoaded', () => {
  const marks = window.marks = {read: performance.now()};
  const note = (name, seen) => { if (!marks[name] && seen) marks[name] = performance.now(); };
  const look = () => {
    note('pins', document.querySelector('[data-pins] .pin'));
    note('film', (document.querySelector('#lesson-video') || {}).readyState >= 1);
    note('lanes', document.querySelector('[data-lanes-of] path'));
    if (marks.pins && marks.film && marks.lanes) marks.done = true;
    else requestAnimationFrame(look);
  };
  look();
});
"""
COUNTED = "() => Number(document.querySelector('[data-comment-count]').textContent)"


def main() -> None:
    asked = dict(enumerate(sys.argv))
    comments, codes, rounds = int(asked.get(1, 2000)), int(asked.get(2, 5000)), int(asked.get(3, 5))
    with tempfile.TemporaryDirectory(prefix="yanxiu-lesson-") as folder, sync_playwright() as playwright:
        environment = environment_of(Path(folder))
        command = [sys.executable, str(ROOT / "benchmarks/lesson_stage.py"), str(comments), str(codes)]
        made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        stage = json.loads(made.stdout.rsplit("ANSWER", 1)[1]) | {"comments": comments}
        print(f"{comments} comments, {codes} codes, 40 minutes\n")
        print(
            "| round | readable ms | comments on the timeline ms | film ms | codes drawn ms | again: codes drawn ms | server CPU ms |"
        )
        print("|---|---|---|---|---|---|---|")
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for number in range(rounds):
            with serving(environment) as server:
                print(f"| {number + 1} |" + one_round(browser, server, stage), flush=True)
        browser.close()


def one_round(browser: Browser, server: Server, stage: dict[str, Any]) -> str:
    url, used = server.url, server.cpu_s()
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "yanxiu", "value": stage["cookie"], "url": url}])
    context.add_init_script(WATCH)
    cold = opened(context, stage)
    used = server.cpu_s() - used
    again = opened(context, stage)
    context.close()
    shown = " | ".join(f"{cold[name]:.0f}" for name in ("read", "pins", "film", "lanes"))
    return f" {shown} | {again['lanes']:.0f} | {1000 * used:.0f} |"


def opened(context: BrowserContext, stage: dict[str, Any]) -> dict[str, float]:
    page = context.new_page()
    page.goto(f"/lessons/{stage['lesson']}")
    page.wait_for_function("() => window.marks && window.marks.done", timeout=60_000)
    assert page.evaluate(COUNTED) == stage["comments"]
    times: dict[str, float] = page.evaluate("() => window.marks")
    page.close()
    return times


if __name__ == "__main__":
    main()
