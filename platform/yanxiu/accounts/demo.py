"""The demo county 云川县: a teacher centre, two clusters, three schools with their groups, about forty teachers.

All names are invented; phone numbers come from one unused block (199 0000 xxxx).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete

from yanxiu.accounts.passwords import hash_password
from yanxiu.accounts.services import appoint, create_organization, create_user
from yanxiu.core.db import db
from yanxiu.core.demo import PASSWORD, DemoWorld
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import current_unit_of_work

SINCE = date(2024, 9, 1)
CAST_SIZE = 9
"""The first nine of `PEOPLE` are the named cast of tests and demo."""

PLACES = (
    # key, parent, kind, name, short name
    ("province", None, "province", "南岭省", ""),
    ("city", "province", "city", "平江市", ""),
    ("county", "city", "county", "云川县", ""),
    ("center", "county", "center", "云川县教师发展中心", "县教师发展中心"),
    ("qingshan", "county", "cluster", "青山片区", ""),
    ("chengdong", "county", "cluster", "城东片区", ""),
    ("central", "qingshan", "school", "青山镇中心小学", ""),
    ("village", "qingshan", "school", "石桥村小学", ""),
    ("second", "chengdong", "school", "第二实验小学", ""),
    ("central_chinese", "central", "group", "语文教研组", ""),
    ("central_math", "central", "group", "数学教研组", ""),
    ("central_mixed", "central", "group", "综合教研组", ""),
    ("village_all", "village", "group", "全科教研组", ""),
    ("second_chinese", "second", "group", "语文教研组", ""),
    ("second_math", "second", "group", "数学教研组", ""),
    ("second_mixed", "second", "group", "综合教研组", ""),
    ("other_county", "city", "county", "临江县", ""),
    ("other_school", "other_county", "school", "临江县实验小学", "临江实小"),
)


@dataclass(frozen=True)
class Person:
    """One line of the county's list."""

    key: str
    username: str
    name: str
    home: str
    subject: str
    title: str
    bio: str = ""


PEOPLE = (
    Person(
        "principal", "sunzhengping", "孙正平", "central", "数学", "高级教师", "在山里教了二十六年数学，现在主要听课。"
    ),
    Person(
        "leader",
        "wangli",
        "王丽",
        "central",
        "语文",
        "高级教师",
        "五年级语文教师，工作坊坊主。关注整本书阅读和课后小练笔。",
    ),
    Person("teacher", "liqiang", "李强", "central", "语文", "一级教师", "教五年级两个班，喜欢把课文排成课本剧。"),
    Person(
        "colleague", "zhoumin", "周敏", "central", "语文", "二级教师", "工作第四年，正在学着把问题问得少一点、好一点。"
    ),
    Person(
        "villager",
        "wuxiulan",
        "吴秀兰",
        "village",
        "语文",
        "一级教师",
        "石桥村小的语文老师，一个年级一个班，什么课都上过。",
    ),
    Person(
        "outsider", "zhaolei", "赵磊", "second", "数学", "一级教师", "第二实验小学六年级数学教师，爱收集学生的错题。"
    ),
    Person(
        "researcher",
        "chenxiuying",
        "陈秀英",
        "center",
        "语文",
        "高级教师",
        "县小学语文教研员。每学期下校听课六十节以上。",
    ),
    Person("admin", "hewenbo", "何文博", "center", "", "一级教师", "负责全县教师研修平台，账号和组织的问题请找我。"),
    Person("stranger", "qianwei", "钱伟", "other_school", "语文", "一级教师", ""),
    Person("central_admin", "tanghaiyan", "唐海燕", "central", "信息科技", "一级教师", "教务处，管学校的账号和设备。"),
    Person(
        "central_math_head",
        "luojianhua",
        "罗建华",
        "central",
        "数学",
        "高级教师",
        "数学教研组长，主张让学生先画图再列式。",
    ),
    Person("central_math_1", "dengyulan", "邓玉兰", "central", "数学", "一级教师"),
    Person("central_math_2", "fangzhiyuan", "方志远", "central", "数学", "二级教师", "二年级数学，新教师。"),
    Person("central_chinese_1", "huangcuiping", "黄翠萍", "central", "语文", "一级教师", "低段识字教学。"),
    Person("central_chinese_2", "xiongting", "熊婷", "central", "语文", "二级教师"),
    Person("central_english", "yejing", "叶静", "central", "英语", "一级教师", "全校唯一的英语老师，三到六年级都教。"),
    Person(
        "central_science",
        "pengdawei",
        "彭大为",
        "central",
        "科学",
        "一级教师",
        "学校的气象角和种植园是我和学生一起建的。",
    ),
    Person("central_music", "ouyangxue", "欧阳雪", "central", "音乐", "二级教师"),
    Person("central_sport", "shitao", "石涛", "central", "体育与健康", "一级教师"),
    Person("central_art", "longyaxin", "龙雅馨", "central", "美术", "二级教师"),
    Person(
        "central_moral",
        "mofengying",
        "莫凤英",
        "central",
        "道德与法治",
        "高级教师",
        "明年退休，愿意把班主任工作的笔记交给年轻人。",
    ),
    Person(
        "village_principal", "qinguangming", "覃光明", "village", "数学", "高级教师", "石桥村小校长，也教六年级数学。"
    ),
    Person("village_head", "weichunhua", "韦春花", "village", "语文", "一级教师", "全科教研组长。"),
    Person("village_1", "bandezhong", "班德忠", "village", "数学", "一级教师"),
    Person("village_2", "luqiuju", "陆秋菊", "village", "语文", "二级教师", "包班教一年级。"),
    Person("village_3", "nongwenjie", "农文杰", "village", "英语", "二级教师", "特岗教师，第二年。"),
    Person("village_4", "huangmeihua", "黄梅花", "village", "科学", "三级教师"),
    Person("second_principal", "liangxiaoqing", "梁晓青", "second", "语文", "正高级教师", "第二实验小学校长。"),
    Person("second_admin", "gaobo", "高波", "second", "信息科技", "一级教师", "学校信息中心。"),
    Person(
        "second_chinese_head", "xielanfang", "谢兰芳", "second", "语文", "高级教师", "语文教研组长，研究单元整体教学。"
    ),
    Person("second_chinese_1", "caowenjing", "曹文静", "second", "语文", "一级教师"),
    Person("second_chinese_2", "jiangyifan", "蒋一凡", "second", "语文", "二级教师"),
    Person("second_math_head", "hanzhigang", "韩志刚", "second", "数学", "高级教师", "数学教研组长。"),
    Person("second_math_1", "dujuan", "杜鹃", "second", "数学", "一级教师"),
    Person("second_math_2", "baixuefeng", "白雪峰", "second", "数学", "二级教师"),
    Person("second_english_1", "maiqiongfang", "麦琼芳", "second", "英语", "高级教师"),
    Person("second_english_2", "linjiaqi", "林佳琪", "second", "英语", "二级教师"),
    Person("second_science", "yuminghao", "余明浩", "second", "科学", "一级教师"),
    Person("second_sport", "tiejun", "铁军", "second", "体育与健康", "一级教师"),
    Person("second_art", "shangguanyue", "上官玥", "second", "美术", "一级教师", "版画社团指导教师。"),
    Person("researcher_math", "guojianping", "郭建平", "center", "数学", "高级教师", "县小学数学教研员。"),
    Person("center_head", "suyuqin", "苏玉琴", "center", "语文", "正高级教师", "教师发展中心主任。"),
)

