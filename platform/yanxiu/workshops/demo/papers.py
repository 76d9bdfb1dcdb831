"""The papers that teachers attach in the demo: short Word files made from the text files in `papers/`."""

from __future__ import annotations

import io
from pathlib import Path

from yanxiu.core.uploads import receive_upload
from yanxiu.workshops.services.attachments import Attachment

FOLDER = Path(__file__).parent / "papers"


def paper(name: str) -> Attachment:
    """Return a paper as if somebody had uploaded it: its file name, its title, then text; "- " makes a list."""
    from docx import Document  # only when the demo is made: it takes long to load

    filename, title, *lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip().splitlines()
    document = Document()
    document.add_heading(title, level=1)
    for line in filter(None, lines):
        if line.startswith("- "):
            document.add_paragraph(line[2:], style="List Bullet")
        else:
            document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    buffer.seek(0)
    return receive_upload(buffer, filename), None
