"""The order of names in a list."""

import random

import pytest

from yanxiu.core.alphabet import LONGEST_KEY, person_key, sort_key

pytestmark = pytest.mark.once

IN_ORDER = [
    "10以内的加减法", "2023年秋季计划", "English 教案", "PPT课件", "曹操", "草船借箭", "第2课 观潮", "第10课", "《桂林》", "桂林山水", "路", "绿", "努力",
    "女娲补天", "西安", "先生", "张三", "张一", "章二", "重点词语",
]  # fmt: skip


def test_names_stand_as_in_a_chinese_list():
    mixed = random.Random(1).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(mixed, key=sort_key) == IN_ORDER
    assert sort_key(" ３年级《觀潮》 ") == sort_key("3年级觀潮")


def test_people_stand_by_how_their_surnames_are_said():
    people = ["白雪", "曹文", "葛兰", "欧阳雪", "覃光明", "任重", "单海", "石涛", "唐海燕", "曾文", "张一", "周敏"]
    assert sorted(random.Random(2).sample(people, len(people)), key=person_key) == people


def test_every_key_is_of_letters_that_no_database_orders_its_own_way():
    for name in ("", "𠀀〇①½", "嗯".ljust(200, "装"), "a1" * 60, "é ñ ß", "\x00", "0000"):
        key = sort_key(name)
        assert len(key) <= LONGEST_KEY
        assert all(one in "0123456789abcdefghijklmnopqrstuvwxyz" for one in key), key
