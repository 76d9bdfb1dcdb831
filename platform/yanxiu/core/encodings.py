"""Text of bytes that Chinese teachers' programs write."""

from __future__ import annotations

import codecs

from yanxiu.core.errors import InvalidError


class UnreadableTextError(InvalidError):
    """These bytes are no text; the message tells the teacher what to do instead."""

    code = "unreadable_text"


def decoded(raw: bytes) -> str:
    """Text in UTF-8, UTF-16 with a mark, or GB18030 (what Chinese Windows writes); else UnreadableTextError."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    if b"\x00" in raw:
        raise UnreadableTextError("这不是文本文件，请用记事本另存为 txt 再上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableTextError("认不出文字的编码，请用记事本另存为 UTF-8 编码的 txt 再上传。")
