"""The accessibility gate: axe-core inside the page, by evaluation, so that it also runs under the strict policy."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# From the top of the page: what the bar that stays on the screen happens to cover further down is no finding.
_RUN = """tags => { scrollTo({ top: 0, behavior: 'instant' });
  return axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
    .then(result => result.violations); }"""


@cache
def _source() -> str:
    return AXE.read_text()


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it is now: rule, elements, what to do."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    return [_words(found) for found in page.evaluate(_RUN, TAGS)]


def _words(found: dict[str, Any]) -> str:
    nodes = "\n".join(f"    {node['html'][:200]}\n      {node['failureSummary'][:300]}" for node in found["nodes"][:5])
    return f"{found['id']}: {found['help']}\n{nodes}"


def sideways_overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
