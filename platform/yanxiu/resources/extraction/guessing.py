"""What the name of a file says about what is in it. Guesses are shown and can be changed, never hidden."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from yanxiu.accounts.catalog import EDITIONS, GRADES, SUBJECTS, VOLUME_WORDS
from yanxiu.resources.catalog import stage_of

_KIND_WORDS = (
    ("observation", ("观课", "听课", "评课", "课堂观察")),
    ("reflection", ("反思", "教后记")),
    ("recording", ("实录", "录像课")),
    ("micro", ("微课",)),
    ("test", ("试卷", "试题", "测试", "练习", "检测", "作业单", "导学案", "期中", "期末")),
    ("paper", ("论文", "案例", "研究报告")),
    ("policy", ("通知", "方案", "计划", "总结", "制度", "办法", "意见")),
    ("plan", ("教案", "教学设计", "教学方案", "备课", "说课")),
    ("slides", ("课件",)),
    ("material", ("素材", "图片", "挂图", "音频")),
)
_KIND_BY_EXTENSION = {
    ".ppt": "slides", ".pptx": "slides", ".mp4": "recording", ".webm": "recording", ".mp3": "material",
    ".m4a": "material", ".wav": "material", ".srt": "material", ".vtt": "material", ".jpg": "material", ".jpeg": "material", ".png": "material",
    ".gif": "material", ".webp": "material", ".bmp": "material", ".zip": "material",
}  # fmt: skip
_SUBJECT_ALIASES = {
    "道法": "道德与法治", "品德": "道德与法治", "思政": "道德与法治", "体育": "体育与健康", "信息技术": "信息科技",
    "劳技": "劳动", "心理": "心理健康",
}  # fmt: skip
EDITION_ALIASES = {
    "部编": "统编版", "统编": "统编版", "人教": "人教版", "北师大": "北师大版", "苏教": "苏教版", "外研": "外研版",
    "译林": "译林版", "冀教": "冀教版", "教科": "教科版", "湘教": "湘教版",
}  # fmt: skip
SAID_BY_FOLDERS = frozenset({"grade", "stage", "subject", "edition", "volume", "unit"})
_DIGITS = {str(n): han for n, han in enumerate("零一二三四五六七八九")}
_NOISE = re.compile(
    r"(最终版?|定稿|终稿|修改稿?|新建|副本|复制|\(\d+\)|（\d+）|[vV]\d+|\d{8,}|20\d\d[-.年]\d{1,2}[-.月]\d{1,2}日?)"
)

_SHORT_GRADE = re.compile(rf"([一二三四五六七八九])([上下])(?=$|[^一-龥]|{'|'.join(SUBJECTS)})")


def guess_details(name: str) -> dict[str, str]:
    """Guess title, kind, grade, stage, subject, edition, volume, unit and lesson; only what was found."""
    stem, extension = os.path.splitext(name)
    grade, volume = grade_and_volume(stem)
    found = {
        "title": tidy_title(stem),
        "kind": _kind(stem, extension.lower()),
        "grade": grade,
        "stage": stage_of(grade, volume),
        "subject": subject_in(stem),
        "edition": edition_in(stem),
        "volume": volume,
        "unit": _matched(r"(第[一二三四五六七八九十\d]{1,3}单元)", stem),
        "lesson": _matched(r"《([^》]{1,40})》", stem),
    }
    return {key: value for key, value in found.items() if value}


def guess_from_folder(folder: str) -> dict[str, str]:
    """What the folders in which a file lay say of it, the inner ones before the outer; title and kind are the file's own."""
    found: dict[str, str] = {}
    for name in folder.split("/"):
        found |= {key: value for key, value in guess_details(name).items() if key in SAID_BY_FOLDERS}
    return found


def tidy_title(stem: str) -> str:
    """A file name as a title: no underscores, running numbers or words like 最终版."""
    title = re.sub(r"（\s*）|\(\s*\)|【\s*】|\[\s*\]", " ", _NOISE.sub("", stem))  # what noise stood in
    title = re.sub(r"[_\s]+", " ", title)
    title = re.sub(r"^\d{1,3}(\s*[-.、．]\s*|\s+)", "", title.strip())
    title = title.strip(" -—.·、")[:120]
    return title or stem[:120]


def _kind(stem: str, extension: str) -> str:
    by_extension = _KIND_BY_EXTENSION.get(extension, "")
    if by_extension == "slides" and "说课" not in stem:
        return "slides"
    return kind_by_words(stem) or by_extension


def kind_by_words(text: str) -> str:
    """The kind of resource that a word in a title names (教案, 试卷), or an empty one."""
    return next((kind for kind, words in _KIND_WORDS if any(word in text for word in words)), "")


def is_kind_of_extension(extension: str) -> bool:
    """Whether the kind follows from the extension alone: what is said inside a slide show does not change that."""
    return extension.lower() in _KIND_BY_EXTENSION


def edition_in(text: str) -> str:
    """The short name of the publisher's edition, or an empty one."""
    return _first(text, EDITION_ALIASES.items()) or next((e for e in EDITIONS if e in text), "")


def grade_and_volume(stem: str) -> tuple[str, str]:
    """Grade and volume, also as teachers shorten them (五下)."""
    volume = _matched(f"({VOLUME_WORDS})", stem).replace(" ", "")
    han = re.sub(r"[1-9](?=年级)", lambda match: _DIGITS[match.group()], stem)
    grade = next((g for g in GRADES if g in han), "")
    short = _SHORT_GRADE.search(stem)
    if short and not grade:
        grade = f"{short.group(1)}年级"
        volume = volume or f"{short.group(2)}册"
    return grade, volume


def subject_in(stem: str) -> str:
    """The subject, also by the names it goes by (道法, 体育)."""
    plain = next((s for s in sorted(SUBJECTS, key=len, reverse=True) if s in stem), "")
    return plain or _first(stem, _SUBJECT_ALIASES.items())


def _first(stem: str, pairs: Iterable[tuple[str, str]]) -> str:
    return next((value for word, value in pairs if word in stem), "")


def _matched(pattern: str, stem: str) -> str:
    match = re.search(pattern, stem)
    return match.group(1) if match else ""
