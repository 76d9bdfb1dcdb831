"""Forms of putting discussions in order."""

from __future__ import annotations

from yanxiu.web.forms import Form
from yanxiu.workshops.forms.fields import line, number


class MoveForm(Form):
    """To which workshop a topic goes."""

    workshop_id = number(required="请选择要移到的工作坊")


class MergeForm(Form):
    """With which topic a topic becomes one."""

    topic_id = number(required="请选择要合并的话题")


class SplitForm(Form):
    """The title of the topic that chosen posts become. The posts are `posts`, any number of them."""

    title = line("新话题的标题", 80, "请填写新话题的标题")
