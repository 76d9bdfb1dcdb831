"""Forms of what one wants to hear of."""

from __future__ import annotations

from wtforms import RadioField, SelectField, SelectMultipleField

from yanxiu.notifications.catalog import KINDS
from yanxiu.web.forms import Form, select_choices

MAILS = (("off", "不发"), ("daily", "每天一封"), ("weekly", "每周一封"))
HOURS = [(hour, f"{hour}:00") for hour in range(24)]


class ChoicesForm(Form):
    """设置 · 通知."""

    kinds = SelectMultipleField("通知我", choices=select_choices((kind, kind) for kind in KINDS))
    quiet_from = SelectField("从", coerce=int, choices=select_choices(HOURS))
    quiet_until = SelectField("到", coerce=int, choices=select_choices(HOURS))
    mail = RadioField("消息摘要", choices=select_choices(MAILS), default="off")


class MuteForm(Form):
    """A topic: muted, or not any more."""

    on = SelectField("免打扰", choices=select_choices((("1", "是"), ("0", "否"))))
