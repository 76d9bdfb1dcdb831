"""Forms of bulletins: beginning an issue, writing it, filling it anew, and what becomes of it."""

from __future__ import annotations

from wtforms import BooleanField, DateField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Optional

from yanxiu.web.forms import Form, day_in_our_time
from yanxiu.workshops.bulletin_words import SECTION_NAMES
from yanxiu.workshops.forms.fields import choice, line, number
from yanxiu.workshops.services.bulletins import Masthead

PUBLISH, WITHDRAW, DELETE = "publish", "withdraw", "delete"
STALE = "送来的内容不完整，请刷新页面再试"


class NewBulletinForm(Form):
    """The days an issue tells of."""

    first_on = DateField(
        "从", [InputRequired("请选择开始的日期"), day_in_our_time], invalid_value_message="请选择开始的日期"
    )
    last_on = DateField(
        "到", [InputRequired("请选择结束的日期"), day_in_our_time], invalid_value_message="请选择结束的日期"
    )
    client_uuid = HiddenField()


class BulletinForm(Form):
    """The head of an issue; the fields of its columns are added below: text, whether it is in, and the version written on."""

    masthead = line("刊名", 60, "请填写刊名")
    host = line("主办", 60)
    editor = line("主编", 60)
    sent_to = line("报送", 120, description="印在最后一行，例如：县教师发展中心、各成员校")
    issued_on = DateField(
        "日期", [Optional(), day_in_our_time], description="不填就用发布那一天", invalid_value_message="请选择日期"
    )

    def head(self) -> Masthead:
        """Return what was filled in above the columns."""
        return Masthead(
            self.masthead.data,
            self.host.data or "",
            self.editor.data or "",
            self.sent_to.data or "",
            self.issued_on.data,
        )


for _kind, _name in SECTION_NAMES.items():
    setattr(BulletinForm, f"html_{_kind}", TextAreaField(_name))
    setattr(BulletinForm, f"in_{_kind}", BooleanField("收进这一期"))
    setattr(BulletinForm, f"version_{_kind}", number())


class FillingForm(Form):
    """Which columns take the figures of today; they are read from the request, by name."""


class BulletinStateForm(Form):
    """Publish, take back or throw away."""

    action = choice(choices={PUBLISH: "发布", WITHDRAW: "撤回", DELETE: "删除"}, required=STALE)
