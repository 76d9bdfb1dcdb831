"""What every file of the repository must keep to, whoever wrote it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.imports import ROOT

pytestmark = pytest.mark.once

LONGEST_FILE = 450
LARGEST_FILE = 1_500_000
GENERATED = ("static/dist/", "platform/yanxiu/migrations/versions/", "requirements/", "package-lock.json")

# Spelled in pieces, so that this file does not name them either.
REGISTRIES = [
    ".".join(name)
    for name in (
        ("pypi", "org"), ("pypi", "python", "org"), ("files", "pythonhosted", "org"), ("registry", "npmjs", "org"),
        ("registry", "npmmirror", "com"), ("registry", "yarnpkg", "com"), ("deb", "debian", "org"),
        ("pypi", "tuna", "tsinghua", "edu", "cn"), ("mirrors", "aliyun", "com"),
    )
]  # fmt: skip
INDEX_OPTION = re.compile(r"--(extra-)?index" + "-url|--find" + "-links +http")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is or will be in git; in a source archive without git, every file outside known folders."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = filter(None, listing.stdout.decode().split("\0"))
    return tuple(path for path in map(ROOT.joinpath, sorted(names)) if path.is_file())


def texts(*patterns: str, generated: bool = False) -> Iterator[tuple[str, str]]:
    """Name and text of the tracked files that match a pattern such as `*.py`."""
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if (generated or not name.startswith(GENERATED)) and any(path.match(pattern) for pattern in patterns):
            yield name, path.read_text("utf-8")


def lines_with(pattern: str, *files: str, flags: int = 0) -> list[str]:
    """`file:line: text` of each match in the given kinds of files."""
    wanted = re.compile(pattern, flags)
    found = []
    for name, text in texts(*files):
        for match in wanted.finditer(text):
            number = text.count("\n", 0, match.start()) + 1
            found.append(f"{name}:{number}: {match.group().strip()[:100]}")
    return found


def test_no_file_outgrows_its_subject() -> None:
    long = [
        (name, n)
        for name, text in texts("*.py", "*.js", "*.mjs", "*.html", "*.css")
        if (n := text.count("\n")) > LONGEST_FILE
    ]
    assert not long, "which two nouns live here? " + str(long)


def test_no_large_file_is_committed() -> None:
    assert not [(path.name, size) for path in tracked() if (size := path.stat().st_size) > LARGEST_FILE]


def test_no_file_names_a_registry() -> None:
    found = []
    for path in tracked():
        content = path.read_bytes()
        found += [f"{path.relative_to(ROOT)}: {host}" for host in REGISTRIES if host.encode() in content]
    assert not found, "\n".join(found)


def test_lock_files_record_hashes_and_no_addresses() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
    for path in sorted((ROOT / "requirements").glob("*.lock")):
        text = path.read_text()
        assert "://" not in text, path.name
        entries = re.split(r"\n(?=\S)", text.strip())
        assert entries
        assert not [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry], (
            path.name
        )


def test_no_file_says_where_to_download_from() -> None:
    kinds = ("*.txt", "*.lock", "*.toml", "*.sh", "Makefile", "*.py", "*.yml")
    found = [name for name, text in texts(*kinds, generated=True) if INDEX_OPTION.search(text)]
    assert not found


def test_python_sources_announce_no_unfinished_work() -> None:
    assert not lines_with(
        r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|raise NotImplemented" + "Error", "*.py", "*.js", "*.html"
    )


def test_tests_wait_for_states_and_never_for_time() -> None:
    sleeping = lines_with(
        r"\b(time\.sleep|wait_for_timeout|wait_for_function)\(", "tests/**/*.py", "test_*.py", "conftest.py"
    )
    assert not [line for line in sleeping if not line.startswith(("tests/support/", "tests/crash/"))], sleeping


def test_templates_hold_no_inline_handlers_styles_or_scripts() -> None:
    """The content security policy would refuse them in the browser; here they are refused before."""
    assert not lines_with(r"""<[^>{]*\son[a-z]+\s*=""", "templates/**/*.html", "*.html")
    assert not lines_with(r"""\sstyle\s*=\s*["']""", "*.html")
    scripts = lines_with(r"<script\b[^>]*>", "*.html")
    assert not [line for line in scripts if "nonce" not in line and "csp_nonce" not in line], scripts


def test_templates_link_nothing_on_other_hosts() -> None:
    """Schools are behind filters: a page must not wait for a host somewhere else."""
    assert not lines_with(
        r"""<(?:script|link|img|iframe|video|audio)\b[^>]*(?:src|href)=["']?(?:https?:)?//[^>]*>""", "*.html"
    )


def test_scripts_build_no_code_at_run_time() -> None:
    assert not lines_with(r"\beval\(|new Function\(|document\.write\(|\bwith\s*\(", "static/src/**/*.js", "*.js")


@pytest.mark.parametrize("feature", ["color-mix", "oklch", ":has(", "@container", "@layer", "dvh", "inset:"])
def test_style_sheets_use_what_old_browsers_know(feature: str) -> None:
    """School computers run Chromium 80 to 109. A value with a fallback before it is fine: put both on one line."""
    found = lines_with(rf"^.*{re.escape(feature)}.*$", "*.css", flags=re.MULTILINE)
    assert not [line for line in found if "/* fallback" not in line], found


def test_page_texts_shout_at_nobody() -> None:
    """Manners of the pages: no exclamation marks."""
    assert not lines_with(r"[一-鿿][！!](?![=\-])", "templates/**/*.html", "*.html")
