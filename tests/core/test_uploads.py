"""Files from people: accepted by name and by content, images redrawn."""

import io
import struct
import threading
import warnings
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from yanxiu.core.errors import InvalidError, TooLargeError
from yanxiu.core.pictures import AT_ONCE
from yanxiu.core.storage import storage
from yanxiu.core.uploads import IMAGES, receive_thumbnail, receive_upload

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.once]


def picture(form="PNG", size=(40, 30), mode="RGB", **options) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, "white").save(buffer, form, **options)
    return buffer.getvalue()


def office(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def receive(content: bytes, name: str, **options):
    return receive_upload(io.BytesIO(content), name, **options)


def stored(received) -> bytes:
    with storage().open(received.key) as source:
        return source.read()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00", "病毒.exe"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "图.svg"),
        (b"<html></html>", "页面.html"),
        (b"<html></html>", "教案.pdf"),
        (b"%PDF-1.7", "教案.docx"),
        (b"PK\x03\x04 broken", "教案.docx"),
        (b"", "空.pdf"),
        (b"\x89PNG\r\n\x1a\nnot a picture", "图.png"),
        (b"GIF89a", "图.gif"),
        (b"plain", "没有扩展名"),
        (b"\x00\x01\x02", "记录.txt"),
    ],
)
def test_what_is_not_what_it_says_is_refused_by_name(content, name):
    with pytest.raises(InvalidError) as refused:
        receive(content, name)
    assert name in refused.value.message


def test_a_picture_under_the_name_of_another_kind_is_refused():
    with pytest.raises(InvalidError, match="扩展名不符"):
        receive(picture("PNG"), "图.jpg")


def test_a_document_is_no_cover():
    with pytest.raises(InvalidError, match="图片"):
        receive(b"%PDF-1.7 ...", "封面.pdf", kinds=IMAGES)


def test_what_hides_behind_the_pixels_is_gone():
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    received = receive(picture("JPEG", exif=exif) + b"<script>alert(1)</script>", "照片.JPG")
    kept = stored(received)
    assert received.mime == "image/jpeg"
    assert b"secret" not in kept
    assert b"script" not in kept


def test_a_huge_picture_is_refused_before_it_is_drawn():
    with pytest.raises(InvalidError, match="尺寸过大"):
        receive(picture("PNG", size=(9000, 5000), mode="1"), "大图.png")


def png_header(width: int, height: int) -> bytes:
    """A PNG of which only the promise exists."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


@pytest.mark.parametrize("side", [6400, 10_000, 20_000, 2**31 - 1])
def test_a_header_that_promises_too_many_pixels_is_enough_to_refuse(side):
    with pytest.raises(InvalidError, match="尺寸过大"):
        receive(png_header(side, side), "大图.png")


def test_few_pictures_are_decoded_at_a_time_and_other_threads_keep_their_warnings(monkeypatch):
    filters, inside, together, most = list(warnings.filters), [], threading.Barrier(AT_ONCE), []

    def slow(picture):
        inside.append(1)
        most.append(len(inside))
        together.wait(timeout=20)
        assert list(warnings.filters) == filters
        inside.pop()
        return picture

    monkeypatch.setattr("PIL.ImageOps.exif_transpose", slow)
    with ThreadPoolExecutor(3 * AT_ONCE) as pool:
        list(pool.map(lambda _: receive(picture(), "图.png"), range(3 * AT_ONCE)))
    assert max(most) == AT_ONCE


def test_a_large_picture_is_made_smaller_and_gets_a_thumbnail():
    received = receive(picture("JPEG", size=(4000, 3000)), "板书.jpg")
    assert max(Image.open(io.BytesIO(stored(received))).size) == 2560
    small = receive_thumbnail(received)
    assert max(Image.open(io.BytesIO(stored(small))).size) == 640


def test_a_transparent_picture_has_a_white_thumbnail():
    buffer = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(buffer, "PNG")
    small = receive_thumbnail(receive(buffer.getvalue(), "图.png"))
    assert Image.open(io.BytesIO(stored(small))).getpixel((5, 5)) == (255, 255, 255)


def test_a_document_has_no_thumbnail():
    assert receive_thumbnail(receive(b"%PDF-1.7 ...", "学习单.pdf")) is None


def test_an_office_file_that_swells_is_refused():
    bomb = office({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"0" * 5_000_000})
    with pytest.raises(InvalidError, match="正常的 Office"):
        receive(bomb, "学习单.docx")


def test_a_zip_is_no_word_file_by_its_name():
    with pytest.raises(InvalidError, match="正常的 Office"):
        receive(office({"readme.txt": b"hello"}), "学习单.docx")


def test_a_normal_word_file_is_kept_as_it_is():
    content = office({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    assert stored(receive(content, "学习单.docx")) == content


def test_the_limit_is_said_in_megabytes():
    with pytest.raises(TooLargeError, match="1 MB"):
        receive(b"%PDF-" + b"0" * 1024**2, "大.pdf", max_bytes=1024**2)
