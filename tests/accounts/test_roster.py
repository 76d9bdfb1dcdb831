"""A list of teachers as schools keep it: what is read, what is said about each row."""

import pytest

from yanxiu.accounts.identity import (
    is_email,
    is_id_number,
    is_phone_number,
    is_username,
    masked_id_number,
    masked_phone,
)
from yanxiu.accounts.roster import KnownPerson, Reach, check_roster, parse_roster
from yanxiu.core.errors import InvalidError

HEADER = ["姓名", "学校", "学科", "学段", "职称", "手机号", "身份证号"]
ID = "330324198001010017"
NOBODY = Reach(schools={"青山小学": [7], "中心小学": [8, 9]}, by_phone={}, by_id_number={})


def line(**more):
    keys = {
        "name": "王新",
        "school": "青山小学",
        "subject": "",
        "stage": "",
        "title": "",
        "phone": "19900990001",
        "id": "",
    }
    return list({**keys, **more}.values())


def judged(*lines, reach=NOBODY):
    return check_roster(parse_roster([HEADER, *lines]), reach)


def test_a_good_row_becomes_a_new_person():
    (row,) = judged(line(subject="语文", stage="小学", title="一级教师", id=ID))
    assert (row.verdict, row.school_id, row.number) == ("new", 7, 2)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": ""}, "缺少姓名"),
        ({"name": "长" * 51}, "姓名超过 50 个字"),
        ({"school": ""}, "缺少学校"),
        ({"school": "没有的学校"}, "没有“没有的学校”"),
        ({"school": "中心小学"}, "2 个单位都叫"),
        ({"subject": "巫术"}, "学科“巫术”不在可选范围内"),
        ({"stage": "大学"}, "学段“大学”不在可选范围内"),
        ({"title": "特级"}, "职称“特级”不在可选范围内"),
        ({"phone": "1234"}, "手机号应是 11 位数字"),
        ({"id": "330324198001010019"}, "请逐位核对"),
        ({"id": "330324198001010000"}, "请把这一列设为文本"),
        ({"phone": ""}, "至少填一项"),
    ],
)
def test_what_is_wrong_is_said_in_words(more, words):
    (row,) = judged(line(**more))
    assert row.verdict == "error"
    assert words in "；".join(row.errors)


def test_all_that_is_wrong_with_a_row_is_said_at_once():
    (row,) = judged(line(name="", school="", phone="1", id="2"))
    assert len(row.errors) == 4


def test_repeats_inside_the_list_name_the_earlier_row():
    first, second = judged(line(id=ID), line(name="李新", id=ID))
    assert first.verdict == "new"
    assert second.errors == ["手机号与第 2 行重复", "身份证号与第 2 行重复"]


def test_blanks_old_subject_names_and_country_codes_are_understood():
    (row,) = judged(["王 新", " 青山小学 ", "体育", "小学", "", "+86 199-0099-0001", "33032419800101001 7"])
    assert row.errors == []
    assert (row.values["name"], row.values["subject"]) == ("王新", "体育与健康")
    assert (row.values["phone"], row.values["id_number"]) == ("19900990001", ID)


def test_names_in_latin_letters_keep_their_blanks():
    (row,) = judged(line(name="Anna  Li"))
    assert row.values["name"] == "Anna Li"


def test_title_rows_above_the_header_and_empty_rows_keep_the_numbers_true():
    rows = parse_roster(
        [["2026 年名单"], [], ["姓名*", "学校*", "手机号"], ["", "", ""], ["王新", "青山小学", "19900990001"]]
    )
    assert [row.number for row in rows] == [5]


@pytest.mark.parametrize("header", [["姓名"], ["名字", "单位"], []])
def test_a_list_without_the_needed_columns_is_refused(header):
    with pytest.raises(InvalidError, match="没有找到"):
        parse_roster([header, ["王新"]])


def test_an_empty_list_is_refused():
    with pytest.raises(InvalidError, match="没有教师"):
        parse_roster([HEADER, ["", "  "]])


def known(**more):
    base = {
        "user_id": 5,
        "name": "王新",
        "school_id": 7,
        "is_manageable": True,
        "phone": "19900990001",
        "id_number": ID,
    }
    person = KnownPerson(**{**base, **more})
    return Reach(NOBODY.schools, {person.phone: person}, {person.id_number: person})


def test_somebody_who_is_here_already_is_updated():
    (row,) = judged(line(), reach=known())
    assert (row.verdict, row.user_id) == ("update", 5)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"school_id": None}, "已被其他单位的账号使用"),
        ({"name": "别的人"}, "姓名是“别的人”"),
        ({"school_id": 8}, "调动请到用户页面"),
        ({"is_manageable": False}, "由上级管理员修改"),
    ],
)
def test_somebody_who_may_not_be_touched_is_left_alone(more, words):
    (row,) = judged(line(), reach=known(**more))
    assert row.verdict == "error"
    assert words in row.errors[0]


def test_numbers_of_two_accounts_in_one_row_are_noticed():
    one, two = known(), known(user_id=6)
    (row,) = judged(line(id=ID), reach=Reach(NOBODY.schools, one.by_phone, two.by_id_number))
    assert "两个已有账号" in row.errors[0]


@pytest.mark.parametrize(
    ("number", "good"),
    [
        (ID, True),
        ("11010519491231002X", True),
        ("440524188001010014", True),
        ("110105194912310021", False),
        ("330324198002300014", False),
        ("33032419800101001", False),
        ("３３０３２４198001010015", False),
        ("", False),
    ],
)
def test_the_check_digit_and_the_birthday_are_verified(number, good):
    assert is_id_number(number) is good


def test_phones_usernames_and_emails_never_look_like_one_another():
    for text, kinds in {"19900000001": (1, 0, 0), "t00001": (0, 1, 0), "a@b.cn": (0, 0, 1), "王": (0, 0, 0)}.items():
        assert (is_phone_number(text), is_username(text), is_email(text)) == kinds


def test_masks_hide_the_middle():
    assert masked_id_number(ID) == "330324**********17"
    assert masked_id_number("1234") == "****"
    assert masked_phone("19900990001") == "199****0001"
    assert masked_id_number(None) == masked_phone("") == ""
