"""Looking into the mirror before sending."""

from __future__ import annotations

from wtforms import TextAreaField

from yanxiu.web.forms import Form
from yanxiu.workshops.forms.fields import number


class MirrorForm(Form):
    """The text as it is in the composer, and the task or the topic that it is for."""

    html = TextAreaField()
    task_id = number()
    topic_id = number()