APPOINTMENTS = (
    ("admin", "county_admin", "county"),
    ("center_head", "researcher", "county"),
    ("researcher", "researcher", "county"),
    ("researcher_math", "researcher", "county"),
    ("principal", "principal", "central"),
    ("central_admin", "school_admin", "central"),
    ("leader", "group_head", "central_chinese"),
    ("central_math_head", "group_head", "central_math"),
    ("central_moral", "group_head", "central_mixed"),
    ("village_principal", "principal", "village"),
    ("village_head", "group_head", "village_all"),
    ("second_principal", "principal", "second"),
    ("second_admin", "school_admin", "second"),
    ("second_chinese_head", "group_head", "second_chinese"),
    ("second_math_head", "group_head", "second_math"),
    ("second_english_1", "group_head", "second_mixed"),
)


CAST = tuple((person.key, person.username, person.name) for person in PEOPLE[:CAST_SIZE])
"""Whom `yanxiu serve --show-accounts` prints."""


def _leave_undone(_worlds: list[DemoWorld]) -> None:
    """Tests do without what the worker gives a new county."""
    db.session.execute(delete(Job))


def seed(world: DemoWorld) -> None:
    """Make the places, the people and their appointments."""
    for key, parent, kind, name, short in PLACES:
        world.orgs[key] = create_organization(None, world.orgs.get(parent or ""), kind, name, short)
    unit = current_unit_of_work()
    if world.small and unit is not None:
        unit.gather(_leave_undone, world)
    password_hash = hash_password(PASSWORD)
    for number, person in enumerate(PEOPLE[:CAST_SIZE] if world.small else PEOPLE):
        world.users[person.key] = create_user(
            None,
            world.orgs[person.home],
            username=person.username,
            name=person.name,
            password_hash=password_hash,
            phone=f"1990000{number:04d}",
            subject=person.subject,
            stage="小学" if person.subject else "",
            title=person.title,
            bio=person.bio,
        )
    for who, role, where in APPOINTMENTS:
        if who in world.users:
            appoint(None, world.users[who], role, world.orgs[where], SINCE)
