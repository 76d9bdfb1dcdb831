"""What is committed in static/dist is exactly what static/src builds to, and small enough."""

from __future__ import annotations

import filecmp
import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.imports import ROOT

pytestmark = pytest.mark.once

DIST = ROOT / "static" / "dist"
FIRST_VIEW_KB = 150


def entries() -> dict[str, str]:
    """Entry → built file, as templates see it."""
    return json.loads((DIST / "manifest.json").read_text())["entries"]


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def rebuilt(tmp_path: Path) -> Path:
    """A build from nothing but the lock file and the sources, in another folder."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("Node is not installed")
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "static", tmp_path / "static", ignore=shutil.ignore_patterns("dist"))
    for command in ([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["node", "static/src/build.mjs"]):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return tmp_path / "static" / "dist"


@pytest.mark.timeout(300)
def test_the_committed_assets_are_what_the_sources_build_to(rebuilt: Path) -> None:
    assert files_of(rebuilt) == files_of(DIST), "run `make assets` and commit static/dist"
    _, different, unreadable = filecmp.cmpfiles(DIST, rebuilt, sorted(files_of(DIST)), shallow=False)
    assert not different + unreadable, "run `make assets` and commit static/dist"


def test_the_manifest_names_every_entry_and_only_files_that_exist() -> None:
    assert {"app.js", "app.css"} <= set(entries())
    assert not [name for name in entries().values() if not (DIST / name).is_file()]


def test_the_manifest_names_what_a_script_needs_before_it_can_run() -> None:
    imports = json.loads((DIST / "manifest.json").read_text())["imports"]
    for entry, named in imports.items():
        needed, files = set(), [entries()[entry]]
        for file in files:
            needed |= set(re.findall(r'(?:from|import)"\./([\w.-]+)"', (DIST / file).read_text("utf-8")))
            files += sorted(needed - set(files))
        assert needed == set(named), entry


def test_what_every_page_loads_fits_a_slow_line() -> None:
    """The whole first view has 150 KB; the shell must leave most of it to the page."""
    packed = sum(len(gzip.compress((DIST / entries()[name]).read_bytes(), 9)) for name in ("app.js", "app.css"))
    assert packed / 1024 < FIRST_VIEW_KB / 2


def test_every_bundled_package_is_named_with_its_license() -> None:
    notices = (DIST / "THIRD_PARTY.txt").read_text("utf-8")
    wanted = json.loads((ROOT / "package.json").read_text()).get("dependencies", {})
    assert not [name for name in wanted if name not in notices]
