"""Writing and comparing a pack: files go through in blocks, and a ZIP from outside fills neither disk nor memory."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest

from yanxiu.core import clock
from yanxiu.observations.papers import packing
from yanxiu.observations.papers.packing import Entry, Sheet, Verdict, compare_pack, write_pack


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
        assert {verdict for _path, verdict in compare_pack(source, entries, read.append)} == {Verdict.SAME}
    assert max(read) == packing.BLOCK
    with zipfile.ZipFile(target, "a") as pack:
        pack.writestr("多出来的.txt", "x")
        pack.writestr("炸弹.bin", b"\x00" * 50_000_000, zipfile.ZIP_DEFLATED)
    read.clear()
    with target.open("rb") as source:
        found = dict(compare_pack(source, entries, read.append))
    assert found["炸弹.bin"] == found["多出来的.txt"] == Verdict.MORE
    assert sum(read) == sum(one.size for one in entries), "what we never made is not opened"
    # A way of pressing that takes gigabytes to undo is not begun.
    path = entries[0].path
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as pack:
        pack.writestr(path, b"\x07" * entries[0].size)
    with target.open("rb") as source:
        assert dict(compare_pack(source, entries))[path] == Verdict.CHANGED
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
            assert dict(compare_pack(source, both)) == {path: Verdict.CHANGED, "b": Verdict.SAME}
    monkeypatch.setattr(packing, "MOST_LISTING", 60)
    assert compare_pack(io.BytesIO(odd), both) is None
