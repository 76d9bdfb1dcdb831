"""A plan of 60 pages after a cold start: how long from the click until one can type?

    python benchmarks/opening.py [PAGES [ROUNDS]]          default: 60 5

Each round starts the real server anew and opens the plan in a fresh profile of a real Chromium (nothing cached), on
loopback. Measured in the browser, from the start of the navigation to the moment the text can be read, the editor takes
keys, and a typed character stands in the text; then once more in the same profile. The CPU columns (server processes; the
page's main thread until ready) say what is left of it on a quiet machine.
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
  const page = document.querySelector('[data-plan-page]');
  if (!page) return;
  window.readAt = performance.now();
  new MutationObserver(() => {
    if (page.dataset.ready === 'true' && !window.readyAt) window.readyAt = performance.now();
  }).observe(page, {attributes: true});
});
"""
ASK = """() => window.readyAt && [window.readAt, window.readyAt]"""
TYPE = """() => {
  const started = performance.now();
  const editor = document.querySelector('[data-plan-page]').planPage.editor;
  editor.commands.insertContentAt(editor.state.doc.content.size - 2, '字');
  document.body.offsetHeight;
  return performance.now() - started;
}"""


def main() -> None:
    pages, rounds = int(dict(enumerate(sys.argv)).get(1, 60)), int(dict(enumerate(sys.argv)).get(2, 5))
    with tempfile.TemporaryDirectory(prefix="yanxiu-opening-") as folder, sync_playwright() as playwright:
        environment = environment_of(Path(folder))
        command = [sys.executable, str(ROOT / "benchmarks/opening_stage.py"), str(pages)]
        made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        stage = json.loads(made.stdout.rsplit("ANSWER", 1)[1])
        print(f"{pages} pages, {stage['characters']} characters, {stage['bytes'] / 1024:.0f} KB of state\n")
        print(
            "| round | cold: readable ms | ready to type ms | first character ms | again: ready ms | server CPU ms | page CPU ms |"
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
    cold, typed, busy = opened(context, stage["plan"])
    used = server.cpu_s() - used
    again, _typed, _busy = opened(context, stage["plan"])
    context.close()
    return f" {cold[0]:.0f} | {cold[1]:.0f} | {typed:.0f} | {again[1]:.0f} | {1000 * used:.0f} | {1000 * busy:.0f} |"


def opened(context: BrowserContext, plan_id: int) -> tuple[list[float], float, float]:
    page = context.new_page()
    meter = context.new_cdp_session(page)
    meter.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(f"/lesson-plans/{plan_id}")
    times = page.wait_for_function(ASK, timeout=60_000).json_value()
    metrics = {each["name"]: each["value"] for each in meter.send("Performance.getMetrics")["metrics"]}
    typed = page.evaluate(TYPE)
    page.wait_for_selector("[data-plan-state][data-state=saved]", timeout=60_000)
    page.close()
    return times, typed, metrics["TaskDuration"]


if __name__ == "__main__":
    main()
