"""A file of subtitles in a request."""

from __future__ import annotations

from flask import request

from yanxiu.core.errors import InvalidError
from yanxiu.core.storage import base_name
from yanxiu.core.subtitles import MAX_BYTES, Cue, read_subtitles

LONGEST_NAME = 120


def received_subtitles() -> tuple[str, list[Cue]]:
    """Return name and cues of the file sent as `subtitles`; InvalidError where there is none that says anything."""
    file = request.files.get("subtitles")
    if file is None or not file.filename:
        raise InvalidError("请选择字幕文件", field="subtitles")
    name = base_name(file.filename)
    with file.stream as sent:
        cues = read_subtitles(name, sent.read(MAX_BYTES + 1))
    return name[-LONGEST_NAME:], cues
