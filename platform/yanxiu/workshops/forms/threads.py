"""Forms of topics and posts."""

from __future__ import annotations

from flask_wtf.file import FileField, MultipleFileField
from wtforms import HiddenField, TextAreaField

from yanxiu.web.forms import Form
from yanxiu.workshops.forms.fields import choice, line, number


class PostForm(Form):
    """An answer. `client_uuid` makes sending it twice the same as once; `side` is asked with the first in a debate."""

    html = TextAreaField("回复")
    client_uuid = HiddenField()
    parent_id = number()
    quote_id = number()
    voice = FileField("语音")
    side = HiddenField()
    files = MultipleFileField("附件")


class TopicForm(Form):
    """A new topic, or a change of one."""

    title = line("标题", 80, "请填写话题标题")
    html = TextAreaField("正文")
    client_uuid = HiddenField()
    voice = FileField("语音")
    files = MultipleFileField("附件", description="最多 9 个，每个 50 MB 以内")


class SwitchForm(Form):
    """Something that is on or off: pin, digest, lock, like."""

    on = choice(choices={"1": "是", "0": "否"})


class VisitForm(Form):
    """How far somebody has read."""

    number = number(required="送来的内容不完整，请刷新页面再试")
