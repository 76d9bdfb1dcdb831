"""One's own page, profile and photo."""

import io

import pytest
from PIL import Image

from tests.accounts.matrix import picture
from tests.support.accounts import make_person
from yanxiu.accounts.models import User
from yanxiu.accounts.photos import SIDE, square_portrait
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.storage import StoredFile, storage
from yanxiu.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("ctx")
PROFILE = {"subject": "语文", "stage": "小学", "title": "一级教师", "bio": "教五年级。\r\n喜欢读书。"}


def test_a_profile_is_changed_by_its_owner(client_for, cast):
    client = client_for("teacher")
    assert client.post("/settings/profile", data=PROFILE).status_code == 302
    page = client_for("colleague").get(f"/people/{cast.teacher.id}").text
    assert "喜欢读书" in page
    assert "一级教师" in page
    assert "我的听评课" not in page
    own = client.get(f"/people/{cast.teacher.id}").text
    assert all(words in own for words in ("我的教案", "我的听评课", "听课节数", "我的收藏", "设置"))


def test_markup_in_a_profile_is_text(client_for, cast):
    client_for("teacher").post("/settings/profile", data={**PROFILE, "bio": "<script>alert(1)</script>"})
    page = client_for("colleague").get(f"/people/{cast.teacher.id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_too_long_an_introduction_is_kept_and_said(client_for):
    answer = client_for("teacher").post("/settings/profile", data={**PROFILE, "bio": "长" * 501})
    assert answer.status_code == 422
    assert "最多 500 个字" in answer.text
    assert "长" * 501 in answer.text


def test_phone_is_shown_to_oneself_and_the_school_only(client_for, cast):
    where = f"/people/{cast.teacher.id}"
    assert "19900000002" in client_for("teacher").get(where).text
    assert "19900000002" in client_for("principal").get(where).text
    for key in ("colleague", "researcher", "outsider"):
        assert "19900000002" not in client_for(key).get(where).text


def test_people_of_another_county_do_not_exist(client_for, cast):
    assert client_for("stranger").get(f"/people/{cast.teacher.id}").status_code == 404
    assert client_for("teacher").get(f"/people/{cast.stranger.id}").status_code == 404
    assert client_for("teacher").get("/people/999999").status_code == 404


def upload(client, content: bytes, name="我.png"):
    return client.post("/settings/photo", data={"photo": (io.BytesIO(content), name)})


def test_a_photo_is_made_small_and_square_and_shown(client_for, cast):
    client = client_for("teacher")
    assert upload(client, picture("PNG", (800, 500))).status_code == 302
    answer = client_for("colleague").get(f"/people/{cast.teacher.id}/photo")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "private" in answer.headers["Cache-Control"]
    assert Image.open(io.BytesIO(answer.data)).size == (SIDE, SIDE)
    assert f"/people/{cast.teacher.id}/photo?v=" in client.get("/settings/profile").text
    again = client.get(f"/people/{cast.teacher.id}/photo", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_removed_photo_is_gone(client_for, cast):
    client = client_for("teacher")
    upload(client, picture())
    assert client.post("/settings/photo/removal").status_code == 302
    assert client.get(f"/people/{cast.teacher.id}/photo").status_code == 404


def test_a_photo_that_nobody_shows_any_more_is_not_kept(client_for, cast):
    client, kept = client_for("teacher"), set(storage().keys())
    rows = db.session.query(StoredFile).count()
    for color in ("red", "blue"):
        out = io.BytesIO()
        Image.new("RGB", (30, 30), color).save(out, "PNG")
        upload(client, out.getvalue())
    assert len(set(storage().keys()) - kept) == 1
    client.post("/settings/photo/removal")
    db.session.rollback()
    assert set(storage().keys()) == kept
    assert db.session.query(StoredFile).count() == rows


def test_what_a_phone_hides_in_a_photo_is_dropped():
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretCamera", 6
    Image.new("RGB", (60, 30), "red").save(out, "JPEG", exif=exif.tobytes())
    portrait = square_portrait(io.BytesIO(out.getvalue() + b"<?php evil ?>"))
    assert b"SecretCamera" not in portrait
    assert b"evil" not in portrait


def test_transparency_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(square_portrait(io.BytesIO(out.getvalue())))).getpixel((9, 9)) == (255, 255, 255)


def huge_png() -> bytes:
    """A PNG of a few bytes that says it is 30,000 × 30,000."""
    good = bytearray(picture("PNG", (1, 1)))
    import struct
    import zlib

    good[16:24] = struct.pack(">II", 30_000, 30_000)
    good[29:33] = struct.pack(">I", zlib.crc32(bytes(good[12:29])))
    return bytes(good)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "请选择一张照片"),
        (b"not a picture", "打不开"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "打不开"),
        (b"GIF89a" + b"\0" * 40, "打不开"),
        (picture("PNG", (300, 300))[:200], "打不开"),
        (picture("BMP"), "打不开"),
        (huge_png(), "尺寸太大"),
    ],
    ids=["empty", "text", "svg", "gif", "cut off", "bmp", "huge"],
)
def test_what_is_no_photo_is_refused_in_words(client_for, content, words):
    before = db.session.query(StoredFile).count()
    with pytest.raises(InvalidError, match=words):
        square_portrait(io.BytesIO(content))
    answer = upload(client_for("teacher"), content)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.query(StoredFile).count() == before


def test_a_photo_of_more_than_ten_megabytes_is_refused():
    with pytest.raises(InvalidError, match="超过 10 MB"):
        square_portrait(io.BytesIO(b"\0" * (10 * 1024 * 1024 + 1)))


def test_large_type_is_kept_and_applied(client_for):
    client = client_for("teacher")
    assert 'class="large-type"' not in client.get("/help").text
    client.post("/settings/display", data={"large_type": "y"})
    assert 'class="large-type"' in client.get("/help").text
    client.post("/settings/display", data={"other": "x"})
    assert 'class="large-type"' not in client.get("/help").text


def test_nobody_ends_the_sign_in_of_somebody_else(client_for, cast):
    from tests.support.accounts import make_session

    with unit_of_work():
        other = make_session(cast.user("colleague")).id
    assert client_for("teacher").post(f"/settings/sessions/{other}/end").status_code == 404


def test_a_long_name_is_shown_whole(client_for, cast):
    name = "欧阳·阿卜杜热合曼·买买提吐尔逊·古丽巴哈尔"
    with unit_of_work():
        person = make_person(cast.place("central"), name, username="longname").id
    assert name in client_for("teacher").get(f"/people/{person}").text
    assert db.session.get(User, person).name == name
