"""A plan of 60 pages after a cold start: how long from the click until one can type?

    python benchmarks/opening.py [PAGES [ROUNDS]]          default: 60 5

Each round starts the real server anew and opens the plan in a fresh profile of a real Chromium (nothing cached) with the very
first page that the process is asked for, on loopback; then in a second fresh profile (*warm*: the server has answered before), and
once more in that one (*again*). Measured in the browser from the start of the navigation until the first byte of the page, until the
editor takes keys (`data-ready`), and until a character that is typed as soon as it does stands in the text and was painted; *kept*
is when the page calls it saved. The CPU columns (server processes; the page's main thread until ready) say what is left of it on
a quiet machine, the load says how far from quiet this one was.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from under_test import ROOT, Server, environment_of, serving

from tests.browser.conftest import ARGUMENTS, chromium

WATCH = """
addEventListener('DOMContentLoaded', () => {
  const page = document.querySelector('[data-plan-page]');
  if (!page) return;
  const kept = page.querySelector('[data-plan-state]');
  const type = () => {
    const { editor } = page.planPage;
    editor.commands.insertContentAt(editor.state.doc.content.size - 2, '字');
    document.body.offsetHeight;
    requestAnimationFrame(() => setTimeout(() => { window.typedAt = performance.now(); }));
    new MutationObserver(() => {
      if (kept.dataset.state === 'saved' && !page.planPage.provider.unconfirmed) window.keptAt = window.keptAt || performance.now();
    }).observe(kept, {attributes: true, childList: true});
  };
  new MutationObserver(() => {
    if (page.dataset.ready !== 'true' || window.readyAt) return;
    window.readyAt = performance.now();
    type();
  }).observe(page, {attributes: true});
});
"""
ASK = "() => window.keptAt && [window.readyAt, window.typedAt, window.keptAt]"
SIZES = """() => {
  const [page] = performance.getEntriesByType('navigation');
  const files = performance.getEntriesByType('resource');
  return [page.responseStart, files.reduce((sum, one) => sum + one.transferSize, page.transferSize)];
}"""
COLUMNS = (
    "round",
    "opened",
    "first byte ms",
    "ready ms",
    "typed ms",
    "kept ms",
    "KB",
    "server CPU ms",
    "page CPU ms",
    "load",
)


def main() -> None:
    pages, rounds = int(dict(enumerate(sys.argv)).get(1, 60)), int(dict(enumerate(sys.argv)).get(2, 5))
    with tempfile.TemporaryDirectory(prefix="yanxiu-opening-") as folder, sync_playwright() as playwright:
        environment = environment_of(Path(folder))
        command = [sys.executable, str(ROOT / "benchmarks/opening_stage.py"), str(pages)]
        made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        stage = json.loads(made.stdout.rsplit("ANSWER", 1)[1])
        print(f"{pages} pages, {stage['characters']} characters, {stage['bytes'] / 1024:.0f} KB of state\n")
        print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for number in range(rounds):
            started = time.perf_counter()
            with serving(environment, ready=accepts) as server:
                after = time.perf_counter() - started
                one_round(browser, server, stage, number + 1)
                print(f"<!-- the server let the first visitor in {after:.1f} s after its start -->", flush=True)
        browser.close()


def accepts(url: str) -> bool:
    """Whether the server is there, asked for a built file, which none of its pages is made for: they stay to be asked first."""
    built = json.loads((ROOT / "static/dist/manifest.json").read_text())["entries"]["app.css"]
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/static/dist/{built}", timeout=60) as answer:
        return bool(answer.status == 200)
    return False


def one_round(browser: Browser, server: Server, stage: dict[str, Any], number: int) -> None:
    for words in (("cold",), ("warm", "again")):
        context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN")
        context.add_cookies([{"name": "yanxiu", "value": stage["cookie"], "url": server.url}])
        context.add_init_script(WATCH)
        for word in words:
            figures = opened(context, server, stage["plan"])
            cells = [f"{figure:.0f}" for figure in figures]
            print(f"| {number} | {word} | {' | '.join(cells)} | {os.getloadavg()[0]:.1f} |", flush=True)
        context.close()


def opened(context: BrowserContext, server: Server, plan_id: int) -> list[float]:
    """First byte, ready, typed, kept in ms; bytes fetched in KB; CPU ms of the server and of the page's main thread."""
    page, used = context.new_page(), resting(server)
    meter = context.new_cdp_session(page)
    meter.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(f"/lesson-plans/{plan_id}", wait_until="commit")
    page.wait_for_function("() => window.readyAt", timeout=60_000)
    metrics = {each["name"]: each["value"] for each in meter.send("Performance.getMetrics")["metrics"]}
    used = server.cpu_s() - used
    times = page.wait_for_function(ASK, timeout=60_000).json_value()
    first_byte, size = page.evaluate(SIZES)
    page.close()
    return [first_byte, *times, size / 1024, 1000 * used, 1000 * metrics["TaskDuration"]]


def resting(server: Server) -> float:
    """Wait until what the last visit left to do (noting who wrote, compaction) is done; return the CPU time used so far."""
    used = -1.0
    while used != (used := server.cpu_s()):
        time.sleep(1)
    return used


if __name__ == "__main__":
    main()
