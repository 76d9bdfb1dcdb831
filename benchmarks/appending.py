"""A lesson page shows 300 comments and 100 more come at once: for how long is the browser busy?

    python benchmarks/appending.py [SHOWN [NEW [ROUNDS]]]          default: 300 100 5

Starts the real server and opens the lesson in a real Chromium, shows as many comments as wanted (加载更多) and scrolls to where its
reader stands: at the top, where the film and the first comments are in view. Then others' comments are written beside the server, all
over the lesson, and the page is told to ask for what is new. Measured in the browser, per round: the script that puts them in,
from the answer to the end of it; then until the next two pictures are drawn; the longest time in which the page answered to nothing (the
longest task); and what the page's main thread worked within three seconds: in all, and of it for styles, for the layout, in scripts.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from under_test import ROOT, Server, environment_of, serving

from tests.browser.conftest import ARGUMENTS, chromium

WORK = ("TaskDuration", "RecalcStyleDuration", "LayoutDuration", "ScriptDuration")
WATCH = """
() => {
  const list = document.getElementById('comments'), apply = list.apply.bind(list);
  window.longest = 0;
  new PerformanceObserver((seen) => {
    for (const { duration } of seen.getEntries()) window.longest = Math.max(window.longest, duration);
  }).observe({ type: 'longtask' });
  list.apply = (html) => {
    const begun = performance.now();
    apply(html);
    const put = performance.now() - begun;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      window.took = { put, drawn: performance.now() - begun };
    }));
  };
}
"""
ASK = "() => { window.took = null; window.longest = 0; return document.getElementById('comments').refresh(); }"
MORE_THAN = "(before) => document.querySelectorAll('#comments > .comment').length > before"
SHOWN = "() => document.querySelectorAll('#comments > .comment').length"


def main() -> None:
    asked = dict(enumerate(sys.argv))
    shown, new, rounds = int(asked.get(1, 300)), int(asked.get(2, 100)), int(asked.get(3, 5))
    print(f"{shown} comments shown, {new} come at once; load {os.getloadavg()[0]:.1f}\n")
    print(
        "| width | put in ms | drawn ms | longest task ms | worked in 3 s: all ms | styles ms | layout ms | scripts ms |"
    )
    print("|---|---|---|---|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for width in (1280, 390):
            found = [one_round(browser, shown, new, width) for _round in range(rounds)]
            columns = (spread([one[name] for one in found]) for name in ("put", "drawn", "longest", *WORK))
            print(f"| {width} | " + " | ".join(columns) + " |", flush=True)
        browser.close()


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


def one_round(browser: Browser, shown: int, new: int, width: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="yanxiu-appending-") as folder:
        environment = environment_of(Path(folder))
        stage = json.loads(staged(environment, str(shown), "100"))
        with serving(environment) as server:
            page = opened(browser, server, stage, width, shown)
            staged(environment, "more", str(stage["lesson"]), str(new))
            found = appended(page, shown + new)
            page.context.close()
            return found


def staged(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, str(ROOT / "benchmarks/lesson_stage.py"), *arguments]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return made.stdout.rsplit("ANSWER", 1)[1]


def opened(browser: Browser, server: Server, stage: dict[str, Any], width: int, shown: int) -> Page:
    context = browser.new_context(base_url=server.url, viewport={"width": width, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "yanxiu", "value": stage["cookie"], "url": server.url}])
    page = context.new_page()
    page.goto(f"/lessons/{stage['lesson']}")
    page.wait_for_function("() => document.querySelector('[data-pins] .pin')")
    while page.evaluate(SHOWN) < shown:
        before = page.evaluate(SHOWN)
        page.locator('[data-load-more="comments"]').click()
        page.wait_for_function(MORE_THAN, arg=before)
    page.evaluate("() => scrollTo(0, 0)")
    page.evaluate(WATCH)
    page.wait_for_timeout(1500)  # what a page does after it has opened is not what is measured
    return page


def appended(page: Page, expected: int) -> dict[str, float]:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before = worked_ms(session)
    page.evaluate(ASK)
    page.wait_for_function("() => window.took")
    page.wait_for_timeout(3000)
    assert page.evaluate(SHOWN) == expected
    took: dict[str, float] = page.evaluate("() => ({ ...window.took, longest: window.longest })")
    return took | {name: spent - before[name] for name, spent in worked_ms(session).items()}


def worked_ms(session: CDPSession) -> dict[str, float]:
    """What the main thread of the page has worked so far, in milliseconds."""
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return {name: 1000 * float(metrics[name]) for name in WORK}


if __name__ == "__main__":
    main()
