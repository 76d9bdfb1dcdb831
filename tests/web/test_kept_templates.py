"""Compiled templates kept in the instance: trouble with them costs a compilation and never a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from yanxiu.web.templates import KeptTemplates


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    source, kept = tmp_path / "source", tmp_path / "kept"
    source.mkdir()
    kept.mkdir()
    (source / "a.html").write_text("一")
    return source, kept


def shown(source: Path, kept: Path) -> str:
    """What a process that has just started makes of the template."""
    jinja = Environment(loader=FileSystemLoader(source), bytecode_cache=KeptTemplates(str(kept)), autoescape=True)
    return jinja.get_template("a.html").render()


def test_a_template_is_compiled_once_and_again_when_it_changed(folders, monkeypatch):
    source, kept = folders
    assert shown(source, kept) == "一"
    with monkeypatch.context() as patch:
        patch.setattr(Environment, "compile", lambda *_args: pytest.fail("compiled although it was kept"))
        assert shown(source, kept) == "一"
    (source / "a.html").write_text("二")
    assert shown(source, kept) == "二"


def test_broken_and_unwritable_files_keep_nobody_from_reading(folders):
    source, kept = folders
    shown(source, kept)
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    for broken in (b"", whole[:-5], whole[:60] + b"\xff" * 40):
        file.write_bytes(broken)
        assert shown(source, kept) == "一"
    assert shown(source, kept / "gone") == "一"
