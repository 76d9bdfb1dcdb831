"""Looking into the mirror before sending."""

from __future__ import annotations

from wtforms import TextAreaField

from yanxiu.core.file_text import WITH_TEXT
from yanxiu.web.forms import Form
from yanxiu.workshops.forms.fields import number

MOST_FILES, MOST_BYTES = 5, 10 * 1024 * 1024
"""Files of a work that are read before it is handed in, and how large each may be: they travel twice."""
MIRROR_FILES = {"extensions": sorted(WITH_TEXT), "most": MOST_BYTES, "files": MOST_FILES}
"""What the page of a task has to know of it."""


class MirrorForm(Form):
    """The text as it is in the composer, and the task or the topic that it is for; `files` are those chosen so far,
    `left` the names of those that are not sent along.
    """

    html = TextAreaField()
    task_id = number()
    topic_id = number()
