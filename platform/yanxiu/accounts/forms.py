"""What people type about themselves."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from yanxiu.accounts.catalog import STAGES, SUBJECTS, TITLES
from yanxiu.accounts.services.profile import MAX_BIO
from yanxiu.web.forms import Form, one_line, some_lines, word_choices


class SignInForm(Form):
    """用户名、手机号或邮箱，和密码。"""

    account = StringField(
        "用户名 / 手机号 / 邮箱",
        validators=[InputRequired("请填写用户名、手机号或邮箱"), Length(max=255, message="账号太长，请检查")],
        filters=[one_line],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        "密码",
        validators=[InputRequired("请填写密码"), Length(max=1000, message="密码太长，请检查")],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(Form):
    """Changing one's own password."""

    current = PasswordField(
        "现在的密码",
        validators=[InputRequired("请填写现在的密码"), Length(max=1000, message="密码太长，请检查")],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "新密码",
        validators=[InputRequired("请填写新密码")],
        description="至少 8 个字符，不能全是数字，至少要有 4 个不同的字符，不能与用户名相同",
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        "再输一遍新密码",
        validators=[InputRequired("请再输一遍新密码")],
        render_kw={"autocomplete": "new-password"},
    )


class ProfileForm(Form):
    """The part of a profile its owner writes."""

    subject = SelectField("学科", choices=word_choices(SUBJECTS))
    stage = SelectField("学段", choices=word_choices(STAGES))
    title = SelectField("职称", choices=word_choices(TITLES))
    bio = TextAreaField(
        "个人简介",
        validators=[Length(max=MAX_BIO, message=f"简介最多 {MAX_BIO} 个字，请精简")],
        filters=[some_lines],
        description="教什么、关注什么，让同伴认识您",
        render_kw={"rows": 5},
    )


class PhotoForm(Form):
    """One's own photo."""

    photo = FileField(
        "选择照片",
        description="JPG、PNG 或 WebP，10 MB 以内，会裁成正方形",
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )


class DisplayForm(Form):
    """How pages look for this person."""

    large_type = BooleanField("大字模式", description="所有页面的文字和按钮都放大，适合远看或视力不便时使用")
