"""The demo county: places, the named cast, and their appointments. All names and numbers are invented."""

from __future__ import annotations

from datetime import date

from yanxiu.accounts.models import Organization, User
from yanxiu.accounts.passwords import hash_password
from yanxiu.accounts.services import appoint, create_organization, create_user
from yanxiu.core.demo import PASSWORD, DemoWorld

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
    ("other_county", "city", "county", "临江县", ""),
    ("other_school", "other_county", "school", "临江县实验小学", "临江实小"),
)

CAST = (
    # key, username, name, school, subject, stage, title
    ("principal", "sunzhengping", "孙正平", "central", "数学", "小学", "高级教师"),
    ("leader", "wangli", "王丽", "central", "语文", "小学", "高级教师"),
    ("teacher", "liqiang", "李强", "central", "语文", "小学", "一级教师"),
    ("colleague", "zhoumin", "周敏", "central", "语文", "小学", "二级教师"),
    ("villager", "wuxiulan", "吴秀兰", "village", "语文", "小学", "一级教师"),
    ("outsider", "zhaolei", "赵磊", "second", "数学", "小学", "一级教师"),
    ("researcher", "chenxiuying", "陈秀英", "center", "语文", "小学", "高级教师"),
    ("admin", "hewenbo", "何文博", "center", "", "", "一级教师"),
    ("stranger", "qianwei", "钱伟", "other_school", "语文", "小学", "一级教师"),
)

APPOINTMENTS = (
    ("principal", "principal", "central"),
    ("researcher", "researcher", "county"),
    ("admin", "county_admin", "county"),
)


def seed(world: DemoWorld) -> None:
    """Make the places, the cast and their appointments."""
    for key, parent, kind, name, short in PLACES:
        world.orgs[key] = create_organization(None, world.orgs.get(parent or ""), kind, name)
        world.orgs[key].short_name = short
    password_hash = hash_password(PASSWORD)
    for number, row in enumerate(CAST):
        world.users[row[0]] = _person(world, number, *row[1:], password_hash=password_hash)
    for who, role, where in APPOINTMENTS:
        appoint(None, world.users[who], role, world.orgs[where], date(2024, 9, 1))


def _person(
    world: DemoWorld, number: int, username: str, name: str, school: str, subject: str, stage: str, title: str,
    *, password_hash: str,
) -> User:  # fmt: skip
    organization: Organization = world.orgs[school]
    return create_user(
        None,
        organization,
        username=username,
        name=name,
        password_hash=password_hash,
        phone=f"1990000{number:04d}",
        subject=subject,
        stage=stage,
        title=title,
    )
