"""What administrators type."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from yanxiu.accounts.catalog import ORGANIZATION_KINDS, ROLES, STAGES, SUBJECTS, TITLES
from yanxiu.web.forms import Form, day_in_our_time, one_line, select_choices, some_lines, word_choices

MAX_LINE = Length(max=255, message="内容太长，请缩短")


def whole_number(text: str) -> int | None:
    """Coerce a select's value; nothing chosen is None."""
    return int(text) if str(text or "").isdecimal() and len(str(text)) < 18 else None


class OrganizationForm(Form):
    """Name, short name and introduction of a place."""

    name = StringField("名称", validators=[InputRequired("请填写名称"), MAX_LINE], filters=[one_line])
    short_name = StringField(
        "简称", validators=[MAX_LINE], filters=[one_line], description="列表里用的短名字，例如“青山小学”"
    )
    introduction = TextAreaField(
        "介绍", validators=[Length(max=2000, message="介绍最多 2000 个字")], filters=[some_lines], render_kw={"rows": 3}
    )


class NewOrganizationForm(OrganizationForm):
    """A new place and where it stands."""

    parent_id = SelectField("上级单位", coerce=whole_number)
    kind = SelectField("类型", choices=select_choices(ORGANIZATION_KINDS.items()))


class MoveForm(Form):
    """Another parent."""

    parent_id = SelectField("移到哪个上级下面", coerce=whole_number)


class PersonForm(Form):
    """A person as an administrator keeps them."""

    name = StringField("姓名", validators=[InputRequired("请填写姓名"), MAX_LINE], filters=[one_line])
    organization_id = SelectField("所在单位", coerce=whole_number)
    subject = SelectField("学科", choices=word_choices(SUBJECTS))
    stage = SelectField("学段", choices=word_choices(STAGES))
    title = SelectField("职称", choices=word_choices(TITLES))
    phone = StringField(
        "手机号", validators=[MAX_LINE], filters=[one_line], description="可以用来登录", render_kw={"inputmode": "tel"}
    )
    email = StringField("邮箱", validators=[MAX_LINE], filters=[one_line])
    username = StringField(
        "用户名",
        validators=[MAX_LINE],
        filters=[one_line],
        description="小写字母开头，3 到 32 个字母、数字、点、横线或下划线；不填由系统编号",
    )
    id_number = StringField("身份证号", validators=[MAX_LINE], filters=[one_line])


class AppointmentForm(Form):
    """A role for somebody somewhere."""

    user = StringField(
        "任职人",
        validators=[InputRequired("请填写任职人的姓名、用户名或手机号"), MAX_LINE],
        filters=[one_line],
        description="填姓名、用户名或手机号；有同名教师时请填用户名或手机号",
    )
    role = SelectField("角色", choices=select_choices(ROLES.items()))
    organization_id = SelectField("任职单位", coerce=whole_number)
    starts_on = DateField("开始日期", validators=[InputRequired("请选择开始日期"), day_in_our_time])
    ends_on = DateField(
        "结束日期", validators=[Optional(), day_in_our_time], description="不填表示一直有效，直到手动结束"
    )


class ImportForm(Form):
    """A list of teachers."""

    file = FileField(
        "名单文件",
        description="Excel 的 .xlsx 文件，一次最多 5000 行；上传后先检查，确认后才会建立账号",
        render_kw={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    )


class SynonymsForm(Form):
    """Words for the same thing, one set a line, and the version they were made of."""

    content = TextAreaField(
        "意思相同的词",
        validators=[Length(max=60000, message="内容太长，请缩短")],
        filters=[some_lines],
        description="一行一组，词和词之间空一格。找其中一个，也会找到写着另一个的内容，排在后面一些。",
        render_kw={"rows": 18, "spellcheck": "false"},
    )
    based_on = HiddenField()
