"""Writing and comparing a pack: files go through in blocks, and a ZIP from outside fills neither disk nor memory."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest

from yanxiu.core import clock
from yanxiu.observations.papers import packing
from yanxiu.observations.papers.packing import (
    Comparison,
    Entry,
    Problem,
    Sheet,
    Verdict,
    compare_pack,
    write_pack,
)


@pytest.mark.once
def test_a_long_film_goes_through_a_pack_in_blocks_and_a_hostile_zip_is_not_unpacked(tmp_path, monkeypatch):
    blocks: list[int] = []

    class Film(io.RawIOBase):
        left = 40 * packing.BLOCK

        def read(self, size: int = -1) -> bytes:
            blocks.append(size)
            size, self.left = min(size, self.left), self.left - min(size, self.left)
            return b"\x07" * size

    target, read = tmp_path / "pack.zip", list[int]()
    entries = write_pack(target, ["头"], [Sheet("实录", "a:b?.mp4", Film, is_film=True)], clock.now())
    assert len(entries) == 3
    assert set(blocks) == {packing.BLOCK}
    with target.open("rb") as source:
        compared = compare_pack(source, entries, read.append)
    assert [(one.path, one.verdict, one.size, one.sha256) for one in compared.findings] == [
        (one.path, Verdict.SAME, one.size, one.sha256) for one in sorted(entries, key=lambda one: one.path)
    ]
    assert max(read) == packing.BLOCK
    with zipfile.ZipFile(target, "a") as pack:
        pack.writestr("多出来的.txt", "x")
        pack.writestr("炸弹.bin", b"\x00" * 50_000_000, zipfile.ZIP_DEFLATED)
    read.clear()
    with target.open("rb") as source:
        found = verdicts(compare_pack(source, entries, read.append))
    assert found["炸弹.bin"] == found["多出来的.txt"] == Verdict.MORE
    assert sum(read) == sum(one.size for one in entries), "what we never made is not opened"
    # A way of pressing that takes gigabytes to undo is not begun.
    path = entries[0].path
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as pack:
        pack.writestr(path, b"\x07" * entries[0].size)
    with target.open("rb") as source:
        assert verdicts(compare_pack(source, entries))[path] == Verdict.CHANGED
    # One entry that cannot be opened says nothing of the others; a list that would fill the memory is not read.
    with zipfile.ZipFile(target, "w") as pack:
        for name, body in ((path, b"1"), ("b", b"2")):
            pack.writestr(name, body)
    odd = target.read_bytes()
    both = [Entry(name, 1, hashlib.sha256(body).hexdigest()) for name, body in ((path, b"1"), ("b", b"2"))]
    begins = odd.index(b"PK\1\2")
    for patched in (8, 42):  # flag bits: patched data; where the entry begins: beyond the file
        broken = bytearray(odd)
        broken[begins + patched] |= 0x20
        target.write_bytes(broken)
        with target.open("rb") as source:
            assert verdicts(compare_pack(source, both)) == {path: Verdict.CHANGED, "b": Verdict.SAME}
    with monkeypatch.context() as short:
        short.setattr(packing, "MOST_LISTING", 60)
        assert compare_pack(io.BytesIO(odd), both).problem == Problem.CROWDED
    # The list at the end lies: it says of a bomb that it is as small as what was frozen, and of what follows nothing.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("b", b"\x00" * 5_000_000)
    lying = bytearray(target.read_bytes())
    listed = lying.index(b"PK\1\2")
    lying[listed + 24 : listed + 28] = (1).to_bytes(4, "little")
    read.clear()
    assert verdicts(compare_pack(io.BytesIO(lying), both, read.append))["b"] == Verdict.CHANGED
    assert sum(read) <= packing.BLOCK
    # Thousands of others are counted, not named one by one; names that lead elsewhere or hide something are text.
    monkeypatch.setattr(packing, "MOST_ENTRIES", 500)
    many = io.BytesIO()
    odd_names = ("../../etc/passwd", "/绝对.txt", "C:\\a.txt", "报\u202etxt.exe", "x" * 300)
    with zipfile.ZipFile(many, "w") as pack:
        for name in (*odd_names, *(f"龘{number}" for number in range(packing.MOST_ENTRIES - len(odd_names)))):
            pack.writestr(name, b"")
    compared = compare_pack(many, both)
    named = [one.path for one in compared.findings if one.verdict == Verdict.MORE]
    assert (len(named), compared.unlisted) == (packing.MOST_MORE, packing.MOST_ENTRIES - packing.MOST_MORE)
    assert "../../etc/passwd" in named
    assert "报txt.exe" in named
    assert max(map(len, named)) <= packing.MOST_PATH
    with zipfile.ZipFile(many, "a") as pack:
        pack.writestr("one more", b"")
    assert compare_pack(many, both).problem == Problem.CROWDED
    nameless = io.BytesIO()
    with zipfile.ZipFile(nameless, "w") as pack:
        pack.writestr("QQQ", b"")
        pack.writestr("b", b"2")
    named = verdicts(compare_pack(io.BytesIO(nameless.getvalue().replace(b"QQQ", b"\0QQ")), both))
    assert named == {path: Verdict.MISSING, "b": Verdict.SAME, "未命名文件": Verdict.MORE}
    cut = compare_pack(io.BytesIO(odd[:-30]), both)
    assert (cut.problem, {one.verdict for one in cut.findings}) == (Problem.UNREADABLE, {Verdict.MISSING})


def verdicts(compared: Comparison) -> dict[str, Verdict]:
    return {one.path: one.verdict for one in compared.findings}
