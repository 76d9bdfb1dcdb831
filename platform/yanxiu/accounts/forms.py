"""Forms of sign-in and passwords."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length


class LoginForm(FlaskForm):
    """One field for the account, one for the password."""

    account = StringField("用户名 / 手机号 / 邮箱", [DataRequired("请填写用户名、手机号或邮箱"), Length(max=255)])
    password = PasswordField("密码", [DataRequired("请填写密码"), Length(max=128, message="密码太长")])
    next = HiddenField()
