"""Names for files and folders that Windows, macOS and Linux all take, that read well and never meet twice."""

from __future__ import annotations

import re
import unicodedata

from yanxiu.core.html import without_invisible

NAME_LENGTH, FOLDER_LENGTH, PATH_LENGTH = 80, 40, 180
NAME_BYTES = 240
"""Linux takes 255 bytes, and a Chinese character is three."""

NAMELESS = "未命名"
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}
_WIDE = str.maketrans('<>:"/\\|?*', "＜＞：＂／＼｜？＊")
_SPACE = re.compile(r"\s+")


def plain_name(text: str, limit: int = NAME_LENGTH) -> str:
    """Return a name for a file or folder made of any words: no sign or word that a file system refuses."""
    kept = unicodedata.normalize("NFC", without_invisible(text)).translate(_WIDE)
    name = _SPACE.sub(" ", kept).strip(" .~")
    if name.split(".")[0].strip().upper() in _DEVICES:
        name = f"_{name}"
    return _shortened(name, limit) or NAMELESS


def _shortened(name: str, limit: int) -> str:
    """Cut the stem, never the extension."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or len(extension) > 12:
        stem, extension = name, ""
    ending = f".{extension}" if extension else ""
    stem = stem[: limit - len(ending)]
    while len((stem + ending).encode()) > NAME_BYTES:
        stem = stem[:-1]
    return stem.strip(" .") + ending


class Names:
    """The paths of one archive. No two are the same for a file system that does not tell 甲.DOC from 甲.doc."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def path(self, *words: str) -> str:
        """Return a free path for a file: folders, then its name, each made of any words."""
        *folders, name = words
        above = "/".join(plain_name(folder, FOLDER_LENGTH) for folder in folders)
        room = min(NAME_LENGTH, max(24, PATH_LENGTH - len(above) - 1))
        wanted = plain_name(name, room)
        path, number = self._joined(above, wanted), 2
        while path.lower() in self._taken:
            path = self._joined(above, _numbered(wanted, number, room))
            number += 1
        self._taken.add(path.lower())
        return path

    def folder(self, *words: str) -> tuple[str, ...]:
        """Return a free folder: its words, the last with a number when there is one of that name already."""
        *above, name = (plain_name(word, FOLDER_LENGTH) for word in words)
        chosen, number = name, 2
        while "/".join((*above, chosen, "")).lower() in self._taken:
            chosen = _numbered(name, number, FOLDER_LENGTH, folder=True)
            number += 1
        self._taken.add("/".join((*above, chosen, "")).lower())
        return (*above, chosen)

    @staticmethod
    def _joined(above: str, name: str) -> str:
        return f"{above}/{name}" if above else name


def _numbered(name: str, number: int, limit: int, *, folder: bool = False) -> str:
    stem, dot, extension = ("", "", "") if folder else name.rpartition(".")
    if not dot or not stem:
        stem, extension = name, ""
    mark = f"（{number}）"
    ending = f"{mark}.{extension}" if extension else mark
    return stem[: limit - len(ending)].rstrip(" .") + ending
